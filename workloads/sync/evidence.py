"""What the rows hold of workloads, as the status function takes it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Right

from projects.models import Cluster
from workloads.models import Event, Pod, Termination, Workload
from workloads.spec.workload import WorkloadSpec
from workloads.status import Before, Observed, Profile, Terminated

RECENT = timedelta(hours=1)
ENDINGS = 50
LONGEST_LINE = 4_000
WAITING = "the project's namespace"
Desired = Literal["running", "stopped", "deleted"]


def live(pks: Iterable[Any]) -> QuerySet[Workload]:
    """Return the workloads of these that the cluster has, or should have."""
    rows = Workload.objects.select_related("project__department__cluster")
    return rows.filter(pk__in=list(pks), deleted_at__isnull=True)


def hold(pks: Iterable[Any]) -> None:
    """Keep others from writing the rows until the transaction ends.

    All who hold several take them in one order. In SQLite nobody else writes anything.
    """
    if not connection.features.has_select_for_update:
        return
    rows = Workload.objects.filter(pk__in=list(pks)).order_by("pk")
    list(rows.select_for_update().values_list("pk"))


def with_evidence(rows: QuerySet[Workload], at: datetime) -> list[Workload]:
    """Read the rows, then what was seen of them: four queries for all of them.

    In that order: a row then never counts a sighting that its evidence lacks.
    """
    pod = Pod.objects.filter(pk=OuterRef("only_with_pod"))
    telling = Event.objects.filter(tells=True, at__gt=at - RECENT)
    events = telling.filter(Q(only_with_pod="") | Exists(pod))
    ends = Termination.objects.filter(at__gt=at - RECENT).defer("log")
    return list(
        rows.prefetch_related(
            "pods",
            Prefetch("events", events),
            Prefetch("terminations", ends.annotate(end=Right("log", LONGEST_LINE))),
        )
    )


def is_unchanged(earlier: Workload, later: Workload) -> bool:
    """Whether the status that was worked out from a row is still that of the row."""
    return _inputs(earlier) == _inputs(later)


def _inputs(workload: Workload) -> Sequence[Any]:
    """All that a status depends on; sightings stand for pods, events and endings."""
    cluster = workload.project.cluster
    return (
        [getattr(workload, field.attname) for field in Workload._meta.concrete_fields],
        (workload.project.applied_generation, workload.project.last_error),
        (cluster.heard_at, cluster.domain, profile_of(cluster)),
    )


def profile_of(cluster: Cluster) -> Profile:
    """Return the times that the cluster's administrators set."""
    return Profile(
        fail_after=timedelta(seconds=cluster.fail_after_seconds),
        flap_window=timedelta(seconds=cluster.flap_window_seconds),
        scheduler="kai" if cluster.scheduler == "kai-scheduler" else cluster.scheduler,
    )


def observed(workload: Workload, spec: WorkloadSpec) -> Observed:
    """Return what a row with its evidence holds."""
    waiting = workload.applied_generation is None and not workload.project.is_applied()
    stored = workload.observed
    return Observed(
        name=workload.name,
        desired=cast(Desired, workload.desired),
        replicas=spec.replicas,
        workers=spec.workers,
        startup_policy=spec.startup_policy,
        serving_port=spec.serving_port.port if spec.serving_port else None,
        generation=workload.generation,
        applied_generation=workload.applied_generation,
        refused=workload.last_error if workload.refused else "",
        last_error="" if workload.refused else workload.last_error,
        waiting_for=_waiting(workload) if waiting else "",
        applied_at=workload.applied_at,
        lws_seen=workload.lws_seen,
        heard_at=workload.project.cluster.heard_at,
        lws=stored.get("lws"),
        pods=[pod.manifest for pod in workload.pods.all()],
        pod_groups=list((stored.get("podGroups") or {}).values()),
        events=[event.manifest for event in workload.events.all()],
        claims=list((stored.get("claims") or {}).values()),
        terminations=list(map(_terminated, workload.terminations.all()[:ENDINGS])),
        before=Before(
            phase=workload.known_phase,
            since=workload.known_since,
            last_ready_replicas=workload.last_ready_replicas,
            last_spec_replicas=workload.last_spec_replicas,
            ever_running=workload.ever_running,
        ),
    )


def _terminated(row: Any) -> Terminated:
    return Terminated(
        pod=row.pod,
        container=row.container,
        reason=row.reason,
        exit_code=row.exit_code,
        at=row.at,
        last_line=_last_words(row.end),
    )


def _last_words(log: str) -> str:
    """Return the last line without its time."""
    _, _, line = (log.splitlines() or [""])[-1].partition(" ")
    return line


def _waiting(workload: Workload) -> str:
    error = workload.project.last_error
    return f"{WAITING}: {error}" if error else WAITING
