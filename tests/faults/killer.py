"""Starts the portal, and kills it at the k-th point of a submission's own threads.

Counted are commits and HTTP calls under `submit_workload` and `work_on_workload`
(quality.md §3.2). Follower, clock, idle sweep and simulator do not count, or the k-th
would be another point each time. The product is not touched.

    KILL_AT=7 python -m tests.faults.killer --data FOLDER --port 0

Each point is written to KILL_LOG before the process dies at it.
"""

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Lock
from types import FrameType

from django.db.backends.base.base import BaseDatabaseWrapper
from urllib3.connectionpool import HTTPConnectionPool

from runai_portal import up

OWN = {"submit_workload", "work_on_workload"}
KILL_AT = int(os.environ.get("KILL_AT", "0"))
LOG = Path(os.environ.get("KILL_LOG", os.devnull))
points, lock = count(1), Lock()


def own(frame: FrameType | None) -> bool:
    """Whether the call comes from the submission's own threads."""
    while frame is not None:
        if frame.f_code.co_name in OWN:
            return True
        frame = frame.f_back
    return False


def reached(what: str) -> None:
    """Count a point; die at the chosen one."""
    with lock:
        number = next(points)
        with LOG.open("a") as log:
            log.write(f"{number} {what}\n")
        if number == KILL_AT:
            os.kill(os.getpid(), signal.SIGKILL)


def counted(method: Callable, what: str) -> Callable:
    """Return the method with a point before and one after it."""

    def wrapped(*args, **kwargs):
        if not own(sys._getframe(1)):
            return method(*args, **kwargs)
        reached(f"before {what}")
        result = method(*args, **kwargs)
        reached(f"after {what}")
        return result

    return wrapped


BaseDatabaseWrapper.commit = counted(BaseDatabaseWrapper.commit, "commit")
HTTPConnectionPool.urlopen = counted(HTTPConnectionPool.urlopen, "request")

if __name__ == "__main__":
    up.main()
