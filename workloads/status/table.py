"""The table of kubernetes.md §4: the first row that fits says how a workload is."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from workloads.status import rows_life, rows_ready, rows_starting, rows_waiting
from workloads.status.answer import Answer, PodState, Status
from workloads.status.clock import Clock
from workloads.status.observed import Before, Observed, Profile
from workloads.status.obstacles import POOL
from workloads.status.phase import PASSING, Phase
from workloads.status.reading import amount, number, rows, table, text
from workloads.status.scene import Scene

GPU = "nvidia.com/gpu"
STEADY = timedelta(seconds=2)
Row = Callable[[Scene], Answer | None]
TABLE: tuple[Row, ...] = (
    *rows_life.ROWS,
    *rows_ready.ROWS,
    *rows_waiting.ROWS,
    *rows_starting.ROWS,
    rows_starting.otherwise,
)


def status(observed: Observed, profile: Profile, now: datetime) -> Status:
    """Say how a workload is, why, and what to do. Never raises."""
    scene = Scene(observed, profile, Clock(now))
    answer = next(filter(None, (row(scene) for row in TABLE)))
    return Status(
        phase=answer.phase,
        message=answer.message,
        reason=answer.reason,
        hint=answer.hint,
        groups=scene.groups,
        running_pods=sum(pod.state == "Ready" for pod in scene.pods),
        requested_pods=scene.wanted * scene.shape.size,
        ready_replicas=scene.ready,
        node_pools=_pools(scene),
        allocated_gpus=_gpus(scene),
        passing=answer.phase in PASSING,
        hold=STEADY if _worse(observed.before, answer) else None,
        due=scene.clock.due,
    )


def remembered(observed: Observed, found: Status, now: datetime) -> Before:
    """Return what to keep of a published status for the next one.

    A silent cluster changes nothing: the last phase stays.
    """
    before = observed.before
    if before and found.phase == Phase.UNKNOWN:
        return before
    same = before is not None and before.phase == found.phase
    whole = found.phase == Phase.RUNNING and found.ready_replicas == observed.replicas
    replicas = (observed.replicas, observed.replicas) if whole else _last(before)
    ran = before.ever_running if before else False
    return Before(
        found.phase,
        before.since if before and same else now,
        *replicas,
        ever_running=ran or found.phase == Phase.RUNNING,
    )


def _last(before: Before | None) -> tuple[int, int]:
    if before is None:
        return 0, 0
    return before.last_ready_replicas, before.last_spec_replicas


def _worse(before: Before | None, answer: Answer) -> bool:
    ran = before is not None and before.phase == Phase.RUNNING
    return ran and answer.phase == Phase.DEGRADED


def _placed(scene: Scene) -> Iterable[PodState]:
    return (pod for pod in scene.pods if pod.node and pod.state != "Gone")


def _pools(scene: Scene) -> tuple[str, ...]:
    """Return the pools where pods are. No label is the default one."""
    pools = {
        text(scene.pod_groups.get(pod.group), "metadata", "labels", POOL)
        or text(table(scene.raw(pod), "metadata", "labels"), POOL)
        or "default"
        for pod in _placed(scene)
    }
    return tuple(sorted(pools))


def _gpus(scene: Scene) -> Decimal:
    return sum((gpus_of(scene.raw(pod)) for pod in _placed(scene)), Decimal(0))


def gpus_of(pod: Any) -> Decimal:
    """Return the devices of a pod. Shares given as memory count as whole ones."""
    whole = sum(
        (
            amount(c, "resources", "requests", GPU)
            for c in rows(pod, "spec", "containers")
        ),
        Decimal(0),
    )
    notes = table(pod, "metadata", "annotations")
    devices = number(notes, "gpu-fraction-num-devices") or 1
    if share := amount(notes, "gpu-fraction"):
        return whole + share * devices
    return whole + devices if text(notes, "gpu-memory") else whole
