"""The anchor as the owner of all that is made for a workload: it goes, they go."""

from typing import Any

from workloads.cluster import Manifest


def owned(manifest: Manifest, anchor: Manifest) -> Manifest:
    """Return the object with the anchor as its owner: it goes when the anchor goes."""
    references = [reference(anchor["metadata"]["name"], anchor["metadata"]["uid"])]
    return manifest | {
        "metadata": manifest["metadata"] | {"ownerReferences": references}
    }


def reference(name: str, uid: str) -> dict[str, Any]:
    """Return the reference to an anchor."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": name,
        "uid": uid,
        "controller": False,
        "blockOwnerDeletion": True,
    }
