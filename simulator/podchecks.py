"""What the API server finds wrong in a pod's spec: the causes of its 422. Pure."""

import re
from typing import Any

from simulator.amounts import number
from simulator.answers import Manifest, cause
from simulator.checks import (
    ENTRY,
    ENTRY_TEXT,
    LABEL,
    LABEL_TEXT,
    LAST_ID,
    SUBDOMAIN,
    SUBDOMAIN_TEXT,
    Causes,
    chosen,
    label_value,
    needed,
    repeated,
    whole,
    wrong,
)
from simulator.placementchecks import placement_causes
from simulator.volumechecks import mount_causes, volume_causes

ENV_NAME = re.compile(r"^[\x20-\x3c\x3e-\x7e]+$")
ENV_TEXT = (
    "a valid environment variable name must consist only of printable ASCII "
    "characters other than '='"
)
PORT_NAME = re.compile(r"^[-a-z0-9]+$")
PORT_TEXT = "must be between 1 and 65535, inclusive"
CHOICES = {
    "imagePullPolicy": ("Always", "IfNotPresent", "Never"),
    "terminationMessagePolicy": ("FallbackToLogsOnError", "File"),
}
PROTOCOLS = ("SCTP", "TCP", "UDP")
PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")
NATIVE = ("cpu", "memory", "ephemeral-storage", "storage")
POD_FIELDS = re.compile(
    r"^(metadata\.(name|namespace|uid|labels(\['.+'\])?|annotations(\['.+'\])?)"
    r"|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$"
)
ESCALATION = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
TIMES = (
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
)


def pod_causes(spec: Manifest, path: str) -> list[Manifest]:
    """Every mistake in a pod's spec, each with its path below ``path``."""
    found, volumes = volume_causes(spec, path)
    return [
        *found,
        *container_list_causes(spec, path, volumes),
        *placement_causes(spec, path),
    ]


def image_causes(spec: Manifest, path: str) -> Causes:
    """What is asked of the images of a pod, and not of a template."""
    for index, container in enumerate(spec.get("containers") or ()):
        image = container.get("image") or ""
        if image != image.strip():
            text = "must not have leading or trailing whitespace"
            yield wrong(f"{path}.containers[{index}].image", image, text)


def container_list_causes(spec: Manifest, path: str, volumes: set[str]) -> Causes:
    """All containers, and their names against each other."""
    seen: set[str] = set()
    if not spec.get("containers"):
        yield needed(f"{path}.containers")
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(kind) or ()):
            field = f"{path}.{kind}[{index}]"
            name = container.get("name", "")
            if name in seen:
                yield repeated(f"{field}.name", name)
            seen.add(name)
            yield from container_causes(container, field, volumes)


def container_causes(container: Manifest, path: str, volumes: set[str]) -> Causes:
    """One container."""
    name = container.get("name")
    if not name:
        yield needed(f"{path}.name")
    elif not LABEL.match(name):
        yield wrong(f"{path}.name", name, LABEL_TEXT)
    if not container.get("image"):
        yield needed(f"{path}.image")
    for field, choices in CHOICES.items():
        yield from chosen(f"{path}.{field}", container.get(field), choices)
    yield from security_causes(container, f"{path}.securityContext")
    yield from port_causes(container, path)
    yield from env_causes(container, path)
    yield from mount_causes(container, path, volumes)
    yield from resource_causes(container, path)
    yield from probe_causes(container, path)


def port_causes(container: Manifest, path: str) -> Causes:
    """Ports: in range, each name once; the same number twice is taken."""
    seen: set[str] = set()
    for index, port in enumerate(container.get("ports") or ()):
        field, value = f"{path}.ports[{index}]", port.get("containerPort", 0)
        if not 0 < value < 65536:
            yield wrong(f"{field}.containerPort", value, PORT_TEXT)
        name = port.get("name")
        yield from port_name_causes(name, f"{field}.name")
        yield from chosen(f"{field}.protocol", port.get("protocol"), PROTOCOLS)
        if name and name in seen:
            yield repeated(f"{field}.name", name)
        seen.add(name or "")


def port_name_causes(name: str | None, field: str) -> Causes:
    """Names of ports: short, with a letter."""
    if name is None:
        return
    if len(name) > 15:
        yield wrong(field, name, "must be no more than 15 characters")
    if not PORT_NAME.match(name):
        text = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
        yield wrong(field, name, text)
    if not re.search("[a-z]", name):
        yield wrong(field, name, "must contain at least one letter (a-z)")


def env_causes(container: Manifest, path: str) -> Causes:
    """Variables: names that a process can have; where values come from."""
    for index, entry in enumerate(container.get("env") or ()):
        name, field = entry.get("name", ""), f"{path}.env[{index}]"
        if not name:
            yield needed(f"{field}.name")
        elif not ENV_NAME.match(name):
            yield wrong(f"{field}.name", name, ENV_TEXT)
        yield from source_causes(entry.get("valueFrom") or {}, f"{field}.valueFrom")


def source_causes(said: Manifest, path: str) -> Causes:
    """Where the value of a variable comes from."""
    for sort in ("secretKeyRef", "configMapKeyRef"):
        if (found := said.get(sort)) is None:
            continue
        name, key = found.get("name", ""), found.get("key", "")
        if not SUBDOMAIN.match(name):
            yield wrong(f"{path}.{sort}.name", name, SUBDOMAIN_TEXT)
        if not key:
            yield needed(f"{path}.{sort}.key")
        elif not ENTRY.match(key):
            yield wrong(f"{path}.{sort}.key", key, ENTRY_TEXT)
    at = (said.get("fieldRef") or {}).get("fieldPath")
    if at is not None and not POD_FIELDS.match(at):
        text = f"error converting fieldPath: field label not supported: {at}"
        yield wrong(f"{path}.fieldRef.fieldPath", at, text)


def security_causes(container: Manifest, path: str) -> Causes:
    """Users, groups and profiles that there can be."""
    said = container.get("securityContext") or {}
    for word in ("runAsUser", "runAsGroup"):
        yield from whole(f"{path}.{word}", said.get(word), LAST_ID)
    profile = (said.get("seccompProfile") or {}).get("type")
    yield from chosen(f"{path}.seccompProfile.type", profile, PROFILES)
    if said.get("privileged") and said.get("allowPrivilegeEscalation") is False:
        yield wrong(path, "", ESCALATION)


def resource_causes(container: Manifest, path: str) -> Causes:
    """Requests within limits; extended resources whole, and equal on both sides."""
    resources = container.get("resources") or {}
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for word, said in (("limits", limits), ("requests", requests)):
        for name, value in said.items():
            field = f"{path}.resources.{word}[{name}]"
            if "/" in name and number(value) % 1:
                yield wrong(field, str(value), "must be an integer")
            elif number(value) < 0:
                yield wrong(field, str(value), "must be greater than or equal to 0")
    yield from balance_causes(limits, requests, path)


def balance_causes(limits: Manifest, requests: Manifest, path: str) -> Causes:
    """Requests against limits."""
    field = f"{path}.resources.requests"
    for name, value in requests.items():
        extended = name not in NATIVE
        if name not in limits:
            if extended:
                text = "Limit must be set for non overcommitable resources"
                yield needed(f"{path}.resources.limits", text)
        elif extended and number(value) != number(limits[name]):
            text = f"must be equal to {name} limit of {limits[name]}"
            yield wrong(field, str(value), text)
        elif number(value) > number(limits[name]):
            text = f"must be less than or equal to {name} limit of {limits[name]}"
            yield wrong(field, str(value), text)


def probe_causes(container: Manifest, path: str) -> Causes:
    """Probes: one handler each, ports in range."""
    for word in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(word)
        if probe is None:
            continue
        field = f"{path}.{word}"
        handlers = [h for h in ("exec", "httpGet", "tcpSocket", "grpc") if h in probe]
        if not handlers:
            yield needed(field, "must specify a handler type")
        for extra in handlers[1:]:
            text = "Forbidden: may not specify more than 1 handler type"
            yield cause(f"{field}.{extra}", "FieldValueForbidden", text)
        for handler in handlers:
            yield from handler_causes(probe[handler], f"{field}.{handler}")
        for name in TIMES:
            yield from whole(f"{field}.{name}", probe.get(name))


def handler_causes(said: Any, field: str) -> Causes:
    """What a probe asks."""
    port = said.get("port")
    if isinstance(port, int) and not 0 < port < 65536:
        yield wrong(f"{field}.port", port, PORT_TEXT)
    yield from chosen(f"{field}.scheme", said.get("scheme"), ("HTTP", "HTTPS"))


def metadata_causes(metadata: Manifest) -> Causes:
    """Names and label values that are too long."""
    name = metadata.get("name", "")
    if len(name) > 253:
        yield wrong("metadata.name", name, "must be no more than 253 bytes")
    for value in (metadata.get("labels") or {}).values():
        yield from label_value("metadata.labels", value)
