"""The connection to the cluster of a row, and a look that finds nothing."""

from functools import lru_cache

from projects.models import Cluster as Row
from workloads.cluster import Cluster, KubernetesCluster, Manifest, NotFound, Ref


def cluster_for(row: Row) -> KubernetesCluster:
    """Return the connection; one per address, shared by all threads."""
    return _connection(row.server, row.token)


@lru_cache(maxsize=64)
def _connection(server: str, token: str) -> KubernetesCluster:
    return KubernetesCluster(server, token)


def found(cluster: Cluster, ref: Ref) -> Manifest | None:
    """Return the object if there is one."""
    try:
        return cluster.get(ref)
    except NotFound:
        return None
