"""A workload's setup in facts."""

from collections.abc import Iterator

from workloads.manifests import demand
from workloads.manifests.demand import Amount
from workloads.models import Workload
from workloads.models.sources import data_sources
from workloads.spec.workload import WorkloadSpec
from workloads.tables import texts

STARTS = {
    "LeaderCreated": "when the leader's pod is created",
    "LeaderReady": "when the leader is ready",
}
RESTARTS = {
    "RecreateGroupOnPodRestart": "the whole replica, when one of its pods fails",
    "None": "only the pod that failed",
}


def facts(workload: Workload, spec: WorkloadSpec) -> Iterator[tuple[str, str]]:
    """What was asked for, term and text."""
    yield from images(spec)
    asked = demand(spec)
    for role, amount in asked.per_pod.items():
        yield f"Each {role} pod", amounts(amount)
    yield "In all", f"{texts.plural(asked.pods, 'pod')}, {amounts(asked.total)}"
    yield "Node pools", ", then ".join(spec.node_pools) or "the project's own"
    kind = "preemptible" if workload.preemptible else "non-preemptible"
    yield "Priority", f"{texts.priority(workload.priority)}, {kind}"
    if spec.workers:
        yield "Workers start", STARTS[spec.startup_policy]
        yield "Restarts", RESTARTS[spec.restart_policy]
    for source in data_sources(spec):
        yield "Data source", f"{source.name} ({source.type}), {source.role}"
    yield "Created", f"{texts.exact(workload.created_at)} by {workload.submitted_by}"
    if workload.deleted_at:
        yield "Deleted", texts.exact(workload.deleted_at)


def images(spec: WorkloadSpec) -> Iterator[tuple[str, str]]:
    """The image, or both where they differ."""
    leader, worker = spec.leader.image or "", spec.worker and spec.worker.image
    if worker and worker != leader:
        yield "Image of the leader", leader
        yield "Image of the workers", worker
    else:
        yield "Image", leader


def amounts(amount: Amount) -> str:
    """Devices, cores and memory in words."""
    parts = [f"{texts.number(amount.gpus)} GPU{'' if amount.gpus == 1 else 's'}"]
    if amount.cpu_cores:
        parts.append(f"{texts.number(amount.cpu_cores)} cores")
    if amount.memory_bytes:
        parts.append(texts.memory(int(amount.memory_bytes)))
    return ", ".join(parts)
