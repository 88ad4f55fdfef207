"""The two servers, spoken to in the same words."""

from typing import Any

from simulator.admin import Admin
from tests.support.simulator import Http, until
from workloads.cluster import KubernetesCluster

SERVERS = {"simulator": "simulator", "control plane": "control_plane"}
"""What each is called, and the fixture that starts it."""


class Server:
    """A running cluster: its users, its namespaces, and how pods of it fail."""

    def __init__(self, name: str, plane: Any) -> None:
        self.name, self.plane = name, plane
        self.admin: Admin = plane

    def http(self, user: str = "admin", token: str = "") -> Http:
        """Plain requests as a user."""
        return Http(self.plane.url, token or self.plane.tokens[user], self.plane.trust)

    def cluster(self, user: str = "admin", token: str = "") -> KubernetesCluster:
        """The portal's own client as a user."""
        ca = getattr(self.plane, "ca", "")
        said = token or self.plane.tokens[user]
        return KubernetesCluster(self.plane.url, said, ca_data=ca)

    def namespace(self, name: str, labels: dict[str, str] | None = None) -> str:
        """Make a namespace, and wait until pods can be made in it."""
        body = {"metadata": {"name": name, "labels": labels or {}}}
        self.admin.call("POST", "/api/v1/namespaces", body)
        account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
        until(lambda: self.admin.call("GET", account, missing=True))
        return name

    def fail(self, namespace: str, name: str, kind: str) -> None:
        """Make a pod, or all of a set, fail until it is healed."""
        self.admin.fail(namespace, name, kind)

    def heal(self, namespace: str, name: str) -> None:
        """Let it go on."""
        self.admin.heal(namespace, name)
