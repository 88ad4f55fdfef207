"""Changing a workload that exists."""

from django.db import transaction
from django.db.models import Q

from access.models import User
from policies.engine.judge import judge
from projects.models.outbox import changed
from workloads.models import Workload
from workloads.models.columns import columns_of
from workloads.services.context import context_for
from workloads.services.errors import HasIssues, Refusal
from workloads.services.submit import audit
from workloads.status import Phase
from workloads.sync.publish import refresh
from workloads.tasks import ring

Desired = Workload.Desired


@transaction.atomic
def scale_workload(*, by: User, workload: Workload, replicas: int) -> None:
    """Change the number of replicas. The last intent wins."""
    _allowed(by, "update", workload)
    document = workload.document | {"replicas": replicas}
    verdict = judge(
        document,
        context_for(workload.project, by, name=workload.name, said_by=workload.sources),
    )
    here = [issue for issue in verdict.issues if issue.location.path == ("replicas",)]
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
    if workload.desired == Desired.DELETED:
        return
    changes = changed() | {"desired": Desired.DELETED, "keep_volumes": keep_volumes}
    Workload.objects.live().filter(pk=workload.pk).update(**changes)
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
    _update(workload, Desired.RUNNING)
    audit(by, "workload.retry", workload)


@transaction.atomic
def recreate_workload(*, by: User, workload: Workload) -> None:
    """Apply a workload again that somebody removed from the cluster."""
    _allowed(by, "update", workload)
    if not workload.removed_outside():
        raise Refusal("Its objects are still in the cluster.")
    workload.applied.all().delete()
    _update(workload, Desired.RUNNING, lws_seen=False, applied_at=None, observed={})
    audit(by, "workload.recreate", workload)


def _update(workload: Workload, desired: str, **columns: object) -> None:
    """Make a new generation, unless the workload is on its way out."""
    alive = ~Q(desired=Desired.DELETED)
    rows = Workload.objects.live().filter(alive, pk=workload.pk)
    if not rows.update(desired=desired, **changed(), **columns):
        raise Refusal("It is being deleted.")
    refresh(workload.pk)
    ring(workload)


def _allowed(by: User, action: str, workload: Workload) -> None:
    if not by.may(action, "workloads", workload.project):
        raise Refusal(f"You may not {action} workloads in {workload.project_name}.")
