"""What a pod asks for: resources of its container, annotations for parts of a GPU."""

from decimal import ROUND_CEILING, Decimal

from workloads.manifests.manifest import Manifest, present
from workloads.spec.compute import Compute
from workloads.spec.quantity import Quantity

GPU = "nvidia.com/gpu"
MEBIBYTE = 2**20


def resources(compute: Compute) -> Manifest:
    """Return requests and limits. A part of a GPU is none of them (fact 9)."""
    both: Manifest = {
        str(extra.resource): extra.quantity for extra in compute.extended_resources
    }
    both |= {GPU: whole_gpus(compute) or None}
    least = {
        "cpu": cores(compute.cpu_core_request),
        "memory": compute.cpu_memory_request,
        "ephemeral-storage": compute.ephemeral_storage_request,
    }
    most = {
        "cpu": cores(compute.cpu_core_limit),
        "memory": compute.cpu_memory_limit,
        "ephemeral-storage": compute.ephemeral_storage_limit,
    }
    return present(requests=present(**(both | least)), limits=present(**(both | most)))


def shares(compute: Compute) -> bool:
    """Whether the pod takes parts of its GPUs. All of one is not a part."""
    if compute.gpu_request_type == "portion":
        return compute.gpu_portion_request not in (None, 1)
    return (
        compute.gpu_request_type == "memory" and compute.gpu_memory_request is not None
    )


def whole_gpus(compute: Compute) -> int:
    """Return the devices that the pod has for itself."""
    if shares(compute):
        return 0
    if compute.gpu_devices_request is None:
        return 1 if compute.gpu_portion_request == 1 else 0
    return compute.gpu_devices_request


def gpu_annotations(compute: Compute) -> Manifest:
    """Return how KAI is told about parts of GPUs: shares, or mebibytes."""
    if not shares(compute):
        return {}
    devices = compute.gpu_devices_request or 1
    portion = compute.gpu_request_type == "portion"
    share, memory = compute.gpu_portion_request, compute.gpu_memory_request
    return present(
        **{
            "gpu-fraction": format(Decimal(repr(share)), "f") if portion else None,
            "gpu-fraction-num-devices": str(devices) if devices > 1 else None,
            "gpu-memory": None if portion or memory is None else mebibytes(memory),
        }
    )


def mebibytes(amount: Quantity) -> str:
    """Return the whole mebibytes that hold the amount."""
    return str((amount.amount / MEBIBYTE).to_integral_value(ROUND_CEILING))


def cores(amount: float | None) -> str | None:
    """Return an amount of cores in Kubernetes' own form: 2, 500m."""
    if amount is None:
        return None
    thousandths = (Decimal(repr(amount)) * 1000).to_integral_value(ROUND_CEILING)
    whole, rest = divmod(int(thousandths), 1000)
    return f"{whole * 1000 + rest}m" if rest else str(whole)
