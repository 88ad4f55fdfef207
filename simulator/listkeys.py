"""Which lists are merged by key, and which are replaced whole."""

from typing import Any

from simulator.kinds import Kind

Item = dict[str, Any]

KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "imagePullSecrets": ("name",),
    "secrets": ("name",),
    "hostAliases": ("ip",),
    "podIPs": ("ip",),
    "hostIPs": ("ip",),
    "conditions": ("type",),
    "addresses": ("type",),
    "ownerReferences": ("uid",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
}
CONTAINER_PORTS = ("containerPort", "protocol")
SERVICE_PORTS = ("port", "protocol")
DEFAULTS = {"protocol": "TCP"}
GROUPS_WITH_KEYS = ("leaderworkerset.x-k8s.io", "apps")


def list_keys(kind: Kind, name: str, items: list[Any]) -> tuple[str, ...]:
    """The keys of the list under a name, empty for a list replaced whole."""
    if not all(isinstance(item, dict) for item in items):
        return ()
    if name == "ownerReferences":
        return KEYS[name]
    if not (kind.typed or kind.group in GROUPS_WITH_KEYS):
        return ()
    if name == "ports" and items and kind.name != "NetworkPolicy":
        return SERVICE_PORTS if kind.name == "Service" else CONTAINER_PORTS
    return KEYS.get(name, ())


def strategic_keys(kind: Kind, name: str, items: list[Any]) -> tuple[str, ...]:
    """The merge key of a strategic patch, which is one at most."""
    if name == "taints":
        return ("key",)
    return list_keys(kind, name, items)[:1]


def key_of(item: Item, keys: tuple[str, ...]) -> tuple[Any, ...]:
    """The values that tell an item from its neighbours."""
    return tuple(item.get(key, DEFAULTS.get(key)) for key in keys)
