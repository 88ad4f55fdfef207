"""A follower for every cluster, started anew when its connection changes."""

import logging
from threading import Event, Thread
from typing import NamedTuple
from uuid import UUID

from django.db import close_old_connections

from projects.models import Cluster
from workloads.cluster.interface import ClusterError
from workloads.sync.follow import Follower

LOOK = 2.0
"""Seconds between looks for clusters that are new, gone, or connected anew."""

logger = logging.getLogger(__name__)


class Following(NamedTuple):
    """A follower, and the connection that it began with."""

    connection: tuple[object, ...]
    follower: Follower


class Followers:
    """Follows all clusters, or the one of a name, until it is told to stop."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.stopping = Event()
        self.following: dict[UUID, Following] = {}
        self.thread = Thread(target=self.run, name="followers", daemon=True)

    def start(self) -> None:
        """Begin, in threads of this process."""
        self.thread.start()

    def stop(self) -> None:
        """End within a second or so for each cluster."""
        self.stopping.set()
        if self.thread.is_alive():
            self.thread.join(timeout=1)
        for each in self.following.values():
            each.follower.stop()

    def run(self) -> None:
        """Look again and again. A database that does not answer is asked again."""
        while not self.stopping.is_set():
            try:
                self.look()
            except Exception:
                logger.exception("Looking for clusters failed")
            finally:
                close_old_connections()
            self.stopping.wait(LOOK)

    def look(self) -> None:
        """Start and stop followers, so that they are what the rows say."""
        rows = Cluster.objects.filter(name=self.name) if self.name else None
        there = {row.pk: row for row in rows or Cluster.objects.all()}
        for pk, following in list(self.following.items()):
            if pk not in there or following.connection != connection_of(there[pk]):
                del self.following[pk]
                following.follower.stop()
        for pk in there.keys() - self.following.keys():
            self._follow(there[pk])

    def _follow(self, row: Cluster) -> None:
        """Start a follower. One whose connection cannot be opened is tried again."""
        try:
            follower = Follower(row)
        except ClusterError as error:
            logger.warning("%s", error)
            return
        follower.start()
        self.following[row.pk] = Following(connection_of(row), follower)


def connection_of(row: Cluster) -> tuple[object, ...]:
    """Return what tells two connections of a cluster apart."""
    return row.server, row.ca, row.account, row.revision
