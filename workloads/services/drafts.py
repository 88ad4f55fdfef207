"""Drafts: begun, gone on with, discarded."""

from uuid import UUID

from access.models import User
from projects.models import Cluster, Project
from workloads.models import Draft


def new_draft(*, by: User) -> Draft:
    """Begin a draft. Where there is one cluster alone, it is chosen already."""
    clusters = usable_clusters(by)
    return Draft.objects.create(
        owner=by, cluster=clusters[0] if len(clusters) == 1 else None
    )


def draft_of(user: User, pk: UUID) -> tuple[Draft | None, str]:
    """Return a draft of the user, and a sentence where something was taken out.

    A project in which the user may no longer create workloads is nothing to look at.
    """
    drafts = Draft.objects.owned_by(user).select_related(
        "cluster", "project__department__cluster", "workload"
    )
    draft = drafts.filter(pk=pk).first()
    if draft is None or draft.project is None:
        return draft, ""
    if user.may("create", "workloads", draft.project):
        return draft, ""
    gone, draft.project = draft.project, None
    Draft.objects.filter(pk=pk).update(project=None)
    return draft, f"You may no longer create workloads in {gone}. Choose a project."


def discard_draft(*, by: User, draft: Draft) -> None:
    """Remove a draft of the user that became no workload."""
    Draft.objects.owned_by(by).open().filter(pk=draft.pk).delete()


def usable_clusters(user: User) -> list[Cluster]:
    """The clusters in which the user may create workloads."""
    projects = Project.objects.usable_by(user)
    return list(Cluster.objects.filter(departments__projects__in=projects).distinct())
