"""Container paths, and what the kinds of volumes need."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.spec.rules.pods import Document, pods, rows, said_keys, wrong
from workloads.spec.storage import Storage
from workloads.spec.syntax import (
    absolute_path,
    dns_name,
    relative_path,
    same_place,
)
from workloads.spec.workload import WorkloadSpec

SHARED_MEMORY = "/dev/shm"
REFUSED = ("/", "/etc", "/proc", "/sys", "/run", "/var/run")
"""With what is below them, but for the first; below them are sockets and secrets."""

SYMLINKED = ("/var/lib/kubelet", "/var/lib/docker", "/var/lib/containerd", "/var/log")
NAMES = (
    ("config_map_volume", "configMapVolume", "config_map", "configMap"),
    ("secret_volume", "secretVolume", "secret", "secret"),
    ("pvc", "pvc", "claim_name", "claimName"),
)


class Mount(NamedTuple):
    """One row that is mounted."""

    kind: str
    alias: str
    position: int
    key: str | None
    path: str

    def at(self, pod: Location) -> Location:
        """The place of its container path."""
        return pod / "storage" / self.kind / self.position / self.alias


KINDS = tuple(
    (
        name,
        info.alias or "",
        *(
            ("mount_path", "mountPath")
            if name in ("config_map_volume", "secret_volume", "nfs", "host_path")
            else ("path", "path")
        ),
    )
    for name, info in Storage.model_fields.items()
)


def mounts(storage: Storage) -> Iterator[Mount]:
    """Yield every row with a container path, in the order of the schema."""
    for name, kind, attribute, alias in KINDS:
        for position, volume in enumerate(getattr(storage, name)):
            if path := getattr(volume, attribute):
                yield Mount(kind, alias, position, volume.name, path)


def container_paths(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """Container paths are absolute, and such as Kubernetes can mount (X-12)."""
    for at, pod in pods(spec):
        for mount in mounts(pod.storage):
            if text := _container_path(mount.path):
                yield wrong(mount.at(at), "path", text)


def _container_path(path: str) -> str:
    if text := absolute_path(path):
        return text
    if ":" in path:
        return "must not have a colon in it"
    if same_place(path) == "/":
        return "would hide the whole image: choose a folder, such as /data"
    return ""


def unique_paths(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """A path is mounted once in a pod. A policy's row is not to blame (X-12)."""
    for at, pod in pods(spec):
        found = list(mounts(pod.storage))
        if not found:
            continue
        taken = {SHARED_MEMORY: ""} if pod.compute.large_shm_request else {}
        for mount in sorted(found, key=_said_last(document, at)):
            place = same_place(mount.path)
            if place in taken:
                yield wrong(mount.at(at), "unique", _collision(place, taken[place]))
            taken[place] = mount.key or mount.kind


def _said_last(document: Document, at: Location) -> Any:
    keys = {
        kind: said_keys(document, str(at), "storage", kind, key="name")
        for _, kind, _, _ in KINDS
    }
    return lambda mount: mount.key is None or mount.key in keys[mount.kind]


def _collision(place: str, owner: str) -> str:
    if not owner:
        return "is where the shared memory is, which is increased: choose another path"
    return f"is mounted already, by {owner}: choose another path than {place[:200]}"


def names(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """What is mounted is named as Kubernetes names objects."""
    for at, pod in pods(spec):
        for kind, alias, attribute, field in NAMES:
            items = getattr(pod.storage, kind)
            for row, volume in rows(at, f"storage.{alias}", items):
                name = getattr(volume, attribute)
                if name and (text := dns_name(name)):
                    yield wrong(row / field, "syntax", text)


def sub_paths(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """One file of a ConfigMap is named by its place inside (R-121)."""
    for at, pod in pods(spec):
        items = pod.storage.config_map_volume
        for row, volume in rows(at, "storage.configMapVolume", items):
            if volume.sub_path and (text := relative_path(volume.sub_path)):
                yield wrong(row / "subPath", "path", text)


def sizes(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """A volume holds something (R-128, R-136)."""
    for at, pod in pods(spec):
        for row, claim in rows(at, "storage.pvc", pod.storage.pvc):
            if claim.claim_info.size and not claim.claim_info.size.amount:
                yield wrong(row / "claimInfo" / "size", "size", "must be above 0")
        scratch = pod.storage.empty_dir_volume
        for row, volume in rows(at, "storage.emptyDirVolume", scratch):
            if volume.size_limit and not volume.size_limit.amount:
                text = "must be above 0: empty means as much as the node has"
                yield wrong(row / "sizeLimit", "size", text)


def host_paths(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Some folders of a node are refused whatever a policy says (kubernetes.md §9)."""
    for at, pod in pods(spec):
        for row, volume in rows(at, "storage.hostPath", pod.storage.host_path):
            if volume.path and (text := _host_path(volume.path)):
                yield wrong(row / "path", "hostPath", text)


def _host_path(path: str) -> str:
    if text := absolute_path(path):
        return text
    place = same_place(path)
    for folder in (*REFUSED, *SYMLINKED):
        if place == folder or (folder != "/" and place.startswith(f"{folder}/")):
            return f"is refused: {folder} of a node is never mounted"
    return "is refused: it is a socket" if place.endswith(".sock") else ""


def nfs(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """A directory of a server is an absolute path there."""
    for at, pod in pods(spec):
        for row, volume in rows(at, "storage.nfs", pod.storage.nfs):
            if volume.path and (text := absolute_path(volume.path)):
                yield wrong(row / "path", "path", text)
            if volume.server and not _is_host(volume.server):
                text = "must be the name or the address of a server"
                yield wrong(row / "server", "syntax", text)


def _is_host(server: str) -> bool:
    return not dns_name(server.lower()) or set(server) <= set("0123456789abcdefABCDEF:")


RULES = (container_paths, unique_paths, names, sub_paths, sizes, host_paths, nfs)
