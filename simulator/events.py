"""Events about objects, as controllers of a cluster write them."""

import uuid
from typing import Any

from simulator.podstages import now

Manifest = dict[str, Any]
COMPONENT = "kubelet"


def event_of(
    item: Manifest, sort: str, reason: str, text: str, component: str = COMPONENT
) -> Manifest:
    """A core/v1 event about an object."""
    metadata = item["metadata"]
    time = now()
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": f"{metadata['name'][:200]}.{uuid.uuid4().hex[:16]}",
            "namespace": metadata["namespace"],
        },
        "involvedObject": {
            "apiVersion": item["apiVersion"],
            "kind": item["kind"],
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "uid": metadata["uid"],
        },
        "type": sort,
        "reason": reason,
        "message": text,
        "count": 1,
        "firstTimestamp": time,
        "lastTimestamp": time,
        "source": {
            "component": component,
            "host": item.get("spec", {}).get("nodeName", ""),
        },
        "reportingComponent": component,
        "reportingInstance": "",
    }


def pod_path(pod: Manifest) -> str:
    """Where the pod is in the API."""
    metadata = pod["metadata"]
    return f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
