"""Where in a role's settings something stands that Kubernetes names in a container."""

from collections.abc import Mapping, Sequence

from workloads.manifests.claims import Made
from workloads.manifests.storage import Mount, mounts
from workloads.manifests.target import Identity, Target
from workloads.spec.pod import PodSettings

Steps = tuple[str | int, ...]
NOBODY = Identity(id="", name="", project_id="", project="", created_by="")
NOWHERE = Target(namespace="", queues={})
OF_CONTAINER: Mapping[Steps, str] = {
    ("image",): "image",
    ("imagePullPolicy",): "imagePullPolicy",
    ("command",): "command",
    ("args",): "args",
    ("workingDir",): "workingDir",
    ("env",): "environmentVariables",
    ("ports",): "ports",
    ("resources",): "compute",
    ("resources", "requests", "cpu"): "compute.cpuCoreRequest",
    ("resources", "limits", "cpu"): "compute.cpuCoreLimit",
    ("resources", "requests", "memory"): "compute.cpuMemoryRequest",
    ("resources", "limits", "memory"): "compute.cpuMemoryLimit",
    ("resources", "requests", "ephemeral-storage"): "compute.ephemeralStorageRequest",
    ("resources", "limits", "ephemeral-storage"): "compute.ephemeralStorageLimit",
    ("resources", "requests", "nvidia.com/gpu"): "compute.gpuDevicesRequest",
    ("resources", "limits", "nvidia.com/gpu"): "compute.gpuDevicesRequest",
    ("securityContext",): "security",
    ("securityContext", "runAsUser"): "security.runAsUid",
    ("securityContext", "runAsGroup"): "security.runAsGid",
    ("securityContext", "runAsNonRoot"): "security.runAsNonRoot",
    ("securityContext", "readOnlyRootFilesystem"): "security.readOnlyRootFilesystem",
    (
        "securityContext",
        "allowPrivilegeEscalation",
    ): "security.allowPrivilegeEscalation",
    ("securityContext", "privileged"): "security.privileged",
    ("securityContext", "seccompProfile"): "security.seccompProfileType",
    ("securityContext", "capabilities"): "security.capabilities",
    ("volumeMounts",): "storage",
    ("volumeDevices",): "storage",
}
OF_VARIABLE: Mapping[Steps, str] = {
    ("name",): "name",
    ("value",): "value",
    ("valueFrom", "secretKeyRef"): "secret",
    ("valueFrom", "secretKeyRef", "name"): "secret.name",
    ("valueFrom", "secretKeyRef", "key"): "secret.key",
    ("valueFrom", "configMapKeyRef"): "configMap",
    ("valueFrom", "configMapKeyRef", "name"): "configMap.name",
    ("valueFrom", "configMapKeyRef", "key"): "configMap.key",
    ("valueFrom", "fieldRef"): "podFieldRef.path",
}
OF_PORT: Mapping[Steps, str] = {
    (name,): name for name in ("name", "containerPort", "protocol")
}
PROBES = {
    "readinessProbe": "readiness",
    "startupProbe": "startup",
    "livenessProbe": "liveness",
}
HANDLERS = frozenset({"httpGet", "tcpSocket", "exec", "grpc"})
OF_MOUNT: Mapping[str, Mapping[Steps, str]] = {
    "storage.pvc": {
        ("mountPath",): "path",
        ("devicePath",): "path",
        ("readOnly",): "readOnly",
        ("persistentVolumeClaim", "claimName"): "claimName",
        ("persistentVolumeClaim", "readOnly"): "readOnly",
    },
    "storage.configMapVolume": {
        ("mountPath",): "mountPath",
        ("subPath",): "subPath",
        ("configMap", "name"): "configMap",
        ("configMap", "defaultMode"): "defaultMode",
    },
    "storage.secretVolume": {
        ("mountPath",): "mountPath",
        ("secret", "secretName"): "secret",
        ("secret", "defaultMode"): "defaultMode",
    },
    "storage.emptyDirVolume": {
        ("mountPath",): "path",
        ("emptyDir", "sizeLimit"): "sizeLimit",
        ("emptyDir", "medium"): "medium",
    },
    "storage.nfs": {
        ("mountPath",): "mountPath",
        ("readOnly",): "readOnly",
        ("nfs", "server"): "server",
        ("nfs", "path"): "path",
        ("nfs", "readOnly"): "readOnly",
    },
    "storage.hostPath": {
        ("mountPath",): "mountPath",
        ("readOnly",): "readOnly",
        ("mountPropagation",): "mountPropagation",
        ("hostPath", "path"): "path",
    },
}


def longest(table: Mapping[Steps, str], path: Steps) -> str | None:
    """Return the entry for as much of the path as the table knows."""
    for length in range(len(path), 0, -1):
        if (found := table.get(path[:length])) is not None:
            return found
    return None


def of_container(path: Steps, pod: PodSettings, serves: bool) -> str:
    """Return the field of a role's only container."""
    match path:
        case ("env", place, *rest):
            return _of_variable(place, tuple(rest), pod)
        case ("ports", place, *rest):
            return _of_port(place, tuple(rest), pod, serves)
        case (str(probe), *rest) if probe in PROBES:
            return _of_probe(PROBES[probe], tuple(rest), pod)
        case ("volumeMounts", place, *rest):
            some = [mount for mount in mounted(pod) if mount.mounted]
            paths = [str((m.mounted or {}).get("mountPath")) for m in some]
            return of_mount(item_at(some, paths, place), tuple(rest))
        case ("volumeDevices", place, *rest):
            some = [mount for mount in mounted(pod) if mount.device]
            paths = [str((m.device or {}).get("devicePath")) for m in some]
            return of_mount(item_at(some, paths, place), tuple(rest))
        case ("resources", _, str(resource), *_):
            names = [extra.resource or "" for extra in pod.compute.extended_resources]
            if resource in names:
                return f"compute.extendedResources.{names.index(resource)}.quantity"
    return longest(OF_CONTAINER, path) or ""


def _of_variable(place: str | int, rest: Steps, pod: PodSettings) -> str:
    rendered = [
        (index, variable.name or "")
        for index, variable in enumerate(pod.environment_variables)
        if variable.user_credential is None
    ]
    names = [name for _, name in rendered]
    at = _place(names, place)
    if at is None:
        return "environmentVariables"
    return row("environmentVariables", rendered[at][0], OF_VARIABLE, rest)


def _of_port(place: str | int, rest: Steps, pod: PodSettings, serves: bool) -> str:
    if not isinstance(place, int):
        return "ports"
    if serves and not place:
        return "/servingPort.port"
    return row("ports", place - serves, OF_PORT, rest)


def _of_probe(name: str, rest: Steps, pod: PodSettings) -> str:
    if getattr(pod.probes, name) is None:
        return "/servingPort.port"
    inner = ".".join(part for part in rest if isinstance(part, str))
    handler = "handler." if rest[:1] and rest[0] in HANDLERS else ""
    return f"probes.{name}.{handler}{inner}".rstrip(".")


def of_mount(mount: Mount | None, rest: Steps) -> str:
    """Return the row of the storage that a volume or a mount is made of."""
    if mount is None:
        return "storage"
    if mount.field not in OF_MOUNT:
        limit = rest[-1:] == ("sizeLimit",)
        return "compute.shmSize" if limit else mount.field
    return row(mount.field, mount.place, OF_MOUNT[mount.field], rest)


def row(items: str, place: int, table: Mapping[Steps, str], rest: Steps) -> str:
    """Return a row, or its field as far as the table knows it."""
    within = longest(table, rest)
    return f"{items}.{place}.{within}" if within else f"{items}.{place}"


def item_at(
    found: Sequence[Mount], names: Sequence[str], place: str | int
) -> Mount | None:
    """Return the mount at a position, or of a name."""
    at = _place(names, place)
    return None if at is None else found[at]


def _place(names: Sequence[str], place: str | int) -> int | None:
    """Return a position that is given as such, or by name."""
    if isinstance(place, int):
        return place if place < len(names) else None
    return names.index(place) if place in names else None


def mounted(pod: PodSettings) -> tuple[Mount, ...]:
    """Return what a pod mounts, whatever the volumes are called."""
    return mounts(pod, Made("leader", 1, NOBODY, NOWHERE), NOWHERE)
