"""The connection to the cluster of a row."""

from functools import lru_cache

from projects.models import Cluster as Row
from workloads.cluster import KubernetesCluster


def cluster_for(row: Row) -> KubernetesCluster:
    """Return the connection; one per address, shared by all threads."""
    return _connection(row.server, row.token)


@lru_cache(maxsize=64)
def _connection(server: str, token: str) -> KubernetesCluster:
    return KubernetesCluster(server, token)
