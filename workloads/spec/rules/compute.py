"""Amounts that hang together."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from workloads.spec.compute import Compute
from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.quantity import Quantity
from workloads.spec.rules.pods import Document, pods, rows, wrong
from workloads.spec.syntax import label_name
from workloads.spec.workload import WorkloadSpec

PAIRS = tuple(
    (limit, limit.replace("limit", "request"), info.alias or "")
    for limit, info in Compute.model_fields.items()
    if limit.endswith("_limit")
)
FIELDS = {
    "cpu": "CPU request",
    "memory": "CPU memory request",
    "nvidia.com/gpu": "GPU devices per pod",
}
"""Resources that have fields of their own."""

LEAST_PORTION = 0.01
"""One percent of a device."""


def amount(value: Any) -> Decimal:
    """The number in a number or quantity."""
    return value.amount if isinstance(value, Quantity) else Decimal(str(value))


def limits(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """A limit is not below its request (X-05, X-30)."""
    for at, pod in pods(spec):
        for limit, request, alias in PAIRS:
            most, least = getattr(pod.compute, limit), getattr(pod.compute, request)
            if most is None or least is None or amount(most) >= amount(least):
                continue
            text = f"is {most} and below the request of {least}; raise it, or clear it"
            yield wrong(at / "compute" / alias, "limits", text)


def fractions(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """A share of a device needs a device, and a hundredth of it or more (X-06)."""
    for at, pod in pods(spec):
        here, compute = at / "compute", pod.compute
        if compute.gpu_request_type is None:
            continue
        if compute.gpu_devices_request == 0:
            text = "is 0, but a part of each device is asked for: ask for 1 or more"
            yield wrong(here / "gpuDevicesRequest", "fraction", text)
        portion, memory = compute.gpu_portion_request, compute.gpu_memory_request
        if portion is not None and portion < LEAST_PORTION:
            text = f"must be at least {LEAST_PORTION}"
            yield wrong(here / "gpuPortionRequest", "fraction", text)
        if memory is not None and memory.amount == 0:
            text = "must be above 0: switch fractioning off for whole devices"
            yield wrong(here / "gpuMemoryRequest", "fraction", text)


def gpu_limit(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """A limit of GPU memory needs something that enforces it (R-084, X-08)."""
    if facts.gpu_memory_limit:
        return
    for at, pod in pods(spec):
        for name, alias in (("portion", "gpuPortion"), ("memory", "gpuMemory")):
            most = getattr(pod.compute, f"gpu_{name}_limit")
            least = getattr(pod.compute, f"gpu_{name}_request")
            if most is None or (least is not None and amount(most) == amount(least)):
                continue
            text = (
                "is possible only once an administrator has enabled GPU resource "
                "optimization for the cluster: clear it, or repeat the request"
            )
            yield wrong(at / "compute" / f"{alias}Limit", "gpuMemoryLimit", text)


def shared_memory(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """Shared memory counts against the memory limit (X-30)."""
    for at, pod in pods(spec):
        size, limit = pod.compute.shm_size, pod.compute.cpu_memory_limit
        if size is not None and limit is not None and size.amount > limit.amount:
            text = f"is above the CPU memory limit of {limit}, which it counts against"
            yield wrong(at / "compute" / "shmSize", "shm", text)


def extended(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Extended resources are named in full, and have no fields (R-102, X-30)."""
    for at, pod in pods(spec):
        items = pod.compute.extended_resources
        for row, item in rows(at, "compute.extendedResources", items):
            if not item.resource:
                continue
            if text := _resource(item.resource, pod.compute):
                yield wrong(row / "resource", "resource", text)
            elif text := _count(item.resource, item.quantity):
                yield wrong(row / "quantity", "resource", text)


def _resource(name: str, compute: Compute) -> str:
    if field := FIELDS.get(name):
        return f"has a field of its own: {field}"
    if name == "ephemeral-storage":
        said = (compute.ephemeral_storage_request, compute.ephemeral_storage_limit)
        twice = any(value is not None for value in said)
        return "is said in the field Ephemeral storage too" if twice else ""
    if name.startswith("hugepages-"):
        given = (
            compute.cpu_core_request,
            compute.cpu_core_limit,
            compute.cpu_memory_request,
            compute.cpu_memory_limit,
        )
        alone = all(value is None for value in given)
        return "needs a CPU or CPU memory request beside it" if alone else ""
    if "/" not in name:
        return "must be named in full, such as rdma/hca"
    return label_name(name)


def _count(name: str, quantity: Quantity | None) -> str:
    divisible = name == "ephemeral-storage" or name.startswith("hugepages-")
    if quantity is None or divisible or quantity.amount % 1 == 0:
        return ""
    return f"is {quantity}; devices are whole ones"


RULES = (limits, fractions, gpu_limit, shared_memory, extended)
