"""What is mounted: volumes of the pod, mounts of its container."""

from collections.abc import Iterator
from dataclasses import dataclass

from workloads.manifests.claims import from_template, item_key, made_name, template_name
from workloads.manifests.manifest import Manifest, present
from workloads.manifests.target import Identity, Target
from workloads.spec.compute import Compute
from workloads.spec.pod import PodSettings
from workloads.spec.storage import Pvc, Storage
from workloads.spec.workload import WorkloadSpec


@dataclass(frozen=True)
class Mount:
    """A row of the spec's storage, and what becomes of it."""

    kind: str
    """The list of the spec, or the compute field that brings shared memory."""

    place: int
    volume: Manifest | None
    """None: the claim templates of the set bring the volume."""

    mounted: Manifest | None = None
    device: Manifest | None = None

    @property
    def name(self) -> str:
        """The name of the volume."""
        return str((self.mounted or self.device or {})["name"])


def mounts(
    pod: PodSettings,
    role: str,
    spec: WorkloadSpec,
    identity: Identity,
    target: Target,
) -> tuple[Mount, ...]:
    """Return all that a pod mounts, in the order of the schema.

    Git checkouts wait for an image that an administrator trusts with them.
    """
    return (
        *(
            _claim(item, place, role, spec, made_name(
                identity, target, role, item_key(item, place)
            ), from_template(item, item_key(item, place), role, spec, target))
            for place, item in enumerate(pod.storage.pvc)
        ),
        *_files(pod.storage),
        *_scratch(pod.storage),
        *_directories(pod.storage),
        *_shared_memory(pod.compute),
    )


def volumes(mounted: tuple[Mount, ...]) -> list[Manifest]:
    """Return the volumes of a pod."""
    return [mount.volume for mount in mounted if mount.volume]
