"""The data that a workload mounts, in a user's words (form.md §2.4)."""

from collections.abc import Iterator
from typing import NamedTuple

from workloads.spec.pod import PodSettings
from workloads.spec.storage import Pvc, Storage
from workloads.spec.workload import WorkloadSpec


class DataSource(NamedTuple):
    """One thing that is mounted."""

    name: str
    type: str
    path: str
    """In the container."""

    role: str
    """leader, worker or both."""


def data_sources(spec: WorkloadSpec) -> list[DataSource]:
    """Return what both roles mount; what both have the same is named once."""
    leader = list(_of(spec.leader))
    worker = list(_of(spec.worker)) if spec.worker and spec.workers else []
    shared = [entry for entry in leader if entry in worker]
    return [
        DataSource(*entry, "leader and workers" if entry in shared else "leader")
        for entry in leader
    ] + [DataSource(*entry, "workers") for entry in worker if entry not in shared]


def _of(pod: PodSettings) -> Iterator[tuple[str, str, str]]:
    yield from (entry for entry in _entries(pod.storage) if entry[0])


def _entries(storage: Storage) -> Iterator[tuple[str, str, str]]:
    for volume in storage.pvc:
        yield _claim(volume)
    for files in storage.config_map_volume:
        yield files.config_map or "", "ConfigMap", files.mount_path or ""
    for secret in storage.secret_volume:
        yield secret.secret or "", "Secret", secret.mount_path or ""
    for scratch in storage.empty_dir_volume:
        medium = "memory" if scratch.medium else "disk"
        yield scratch.path or "", f"EmptyDir on {medium}", scratch.path or ""
    for share in storage.nfs:
        yield f"{share.server}:{share.path}", "NFS", share.mount_path or ""
    for checkout in storage.git:
        yield checkout.repository or "", "Git", checkout.path or ""
    for folder in storage.host_path:
        yield folder.path or "", "Host path", folder.mount_path or ""


def _claim(volume: Pvc) -> tuple[str, str, str]:
    if volume.existing_pvc:
        return volume.claim_name or "", "PVC", volume.path or ""
    size = volume.claim_info.size or ""
    return volume.name or volume.path or "", f"Volume, {size}", volume.path or ""
