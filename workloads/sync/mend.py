"""What people did to namespaces and queues by hand is made good, and written down."""

import logging
from collections.abc import Iterable
from contextlib import suppress

from django.db.models.functions import Now

from projects.models import AuditEntry, Project, RemovedQueue
from projects.models import Cluster as Row
from workloads.cluster import Cluster, Manifest, NotFound, Ref
from workloads.cluster.kinds import LWS, PODGROUP, QUEUE
from workloads.sync.clusters import found
from workloads.sync.observe import SELECTOR
from workloads.sync.organization import MANAGED, bears, queues_of

USES = "kai.scheduler/queue"

logger = logging.getLogger(__name__)


def mend(row: Row, cluster: Cluster) -> None:
    """Make again what was removed by hand; remove queues that nobody has any more."""
    namespaces, _ = cluster.list("v1", "Namespace", selector=SELECTOR)
    queues, _ = cluster.list(QUEUE, "Queue", selector=SELECTOR)
    there = {("Namespace", name) for name in _names(namespaces)}
    there |= {("Queue", name) for name in _names(queues)}
    settled = Project.objects.filter(
        department__cluster=row, applied_generation__isnull=False, due_at__isnull=True
    )
    for project in settled.filter(refused=False).select_related("department__cluster"):
        wanted = [("Namespace", project.namespace)]
        wanted += [("Queue", quota.queue) for quota, _ in queues_of(project)]
        if missing := [
            f"{kind} {name}" for kind, name in wanted if (kind, name) not in there
        ]:
            _make_again(project, missing)
    for removed in row.removed_queues.all():
        _clear(removed, cluster)


def _make_again(project: Project, missing: list[str]) -> None:
    rows = Project.objects.filter(pk=project.pk, due_at__isnull=True)
    if rows.update(due_at=Now()):
        logger.warning("%s: gone from the cluster, made again.", ", ".join(missing))
        _record("project.mended", project.pk, str(project), missing)


def _clear(removed: RemovedQueue, cluster: Cluster) -> None:
    """Delete a queue that is still ours, once nothing uses it."""
    ref = Ref(QUEUE, "Queue", removed.queue)
    live = found(cluster, ref)
    label, _, value = removed.unit.partition("=")
    if live and bears(live, MANAGED | {label: value}):
        if _is_used(removed.queue, cluster):
            return
        with suppress(NotFound):
            cluster.delete(ref, uid=live["metadata"]["uid"])
        logger.warning("%s is deleted: its quota was taken away.", ref)
        _record("queue.delete", value, removed.queue, [str(ref)])
    removed.delete()


def _is_used(name: str, cluster: Cluster) -> bool:
    """Whether a set or pod names the queue, a group has it, or a queue is below."""
    for api, kind in ((LWS, "LeaderWorkerSet"), ("v1", "Pod")):
        if cluster.list(api, kind, selector=f"{USES}={name}")[0]:
            return True
    users = (
        (PODGROUP, "PodGroup", "queue"),
        (QUEUE, "Queue", "parentQueue"),
    )
    return any(
        (item.get("spec") or {}).get(field) == name
        for api, kind, field in users
        for item in cluster.list(api, kind)[0]
    )


def _names(items: Iterable[Manifest]) -> set[str]:
    return {item["metadata"]["name"] for item in items}


def _record(action: str, target: object, name: str, objects: list[str]) -> None:
    AuditEntry.objects.create(
        action=action, target=str(target), details={"name": name, "objects": objects}
    )
