"""What a workload asks of its cluster, all pods taken together."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from workloads.manifests.claims import pods_of, roles
from workloads.manifests.compute import shares, whole_gpus
from workloads.spec.compute import Compute
from workloads.spec.workload import WorkloadSpec

NONE = Decimal(0)


@dataclass(frozen=True)
class Amount:
    """Devices, cores and bytes that are asked for."""

    gpus: Decimal = NONE
    """Shares counted as such. Shares given as memory count as whole devices."""

    cpu_cores: Decimal = NONE
    memory_bytes: Decimal = NONE

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(
            self.gpus + other.gpus,
            self.cpu_cores + other.cpu_cores,
            self.memory_bytes + other.memory_bytes,
        )

    def times(self, count: int) -> "Amount":
        """Return the amount of several pods."""
        return Amount(
            self.gpus * count, self.cpu_cores * count, self.memory_bytes * count
        )


@dataclass(frozen=True)
class Demand:
    """What all replicas ask for, by role and in total."""

    replicas: int
    pods: int
    per_pod: Mapping[str, Amount]
    """By role: leader, and worker where there are workers."""

    per_role: Mapping[str, Amount]
    per_replica: Amount
    total: Amount


def demand(spec: WorkloadSpec) -> Demand:
    """Return the demand of the replicas, each a leader and its workers."""
    per_pod = {role: amount(pod.compute) for role, pod in roles(spec).items()}
    per_role = {role: of.times(pods_of(spec, role)) for role, of in per_pod.items()}
    workers = per_pod.get("worker", Amount()).times(spec.workers)
    replica = per_pod["leader"] + workers
    return Demand(
        replicas=spec.replicas,
        pods=spec.replicas * (1 + spec.workers),
        per_pod=per_pod,
        per_role=per_role,
        per_replica=replica,
        total=replica.times(spec.replicas),
    )


def amount(compute: Compute) -> Amount:
    """Return what one pod asks for."""
    memory = compute.cpu_memory_request
    return Amount(
        gpus(compute),
        Decimal(repr(compute.cpu_core_request or 0)),
        memory.amount if memory else NONE,
    )


def gpus(compute: Compute) -> Decimal:
    """Return the devices of one pod; a share of a device is that part of one."""
    if not shares(compute):
        return Decimal(whole_gpus(compute))
    devices = compute.gpu_devices_request or 1
    if compute.gpu_request_type == "memory":
        return Decimal(devices)
    return devices * Decimal(repr(compute.gpu_portion_request))
