"""The part of an object that is worth storing: what status and the pages read."""

from collections.abc import Iterator, Mapping
from typing import Any

from workloads.status.observed import Manifest

ALL: Mapping[str, Any] = {}
"""Keeps whatever is there."""


def _only(*names: str, **below: Mapping[str, Any]) -> Mapping[str, Any]:
    return dict.fromkeys(names, ALL) | below


METADATA = _only(
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "finalizers",
    "labels",
    "ownerReferences",
)
STATE = _only("waiting", "running", "terminated")
CONTAINER = _only(
    "name", "image", "ready", "started", "restartCount", state=STATE, lastState=STATE
)
OBJECT = _only("kind", "namespace", "name", "uid")
SHAPES: Mapping[str, Mapping[str, Any]] = {
    "LeaderWorkerSet": _only(
        "apiVersion",
        "kind",
        metadata={**METADATA, "annotations": _only("runai-portal/*")},
        spec=_only(
            "replicas",
            "startupPolicy",
            "rolloutStrategy",
            leaderWorkerTemplate=_only("size", "restartPolicy"),
        ),
        status=_only(
            "replicas",
            "readyReplicas",
            "updatedReplicas",
            "observedGeneration",
            "conditions",
        ),
    ),
    "Pod": _only(
        "apiVersion",
        "kind",
        metadata={
            **METADATA,
            "annotations": _only("pod-group-name", "gpu-*", "kai.scheduler/*"),
        },
        spec=_only(
            "nodeName",
            containers=_only("name", "image", "resources"),
            initContainers=_only("name", "image", "resources"),
            volumes=_only("name", "persistentVolumeClaim"),
        ),
        status=_only(
            "phase",
            "reason",
            "message",
            "startTime",
            "podIP",
            "hostIP",
            "nominatedNodeName",
            "conditions",
            containerStatuses=CONTAINER,
            initContainerStatuses=CONTAINER,
        ),
    ),
    "PodGroup": _only(
        "apiVersion",
        "kind",
        metadata=METADATA,
        spec=_only("queue", "minMember", "schedulingBackoff"),
        status=_only(
            "resourcesStatus",
            schedulingConditions=_only(
                "type",
                "status",
                "nodePool",
                "message",
                "lastTransitionTime",
                reasons=_only("reason", "message"),
            ),
        ),
    ),
    "Event": _only(
        "apiVersion",
        "kind",
        "type",
        "reason",
        "message",
        "note",
        "count",
        "deprecatedCount",
        "series",
        "eventTime",
        "firstTimestamp",
        "lastTimestamp",
        "deprecatedFirstTimestamp",
        "deprecatedLastTimestamp",
        "reportingComponent",
        metadata={**METADATA, "annotations": _only("evictor-*")},
        involvedObject=OBJECT,
        regarding=OBJECT,
    ),
    "PersistentVolumeClaim": _only(
        "apiVersion",
        "kind",
        metadata=METADATA,
        spec=_only("accessModes", "storageClassName", "volumeName", "resources"),
        status=_only("phase", "capacity"),
    ),
}


def reduced(manifest: Manifest, kind: str = "") -> Manifest:
    """Return the part of an object that is stored. Never raises.

    Objects of a list do not say their kind, so the caller may. Of other kinds
    everything stays but the field managers.
    """
    shape = SHAPES.get(kind or str(manifest.get("kind", "")))
    if shape is not None:
        kept = _kept(manifest, shape)
        return kept if isinstance(kept, dict) else {}
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict):
        return dict(manifest)
    own = {name: value for name, value in metadata.items() if name != "managedFields"}
    return {**manifest, "metadata": own}


def _kept(value: Any, shape: Mapping[str, Any]) -> Any:
    if not shape:
        return value
    if isinstance(value, list):
        return [_kept(item, shape) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _kept(value[name], below)
        for wanted, below in shape.items()
        for name in _named(value, wanted)
    }


def _named(value: Mapping[str, Any], wanted: str) -> Iterator[str]:
    if wanted.endswith("*"):
        yield from sorted(name for name in value if name.startswith(wanted[:-1]))
    elif wanted in value:
        yield wanted
