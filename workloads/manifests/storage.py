"""What is mounted: volumes of the pod, mounts of its container."""

from collections.abc import Iterator
from dataclasses import dataclass

from workloads.manifests.claims import Made
from workloads.manifests.manifest import Manifest, present
from workloads.manifests.target import Target
from workloads.spec.compute import Compute
from workloads.spec.pod import PodSettings
from workloads.spec.storage import Pvc, Storage


@dataclass(frozen=True)
class Mount:
    """A row of the spec's storage, and what becomes of it."""

    field: str
    """Where it stands in the spec: ``storage.pvc``."""

    place: int
    volume: Manifest | None
    """None: the claim templates of the set bring the volume."""

    mounted: Manifest | None = None
    device: Manifest | None = None

    @property
    def name(self) -> str:
        """The name of the volume."""
        return str((self.mounted or self.device or {})["name"])


def mounts(pod: PodSettings, made: Made, target: Target) -> tuple[Mount, ...]:
    """Return all that a pod mounts, in the order of the schema.

    Git checkouts wait for an image that an administrator trusts with them.
    """
    return (
        *_claims(pod.storage, made),
        *_files(pod.storage, target),
        *_scratch(pod.storage),
        *_directories(pod.storage),
        *_shared_memory(pod.compute),
    )


def volumes(mounted: tuple[Mount, ...]) -> list[Manifest]:
    """Return the volumes of a pod."""
    return [mount.volume for mount in mounted if mount.volume]


def _claims(storage: Storage, made: Made) -> Iterator[Mount]:
    for place, item in enumerate(storage.pvc):
        each = not item.existing_pvc and made.from_template(place, item)
        name = made.template_name(place) if each else f"pvc-{place}"
        source = present(
            claimName=item.claim_name if item.existing_pvc else made.name(place, item),
            readOnly=item.read_only or None,
        )
        volume = None if each else {"name": name, "persistentVolumeClaim": source}
        yield _claim(item, place, name, volume)


def _claim(item: Pvc, place: int, name: str, volume: Manifest | None) -> Mount:
    if item.claim_info.volume_mode == "Block" and not item.existing_pvc:
        device = present(name=name, devicePath=item.path)
        return Mount("storage.pvc", place, volume, device=device)
    mounted = present(name=name, mountPath=item.path, readOnly=item.read_only or None)
    return Mount("storage.pvc", place, volume, mounted)


def _files(storage: Storage, target: Target) -> Iterator[Mount]:
    for place, item in enumerate(storage.config_map_volume):
        name = f"configmap-{place}"
        source = present(name=item.config_map, defaultMode=_mode(item.default_mode))
        mounted = present(name=name, mountPath=item.mount_path, subPath=item.sub_path)
        volume = {"name": name, "configMap": source}
        yield Mount("storage.configMapVolume", place, volume, mounted)
    for place, secret in enumerate(storage.secret_volume):
        name = f"secret-{place}"
        source = present(
            secretName=target.read_from(secret.secret),
            defaultMode=_mode(secret.default_mode),
        )
        mounted = present(name=name, mountPath=secret.mount_path)
        volume = {"name": name, "secret": source}
        yield Mount("storage.secretVolume", place, volume, mounted)


def _scratch(storage: Storage) -> Iterator[Mount]:
    for place, item in enumerate(storage.empty_dir_volume):
        name = f"emptydir-{place}"
        source = present(medium=item.medium, sizeLimit=item.size_limit)
        mounted = present(name=name, mountPath=item.path)
        volume = {"name": name, "emptyDir": source}
        yield Mount("storage.emptyDirVolume", place, volume, mounted)


def _directories(storage: Storage) -> Iterator[Mount]:
    for place, nfs in enumerate(storage.nfs):
        name = f"nfs-{place}"
        source = present(server=nfs.server, path=nfs.path, readOnly=nfs.read_only)
        mounted = present(
            name=name, mountPath=nfs.mount_path, readOnly=nfs.read_only or None
        )
        yield Mount("storage.nfs", place, {"name": name, "nfs": source}, mounted)
    for place, host in enumerate(storage.host_path):
        name = f"hostpath-{place}"
        mounted = present(
            name=name,
            mountPath=host.mount_path,
            readOnly=host.read_only or None,
            mountPropagation=host.mount_propagation,
        )
        volume = {"name": name, "hostPath": present(path=host.path)}
        yield Mount("storage.hostPath", place, volume, mounted)


def _shared_memory(compute: Compute) -> Iterator[Mount]:
    if compute.large_shm_request:
        limit = compute.shm_size or compute.cpu_memory_limit
        source = present(medium="Memory", sizeLimit=limit)
        mounted = {"name": "dshm", "mountPath": "/dev/shm"}
        volume = {"name": "dshm", "emptyDir": source}
        yield Mount("compute.largeShmRequest", 0, volume, mounted)


def _mode(octal: str | None) -> int | None:
    return int(octal, 8) if octal else None
