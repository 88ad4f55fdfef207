"""What clusters and projects need in Kubernetes (kubernetes.md §2.10, §3.1, §3.2)."""

from typing import Any

from projects.models import Cluster, Project
from projects.models.units import PoolQuota
from workloads.cluster import Cluster as Connection
from workloads.cluster import Manifest, NotFound, Ref
from workloads.models.columns import PRIORITIES
from workloads.sync.clusters import cluster_for

POOL = "kai.scheduler/node-pool"
PROJECT = "runai-portal/project"
MANAGED = {"app.kubernetes.io/managed-by": "runai-portal"}
UNLIMITED = -1


def apply_cluster(row: Cluster) -> dict[str, Any]:
    """Apply the seven priority classes, without which everything is preemptible."""
    cluster = cluster_for(row)
    for name, value in PRIORITIES.items():
        cluster.apply(
            {
                "apiVersion": "scheduling.k8s.io/v1",
                "kind": "PriorityClass",
                "metadata": {"name": name, "labels": MANAGED},
                "value": value,
                "globalDefault": False,
            },
            force=True,
        )
    return {}


def apply_project(row: Project) -> dict[str, Any]:
    """Apply the namespace, and a queue per node pool under the department's."""
    cluster = cluster_for(row.cluster)
    cluster.apply(namespace(row), force=_is_ours(cluster, row))
    parents = {
        quota.pool_id: quota for quota in row.department.quotas.select_related("pool")
    }
    for quota in row.quotas.select_related("pool"):
        parent = parents.get(quota.pool_id)
        if parent is not None:
            labels = {"runai-portal/department": str(row.department_id)}
            cluster.apply(queue(parent, row.department.name, labels), force=True)
        above = parent.queue if parent else ""
        labels = {PROJECT: str(row.pk)}
        cluster.apply(queue(quota, row.name, labels, above), force=True)
    return {}


def namespace(row: Project) -> Manifest:
    """Return the project's namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": row.namespace,
            "labels": MANAGED
            | {
                PROJECT: str(row.pk),
                "pod-security.kubernetes.io/enforce": "baseline",
                "pod-security.kubernetes.io/warn": "restricted",
            },
        },
    }


def _is_ours(cluster: Connection, row: Project) -> bool:
    """Whether the namespace is there already and bears this project's number."""
    try:
        live = cluster.get(Ref("v1", "Namespace", row.namespace))
    except NotFound:
        return False
    labels = live["metadata"].get("labels") or {}
    return bool(labels.get(PROJECT) == str(row.pk))


def queue(
    quota: PoolQuota, owner: str, labels: dict[str, str], parent: str = ""
) -> Manifest:
    """Return the queue of a unit in a node pool. Numbers: -1 is unlimited, 0 none."""
    pool = {} if quota.pool.name == "default" else {POOL: quota.pool.name}
    weight = quota.over_quota_weight
    memory = quota.memory_bytes
    return {
        "apiVersion": "scheduling.run.ai/v2",
        "kind": "Queue",
        "metadata": {"name": quota.queue, "labels": MANAGED | labels | pool},
        "spec": {
            "displayName": owner,
            **({"parentQueue": parent} if parent else {}),
            "resources": {
                "gpu": _resource(float(quota.gpus), _limit(quota), weight),
                "cpu": _resource(_or_unlimited(quota.cpu_millicores), -1, weight),
                "memory": _resource(
                    UNLIMITED if memory is None else memory // 10**6, -1, weight
                ),
            },
        },
    }


def _limit(quota: PoolQuota) -> float:
    return UNLIMITED if quota.gpu_limit is None else float(quota.gpu_limit)


def _or_unlimited(amount: int | None) -> int:
    return UNLIMITED if amount is None else amount


def _resource(quota: float, limit: float, weight: int) -> dict[str, float]:
    return {"quota": quota, "limit": limit, "overQuotaWeight": weight}
