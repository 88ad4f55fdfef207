"""Starts the portal, and kills it at the k-th point of what somebody asked of it.

Counted are commits and HTTP calls of the request's thread and of the worker's
(quality.md §3.2). Follower, clock, idle sweep and simulator do not count, or the k-th
would be another point each time. The product is not touched.

    KILL_AT=FILE KILL_LOG=FILE python -m tests.faults.killer --data FOLDER --port 0

The number k stands in the file, and may be written there while the portal runs: then
counting begins. Each point is written to the log before the process dies at it.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from types import FrameType

from django.db.backends.base.base import BaseDatabaseWrapper
from urllib3.connectionpool import HTTPConnectionPool

from runai_portal import up

OWN = {"submit_workload", "scaled", "removed", "work_on_workload"}
"""Of the request's thread and the worker's. A service that is a transaction as a whole
commits after its own frame: there it is the view's that counts.
"""

AT = Path(os.environ["KILL_AT"])
LOG = Path(os.environ["KILL_LOG"])


def own(frame: FrameType | None) -> bool:
    """Whether the call comes from the action's own threads."""
    while frame is not None:
        if frame.f_code.co_name in OWN:
            return True
        frame = frame.f_back
    return False


class Points:
    """Counts from one again when another number is chosen."""

    def __init__(self) -> None:
        self.chosen, self.count = "", 0
        self.lock = Lock()

    def reached(self, what: str) -> None:
        """Count a point; die at the chosen one."""
        with self.lock:
            chosen = AT.read_text() if AT.exists() else ""
            if chosen != self.chosen:
                self.chosen, self.count = chosen, 0
            if not chosen:
                return
            self.count += 1
            with LOG.open("a") as log:
                log.write(f"{self.count} {what}\n")
            if self.count == int(chosen):
                os.kill(os.getpid(), signal.SIGKILL)


points = Points()


def counted(method: Callable, what: str) -> Callable:
    """Return the method with a point before and one after it."""

    def wrapped(*args, **kwargs):
        if not own(sys._getframe(1)):
            return method(*args, **kwargs)
        points.reached(f"before {what}")
        result = method(*args, **kwargs)
        points.reached(f"after {what}")
        return result

    return wrapped


BaseDatabaseWrapper.commit = counted(BaseDatabaseWrapper.commit, "commit")
HTTPConnectionPool.urlopen = counted(HTTPConnectionPool.urlopen, "request")

if __name__ == "__main__":
    up.main()
