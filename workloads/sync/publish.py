"""What was observed becomes what the pages show."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils.timezone import now

from projects.models import Cluster
from workloads.manifests import demand, endpoint_address
from workloads.manifests.demand import Amount
from workloads.models import PhaseChange, Workload
from workloads.spec.workload import WorkloadSpec
from workloads.status import (
    Before,
    Group,
    Manifest,
    Observed,
    Phase,
    Profile,
    Status,
    Terminated,
    remembered,
    status,
)
from workloads.sync.target import identity_of, spec_of, target_of

RECENT = timedelta(hours=1)
PASSED = timedelta(seconds=5)
SHOWN = frozenset(
    {"phase", "message", "hint", "phase_reason", "passing", "running_pods", "pools"}
    | {"requested_pods", "ready_replicas", "allocated_gpus", "groups", "address"}
    | {"allocated_cpu", "allocated_memory"}
)
"""Columns that pages draw."""

logger = logging.getLogger(__name__)

Desired = Literal["running", "stopped", "deleted"]
POOL = "kai.scheduler/node-pool"
WAITING = "the project's namespace"
POD_COLUMNS = (
    "name", "uid", "role", "index", "state", "node", "reason", "message", "hint",
    "ready", "lost", "restarts",
)  # fmt: skip


def refresh_all(pks: Iterable[Any]) -> None:
    """Refresh several workloads; an odd one does not stop the others."""
    for pk in pks:
        try:
            refresh(pk)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("Working out the phase of workload %s failed", pk)


def refresh(pk: Any) -> None:
    """Work out the phase of a workload, and write it where it differs.

    What differs is worked out once more while the row is held: of two that refresh at
    the same time, the one that saw less must not write last.
    """
    if _differs(pk):
        with transaction.atomic():
            Workload.objects.filter(pk=pk).update(lws_seen=F("lws_seen"))  # held
            _write(pk)


def _differs(pk: Any) -> bool:
    """Whether there is something to write."""
    at = now()
    workload = _live(pk)
    if workload is None:
        return True
    seen, columns = worked_out(workload, at)
    return bool(seen.hold or differing(workload, columns))


def _write(pk: Any) -> None:
    at = now()
    workload = _live(pk)
    if workload is None:
        _gone(pk)
        return
    seen, columns = worked_out(workload, at)
    if not (seen.hold and _holds_back(workload, seen, at)):
        publish(workload, columns, at)


def _live(pk: Any) -> Workload | None:
    rows = Workload.objects.select_related("project__department__cluster")
    return rows.filter(pk=pk, deleted_at__isnull=True).first()


def worked_out(workload: Workload, at: datetime) -> tuple[Status, dict[str, Any]]:
    """Return the status of a workload, and its columns."""
    cluster = workload.project.cluster
    found = observed(workload, cluster, at)
    seen = status(found, profile_of(cluster), at)
    columns = columns_of_status(workload, seen, pools_of(found), at)
    return seen, columns | columns_of_memory(remembered(found, seen, at))


def profile_of(cluster: Cluster) -> Profile:
    """Return the times that the cluster's administrators set."""
    return Profile(
        fail_after=timedelta(seconds=cluster.fail_after_seconds),
        flap_window=timedelta(seconds=cluster.flap_window_seconds),
        scheduler="kai" if cluster.scheduler == "kai-scheduler" else cluster.scheduler,
    )


def observed(workload: Workload, cluster: Cluster, at: datetime) -> Observed:
    """Return what the rows hold of a workload, as the status function takes it."""
    spec = spec_of(workload)
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
        heard_at=cluster.heard_at,
        lws=stored.get("lws"),
        pods=[pod.manifest for pod in workload.pods.all()],
        pod_groups=list((stored.get("podGroups") or {}).values()),
        events=[e.manifest for e in workload.events.filter(at__gt=at - RECENT)],
        claims=list((stored.get("claims") or {}).values()),
        terminations=[
            Terminated(
                pod=ended.pod,
                container=ended.container,
                reason=ended.reason,
                exit_code=ended.exit_code,
                at=ended.at,
                last_line=_last_words(ended.log),
            )
            for ended in workload.terminations.filter(at__gt=at - RECENT)[:50]
        ],
        before=Before(
            phase=workload.known_phase,
            since=workload.known_since,
            last_ready_replicas=workload.last_ready_replicas,
            last_spec_replicas=workload.last_spec_replicas,
            ever_running=workload.ever_running,
        ),
    )


def _last_words(log: str) -> str:
    """Return the last line without its time."""
    _, _, line = (log.splitlines() or [""])[-1].partition(" ")
    return line


def _waiting(workload: Workload) -> str:
    error = workload.project.last_error
    return f"{WAITING}: {error}" if error else WAITING


def _holds_back(workload: Workload, seen: Status, at: datetime) -> bool:
    """Whether a change for the worse is not stable yet; it is looked at again then."""
    due = workload.recheck_at
    if due is not None and due <= at:
        return False
    if due is None:
        rows = Workload.objects.filter(pk=workload.pk)
        rows.update(recheck_at=at + (seen.hold or timedelta()))
    return True


@transaction.atomic
def publish(workload: Workload, columns: dict[str, Any], at: datetime) -> None:
    """Write the columns that differ, the log of phases, and the table's version."""
    changes = differing(workload, columns)
    if not changes:
        return
    Workload.objects.filter(pk=workload.pk).update(**changes)
    if changes.keys() & {"phase", "message"} or not workload.phase_changes.exists():
        log_phase(workload, columns["phase"], columns["message"], at)
    if changes.keys() & SHOWN:
        workload.project.shows_change()


def differing(workload: Workload, columns: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that the row has otherwise."""
    return {
        name: value
        for name, value in columns.items()
        if getattr(workload, name) != value
    }


def log_phase(workload: Workload, phase: str, message: str, at: datetime) -> None:
    """Write a line of the log. A message that passes at once leaves none of its own."""
    last = workload.phase_changes.first()
    if last is None or last.phase != phase or at - last.at > PASSED:
        PhaseChange.objects.create(
            workload=workload, at=at, phase=phase, message=message
        )
    else:
        PhaseChange.objects.filter(pk=last.pk).update(message=message)


def columns_of_memory(known: Before) -> dict[str, Any]:
    """Return what the next status is told of this one."""
    return {
        "known_phase": str(known.phase),
        "known_since": known.since,
        "ever_running": known.ever_running,
        "last_ready_replicas": known.last_ready_replicas,
        "last_spec_replicas": known.last_spec_replicas,
    }


def columns_of_status(
    workload: Workload, seen: Status, pools: dict[str, str], at: datetime
) -> dict[str, Any]:
    """Return the columns of a status."""
    placed = placed_of(seen, spec_of(workload))
    columns: dict[str, Any] = {
        "phase": str(seen.phase),
        "message": seen.message[:500],
        "hint": seen.hint[:500],
        "phase_reason": seen.reason or "",
        "passing": seen.passing,
        "recheck_at": _due(seen, workload.project.cluster),
        "running_pods": seen.running_pods,
        "requested_pods": seen.requested_pods,
        "ready_replicas": seen.ready_replicas,
        "allocated_gpus": seen.allocated_gpus,
        "groups": [drawn(group, pools) for group in seen.groups],
        "allocated_cpu": int(placed.cpu_cores * 1000),
        "allocated_memory": int(placed.memory_bytes),
        "pools": ", ".join(seen.node_pools) or _requested_pools(workload),
        "address": _address(workload, seen),
    }
    if seen.phase != workload.phase:
        columns |= {"phase_since": at} | _times(workload, at)
    return columns


def _due(seen: Status, cluster: Cluster) -> datetime | None:
    """When time alone changes the answer; silence of the cluster is swept for all."""
    silent = cluster.heard_at and cluster.heard_at + profile_of(cluster).stale
    return None if seen.due == silent else seen.due


def placed_of(seen: Status, spec: WorkloadSpec) -> Amount:
    """Return what the pods that have a node ask for together."""
    per_pod = demand(spec).per_pod
    placed = Amount()
    for group in seen.groups:
        for pod in group.pods:
            if pod.node and pod.state != "Gone":
                placed += per_pod.get(pod.role, Amount())
    return placed


def pools_of(observed: Observed) -> dict[str, str]:
    """Return the node pool of each pod, by uid: its group's, else its own label."""
    groups = {
        str(_meta(group).get("name")): _pool(group) for group in observed.pod_groups
    }
    return {
        str(_meta(pod).get("uid")): groups.get(
            str((_meta(pod).get("annotations") or {}).get("pod-group-name")),
            _pool(pod),
        )
        for pod in observed.pods
    }


def _pool(manifest: Manifest) -> str:
    labels = _meta(manifest).get("labels") or {}
    return str(labels.get(POOL, "default"))


def _meta(manifest: Manifest) -> dict[str, Any]:
    found = manifest.get("metadata")
    return found if isinstance(found, dict) else {}


def drawn(group: Group, pools: dict[str, str]) -> dict[str, Any]:
    """Return a replica as JSON, for the pages."""
    return {
        "index": group.index,
        "state": str(group.state),
        "message": group.message,
        "pods": [
            {name: getattr(pod, name) for name in POD_COLUMNS}
            | {"pool": pools.get(pod.uid, "") if pod.node else ""}
            for pod in group.pods
        ],
    }


def _requested_pools(workload: Workload) -> str:
    return ", ".join(workload.resolved.get("nodePools") or ())


def _address(workload: Workload, seen: Status) -> str:
    """The address inside the cluster, once something was ready to answer there."""
    if not (workload.ever_running or seen.ready_replicas):
        return ""
    spec = spec_of(workload)
    target = target_of(workload.project)
    return endpoint_address(identity_of(workload), target, spec) or ""


def _times(workload: Workload, at: datetime) -> dict[str, int]:
    """Add the time of the phase that ends to its total."""
    spent = max(0, int((at - workload.phase_since).total_seconds()))
    if workload.phase == Phase.PENDING:
        return {"pending_seconds": workload.pending_seconds + spent}
    if workload.phase in (Phase.RUNNING, Phase.UPDATING):
        return {"running_seconds": workload.running_seconds + spent}
    return {}


def _gone(pk: Any) -> None:
    """Tell open tables that a workload left, and drop what was observed of it."""
    workload = Workload.objects.filter(pk=pk, deleted_at__isnull=False).first()
    if workload is None:
        return
    with transaction.atomic():
        workload.pods.all().delete()
        workload.applied.all().delete()
        workload.project.shows_change()
