"""What the follower does by the clock."""

import logging
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from threading import Event
from time import monotonic
from typing import Any

from django.db import DatabaseError, close_old_connections
from django.db.models import QuerySet
from django.utils.timezone import now

from projects.models import Cluster, DepartmentQuota, Project, ProjectQuota
from workloads.cluster import Cluster as Connection
from workloads.cluster.interface import ClusterError
from workloads.cluster.kinds import PODGROUP, QUEUE
from workloads.models import Workload
from workloads.status import Phase
from workloads.sync import lease
from workloads.sync.assign import assign, waiting
from workloads.sync.claims import adopt
from workloads.sync.leftovers import clear_leftovers
from workloads.sync.look import look
from workloads.sync.mend import mend
from workloads.sync.observe import SELECTOR, heard
from workloads.sync.publish import refresh_all
from workloads.sync.work import sweep

STALE = timedelta(seconds=60)
SWEEP = 1.0
"""Seconds: three indexed queries; a lost bell costs no more."""

TOGETHER = 500

logger = logging.getLogger(__name__)


class Sweeper:
    """Runs each job when its time has come. One that fails does not stop the others."""

    def __init__(self, cluster: Cluster, connection: Connection) -> None:
        self.cluster, self.connection = cluster, connection
        self.jobs: list[tuple[float, Callable[[], object]]] = [
            (SWEEP, self.sweep),
            (0.5, self.recheck),
            (2.0, self.read_queues),
            (5.0, self.adopt_claims),
            (5.0, self.say_how_old),
            (10.0, self.assign),
            (30.0, self.take_inventory),
            (60.0, self.mend),
            (300.0, self.clear_leftovers),
            (300.0, self.look),
        ]
        self.done_at = [-1e9] * len(self.jobs)

    def run(self, stopping: Event, holder: str) -> None:
        """Sweep until told to stop, while this process follows the cluster."""
        while not stopping.is_set():
            try:
                if lease.holds(self.cluster, holder):
                    self.once()
            except DatabaseError:
                logger.exception("The database does not answer")
                close_old_connections()
            stopping.wait(0.25)

    def once(self) -> None:
        """Run the jobs that are due."""
        for place, (every, job) in enumerate(self.jobs):
            if monotonic() - self.done_at[place] < every:
                continue
            try:
                job()
            except ClusterError as error:
                logger.info("The cluster does not answer: %s", error)
            except Exception:
                logger.exception("%s failed", getattr(job, "__name__", job))
            finally:
                close_old_connections()
            self.done_at[place] = monotonic()

    def sweep(self) -> None:
        """Work on what is due in this cluster."""
        sweep(self.cluster)

    def recheck(self) -> None:
        """Publish phases that change by time alone."""
        due = rows_of(self.cluster).filter(recheck_at__lte=now())
        found = due.order_by("recheck_at").values_list("pk", flat=True)
        refresh_all(found[:TOGETHER])

    def say_how_old(self) -> None:
        """Publish that the rows may be old, or that they no longer are."""
        say_stale(self.cluster)
        say_fresh(self.cluster)

    def adopt_claims(self) -> None:
        """Give the volumes that pods got to their workloads."""
        adopt(self.cluster, self.connection)

    def assign(self) -> None:
        """Move on what waits in a full pool after a pause: nothing tells when."""
        if waiting(self.cluster):
            groups, _ = self.connection.list(PODGROUP, "PodGroup", selector=SELECTOR)
            assign(self.connection, groups)

    def mend(self) -> None:
        """Make again what was removed by hand."""
        mend(self.cluster, self.connection)

    def clear_leftovers(self) -> None:
        """Delete what deleted workloads left behind."""
        clear_leftovers(self.cluster, self.connection)

    def look(self) -> None:
        """See whether the cluster still has what it must have."""
        look(self.cluster)

    def take_inventory(self) -> None:
        """Store what the cluster has; it is thereby heard."""
        applied = Project.objects.filter(
            department__cluster=self.cluster, applied_generation__isnull=False
        )
        namespaces = applied.values_list("namespace", flat=True)
        found = dict(self.connection.inventory(namespaces))
        Cluster.objects.filter(pk=self.cluster.pk).update(inventory=found)
        heard(self.cluster)

    def read_queues(self) -> None:
        """Store how much of each quota is used."""
        queues, _ = self.connection.list(QUEUE, "Queue")
        used = {_name(queue): _used(queue) for queue in queues}
        heard(self.cluster)
        quotas = ProjectQuota.objects.filter(pool__cluster=self.cluster)
        for quota in quotas.select_related("project"):
            if _store(quota, used):
                quota.project.shows_change()
        for above in DepartmentQuota.objects.filter(pool__cluster=self.cluster):
            _store(above, used)


def say_stale(cluster: Cluster) -> None:
    """Publish that the rows of a cluster may be old, once it was silent too long."""
    if not is_heard(cluster):
        others = rows_of(cluster).exclude(phase=Phase.UNKNOWN)
        sent = others.filter(applied_generation__isnull=False)
        refresh_all(sent.values_list("pk", flat=True))


def say_fresh(cluster: Cluster) -> None:
    """Publish what is known again of rows that no object of the cluster touches."""
    if is_heard(cluster):
        unknown = rows_of(cluster).filter(phase=Phase.UNKNOWN)
        refresh_all(unknown.values_list("pk", flat=True))


def is_heard(cluster: Cluster) -> bool:
    """Whether the cluster was heard a short while ago."""
    rows = Cluster.objects.filter(pk=cluster.pk)
    return rows.filter(heard_at__gt=now() - STALE).exists()


def rows_of(cluster: Cluster) -> QuerySet[Workload]:
    """Return the cluster's live workloads."""
    return Workload.objects.live().filter(project__department__cluster=cluster)


def _store(row: Any, used: dict[str, tuple[Decimal, Decimal]]) -> bool:
    allocated, held = used.get(row.queue, (Decimal(0), Decimal(0)))
    if (row.gpus_allocated, row.gpus_held) == (allocated, held):
        return False
    rows = type(row).objects.filter(pk=row.pk)
    rows.update(gpus_allocated=allocated, gpus_held=held)
    return True


def _used(queue: dict[str, Any]) -> tuple[Decimal, Decimal]:
    status = queue.get("status") or {}
    return (
        _gpus(status.get("allocated")),
        _gpus(status.get("allocatedNonPreemptible")),
    )


def _gpus(amounts: Any) -> Decimal:
    """Devices; KAI writes shares as thousandths ("500m")."""
    text = str((amounts or {}).get("nvidia.com/gpu", "0"))
    try:
        if text.endswith("m"):
            return Decimal(text[:-1]) / 1000
        return Decimal(text)
    except ArithmeticError:
        return Decimal(0)


def _name(item: dict[str, Any]) -> str:
    return str((item.get("metadata") or {}).get("name", ""))
