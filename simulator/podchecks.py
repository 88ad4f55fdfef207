"""What the API server finds wrong in a pod's spec: the causes of its 422. Pure."""

import re
from collections.abc import Iterator
from typing import Any

from simulator.amounts import number
from simulator.answers import Manifest, cause

LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
ENV_NAME = re.compile(r"^[-._a-zA-Z][-._a-zA-Z0-9]*$")
LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
    "'-', and must start and end with an alphanumeric character"
)
PORT_TEXT = "must be between 1 and 65535, inclusive"
CHOICES = {
    "imagePullPolicy": ("Always", "IfNotPresent", "Never"),
    "terminationMessagePolicy": ("FallbackToLogsOnError", "File"),
}
NATIVE = ("cpu", "memory", "ephemeral-storage", "storage")
Causes = Iterator[Manifest]


def wrong(field: str, value: Any, text: str) -> Manifest:
    """A cause for an impossible value."""
    shown = f'"{value}"' if isinstance(value, str) else value
    return cause(field, "FieldValueInvalid", f"Invalid value: {shown}: {text}")


def repeated(field: str, value: str) -> Manifest:
    """A cause for a name that is there twice."""
    return cause(field, "FieldValueDuplicate", f'Duplicate value: "{value}"')


def needed(field: str, text: str = "") -> Manifest:
    """A cause for what is not said."""
    more = f": {text}" if text else ""
    return cause(field, "FieldValueRequired", f"Required value{more}")


def pod_causes(spec: Manifest, path: str) -> list[Manifest]:
    """Every mistake in a pod's spec, each with its path below ``path``."""
    return [
        *volume_causes(spec, path),
        *container_list_causes(spec, path),
        *toleration_causes(spec, path),
    ]


def volume_causes(spec: Manifest, path: str) -> Causes:
    """Volumes: named like labels, each name once."""
    seen: set[str] = set()
    for index, volume in enumerate(spec.get("volumes") or ()):
        name, field = volume["name"], f"{path}.volumes[{index}].name"
        if not LABEL.match(name):
            yield wrong(field, name, LABEL_TEXT)
        if name in seen:
            yield repeated(field, name)
        seen.add(name)


def container_list_causes(spec: Manifest, path: str) -> Causes:
    """All containers, and their names against each other."""
    volumes = {volume["name"] for volume in spec.get("volumes") or ()}
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
        said = container.get(field)
        if said is not None and said not in choices:
            words = ", ".join(f'"{choice}"' for choice in choices)
            text = f'Unsupported value: "{said}": supported values: {words}'
            yield cause(f"{path}.{field}", "FieldValueNotSupported", text)
    yield from port_causes(container, path)
    yield from env_causes(container, path)
    yield from mount_causes(container, path, volumes)
    yield from resource_causes(container, path)
    yield from probe_causes(container, path)


def port_causes(container: Manifest, path: str) -> Causes:
    """Ports: in range, names and numbers once."""
    seen: set[tuple[Any, Any]] = set()
    for index, port in enumerate(container.get("ports") or ()):
        field, value = f"{path}.ports[{index}]", port.get("containerPort", 0)
        if not 0 < value < 65536:
            yield wrong(f"{field}.containerPort", value, PORT_TEXT)
        for key in (("name", port.get("name")), (value, port.get("protocol", "TCP"))):
            if key[1] is not None and key in seen:
                place = f"{field}.name" if key[0] == "name" else field
                yield repeated(place, str(key[1] if key[0] == "name" else value))
            seen.add(key)


def env_causes(container: Manifest, path: str) -> Causes:
    """Variables: names that a process can have, each once."""
    seen: set[str] = set()
    for index, entry in enumerate(container.get("env") or ()):
        name, field = entry.get("name", ""), f"{path}.env[{index}]"
        if not ENV_NAME.match(name):
            text = "a valid environment variable name must consist of alphabetic "
            text += "characters, digits, '_', '-', or '.', and must not start with a "
            yield wrong(f"{field}.name", name, f"{text}digit")
        if name in seen:
            yield repeated(field, name)
        seen.add(name)


def mount_causes(container: Manifest, path: str, volumes: set[str]) -> Causes:
    """Mounts and devices: volumes that are there, paths used once."""
    seen: set[str] = set()
    for kind, key in (("volumeMounts", "mountPath"), ("volumeDevices", "devicePath")):
        for index, mount in enumerate(container.get(kind) or ()):
            field, place = f"{path}.{kind}[{index}]", mount.get(key, "")
            if mount.get("name") not in volumes:
                text = f'Not found: "{mount.get("name", "")}"'
                yield cause(f"{field}.name", "FieldValueNotFound", text)
            if not place:
                yield needed(f"{field}.{key}")
            elif place in seen:
                yield wrong(f"{field}.{key}", place, "must be unique")
            seen.add(place)


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
                yield needed(f"{path}.resources.limits[{name}]", text)
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
            port = probe[handler].get("port")
            if isinstance(port, int) and not 0 < port < 65536:
                yield wrong(f"{field}.{handler}.port", port, PORT_TEXT)


def toleration_causes(spec: Manifest, path: str) -> Causes:
    """Tolerations: the combinations that the API knows."""
    for index, said in enumerate(spec.get("tolerations") or ()):
        field, operator = f"{path}.tolerations[{index}]", said.get("operator", "Equal")
        if not said.get("key") and operator != "Exists":
            text = "operator must be Exists when `key` is empty, which means "
            yield wrong(f"{field}.operator", operator, f'{text}"match all values"')
        if operator == "Exists" and said.get("value"):
            text = "value must be empty when `operator` is 'Exists'"
            yield wrong(f"{field}.operator", operator, text)
        if "tolerationSeconds" in said and said.get("effect") != "NoExecute":
            text = "effect must be 'NoExecute' when `tolerationSeconds` is set"
            yield wrong(f"{field}.effect", said.get("effect", ""), text)


def metadata_causes(metadata: Manifest) -> Causes:
    """Names and label values that are too long."""
    name = metadata.get("name", "")
    if len(name) > 253:
        yield wrong("metadata.name", name, "must be no more than 253 bytes")
    for value in (metadata.get("labels") or {}).values():
        if len(value) > 63:
            yield wrong("metadata.labels", value, "must be no more than 63 bytes")
