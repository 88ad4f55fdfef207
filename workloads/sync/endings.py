"""Instances of containers that ended, with their last words.

With group recreation the log of the previous instance exists nowhere else, so it is
fetched on first sight.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from queue import Empty, Queue
from threading import Event
from typing import NamedTuple
from uuid import UUID

from django.db import close_old_connections

from workloads.cluster import Cluster, Manifest
from workloads.cluster.interface import ClusterError
from workloads.models import Termination, Workload
from workloads.status.reading import moment, number, table
from workloads.sync.belonging import labelled
from workloads.sync.publish import refresh

LINES = 200
REMEMBERED = 20_000

logger = logging.getLogger(__name__)


class Ending(NamedTuple):
    """One ended instance of a container."""

    workload: UUID
    pod_uid: str
    pod: str
    namespace: str
    container: str
    at: datetime
    reason: str
    exit_code: int | None
    previous: bool
    """Whether a newer instance runs in its place."""

    restarts: int = 0
    """Of the container, at the look."""


class Endings:
    """Fetches and keeps the last lines, apart from the writer, which must not wait."""

    def __init__(self, connection: Cluster) -> None:
        self.connection = connection
        self.found: Queue[Ending] = Queue(maxsize=5_000)
        self.known: set[tuple[str, str, datetime, bool]] = set()

    def look_at(self, kind: str, manifests: Iterable[Manifest]) -> None:
        """Note the endings that some pods tell of."""
        if kind != "Pod":
            return
        for manifest in manifests:
            for ending in endings(manifest):
                place = (
                    ending.pod_uid,
                    ending.container,
                    ending.at,
                    ending.previous,
                )
                if len(self.known) >= REMEMBERED:
                    self.known.clear()  # to fetch twice does no harm
                if place not in self.known and not self.found.full():
                    self.known.add(place)
                    self.found.put(ending)

    def run(self, stopping: Event) -> None:
        """Fetch until told to stop."""
        while not stopping.is_set():
            try:
                ending = self.found.get(timeout=0.5)
            except Empty:
                continue
            try:
                self.keep(ending)
            except Exception:
                logger.exception("Keeping the last lines of %s failed", ending.pod)
            finally:
                close_old_connections()

    def keep(self, ending: Ending) -> None:
        """Store an ending with its last lines, once."""
        lines = self._lines(ending)  # first of all: the pod may be leaving
        workload = Workload.objects.live().filter(pk=ending.workload).first()
        if workload is None:
            return
        place = {
            "pod_uid": ending.pod_uid,
            "container": ending.container,
            "at": ending.at,
        }
        row, new = Termination.objects.get_or_create(
            **place,
            defaults={
                "workload": workload,
                "pod": ending.pod,
                "reason": ending.reason,
                "exit_code": ending.exit_code,
                "log": "\n".join(lines),
            },
        )
        if not new and lines and (ending.previous or not row.log):
            # Asked at the very end, the log may already be the next instance's.
            Termination.objects.filter(pk=row.pk).update(log="\n".join(lines))
        refresh(workload.pk)

    def _lines(self, ending: Ending) -> list[str]:
        """Return the instance's lines; where it was the first, asked as the previous.

        Between the look and the question a newer instance may have begun.
        """
        if ending.previous:
            return self._log(ending, previous=True)
        if ending.restarts:
            return self._log(ending, previous=False)
        lines = self._log(ending, previous=True) or self._log(ending, previous=False)
        return self._log(ending, previous=True) or lines

    def _log(self, ending: Ending, *, previous: bool) -> list[str]:
        try:
            return self.connection.logs(
                ending.pod,
                ending.namespace,
                ending.container,
                tail=LINES,
                previous=previous,
                timestamps=True,
            )
        except ClusterError:
            return []


def endings(pod: Manifest) -> Iterator[Ending]:
    """Yield the ended instances that a pod tells of. Odd shapes tell of none."""
    meta = table(pod, "metadata")
    owner = labelled(pod)
    if owner is None:
        return
    status = table(pod, "status")
    for group in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(group) or []:
            if not isinstance(container, dict):
                continue
            for state, previous in (("state", False), ("lastState", True)):
                ended = table(container, state, "terminated")
                at = moment(ended, "finishedAt")
                if at is None:
                    continue
                code = ended.get("exitCode")
                yield Ending(
                    owner,
                    str(meta.get("uid", "")),
                    str(meta.get("name", "")),
                    str(meta.get("namespace", "")),
                    str(container.get("name", "")),
                    at,
                    str(ended.get("reason", "")),
                    code if isinstance(code, int) else None,
                    previous,
                    number(container, "restartCount"),
                )
