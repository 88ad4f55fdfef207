"""What is worked out of a workload's evidence: its status, as columns of the row."""

from datetime import datetime
from typing import Any, NamedTuple

from projects.models import Cluster
from workloads.manifests import Target, demand, endpoint_address
from workloads.manifests.demand import Amount
from workloads.models import Workload
from workloads.spec.workload import WorkloadSpec
from workloads.status import (
    Before,
    Group,
    Manifest,
    Observed,
    Phase,
    Status,
    remembered,
    status,
)
from workloads.sync.evidence import observed, profile_of
from workloads.sync.target import identity_of, spec_of

POOL = "kai.scheduler/node-pool"
POD_COLUMNS = (
    "name", "uid", "role", "index", "state", "node", "reason", "message", "hint",
    "ready", "restarts",
)  # fmt: skip


class Outcome(NamedTuple):
    """A status, and the columns that say it."""

    status: Status
    columns: dict[str, Any]


def worked_out(workload: Workload, at: datetime) -> Outcome:
    """Return the status of a row that was read with its evidence."""
    spec = spec_of(workload)
    found = observed(workload, spec)
    seen = status(found, profile_of(workload.project.cluster), at)
    columns = columns_of_status(workload, spec, seen, at)
    columns["groups"] = [drawn(group, pools_of(found)) for group in seen.groups]
    return Outcome(seen, columns | columns_of_memory(remembered(found, seen, at)))


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
    workload: Workload, spec: WorkloadSpec, seen: Status, at: datetime
) -> dict[str, Any]:
    """Return the columns of a status, but for the replicas."""
    placed = placed_of(seen, spec)
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
        "allocated_cpu": int(placed.cpu_cores * 1000),
        "allocated_memory": int(placed.memory_bytes),
        "pools": ", ".join(seen.node_pools) or _requested_pools(workload),
        "address": _address(workload, spec, seen),
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


def _address(workload: Workload, spec: WorkloadSpec, seen: Status) -> str:
    """The address inside the cluster, once something was ready to answer there."""
    if not (workload.ever_running or seen.ready_replicas):
        return ""
    domain = workload.project.cluster.domain
    target = Target(workload.namespace, queues={}, domain=domain)
    return endpoint_address(identity_of(workload), target, spec) or ""


def _times(workload: Workload, at: datetime) -> dict[str, int]:
    """Add the time of the phase that ends to its total."""
    spent = max(0, int((at - workload.phase_since).total_seconds()))
    if workload.phase == Phase.PENDING:
        return {"pending_seconds": workload.pending_seconds + spent}
    if workload.phase in (Phase.RUNNING, Phase.UPDATING):
        return {"running_seconds": workload.running_seconds + spent}
    return {}
