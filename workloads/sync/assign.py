"""The assigner: ordered node pools without KRM (kubernetes.md §3.5).

KAI schedules a pod group only in the pool of its label. When it says that the pool has
no room and nothing of the group runs, the group is moved to the next pool of the
workload's order, round and round, with a pause after each full round.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import now

from workloads.cluster import Cluster, Manifest, Ref
from workloads.cluster.interface import ClusterError
from workloads.cluster.kinds import PODGROUP
from workloads.models import Workload

POOL = "kai.scheduler/node-pool"
ID = "runai-portal/workload-id"
MOVED = "runai-portal/moved-at"
ROUND = "runai-portal/pool-moves"
PAUSE = timedelta(seconds=30)

logger = logging.getLogger(__name__)


def assign(connection: Cluster, groups: Iterable[Manifest]) -> None:
    """Move the pod groups that wait in a pool without room."""
    for group in groups:
        try:
            _assign(connection, group)
        except ClusterError as error:
            logger.info("Could not move %s: %s", _meta(group).get("name"), error)


def _assign(connection: Cluster, group: Manifest) -> None:
    labels = _meta(group).get("labels") or {}
    rows = Workload.objects.live().select_related("project")
    workload = rows.filter(pk=str(labels[ID])).first() if ID in labels else None
    pools = (workload.resolved.get("nodePools") or []) if workload else []
    if workload is None or len(pools) < 2:
        return
    spec = group.get("spec") or {}
    if spec.get("schedulingBackoff") != 1:
        connection.patch(_ref(group), {"spec": {"schedulingBackoff": 1}})
        return
    here = labels.get(POOL, "default")
    if not stuck(group, here) or _something_runs(workload, group):
        return
    moves = _moves(group)
    if moves and moves % len(pools) == 0 and not _rested(group):
        return
    following = (
        pools[(pools.index(here) + 1) % len(pools)] if here in pools else pools[0]
    )
    _move(connection, group, workload, following, moves + 1)


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
    connection: Cluster, group: Manifest, workload: Workload, pool: str, moves: int
) -> None:
    queues = {
        q.pool.name: q.queue for q in workload.project.quotas.select_related("pool")
    }
    if pool not in queues:
        return
    connection.patch(
        _ref(group),
        {
            "metadata": {
                "labels": {POOL: None if pool == "default" else pool},
                "annotations": {MOVED: now().isoformat(), ROUND: str(moves)},
            },
            "spec": {"queue": queues[pool]},
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
