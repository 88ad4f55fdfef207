"""What is to go wrong with a pod: by annotation, by image name, by its workload."""

from collections.abc import Mapping
from typing import Any

from simulator.lwsnames import NAME, annotations_of, is_leader, labels_of

Manifest = dict[str, Any]
ANNOTATION = "simulator/fail"
KINDS = ("image-pull", "crash", "oom", "never-ready", "unschedulable")
MISSING, DENIED = "does-not-exist", "unauthorized"


def fault_of(pod: Manifest, workloads: Mapping[tuple[str, str], Manifest]) -> str:
    """One of KINDS, or the empty text.

    On a workload the annotation may name a role: ``worker:crash``.
    """
    if said := annotations_of(pod).get(ANNOTATION):
        return said
    if any(bad_image(container["image"]) for container in pod["spec"]["containers"]):
        return "image-pull"
    key = pod["metadata"]["namespace"], labels_of(pod).get(NAME, "")
    workload = workloads.get(key)
    role, _, kind = (
        annotations_of(workload or {"metadata": {}}).get(ANNOTATION, "").rpartition(":")
    )
    mine = "leader" if is_leader(pod) else "worker"
    return kind if role in ("", mine) else ""


def bad_image(image: str) -> bool:
    """Whether the image's name says that it cannot be pulled."""
    return MISSING in image or DENIED in image


def pull_message(image: str) -> str:
    """Why the image cannot be pulled."""
    head = f'Failed to pull image "{image}": rpc error: code = '
    if DENIED in image:
        why = f'Unknown desc = failed to pull and unpack image "{image}": failed to '
        return f"{head}{why}authorize: unexpected status: 401 Unauthorized"
    why = f'NotFound desc = failed to pull and unpack image "{image}": failed to '
    return f'{head}{why}resolve reference "{image}": {image}: not found'
