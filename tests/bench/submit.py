"""How long it takes from the last click of the wizard to a workload that runs."""

import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.support.portal import Portal

TIMES = 30
LONGEST = 20.0
ROW = "SELECT phase, applied_generation FROM workloads_workload WHERE name = ?"


def moments(portal: Portal, database: sqlite3.Connection, name: str) -> list[float]:
    """Seconds until it is accepted, applied after that, and running after that."""
    console = portal.describe(name)
    begun = time.monotonic()
    console.post("wizard", do="create")
    accepted, applied = time.monotonic(), 0.0
    while time.monotonic() < accepted + LONGEST:
        phase, generation = database.execute(ROW, [name]).fetchone()
        if generation and not applied:
            applied = time.monotonic()
        if phase == "Running":
            running = time.monotonic()
            return [accepted - begun, applied - accepted, running - accepted]
        time.sleep(0.002)
    raise RuntimeError(f"{name} does not run")


def measure() -> dict[str, float]:
    """Return seconds, the middle of some submissions one after another."""
    with tempfile.TemporaryDirectory() as folder:
        portal = Portal(Path(folder) / "data", speed=1000).start()
        path = portal.folder / "db" / "portal.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            found = [moments(portal, database, f"bench-{n}x") for n in range(TIMES)]
        portal.stop()
    names = ("accepted", "applied", "running")
    return {
        name: round(statistics.median(taken), 3)
        for name, taken in zip(names, zip(*found, strict=True), strict=True)
    }
