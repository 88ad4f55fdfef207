"""The follower: keeps rows true to one cluster, whatever the network does.

1. takes the cluster's lease, so that one process follows it;
2. per kind, a thread lists, then watches, and hands on what it sees;
3. one writer takes changes in, in small batches;
4. one publisher works out what follows from them;
5. one thread sweeps: rows that are due, phases that change by time alone.
"""

import logging
from collections.abc import Callable
from queue import Empty, Queue
from threading import Event, Thread
from time import monotonic
from typing import NamedTuple
from uuid import uuid4

from django.db import close_old_connections

from projects.models import Cluster
from workloads.cluster import Expired, Manifest
from workloads.cluster.interface import ClusterError
from workloads.sync import lease
from workloads.sync.assign import assign
from workloads.sync.clusters import cluster_for
from workloads.sync.endings import Endings
from workloads.sync.observe import (
    WATCHED,
    Seen,
    Watched,
    heard,
    take_in,
    take_stock,
)
from workloads.sync.publisher import Publisher
from workloads.sync.sweep import Sweeper

TOGETHER = 0.05
"""Seconds: changes that come together are written together."""

EVERY = 0.2
"""Seconds between two batches where changes never end."""

HEARD = 1.0
"""Seconds after which it is written again that the cluster speaks."""

WATCH_SECONDS = 30
"""A silent stream is noticed within 40 s (quality.md §3.3)."""

SHORTEST, LONGEST = 0.2, 30.0

logger = logging.getLogger(__name__)


class Stock(NamedTuple):
    """A whole list of one kind."""

    items: list[Manifest]


class Follower:
    """Follows one cluster until it is told to stop."""

    def __init__(self, cluster: Cluster, *, watch_seconds: int = WATCH_SECONDS) -> None:
        self.cluster = cluster
        self.connection = cluster_for(cluster)
        self.stopping = Event()
        self.changes: Queue[tuple[str, Seen | Stock | None]] = Queue(maxsize=20_000)
        self.groups: Queue[list[Manifest]] = Queue()
        self.lost = 0
        """How often changes were lost: then every kind is listed anew."""

        self.watch_seconds = watch_seconds
        self.holder = uuid4().hex
        self.heard_at, self.taken_at = -HEARD, -EVERY
        self.publisher = Publisher()
        self.endings = Endings(self.connection, self.publisher.touch)
        self.threads: list[Thread] = []

    def start(self) -> None:
        """Begin, in threads of this process."""
        sweeper = Sweeper(self.cluster, self.connection)
        jobs: list[tuple[str, Callable[[], None]]] = [
            (watched.kind, self._watching(watched)) for watched in WATCHED
        ]
        jobs += [
            ("writer", self.write),
            ("publisher", self.publish),
            ("sweeper", lambda: sweeper.run(self.stopping, self.holder)),
            ("endings", lambda: self.endings.run(self.stopping)),
            ("assigner", self.move),
        ]
        for name, job in jobs:
            thread = Thread(target=job, name=f"follow {name}", daemon=True)
            thread.start()
            self.threads.append(thread)

    def stop(self) -> None:
        """End within a second or so. A watch that hangs ends with the process."""
        self.stopping.set()
        self.connection.hang_up()
        for thread in self.threads:
            thread.join(timeout=0.5)
        lease.give_back(self.cluster, self.holder)

    def _watching(self, watched: Watched) -> Callable[[], None]:
        return lambda: self.watch(watched)

    def watch(self, watched: Watched) -> None:
        """List, then watch, again and again, with a growing pause after failures."""
        version, pause, lost = "", SHORTEST, self.lost
        while not self.stopping.is_set():
            try:
                if not lease.holds(self.cluster, self.holder):
                    version = ""
                    self.stopping.wait(1)
                    continue
                if lost != self.lost:
                    version, lost = "", self.lost
                version = self._once(watched, version)
                pause = SHORTEST
            except Expired:
                version = ""
            except ClusterError as error:
                version = ""
                if not self.stopping.is_set():
                    logger.warning("Lost %s: %s", watched.kind, error)
                    self.stopping.wait(pause)
                pause = min(pause * 2, LONGEST)
            except Exception:
                logger.exception("Following %s failed", watched.kind)
                version = ""
                self.stopping.wait(pause)
                pause = min(pause * 2, LONGEST)
            finally:
                close_old_connections()

    def _once(self, watched: Watched, version: str) -> str:
        """Take stock unless a version is known, then watch until the stream ends."""
        api, kind, selector = watched
        if not version:
            items, version = self.connection.list(api, kind, selector=selector)
            self.endings.look_at(kind, items)
            self.changes.put((kind, Stock(items)))
        for change in self.connection.watch(
            api, kind, since=version, selector=selector, seconds=self.watch_seconds
        ):
            version = change.version or version
            found = change.manifest
            seen = None if found is None else Seen(found, change.gone)
            if found is not None:
                self.endings.look_at(kind, [found], gone=change.gone)
            self.changes.put((kind, seen))
            if self.stopping.is_set():
                break
        return version

    def write(self) -> None:
        """Take changes in until told to stop. A batch that fails is listed again.

        So is one that came after another process took over: its news are old.
        """
        while not self.stopping.is_set():
            batch = self._batch()
            if not batch:
                continue
            try:
                if lease.holds(self.cluster, self.holder):
                    self.take(batch)
                    continue
                logger.warning("Another process follows %s.", self.cluster)
            except Exception:
                logger.exception("Taking in %d changes failed", len(batch))
            finally:
                close_old_connections()
            self.list_again()

    def list_again(self) -> None:
        """Forget the versions that were reached: every kind is listed anew."""
        self.stopping.wait(SHORTEST)
        self.lost += 1
        self.connection.hang_up()

    def move(self) -> None:
        """Move pod groups to other pools; the writer must not wait for it."""
        while not self.stopping.is_set():
            try:
                assign(self.connection, self.groups.get(timeout=0.5))
            except Empty:
                continue
            except Exception:
                logger.exception("Assigning node pools failed")
            finally:
                close_old_connections()

    def publish(self) -> None:
        """Publish what the batches touched; a row is right whoever follows."""
        self.publisher.run(self.stopping)

    def take(self, batch: list[tuple[str, Seen | Stock | None]]) -> None:
        """Write a batch, and note which workloads it touches."""
        touched: set[str] = set()
        for kind, seen in _runs(batch):
            if isinstance(seen, Stock):
                touched |= take_stock(self.cluster, kind, seen.items)
            elif seen:
                touched |= take_in(self.cluster, kind, seen)
                if kind == "PodGroup":
                    self.groups.put([s.manifest for s in seen if not s.gone])
        if monotonic() - self.heard_at >= HEARD:
            heard(self.cluster)
            self.heard_at = monotonic()
        self.publisher.touch(touched)

    def _batch(self) -> list[tuple[str, Seen | Stock | None]]:
        """Wait for a change, then for those that come right behind it."""
        try:
            found = [self.changes.get(timeout=0.5)]
        except Empty:
            return []
        self.stopping.wait(max(TOGETHER, self.taken_at + EVERY - monotonic()))
        self.taken_at = monotonic()
        while len(found) < 2_000:
            try:
                found.append(self.changes.get_nowait())
            except Empty:
                break
        return found


def _runs(
    batch: list[tuple[str, Seen | Stock | None]],
) -> list[tuple[str, Stock | list[Seen]]]:
    """Join neighbours of one kind, the newest state of each object alone."""
    runs: list[tuple[str, Stock | list[Seen]]] = []
    pending: dict[str, dict[str, Seen]] = {}
    for kind, seen in batch:
        if isinstance(seen, Stock):
            if kind in pending:
                runs.append((kind, list(pending.pop(kind).values())))
            runs.append((kind, seen))
        elif seen is not None:
            uid = str((seen.manifest.get("metadata") or {}).get("uid", ""))
            pending.setdefault(kind, {}).pop(uid, None)
            pending[kind][uid] = seen
    return runs + [(kind, list(found.values())) for kind, found in pending.items()]
