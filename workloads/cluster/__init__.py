"""The one narrow way to a cluster (architecture.md §5.6)."""

from workloads.cluster.client import KubernetesCluster
from workloads.cluster.interface import (
    Change,
    Cluster,
    Conflict,
    Expired,
    Forbidden,
    Manifest,
    NotFound,
    Raced,
    Ref,
    Refused,
    Unavailable,
)

__all__ = [
    "Change",
    "Cluster",
    "Conflict",
    "Expired",
    "Forbidden",
    "KubernetesCluster",
    "Manifest",
    "NotFound",
    "Raced",
    "Ref",
    "Refused",
    "Unavailable",
]
