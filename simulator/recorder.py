"""Events of the controllers inside the API server."""

import uuid
from typing import Any

from simulator.answers import Manifest, Refusal, precise_timestamp, timestamp
from simulator.kinds import EVENT


def reference(item: Manifest) -> Manifest:
    """How an event names the object that it is about."""
    metadata = item["metadata"]
    return {
        "apiVersion": item["apiVersion"],
        "kind": item["kind"],
        "name": metadata["name"],
        "namespace": metadata.get("namespace", ""),
        "uid": metadata["uid"],
        "resourceVersion": metadata["resourceVersion"],
    }


def event(
    item: Manifest, sort: str, reason: str, message: str, component: str
) -> Manifest:
    """A new event in the old form: count and two timestamps."""
    now = timestamp()
    body = bare_event(item, sort, reason, message)
    return body | {
        "count": 1,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "source": {"component": component},
        "reportingComponent": component,
        "reportingInstance": "",
    }


def new_event(
    item: Manifest, sort: str, reason: str, message: str, component: str
) -> Manifest:
    """A new event in the form of events.k8s.io: only ``eventTime`` is set."""
    return bare_event(item, sort, reason, message) | {
        "eventTime": precise_timestamp(),
        "action": "Update",
        "firstTimestamp": None,
        "lastTimestamp": None,
        "source": {},
        "reportingComponent": component,
        "reportingInstance": f"{component}-0",
    }


def bare_event(item: Manifest, sort: str, reason: str, message: str) -> Manifest:
    """What both forms of an event have in common."""
    metadata = item["metadata"]
    namespace = metadata.get("namespace") or "default"
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": f"{metadata['name']}.{uuid.uuid4().hex[:16]}",
            "namespace": namespace,
        },
        "involvedObject": reference(item),
        "type": sort,
        "reason": reason,
        "message": message,
    }


def record(registry: Any, body: Manifest) -> None:
    """Write an event; a namespace that is gone is no matter."""
    try:
        registry.create(EVENT, body["metadata"]["namespace"], body)
    except Refusal:
        return
