"""What every cluster has from its first start."""

from collections.abc import Iterator

from simulator.answers import Manifest
from simulator.kinds import (
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    DEFINITION,
    KINDS,
    NAMESPACE,
    PRIORITY_CLASS,
    RBAC,
    Kind,
)
from simulator.lwsschema import definition
from simulator.registry import Registry
from simulator.users import MASTERS

NAMESPACES = ("default", "kube-system", "kai-scheduler")
PRIORITIES = {"train": 50, "build-preemptible": 75, "build": 100, "inference": 125}
ADMIN = "cluster-admin"
ALL = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
FOREIGN = ("scheduling.run.ai", "kai.scheduler", "gateway.networking.k8s.io")


def seed(registry: Registry) -> None:
    """Make what is not there yet; safe to run on every start."""
    for name in NAMESPACES:
        ensure(registry, NAMESPACE, {"metadata": {"name": name}})
    for name, value in PRIORITIES.items():
        body = {"metadata": {"name": name}, "value": value, "globalDefault": False}
        ensure(registry, PRIORITY_CLASS, body)
    for kind, body in roles():
        ensure(registry, kind, body)
    ensure(registry, DEFINITION, definition())
    for kind in KINDS:
        if kind.group in FOREIGN:
            ensure(registry, DEFINITION, open_definition(kind))


def roles() -> Iterator[tuple[Kind, Manifest]]:
    """The role of administrators, and who has it."""
    yield CLUSTER_ROLE, {"metadata": {"name": ADMIN}, "rules": [ALL]}
    subject = {"apiGroup": RBAC, "kind": "Group", "name": MASTERS}
    role = {"apiGroup": RBAC, "kind": "ClusterRole", "name": ADMIN}
    metadata = {"name": ADMIN}
    body = {"metadata": metadata, "roleRef": role, "subjects": [subject]}
    yield CLUSTER_ROLE_BINDING, body


def ensure(registry: Registry, kind: Kind, body: Manifest) -> None:
    """Make an object that is not there."""
    if registry.store.get(kind, "", body["metadata"]["name"]) is None:
        registry.create(kind, "", body)


def open_definition(kind: Kind) -> Manifest:
    """The definition of a kind that may say anything."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {
        "name": kind.version,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
    }
    return {
        "metadata": {"name": kind.resource},
        "spec": {
            "group": kind.group,
            "names": {"kind": kind.name, "plural": kind.plural},
            "scope": "Namespaced" if kind.namespaced else "Cluster",
            "versions": [version],
        },
    }
