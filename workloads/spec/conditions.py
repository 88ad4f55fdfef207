"""When a field exists: the one that selects it stands beside it and above it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from workloads.spec.schema import by_path


class When(NamedTuple):
    """A condition on a neighbour. One that cannot be read holds."""

    selector: str
    holds: Callable[[Any], bool]


def when(selector: str, *values: Any) -> When:
    """Return the condition that the neighbour has one of the values."""
    return When(selector, values.__contains__)


CONDITIONS = by_path(
    {
        "worker": When("workers", bool),
        "servingPort.authorizedUsers": when("authorizationType", "authorizedUsers"),
        "servingPort.authorizedGroups": when("authorizationType", "authorizedGroups"),
        "pod.compute.gpuPortionRequest": when("gpuRequestType", "portion"),
        "pod.compute.gpuPortionLimit": when("gpuRequestType", "portion"),
        "pod.compute.gpuMemoryRequest": when("gpuRequestType", "memory"),
        "pod.compute.gpuMemoryLimit": when("gpuRequestType", "memory"),
        "pod.compute.shmSize": when("largeShmRequest", True),
        "pod.security.runAsUid": when("uidGidSource", "custom"),
        "pod.security.runAsGid": when("uidGidSource", "custom"),
        "pod.security.supplementalGroups": when("uidGidSource", "custom"),
        "pod.tolerations.value": when("operator", "Equal"),
        "pod.tolerations.seconds": when("effect", "NoExecute"),
        "pod.storage.pvc.claimName": when("existingPvc", True),
        "pod.storage.pvc.claimInfo": when("existingPvc", False),
    }
)
