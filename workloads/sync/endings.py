"""Instances of containers that ended, with their last words.

With group recreation the log of the previous instance exists nowhere else, so it is
fetched on first sight.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from threading import Event
from typing import Any

from django.db import close_old_connections, transaction

from workloads.cluster import Cluster, Manifest
from workloads.cluster.interface import ClusterError
from workloads.models import Termination, Workload
from workloads.status.reading import moment, number, table
from workloads.sync.belonging import labelled
from workloads.sync.forget import trim
from workloads.sync.observe import count_sightings
from workloads.sync.pile import Ending, Pile

LINES = 200
KEPT = 20
"""Instances of one container, the newest."""

REMEMBERED = 20_000

logger = logging.getLogger(__name__)


class Endings:
    """Fetches and keeps the last lines, apart from the writer, which must not wait."""

    def __init__(
        self, connection: Cluster, touch: Callable[[Iterable[str]], None]
    ) -> None:
        self.connection, self.touch = connection, touch
        self.pile = Pile()
        self.known: set[tuple[str, str, datetime, bool]] = set()
        self.there: dict[tuple[str, str], str] = {}
        """The uid of the pod that has a name now: logs are asked for by name."""

    def look_at(
        self, kind: str, manifests: Iterable[Manifest], *, gone: bool = False
    ) -> None:
        """Note the endings that some pods tell of, and which pods there are."""
        if kind != "Pod":
            return
        for manifest in manifests:
            self._note(table(manifest, "metadata"), gone=gone)
            for ending in endings(manifest):
                self._put(ending)

    def _note(self, meta: dict[str, Any], *, gone: bool) -> None:
        place = (str(meta.get("namespace", "")), str(meta.get("name", "")))
        uid = str(meta.get("uid", ""))
        if not gone:
            self.there[place] = uid
        elif self.there.get(place) == uid:
            del self.there[place]

    def _put(self, ending: Ending) -> None:
        place = (ending.pod_uid, ending.container, ending.at, ending.previous)
        if len(self.known) >= REMEMBERED:
            self.known.clear()  # to fetch twice does no harm
        if place not in self.known:
            self.known.add(place)
            self.pile.put(ending)

    def run(self, stopping: Event) -> None:
        """Fetch until told to stop."""
        while not stopping.is_set():
            ending = self.pile.take(timeout=0.5)
            if ending is None:
                continue
            try:
                self.keep(ending)
            except Exception:
                logger.exception("Keeping the last lines of %s failed", ending.pod)
            finally:
                close_old_connections()

    def keep(self, ending: Ending) -> None:
        """Store an ending with its last lines, once."""
        log = "\n".join(self._lines(ending))  # first of all: the pod may be leaving
        if not Workload.objects.live().filter(pk=ending.workload).exists():
            return
        with transaction.atomic():
            count_sightings([ending.workload])
            self._store(ending, log)
        self.touch([str(ending.workload)])

    def _store(self, ending: Ending, log: str) -> None:
        row, new = Termination.objects.get_or_create(
            pod_uid=ending.pod_uid,
            container=ending.container,
            at=ending.at,
            defaults={
                "workload_id": ending.workload,
                "pod": ending.pod,
                "reason": ending.reason,
                "exit_code": ending.exit_code,
                "log": log,
            },
        )
        if new:
            same = Termination.objects.filter(workload=ending.workload, pod=ending.pod)
            trim(same.filter(container=ending.container).order_by("-at"), KEPT)
        elif log and (ending.previous or not row.log):
            # Asked at the very end, the log may already be the next instance's.
            Termination.objects.filter(pk=row.pk).update(log=log)

    def _is_there(self, ending: Ending) -> bool:
        return self.there.get((ending.namespace, ending.pod)) == ending.pod_uid

    def _lines(self, ending: Ending) -> list[str]:
        """Return the instance's lines; none where another pod may have answered."""
        lines = self._asked(ending) if self._is_there(ending) else []
        return lines if self._is_there(ending) else []

    def _asked(self, ending: Ending) -> list[str]:
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
            for state, previous in (("lastState", True), ("state", False)):
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
