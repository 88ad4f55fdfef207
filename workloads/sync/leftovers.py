"""What a deleted workload left behind goes, and is reported (kubernetes.md §6).

Only of workloads whose rows say that they are deleted: after a restore of an old
backup, objects of unknown workloads are somebody's and stay (quality.md I-17).
"""

import logging
from contextlib import suppress
from datetime import timedelta

from django.utils.timezone import now

from projects.models import AuditEntry
from projects.models import Cluster as Row
from workloads.cluster import Cluster, Manifest, NotFound, Ref
from workloads.cluster.kinds import LWS
from workloads.models import Workload
from workloads.sync.belonging import labelled
from workloads.sync.observe import SELECTOR

AGE = timedelta(minutes=10)
KINDS = (
    (LWS, "LeaderWorkerSet"),
    ("v1", "Service"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "ConfigMap"),
    ("v1", "Pod"),
)
"""What may outlive its owner, the sets before the pods that they would make anew."""

logger = logging.getLogger(__name__)


def clear_leftovers(row: Row, cluster: Cluster) -> None:
    """Delete the objects of workloads that were deleted ten minutes ago or earlier."""
    old = Workload.objects.filter(
        project__department__cluster=row, deleted_at__lt=now() - AGE
    )
    for namespace in set(old.values_list("project__namespace", flat=True)):
        here = old.filter(project__namespace=namespace)
        deleted = {workload.pk: workload for workload in here.only("pk", "name")}
        for api, kind in KINDS:
            items, _ = cluster.list(api, kind, selector=SELECTOR, namespace=namespace)
            for item in items:
                owner = labelled(item)
                workload = deleted.get(owner) if owner else None
                if workload and "deletionTimestamp" not in item["metadata"]:
                    _clear(cluster, Ref(api, kind, "", namespace), item, workload)


def _clear(cluster: Cluster, kind: Ref, item: Manifest, workload: Workload) -> None:
    meta = item["metadata"]
    ref = kind._replace(name=meta["name"])
    with suppress(NotFound):
        cluster.delete(ref, uid=meta["uid"])
    logger.warning("%s was left behind by %s, and is deleted.", ref, workload.name)
    AuditEntry.objects.create(
        action="workload.leftover",
        target=str(workload.pk),
        details={"name": workload.name, "object": str(ref)},
    )
