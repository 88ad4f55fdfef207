"""What clusters and projects need in Kubernetes (kubernetes.md §2.10, §3.1, §3.2)."""

from collections.abc import Iterator
from typing import Any

from projects.models import Cluster, DepartmentQuota, Project, ProjectQuota
from workloads.cluster import Cluster as Connection
from workloads.cluster import Conflict, Forbidden, Manifest, Ref, Refused
from workloads.cluster.prerequisites import may_work_in
from workloads.cluster.rights import PROJECT_ROLE, RBAC
from workloads.models.columns import PRIORITIES
from workloads.sync.clusters import cluster_for, found
from workloads.sync.look import look
from workloads.sync.turn import NotYet

Quota = ProjectQuota | DepartmentQuota
POOL = "kai.scheduler/node-pool"
MANAGED = {"app.kubernetes.io/managed-by": "runai-portal"}
UNLIMITED = -1
LONG_ENOUGH = 10
"""Tries after which a role that was bound is known everywhere in the cluster."""

UNBOUND = (
    "The portal's account has no rights in namespace {}. Bind the role "
    "runai-portal-project to it there (deploy/rbac), then press Check now."
)
TERMINATING = 5.0
"""Seconds until a namespace that is going is looked at again."""


def apply_cluster(row: Cluster) -> dict[str, Any]:
    """Apply the priority classes, then look what else the cluster must have."""
    try:
        apply_priorities(cluster_for(row))
    finally:
        look(row)
    return {}


def apply_priorities(cluster: Connection) -> None:
    """Apply the seven classes, without which everything is preemptible."""
    for name, value in PRIORITIES.items():
        wanted = {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": name, "labels": MANAGED},
            "value": value,
            "globalDefault": False,
        }
        live = found(cluster, Ref.of(wanted))
        if live is None or bears(live, MANAGED) or live.get("value") != value:
            put(cluster, wanted, MANAGED)


def apply_project(row: Project) -> dict[str, Any]:
    """Apply the namespace, and a queue per node pool under the department's."""
    cluster = cluster_for(row.cluster)
    put(cluster, namespace(row), dict([row.label]))
    bind(cluster, row)
    for quota, parent in queues_of(row):
        marks = dict([quota.unit.label])
        put(cluster, queue(quota, str(quota.unit), marks, parent), marks)
    return {}


def bind(cluster: Connection, row: Project) -> None:
    """Give the portal's account its role in a new namespace, unless it has it.

    Raises NotYet until the cluster knows, Refused where somebody else has to do it.
    """
    if may_work_in(cluster, row.namespace):
        return
    account, unbound = cluster.whoami(), Refused(UNBOUND.format(row.namespace))
    if not account:
        raise unbound
    try:
        cluster.create(role_binding(row.namespace, account))
    except Forbidden:
        raise unbound from None
    except Conflict:
        if row.attempts >= LONG_ENOUGH:
            raise unbound from None
    raise NotYet(1.0)


def role_binding(namespace: str, account: str) -> Manifest:
    """Return what gives an account the role of the projects in a namespace."""
    subject = {"apiGroup": RBAC, "kind": "User", "name": account}
    if account.startswith("system:serviceaccount:"):
        *_, home, name = account.split(":")
        subject = {"kind": "ServiceAccount", "namespace": home, "name": name}
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "runai-portal", "namespace": namespace, "labels": MANAGED},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": PROJECT_ROLE},
        "subjects": [subject],
    }


def queues_of(row: Project) -> Iterator[tuple[Quota, str]]:
    """Yield the quotas that are queues for the project, each with its parent's name.

    The department's queue in a pool comes before the project's.
    """
    parents = {q.pool_id: q for q in row.department.quotas.select_related("pool")}
    for quota in row.quotas.select_related("pool"):
        parent = parents.get(quota.pool_id)
        if parent is not None:
            yield parent, ""
        yield quota, parent.queue if parent else ""


def put(cluster: Connection, manifest: Manifest, marks: dict[str, str]) -> None:
    """Apply what is ours by its labels, or what is not there yet.

    Raises Conflict for an object of somebody else, which is never overwritten.
    """
    ref = Ref.of(manifest)
    live = found(cluster, ref)
    if live is None:
        cluster.apply(manifest)
        return
    if not bears(live, MANAGED | marks):
        raise Conflict(f"{ref} is there already, and is not this unit's.")
    if "deletionTimestamp" in live["metadata"]:
        raise NotYet(TERMINATING)
    cluster.apply(manifest, uid=live["metadata"]["uid"], force=True)


def bears(live: Manifest, marks: dict[str, str]) -> bool:
    """Whether an object has these labels."""
    return marks.items() <= (live["metadata"].get("labels") or {}).items()


def namespace(row: Project) -> Manifest:
    """Return the project's namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": row.namespace,
            "labels": MANAGED
            | dict([row.label])
            | {
                "pod-security.kubernetes.io/enforce": "baseline",
                "pod-security.kubernetes.io/warn": "restricted",
            },
        },
    }


def queue(
    quota: Quota, owner: str, labels: dict[str, str], parent: str = ""
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


def _limit(quota: Quota) -> float:
    return UNLIMITED if quota.gpu_limit is None else float(quota.gpu_limit)


def _or_unlimited(amount: int | None) -> int:
    return UNLIMITED if amount is None else amount


def _resource(quota: float, limit: float, weight: int) -> dict[str, float]:
    return {"quota": quota, "limit": limit, "overQuotaWeight": weight}
