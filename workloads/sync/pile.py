"""Endings whose last words are still to be asked for: the newest first.

Where a workload crashes faster than its logs are fetched, the newest instance of each
container has its words, and what it superseded goes without.
"""

from datetime import datetime
from threading import Condition
from typing import NamedTuple
from uuid import UUID


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


Place = tuple[str, str, str, bool]


class Pile:
    """One ending for each place: a container, and whether it has begun again."""

    def __init__(self) -> None:
        self.places: dict[Place, Ending] = {}
        self.changed = Condition()

    def put(self, ending: Ending) -> None:
        """Lay an ending on top; the one that it supersedes goes."""
        place = (
            ending.namespace,
            ending.pod,
            ending.container,
            ending.previous,
        )
        with self.changed:
            self.places.pop(place, None)
            self.places[place] = ending
            self.changed.notify()

    def take(self, timeout: float) -> Ending | None:
        """Take the newest, waiting for one."""
        with self.changed:
            if not self.places:
                self.changed.wait(timeout)
            return self.places.popitem()[1] if self.places else None
