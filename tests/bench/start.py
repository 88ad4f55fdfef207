"""How long a second start takes until a page answers, and how long stopping takes."""

import statistics
import tempfile
import time
from pathlib import Path

from tests.support.portal import Portal

TIMES = 5


def measure() -> dict[str, float]:
    """Return seconds, the middle of some starts on a folder that was used."""
    with tempfile.TemporaryDirectory() as folder:
        portal = Portal(Path(folder) / "data").start()
        portal.submit("there", workers=1)
        portal.stop()
        started, stopped = [], []
        for _ in range(TIMES):
            begun = time.monotonic()
            portal.start()
            started.append(time.monotonic() - begun)
            stopped.append(portal.stop())
    return {
        "second start": round(statistics.median(started), 2),
        "stop": round(statistics.median(stopped), 2),
    }
