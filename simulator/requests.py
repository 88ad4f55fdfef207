"""A request read: which kind, which object, which subresource, and how."""

import json
from dataclasses import dataclass
from typing import Any

import yaml
from aiohttp import web

from simulator.answers import Refusal, bad_request, cause
from simulator.kinds import BY_PATH, Kind
from simulator.registry import Deletion, Write
from simulator.selectors import Selector, selector


@dataclass(frozen=True)
class Target:
    """What the path names."""

    kind: Kind
    namespace: str = ""
    name: str = ""
    subresource: str = ""


def target(path: str) -> Target | None:
    """Read a path below /api or /apis; None for what is not served."""
    parts = path.strip("/").split("/")
    if parts[0] == "api":
        parts = ["", *parts[1:]]
    elif parts[0] == "apis":
        parts = parts[1:]
    if len(parts) < 3:
        return None
    group, version, *rest = parts
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in NAMESPACE_PARTS:
        namespace, rest = rest[1], rest[2:]
    kind = BY_PATH.get((group, version, rest[0]))
    if kind is None or len(rest) > 3:
        return None
    name, subresource = (*rest[1:], "", "")[:2]
    if subresource and subresource not in kind.subresources:
        return None
    return Target(kind, namespace, name, subresource)


NAMESPACE_PARTS = ("status", "finalize")


def not_served() -> Refusal:
    """404 for a subresource that there is not."""
    return Refusal(404, "NotFound", "the server could not find the requested resource")


def expect_manager(request: web.Request) -> None:
    """An apply says who applies."""
    if not request.query.get("fieldManager"):
        text = "Required value: is required for apply patch"
        causes = [cause("fieldManager", "FieldValueRequired", text)]
        title = "PatchOptions.meta.k8s.io"
        why = f'{title} "" is invalid: fieldManager: {text}'
        details = {"group": "meta.k8s.io", "kind": "PatchOptions", "causes": causes}
        raise Refusal(422, "Invalid", why, details=details)


async def body_of(request: web.Request) -> Any:
    """The body as JSON or YAML; empty reads as an empty object."""
    raw = await request.read()
    if not raw:
        return {}
    if "protobuf" in request.content_type:
        text = "the body of the request was in an unknown format - accepted media "
        text += "types include: application/json, application/yaml"
        raise Refusal(415, "UnsupportedMediaType", text)
    try:
        return json.loads(raw)
    except ValueError:
        pass
    try:
        return yaml.load(raw, yaml.CSafeLoader)  # a safe loader, in C
    except yaml.YAMLError as problem:
        raise bad_request(f"error decoding the body: {problem}") from problem


def write_of(request: web.Request, subresource: str = "") -> Write:
    """How the query wants a write."""
    query = request.query
    agent = request.headers.get("User-Agent", "unknown").split("/")[0]
    return Write(
        manager=query.get("fieldManager") or agent,
        dry_run="All" in query.getall("dryRun", []),
        strict=query.get("fieldValidation") == "Strict",
        force=query.get("force") == "true",
        subresource=subresource,
        patch=request.method == "PATCH",
    )


def deletion_of(query: Any, body: dict[str, Any]) -> Deletion:
    """How query and DeleteOptions want a deletion."""
    options = dict(query) | (body if body.get("kind", "DeleteOptions") else {})
    conditions = options.get("preconditions") or {}
    grace = options.get("gracePeriodSeconds")
    policy = options.get("propagationPolicy") or "Background"
    if str(options.get("orphanDependents")).lower() == "true":
        policy = "Orphan"
    return Deletion(
        policy=policy,
        grace=None if grace is None else int(grace),
        uid=conditions.get("uid", ""),
        version=conditions.get("resourceVersion", ""),
        dry_run="All" in (options.get("dryRun") or ()),
    )


def chosen(request: web.Request, found: Target) -> Selector:
    """What a list or watch asks for."""
    query = request.query
    fields = query.get("fieldSelector", "")
    if found.name:
        fields = f"metadata.name={found.name}"
    return selector(found.namespace, query.get("labelSelector", ""), fields)
