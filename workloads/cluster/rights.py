"""What the portal's account may do: deploy/rbac says the same (kubernetes.md §5.3).

Exactly what the code asks for. Tests compare it with both files, and with what is sent.
"""

from typing import NamedTuple

LWS, KAI, RBAC = (
    "leaderworkerset.x-k8s.io",
    "scheduling.run.ai",
    "rbac.authorization.k8s.io",
)
PROJECT_ROLE = "runai-portal-project"
"""Bound in the namespace of each project, never everywhere."""


class Right(NamedTuple):
    """One thing that is done to a kind of object; ``name`` where it is one alone."""

    verb: str
    group: str
    resource: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}{'.' if self.group else ''}{self.group}"


def _rights(group: str, resource: str, verbs: str, name: str = "") -> list[Right]:
    return [Right(verb, group, resource, name) for verb in verbs.split()]


EVERYWHERE: tuple[Right, ...] = (
    *_rights(LWS, "leaderworkersets", "get list watch create patch delete"),
    *_rights("", "services", "get list create patch delete"),
    *_rights("", "persistentvolumeclaims", "get list watch create patch delete"),
    *_rights("", "pods", "list watch create delete"),  # created dry alone
    *_rights("", "pods/log", "get"),
    *_rights("", "events", "list watch"),
    *_rights("", "namespaces", "get list create patch"),
    *_rights("", "nodes", "list"),
    *_rights(KAI, "queues", "get list create patch delete"),
    *_rights(KAI, "podgroups", "list watch patch"),
    *_rights("scheduling.k8s.io", "priorityclasses", "get create patch"),
    *_rights("storage.k8s.io", "storageclasses", "list"),
    *_rights("apiextensions.k8s.io", "customresourcedefinitions", "get"),
    *_rights(RBAC, "rolebindings", "create"),
    *_rights(RBAC, "clusterroles", "bind", PROJECT_ROLE),
)
IN_PROJECTS: tuple[Right, ...] = (
    *_rights("", "configmaps", "get list create patch delete"),
    *_rights("", "configmaps/finalizers", "update"),
    *_rights("", "secrets", "get create patch delete"),
)
"""Finalizers: for owners that block a deletion, where the cluster checks that."""
