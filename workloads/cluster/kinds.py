"""The kinds that the product speaks of, and where their collections are."""

from typing import NamedTuple

from workloads.cluster.interface import Ref
from workloads.cluster.names import checked_name


class Kind(NamedTuple):
    """Where the objects of a kind are found."""

    plural: str
    namespaced: bool = True


LWS = "leaderworkerset.x-k8s.io/v1"
PODGROUP = "scheduling.run.ai/v2alpha2"
QUEUE = "scheduling.run.ai/v2"
KINDS = {
    (LWS, "LeaderWorkerSet"): Kind("leaderworkersets"),
    ("v1", "Pod"): Kind("pods"),
    ("v1", "ConfigMap"): Kind("configmaps"),
    ("v1", "Secret"): Kind("secrets"),
    ("v1", "Service"): Kind("services"),
    ("v1", "PersistentVolumeClaim"): Kind("persistentvolumeclaims"),
    ("v1", "Event"): Kind("events"),
    ("v1", "Namespace"): Kind("namespaces", False),
    ("v1", "Node"): Kind("nodes", False),
    ("apps/v1", "StatefulSet"): Kind("statefulsets"),
    (PODGROUP, "PodGroup"): Kind("podgroups"),
    (QUEUE, "Queue"): Kind("queues", False),
    ("scheduling.k8s.io/v1", "PriorityClass"): Kind("priorityclasses", False),
    ("storage.k8s.io/v1", "StorageClass"): Kind("storageclasses", False),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): Kind("rolebindings"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): Kind(
        "customresourcedefinitions", False
    ),
}


def collection(api: str, kind: str, namespace: str = "") -> str:
    """The path of a collection: of one namespace, or of all."""
    found = KINDS[(api, kind)]
    root = f"/apis/{api}" if "/" in api else f"/api/{api}"
    if found.namespaced and namespace:
        return f"{root}/namespaces/{checked_name(namespace)}/{found.plural}"
    return f"{root}/{found.plural}"


def path(ref: Ref) -> str:
    """The path of one object. Raises ValueError for what cannot be a name."""
    if KINDS[(ref.api, ref.kind)].namespaced and not ref.namespace:
        raise ValueError(f"{ref} needs a namespace")
    return f"{collection(ref.api, ref.kind, ref.namespace)}/{checked_name(ref.name)}"
