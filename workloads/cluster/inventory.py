"""What a cluster has that a form wants to know. The follower keeps it in the row."""

from collections.abc import Iterable
from typing import Any

from workloads.cluster.interface import Cluster, Forbidden, Manifest, NotFound, Ref

POOL = "kai.scheduler/node-pool"
NODE_TYPE = "run.ai/type"
OURS = "run.ai/resource"
CRD = Ref(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    "leaderworkersets.leaderworkerset.x-k8s.io",
)


LWS_SINCE = {"partition": "0.7", "volumeClaimTemplates": "0.8"} | {
    "observedGeneration": "0.9"
}
"""Versions of LeaderWorkerSet by what came with them (kubernetes.md §1.6)."""


def inventory(cluster: Cluster, namespaces: Iterable[str] = ()) -> dict[str, Any]:
    """Versions, storage classes, node types, capacity by pool, keys of ConfigMaps.

    ConfigMaps are read in these namespaces alone: elsewhere they are nobody's business.
    """
    nodes, _ = cluster.list("v1", "Node")
    classes, _ = cluster.list("storage.k8s.io/v1", "StorageClass")
    maps = [item for name in namespaces for item in _config_maps(cluster, name)]
    return {
        **lws(cluster),
        "storageClasses": sorted(_name(item) for item in classes),
        "nodeTypes": sorted(_values(nodes, NODE_TYPE)),
        "pools": _pools(nodes),
        "configMaps": {
            f"{_namespace(item)}/{_name(item)}": sorted(item.get("data") or {})
            for item in maps
        },
    }


def _config_maps(cluster: Cluster, namespace: str) -> list[Manifest]:
    """The ConfigMaps for workloads; none where the portal's account has no rights."""
    try:
        return cluster.list("v1", "ConfigMap", selector=OURS, namespace=namespace)[0]
    except Forbidden:
        return []


def lws(cluster: Cluster) -> dict[str, Any]:
    """Whether LeaderWorkerSet is there, and what it can do, by its schema (§1.6)."""
    try:
        crd = cluster.get(CRD)
    except NotFound:
        return {"lws": False, "lwsFeatures": []}
    versions = (crd.get("spec") or {}).get("versions") or [{}]
    schema = ((versions[0].get("schema") or {}).get("openAPIV3Schema")) or {}
    template = _below(schema, "spec", "leaderWorkerTemplate")
    rollout = _below(schema, "spec", "rolloutStrategy", "rollingUpdateConfiguration")
    found = {
        "volumeClaimTemplates": "volumeClaimTemplates" in template,
        "partition": "partition" in rollout,
        "observedGeneration": "observedGeneration" in _below(schema, "status"),
    }
    return {"lws": True, "lwsFeatures": sorted(name for name in found if found[name])}


def _below(schema: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        schema = (schema.get("properties") or {}).get(name) or {}
    return schema.get("properties") or {}


def _pools(nodes: Iterable[Manifest]) -> dict[str, dict[str, int]]:
    """By pool: how many nodes, and how many GPUs they have in all."""
    found: dict[str, dict[str, int]] = {}
    for node in nodes:
        pool = _labels(node).get(POOL, "default")
        capacity = (node.get("status") or {}).get("allocatable") or {}
        entry = found.setdefault(pool, {"nodes": 0, "gpus": 0})
        entry["nodes"] += 1
        entry["gpus"] += int(capacity.get("nvidia.com/gpu") or 0)
    return found


def _values(nodes: Iterable[Manifest], label: str) -> set[str]:
    return {_labels(node)[label] for node in nodes if label in _labels(node)}


def _labels(item: Manifest) -> dict[str, str]:
    return (item.get("metadata") or {}).get("labels") or {}


def _name(item: Manifest) -> str:
    return str((item.get("metadata") or {}).get("name", ""))


def _namespace(item: Manifest) -> str:
    return str((item.get("metadata") or {}).get("namespace", ""))
