"""The forms in which objects are sent: whole, as metadata only, or as a table."""

import datetime
import json
from collections.abc import Callable
from typing import Any

from simulator.answers import Manifest
from simulator.kinds import (
    CLAIM,
    EVENT,
    LEADER_WORKER_SET,
    NAMESPACE,
    NODE,
    POD,
    STATEFUL_SET,
    Kind,
)
from simulator.store import Record

META = "meta.k8s.io/v1"
Row = Callable[[Manifest], list[Any]]


def form_of(accept: str) -> str:
    """``Table``, ``PartialObjectMetadata`` or the empty text for whole objects."""
    for part in accept.split(","):
        for word in part.split(";"):
            if word.strip().startswith("as="):
                return word.strip()[3:].removesuffix("List")
        if part.split(";")[0].strip() == "application/json":
            return ""
    return ""


def text_of(record: Record, form: str) -> bytes:
    """One object in a form."""
    if form == "PartialObjectMetadata":
        return json.dumps(partial(record.item)).encode()
    if form == "Table":
        return json.dumps(table(record.kind, [record], {})).encode()
    return record.text


def partial(item: Manifest) -> Manifest:
    """Only what the object is called and how it is labelled."""
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": META,
        "metadata": item["metadata"],
    }


def list_text(
    kind: Kind, records: list[Record], metadata: Manifest, form: str
) -> bytes:
    """A list in a form."""
    if form == "Table":
        return json.dumps(table(kind, records, metadata)).encode()
    name, version = f"{kind.name}List", kind.api_version
    texts = [record.text for record in records]
    if form == "PartialObjectMetadata":
        name, version = "PartialObjectMetadataList", META
        texts = [text_of(record, form) for record in records]
    head = {"kind": name, "apiVersion": version, "metadata": metadata}
    return json.dumps(head).encode()[:-1] + b',"items":[' + b",".join(texts) + b"]}"


def table(kind: Kind, records: list[Record], metadata: Manifest) -> Manifest:
    """What ``kubectl get`` prints."""
    names, cells = COLUMNS.get(kind, ((), lambda item: []))
    columns = ["Name", *names, "Age"]
    return {
        "kind": "Table",
        "apiVersion": META,
        "metadata": metadata,
        "columnDefinitions": [
            {
                "name": name,
                "type": "string",
                "format": "name" if name == "Name" else "",
                "description": name,
                "priority": 0,
            }
            for name in columns
        ],
        "rows": [
            {
                "cells": [
                    record.item["metadata"]["name"],
                    *cells(record.item),
                    age(record.item["metadata"]["creationTimestamp"]),
                ],
                "object": partial(record.item),
            }
            for record in records
        ],
    }


def age(since: str) -> str:
    """How long ago, in the one largest unit."""
    then = datetime.datetime.fromisoformat(since)
    seconds = int((datetime.datetime.now(datetime.UTC) - then).total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def pod_row(item: Manifest) -> list[Any]:
    """Ready containers, state and restarts."""
    status = item.get("status") or {}
    containers = status.get("containerStatuses") or ()
    ready = sum(bool(container.get("ready")) for container in containers)
    restarts = sum(container.get("restartCount", 0) for container in containers)
    total = len(item["spec"]["containers"])
    return [f"{ready}/{total}", pod_word(item), restarts]


def pod_word(item: Manifest) -> str:
    """The one word for a pod's state."""
    if item["metadata"].get("deletionTimestamp"):
        return "Terminating"
    status = item.get("status") or {}
    for container in status.get("containerStatuses") or ():
        state = container.get("state") or {}
        found = state.get("waiting") or state.get("terminated")
        if found and found.get("reason"):
            return found["reason"]
    return status.get("reason") or status.get("phase", "Pending")


def lws_row(item: Manifest) -> list[Any]:
    """Ready, wanted and updated groups."""
    status = item.get("status") or {}
    return [
        status.get("readyReplicas", 0),
        item["spec"]["replicas"],
        status.get("updatedReplicas", 0),
    ]


def set_row(item: Manifest) -> list[Any]:
    """Ready of wanted pods."""
    status = item.get("status") or {}
    return [f"{status.get('readyReplicas', 0)}/{item['spec']['replicas']}"]


def event_row(item: Manifest) -> list[Any]:
    """Type, reason, object and message."""
    involved = item["involvedObject"]
    name = f"{involved['kind'].lower()}/{involved['name']}"
    return [item.get("type"), item.get("reason"), name, item.get("message")]


def phase_row(item: Manifest) -> list[Any]:
    """The phase."""
    return [(item.get("status") or {}).get("phase", "")]


def node_row(item: Manifest) -> list[Any]:
    """Whether the node is ready."""
    conditions = (item.get("status") or {}).get("conditions") or ()
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
    return ["Ready" if ready else "NotReady"]


COLUMNS: dict[Kind, tuple[tuple[str, ...], Row]] = {
    POD: (("Ready", "Status", "Restarts"), pod_row),
    LEADER_WORKER_SET: (("Ready", "Desired", "Up-to-date"), lws_row),
    STATEFUL_SET: (("Ready",), set_row),
    EVENT: (("Type", "Reason", "Object", "Message"), event_row),
    CLAIM: (("Status",), phase_row),
    NAMESPACE: (("Status",), phase_row),
    NODE: (("Status",), node_row),
}
