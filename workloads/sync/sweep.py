"""What the follower does by the clock."""

import logging
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from threading import Event
from time import monotonic
from typing import Any

from django.db import close_old_connections
from django.utils.timezone import now

from projects.models import Cluster, DepartmentQuota, ProjectQuota
from workloads.cluster import Cluster as Connection
from workloads.cluster.interface import ClusterError
from workloads.cluster.kinds import QUEUE
from workloads.models import Workload
from workloads.status import Phase
from workloads.sync import lease
from workloads.sync.observe import heard
from workloads.sync.publish import refresh
from workloads.sync.work import sweep

STALE = timedelta(seconds=60)
SWEEP = 1.0
"""Seconds: three indexed queries; a lost bell costs no more."""

logger = logging.getLogger(__name__)


class Sweeper:
    """Runs each job when its time has come. One that fails does not stop the others."""

    def __init__(self, cluster: Cluster, connection: Connection) -> None:
        self.cluster, self.connection = cluster, connection
        self.jobs: list[tuple[float, Callable[[], object]]] = [
            (SWEEP, sweep),
            (0.5, self.recheck),
            (2.0, self.read_queues),
            (10.0, self.say_stale),
            (30.0, self.take_inventory),
        ]
        self.done_at = [-1e9] * len(self.jobs)

    def run(self, stopping: Event, holder: str) -> None:
        """Sweep until told to stop, while this process follows the cluster."""
        while not stopping.is_set():
            if lease.holds(self.cluster, holder):
                self.once()
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

    def recheck(self) -> None:
        """Publish phases that change by time alone."""
        due = Workload.objects.live().filter(recheck_at__lte=now())
        for pk in due.values_list("pk", flat=True)[:500]:
            refresh(pk)

    def say_stale(self) -> None:
        """Publish that a silent cluster's rows may be old."""
        say_stale(self.cluster)

    def take_inventory(self) -> None:
        """Store what the cluster has; it is thereby heard."""
        found = dict(self.connection.inventory())
        Cluster.objects.filter(pk=self.cluster.pk).update(inventory=found)
        heard(self.cluster)

    def read_queues(self) -> None:
        """Store how much of each quota is used."""
        queues, _ = self.connection.list(QUEUE, "Queue")
        used = {_name(queue): _used(queue) for queue in queues}
        heard(self.cluster)
        for quota in ProjectQuota.objects.filter(pool__cluster=self.cluster):
            if _store(quota, used):
                quota.project.shows_change()
        for above in DepartmentQuota.objects.filter(pool__cluster=self.cluster):
            _store(above, used)


def say_stale(cluster: Cluster) -> None:
    """Publish that the rows of a cluster may be old, once it was silent too long."""
    row = Cluster.objects.get(pk=cluster.pk)
    if row.heard_at is not None and row.heard_at > now() - STALE:
        return
    live = Workload.objects.live().filter(project__department__cluster=cluster)
    for pk in live.exclude(phase=Phase.UNKNOWN).values_list("pk", flat=True):
        refresh(pk)


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
