"""Changing a workload that exists."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from access.models import User
from policies.engine.judge import judge
from projects.models.outbox import changed
from workloads.models import Workload
from workloads.models.columns import columns_of
from workloads.services.context import context_for
from workloads.services.errors import HasIssues, Refusal
from workloads.services.submit import audit
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.status import Phase
from workloads.sync.publish import refresh
from workloads.tasks import ring

Desired = Workload.Desired
_FORGOTTEN: dict[str, Any] = {"lws_seen": False, "applied_at": None, "observed": {}}
"""Nothing is known of its objects: they are made anew."""

PARTITION = "the rollout's partition keeps so many at the old version"


@transaction.atomic
def scale_workload(*, by: User, workload: Workload, replicas: int) -> None:
    """Change the number of replicas. The last intent wins."""
    _allowed(by, "update", workload)
    if workload.removed_outside():
        raise Refusal("It was removed from the cluster. Recreate it first.")
    document = workload.document | {"replicas": replicas}
    verdict = judge(
        document,
        context_for(workload.project, by, name=workload.name, said_by=workload.sources),
    )
    here = [issue for issue in verdict.issues if issue.location.path == ("replicas",)]
    if replicas < (verdict.spec.rollout.partition or 0):
        text = f"must be {verdict.spec.rollout.partition} or more: {PARTITION}"
        here.append(Issue(Location(("replicas",)), "partition", text))
    if here:
        raise HasIssues(here)
    resolved = workload.resolved | {"replicas": verdict.spec.replicas}
    spec = type(verdict.spec).model_validate(resolved)
    columns = columns_of(spec, workload.project, workload.submitted_by)
    columns.pop("pools")
    _update(workload, Desired.RUNNING, document=document, resolved=resolved, **columns)
    audit(by, "workload.scale", workload, replicas=replicas)


@transaction.atomic
def delete_workload(
    *, by: User, workload: Workload, keep_volumes: bool = False
) -> None:
    """Have all of it removed from the cluster. Deleting twice is deleting once."""
    _allowed(by, "delete", workload)
    changes = changed() | {"desired": Desired.DELETED, "keep_volumes": keep_volumes}
    if not staying(workload).update(**changes):
        return
    audit(by, "workload.delete", workload, keep_volumes=keep_volumes)
    refresh(workload.pk)
    ring(workload)


@transaction.atomic
def retry_workload(*, by: User, workload: Workload) -> None:
    """Apply the same spec of a failed workload once more."""
    _allowed(by, "update", workload)
    if workload.phase != Phase.FAILED:
        raise Refusal(
            f"Only a failed workload is retried; this one is {workload.phase}."
        )
    again = _FORGOTTEN if workload.removed_outside() else {}
    _update(workload, Desired.RUNNING, **again)
    audit(by, "workload.retry", workload)


@transaction.atomic
def recreate_workload(*, by: User, workload: Workload) -> None:
    """Apply a workload again that somebody removed from the cluster."""
    _allowed(by, "update", workload)
    if not workload.removed_outside():
        raise Refusal("Its objects are still in the cluster.")
    _update(workload, Desired.RUNNING, **_FORGOTTEN)
    audit(by, "workload.recreate", workload)


def _update(workload: Workload, desired: str, **columns: object) -> None:
    """Make a new generation, unless the workload is on its way out."""
    if not staying(workload).update(desired=desired, **changed(), **columns):
        raise Refusal("It is being deleted.")
    if columns.keys() >= _FORGOTTEN.keys():
        workload.applied.all().delete()
    refresh(workload.pk)
    ring(workload)


def staying(workload: Workload) -> QuerySet[Workload]:
    """Return the row, as long as nobody deleted it."""
    here = Workload.objects.live().filter(pk=workload.pk)
    return here.exclude(desired=Desired.DELETED)


def _allowed(by: User, action: str, workload: Workload) -> None:
    if not by.may(action, "workloads", workload.project):
        raise Refusal(f"You may not {action} workloads in {workload.project_name}.")
