"""The assigner: ordered node pools without KRM (kubernetes.md §3.5).

KAI schedules a pod group only in the pool of its label. When it says that the pool has
no room and nothing of the group runs, the group is moved to the next pool of the
workload's order, round and round, with a pause after each full round.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils.timezone import now

from projects.models import Cluster as Row
from workloads.cluster import Cluster, Manifest, Ref
from workloads.cluster.interface import ClusterError
from workloads.cluster.kinds import PODGROUP
from workloads.models import Workload
from workloads.sync.belonging import labelled

POOL = "kai.scheduler/node-pool"
MOVED = "runai-portal/moved-at"
ROUND = "runai-portal/pool-moves"
PAUSE = timedelta(seconds=30)

logger = logging.getLogger(__name__)


def assign(connection: Cluster, groups: Iterable[Manifest]) -> None:
    """Move the pod groups that wait in a pool without room."""
    concerned = [(labelled(group), group) for group in groups if _concerns(group)]
    rows = Workload.objects.live().filter(
        desired=Workload.Desired.RUNNING, resolved__nodePools__1__isnull=False
    )
    found = rows.filter(pk__in={owner for owner, _ in concerned})
    workloads = {row.pk: row for row in found.select_related("project")}
    for owner, group in concerned:
        workload = workloads.get(owner) if owner else None
        if workload is None or workload.namespace != _meta(group).get("namespace"):
            continue
        try:
            _assign(connection, group, workload)
        except ClusterError as error:
            logger.info("Could not move %s: %s", _meta(group).get("name"), error)


def waiting(cluster: Row) -> bool:
    """Whether some workload of the cluster may wait for its turn in another pool."""
    rows = Workload.objects.live().filter(project__department__cluster=cluster)
    lacking = rows.filter(ready_replicas__lt=F("replicas"))
    return lacking.filter(resolved__nodePools__1__isnull=False).exists()


def _assign(connection: Cluster, group: Manifest, workload: Workload) -> None:
    queues = {
        q.pool.name: q.queue for q in workload.project.quotas.select_related("pool")
    }
    pools = [p for p in workload.resolved.get("nodePools") or [] if p in queues]
    if len(pools) < 2:
        return
    if (group.get("spec") or {}).get("schedulingBackoff") != 1:
        connection.patch(_ref(group), {"spec": {"schedulingBackoff": 1}})
        return
    here, moves = _here(group), _moves(group)
    if not stuck(group, here) or _something_runs(workload, group):
        return
    if moves and moves % len(pools) == 0 and not _rested(group):
        return
    place = pools.index(here) + 1 if here in pools else 0
    pool = pools[place % len(pools)]
    _move(connection, group, pool, queues[pool], moves + 1)


def _concerns(group: Manifest) -> bool:
    """Whether the group may have to be prepared or moved; most need neither."""
    prepared = (group.get("spec") or {}).get("schedulingBackoff") == 1
    return labelled(group) is not None and (not prepared or stuck(group, _here(group)))


def _here(group: Manifest) -> str:
    return str((_meta(group).get("labels") or {}).get(POOL, "default"))


def stuck(group: Manifest, pool: str) -> bool:
    """Whether the scheduler says that this pool has no room for the group."""
    status = group.get("status") or {}
    return any(
        isinstance(condition, dict)
        and condition.get("type") == "UnschedulableOnNodePool"
        and condition.get("status") == "True"
        and condition.get("nodePool", "default") == pool
        for condition in status.get("schedulingConditions") or []
    )


def _move(
    connection: Cluster, group: Manifest, pool: str, queue: str, moves: int
) -> None:
    """Move the group, unless it changed since it was seen: then it is seen again."""
    connection.patch(
        _ref(group),
        {
            "metadata": {
                "resourceVersion": _meta(group).get("resourceVersion"),
                "labels": {POOL: None if pool == "default" else pool},
                "annotations": {MOVED: now().isoformat(), ROUND: str(moves)},
            },
            "spec": {"queue": queue},
        },
    )


def _something_runs(workload: Workload, group: Manifest) -> bool:
    """Whether a pod of the group has a node already."""
    name = _meta(group).get("name")
    for pod in workload.pods.all():
        meta = pod.manifest.get("metadata") or {}
        mine = (meta.get("annotations") or {}).get("pod-group-name") == name
        if mine and (pod.manifest.get("spec") or {}).get("nodeName"):
            return True
    return False


def _moves(group: Manifest) -> int:
    text = str((_meta(group).get("annotations") or {}).get(ROUND, "0"))
    return int(text) if text.isdecimal() else 0


def _rested(group: Manifest) -> bool:
    moved = (_meta(group).get("annotations") or {}).get(MOVED)
    try:
        return now() - datetime.fromisoformat(str(moved)) > PAUSE
    except ValueError:
        return True


def _ref(group: Manifest) -> Ref:
    meta = _meta(group)
    return Ref(PODGROUP, "PodGroup", meta["name"], meta["namespace"])


def _meta(group: Manifest) -> dict[str, Any]:
    found = group.get("metadata")
    return found if isinstance(found, dict) else {}
