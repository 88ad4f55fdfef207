"""What the server tells about itself: versions, groups and resources."""

from typing import Any

from simulator.kinds import (
    KINDS,
    LEADER_WORKER_SET,
    POD,
    SERVICE,
    STATEFUL_SET,
    Kind,
)

Manifest = dict[str, Any]
VERSION = {
    "major": "1",
    "minor": "36",
    "gitVersion": "v1.36.3+simulator",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "",
    "compiler": "",
    "platform": "linux/amd64",
}
SHOWN_BY_ALL = (POD, SERVICE, STATEFUL_SET, LEADER_WORKER_SET)
SCALE = {"group": "autoscaling", "version": "v1", "kind": "Scale"}
SUBRESOURCES: dict[str, Manifest] = {
    "scale": SCALE | {"verbs": ["get", "patch", "update"]},
    "log": {"verbs": ["get"]},
    "binding": {"kind": "Binding", "verbs": ["create"]},
    "eviction": {
        "group": "policy",
        "version": "v1",
        "kind": "Eviction",
        "verbs": ["create"],
    },
}


def core_versions() -> Manifest:
    """The versions of the group without a name."""
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [],
    }


def groups() -> Manifest:
    """Every named group."""
    names = dict.fromkeys(kind.group for kind in KINDS if kind.group)
    return {
        "kind": "APIGroupList",
        "apiVersion": "v1",
        "groups": [group(name) for name in names],
    }


def group(name: str) -> Manifest:
    """One group with its versions, the newest form first."""
    versions = dict.fromkeys(kind.version for kind in KINDS if kind.group == name)
    found = [
        {"groupVersion": f"{name}/{version}", "version": version}
        for version in versions
    ]
    return {
        "kind": "APIGroup",
        "apiVersion": "v1",
        "name": name,
        "versions": found,
        "preferredVersion": found[0],
    }


def resources(group_name: str, version: str) -> Manifest | None:
    """The resources of one group and version; None for what is not served."""
    served = [k for k in KINDS if (k.group, k.version) == (group_name, version)]
    if not served:
        return None
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": served[0].api_version,
        "resources": [entry for kind in served for entry in entries(kind)],
    }


def entries(kind: Kind) -> list[Manifest]:
    """A kind and its subresources."""
    base = {"singularName": "", "namespaced": kind.namespaced, "kind": kind.name}
    main = base | {
        "name": kind.plural,
        "singularName": kind.singular,
        "verbs": list(kind.verbs),
    }
    if kind in SHOWN_BY_ALL:
        main["categories"] = ["all"]
    if kind.short:
        main["shortNames"] = list(kind.short)
    return [main] + [
        base
        | {"name": f"{kind.plural}/{name}", "verbs": ["get", "patch", "update"]}
        | SUBRESOURCES.get(name, {})
        for name in kind.subresources
    ]
