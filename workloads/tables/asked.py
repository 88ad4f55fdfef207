"""What a stored spec asks for that no column of the row holds."""

from decimal import Decimal
from typing import Any

from workloads.manifests.claims import pods_of, roles
from workloads.spec.workload import WorkloadSpec
from workloads.tables import texts

UNKNOWN, NO_GPUS = "Unknown", "None"


def gpu_memory(resolved: dict[str, Any]) -> str:
    """GPU memory of all pods, where all that use GPUs ask by memory.

    A whole device or a share of one has what its card has, which nobody tells.
    """
    spec = WorkloadSpec.model_validate(resolved)
    total = Decimal(0)
    for role, pod in roles(spec).items():
        asked = pod.compute
        if asked.gpu_request_type == "memory" and asked.gpu_memory_request:
            devices = (asked.gpu_devices_request or 1) * pods_of(spec, role)
            total += asked.gpu_memory_request.amount * devices
        elif asked.gpu_devices_request:
            return UNKNOWN
    return texts.memory(int(total)) if total else NO_GPUS
