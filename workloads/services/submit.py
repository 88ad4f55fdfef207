"""Submitting a workload."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from access.models import User
from policies.engine.judge import Document, Verdict, judge
from projects.models import (
    AuditEntry,
    Cluster,
    Department,
    GeneralSettings,
    Project,
)
from workloads.manifests import claim_names
from workloads.models import Draft, Workload
from workloads.models.columns import columns_of
from workloads.models.credentials import use
from workloads.services.context import context_for
from workloads.services.errors import HasIssues, NameTaken, Refusal, StalePolicy
from workloads.spec.issues import Issue
from workloads.spec.names import name_issues
from workloads.spec.paths import Location
from workloads.spec.rules.offered import named_secrets
from workloads.sync.publish import refresh
from workloads.sync.target import identity_of
from workloads.tasks import ring

MEANWHILE = "Something changed meanwhile. Look at it, and try again."
Versions = Mapping[str, int]
"""Policy versions by unit, as ``department Research``."""


def submit_workload(
    *,
    by: User,
    project: Project,
    name: str,
    document: Document,
    draft: Draft | None = None,
    versions: Versions | None = None,
) -> Workload:
    """Record the workload, and ring the bell once the record is safe.

    A draft is submitted once: the second try gets the first's workload. Raises
    HasIssues, NameTaken, StalePolicy or Refusal; then nothing is recorded.
    """
    if draft and (made := Workload.objects.filter(draft=draft).first()):
        return made
    try:
        return _recorded(by, project, name, document, draft, versions)
    except IntegrityError:
        if draft and (made := Workload.objects.filter(draft=draft).first()):
            return made
        raise _taken(project, name) or Refusal(MEANWHILE) from None


@transaction.atomic
def _recorded(
    by: User,
    project: Project,
    name: str,
    document: Document,
    draft: Draft | None,
    versions: Versions | None,
) -> Workload:
    if not by.may("create", "workloads", project):
        raise Refusal("You may not create workloads in this project.")
    current = take_chain(project, versions)
    verdict = _judged(by, project, name, document, draft)
    if taken := _taken(project, name):
        raise taken
    workload = Workload(
        project=project,
        draft=draft,
        name=name,
        created_by=by,
        document=document,
        resolved=verdict.resolved,
        sources={str(place): who for place, who in verdict.sources.items()},
        controls=draft.controls if draft else {},
        policy_versions=current,
        **columns_of(verdict.spec, project, by.username),
    )
    workload.claims = claim_names(verdict.spec, identity_of(workload))
    workload.save(force_insert=True)
    named = named_secrets(verdict.spec)
    if use(workload, named) != named:
        raise Refusal(MEANWHILE)
    Workload.objects.filter(pk=workload.pk).update(due_at=Now())
    audit(by, "workload.create", workload)
    project.shows_change()
    refresh(workload.pk)
    ring(workload)
    return workload


def _judged(
    by: User, project: Project, name: str, document: Document, draft: Draft | None
) -> Verdict:
    said_by = draft.sources if draft else {}
    context = context_for(
        project, by, name=name, form=draft is not None, said_by=said_by
    )
    verdict = judge(document, context)
    here = Location(("name",))
    wrong = [Issue(here, "name", text) for text in name_issues(name)]
    if wrong or verdict.issues:
        raise HasIssues([*wrong, *verdict.issues])
    return verdict


def take_chain(project: Project, shown: Versions | None) -> Sequence[tuple[str, int]]:
    """Hold the chain's policy versions until the transaction ends.

    Units are taken in one order, the broadest first. Raises StalePolicy where a
    version is not the one that was shown, or where another unit was shown.
    """
    GeneralSettings.stored()
    chain: list[tuple[str, Any]] = [
        ("tenant", GeneralSettings.objects),
        (f"cluster {project.cluster}", Cluster.objects.filter(pk=project.cluster.pk)),
        (
            f"department {project.department}",
            Department.objects.filter(pk=project.department_id),
        ),
        (f"project {project}", Project.objects.filter(pk=project.pk)),
    ]
    taken: list[tuple[str, int]] = []
    for unit, rows in chain:
        rows.update(policy_version=F("policy_version"))  # held from here on
        versions = rows.values_list("policy_version", flat=True)
        taken += [(unit, version) for version in versions]
    known, shown = dict(taken), shown or {}
    stale = [unit for unit in known if shown.get(unit, known[unit]) != known[unit]]
    stale += [unit for unit in shown if unit not in known]
    if stale:
        raise StalePolicy(stale)
    return taken


def audit(by: User, action: str, workload: Workload, **details: Any) -> None:
    """Write who did what, in the change's own transaction."""
    AuditEntry.objects.create(
        actor=by,
        action=action,
        target=str(workload.pk),
        details={"name": workload.name, "project": workload.project_name} | details,
    )


def _taken(project: Project, name: str) -> NameTaken | None:
    holder = Workload.objects.live().filter(project=project, name=name).first()
    return NameTaken(name, str(holder.pk)) if holder else None
