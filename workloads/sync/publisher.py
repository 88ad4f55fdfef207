"""Publishes what was touched: at once, and the same workload again after a pause.

What crashes in a loop changes many times a second, and is worked out a few times.
"""

import logging
from collections.abc import Iterable
from threading import Condition, Event
from time import monotonic

from django.db import close_old_connections

from workloads.sync.publish import refresh_all

PAUSE = 0.4
"""Seconds between two looks at one workload."""

TOGETHER = 25
AFTER_FAILURE, IDLE = 1.0, 0.5

logger = logging.getLogger(__name__)


class Publisher:
    """Knows which workloads were touched, and when each was published last."""

    def __init__(self) -> None:
        self.touched: dict[str, None] = {}
        """In the order of their first touch."""

        self.published: dict[str, float] = {}
        self.changed = Condition()
        self.works = False

    def touch(self, workloads: Iterable[str]) -> None:
        """Note that something of these changed. What is noted may wait for its turn."""
        with self.changed:
            self.touched |= dict.fromkeys(workloads)
            self.changed.notify()

    def run(self, stopping: Event) -> None:
        """Publish until told to stop. What fails is tried again."""
        while not stopping.is_set():
            due = self.due()
            if not due:
                self.wait()
                continue
            try:
                refresh_all(due)
            except Exception:
                logger.exception("Publishing %d workloads failed", len(due))
                self.touch(due)
                stopping.wait(AFTER_FAILURE)
            finally:
                self.works = False
                close_old_connections()

    def due(self) -> list[str]:
        """Take those whose turn it is, a few at a time: news of others come between."""
        with self.changed:
            at = monotonic()
            recent = {pk: t for pk, t in self.published.items() if at - t < PAUSE}
            due = [pk for pk in self.touched if pk not in recent][:TOGETHER]
            for pk in due:
                del self.touched[pk]
            self.published = recent | dict.fromkeys(due, at)
            self.works = bool(due)
        return due

    def wait(self) -> None:
        """Wait for a touch, or for the turn of one that was noted."""
        with self.changed:
            at = monotonic()
            turns = [self.published.get(pk, at) + PAUSE for pk in self.touched]
            self.changed.wait(max(0.0, min(turns, default=at + IDLE) - at))

    def is_idle(self) -> bool:
        """Whether everything that was touched is published."""
        with self.changed:
            return not self.touched and not self.works
