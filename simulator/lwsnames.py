"""The labels, annotations and names that LeaderWorkerSet gives its objects."""

import hashlib
import json
from typing import Any

Manifest = dict[str, Any]
PREFIX = "leaderworkerset.sigs.k8s.io/"
NAME = f"{PREFIX}name"
GROUP_INDEX = f"{PREFIX}group-index"
WORKER_INDEX = f"{PREFIX}worker-index"
GROUP_KEY = f"{PREFIX}group-key"
REVISION = f"{PREFIX}template-revision-hash"
SIZE = f"{PREFIX}size"
LEADER_NAME = f"{PREFIX}leader-name"
REPLICAS = f"{PREFIX}replicas"
POLICY = f"{PREFIX}subdomainPolicy"
SUBGROUP_SIZE = f"{PREFIX}subgroup-size"
SUBGROUP_INDEX = f"{PREFIX}subgroup-index"
ADDRESS = "LWS_LEADER_ADDRESS"
GROUP_SIZE = "LWS_GROUP_SIZE"
INDEX = "LWS_WORKER_INDEX"


def hashed(text: str, length: int = 10) -> str:
    """A short hash that is stable over restarts."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def ordinal(name: str) -> int:
    """The number at the end of a pod's name."""
    return int(name.rsplit("-", 1)[1])


def labels_of(item: Manifest) -> dict[str, str]:
    """The labels, empty without any."""
    return item["metadata"].get("labels") or {}


def annotations_of(item: Manifest) -> dict[str, str]:
    """The annotations, empty without any."""
    return item["metadata"].get("annotations") or {}


def is_leader(pod: Manifest) -> bool:
    """Whether the pod leads its group."""
    return labels_of(pod).get(WORKER_INDEX) == "0"


def owner(item: Manifest, *, controller: bool = True) -> Manifest:
    """The reference by which an object names its controller."""
    return {
        "apiVersion": item["apiVersion"],
        "kind": item["kind"],
        "name": item["metadata"]["name"],
        "uid": item["metadata"]["uid"],
        "controller": controller,
        "blockOwnerDeletion": True,
    }


def controlled_by(item: Manifest) -> str:
    """The uid of the controlling owner, empty without one."""
    for reference in item["metadata"].get("ownerReferences") or ():
        if reference.get("controller"):
            return reference["uid"]
    return ""


def is_ready(pod: Manifest) -> bool:
    """Whether the pod runs and its Ready condition says True."""
    status = pod.get("status") or {}
    return status.get("phase") == "Running" and any(
        condition["type"] == "Ready" and condition["status"] == "True"
        for condition in status.get("conditions") or ()
    )


def revision_of(item: Manifest) -> str:
    """The revision's hash: template and network decide it."""
    spec = item["spec"]
    said = {
        "template": spec["leaderWorkerTemplate"],
        "network": spec["networkConfig"],
    }
    return hashed(json.dumps(said, sort_keys=True))
