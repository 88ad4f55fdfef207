"""Where in the spec something stands that Kubernetes names in an object."""

import re
from collections.abc import Iterable, Mapping

from workloads.manifests.claims import roles
from workloads.manifests.container_locations import Steps, longest
from workloads.manifests.pod_locations import below
from workloads.spec.paths import Location
from workloads.spec.pod import PodSettings
from workloads.spec.rules.reserved import TOPOLOGY
from workloads.spec.workload import WorkloadSpec

STEP = re.compile(r"\.?([^.\[\]]+)|\[([^\]]*)\]")
KEY = re.compile(r"""(?:[A-Za-z]+=)?["']?([^"']*)["']?""")
ROLES = {"leaderTemplate": "leader", "workerTemplate": "worker"}
OF_SET: Mapping[Steps, str] = {
    ("metadata", "name"): "name",
    ("spec", "replicas"): "replicas",
    ("spec", "startupPolicy"): "startupPolicy",
    ("spec", "leaderWorkerTemplate", "size"): "workers",
    ("spec", "leaderWorkerTemplate", "restartPolicy"): "restartPolicy",
    ("spec", "rolloutStrategy"): "rollout",
    **{
        (
            "spec",
            "rolloutStrategy",
            "rollingUpdateConfiguration",
            name,
        ): f"rollout.{name}"
        for name in ("maxUnavailable", "maxSurge", "partition")
    },
}
OF_SERVICE: Mapping[Steps, str] = {
    ("metadata", "name"): "servingPort.serviceName",
    ("spec", "ports", 0, "port"): "servingPort.servicePort",
    ("spec", "ports"): "servingPort.port",
}
OF_CLAIM: Mapping[Steps, str] = {
    ("spec", "resources"): "claimInfo.size",
    ("spec", "storageClassName"): "claimInfo.storageClass",
    ("spec", "accessModes"): "claimInfo.accessModes",
    ("spec", "volumeMode"): "claimInfo.volumeMode",
    ("metadata", "name"): "name",
}
OF_LABEL = {
    "kai.scheduler/node-pool": "nodePools",
    "kai.scheduler/queue": "nodePools",
    "kai.scheduler/preemptibility": "preemptibility",
    "priorityClassName": "priorityClass",
}
OF_ANNOTATION = {"kai.scheduler/staleness-grace-period": "startupPolicy"}


def location_of(
    field: str,
    role: str | None,
    spec: WorkloadSpec,
    *,
    kind: str = "LeaderWorkerSet",
    item: str = "",
) -> Location:
    """Return the place in the spec of a path in an object, as closely as is known.

    With a role the path is that of its bare pod or template. Items are counted as in
    the spec; the caller turns that into places of the document. ``item`` names the
    claim that a path of kind PersistentVolumeClaim is about: ``leader/models``.
    """
    path = steps(field)
    if kind == "Service":
        return Location.parse(longest(OF_SERVICE, path) or "servingPort")
    if kind == "PersistentVolumeClaim":
        return _of_claim(item, path, spec)
    for place, step in enumerate(path[:4]):
        if step in ROLES:
            role, path = ROLES[str(step)], path[place + 1 :]
            break
    if role:
        return _of_pod(role if role in roles(spec) else "leader", path, spec)
    if path[:2] in {("metadata", "labels"), ("metadata", "annotations")}:
        return _of_metadata("leader", path, spec)
    if path[:3] == ("spec", "leaderWorkerTemplate", "volumeClaimTemplates"):
        return _of_template(path, spec)
    return Location.parse(longest(OF_SET, path) or "")


def steps(field: str) -> Steps:
    """Split a path as Kubernetes writes it: ``spec.containers[0].env[1].name``."""
    found: list[str | int] = []
    for name, bracket in STEP.findall(field):
        if name:
            found.append(name)
        elif bracket.isdecimal() and len(bracket) < 7:
            found.append(int(bracket))
        elif key := KEY.match(bracket):
            found.append(key[1])
    return tuple(found)


def _of_pod(role: str, path: Steps, spec: WorkloadSpec) -> Location:
    if path[:1] == ("metadata",):
        return _of_metadata(role, path, spec)
    settings = roles(spec).get(role, spec.leader)
    port = bool(role == "leader" and spec.serving_port and spec.serving_port.port)
    inside = path[1:] if path[:1] == ("spec",) else path
    found = below(inside, settings, serves=port)
    if found.startswith("/"):
        return Location.parse(found[1:])
    return Location((role, *Location.parse(found)))


def _of_metadata(role: str, path: Steps, spec: WorkloadSpec) -> Location:
    kind = str(path[1]) if len(path) > 1 else "labels"
    key = str(path[2]) if len(path) > 2 else ""
    table = OF_LABEL if kind == "labels" else OF_ANNOTATION
    if key in table:
        return Location.parse(table[key])
    settings = roles(spec).get(role, spec.leader)
    if key.startswith("gpu-"):
        return Location((role, *Location.parse(_of_gpu(key, settings))))
    entries: Iterable[str | None] = (
        [label.name for label in settings.labels]
        if kind == "labels"
        else [note.name for note in settings.annotations]
    )
    places = [place for place, name in enumerate(entries) if name == key]
    if places:
        return Location((role, kind, places[-1], "value"))
    return Location(("nodePools",) if key in TOPOLOGY else (role, kind))


def _of_gpu(key: str, settings: PodSettings) -> str:
    if key == "gpu-fraction-num-devices":
        return "compute.gpuDevicesRequest"
    memory = key == "gpu-memory"
    return f"compute.{'gpuMemoryRequest' if memory else 'gpuPortionRequest'}"


def _of_template(path: Steps, spec: WorkloadSpec) -> Location:
    """Return the place of a claim template, whose order is that of the volumes."""
    index = path[3] if len(path) > 3 else 0
    if not isinstance(index, str) or "-pvc-" not in index:
        return Location(("leader", "storage", "pvc"))
    role, _, place = index.partition("-pvc-")
    return _of_claim(f"{role}/{place}", path[4:], spec)


def _of_claim(item: str, path: Steps, spec: WorkloadSpec) -> Location:
    role, _, key = item.partition("/")
    settings = roles(spec).get(role)
    if settings is None:
        return Location(("leader", "storage", "pvc"))
    names = [volume.name or str(n) for n, volume in enumerate(settings.storage.pvc)]
    place = names.index(key) if key in names else int(key) if key.isdecimal() else 0
    within = longest(OF_CLAIM, path) or ""
    return Location((role, "storage", "pvc", place, *Location.parse(within)))
