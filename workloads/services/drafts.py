"""Drafts: begun, gone on with, discarded."""

from access.models import User
from projects.models import Cluster, Project
from workloads.models import Draft
from workloads.models.draft import DraftQuerySet


def new_draft(*, by: User) -> Draft:
    """Begin a draft. The only cluster, and the only project, are chosen already."""
    projects = Project.objects.usable_by(by).select_related("department__cluster")
    clusters = {project.cluster.pk: project.cluster for project in projects[:50]}
    cluster = next(iter(clusters.values())) if len(clusters) == 1 else None
    return Draft.objects.create(owner=by, cluster=cluster)


def discard_draft(*, by: User, draft: Draft) -> None:
    """Remove a draft of the user that became no workload."""
    Draft.objects.owned_by(by).unfinished().filter(pk=draft.pk).delete()


def unfinished_drafts(user: User) -> DraftQuerySet:
    """The user's drafts to go on with, the newest first; no untouched ones."""
    return Draft.objects.owned_by(user).unfinished().exclude(revision=1, name="")


def usable_clusters(user: User) -> list[Cluster]:
    """The clusters in which the user may create workloads."""
    projects = Project.objects.usable_by(user)
    return list(Cluster.objects.filter(departments__projects__in=projects).distinct())
