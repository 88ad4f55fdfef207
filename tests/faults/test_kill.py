"""The process is killed at every point of a submission; nothing is lost or doubled."""

import sqlite3
import time
import urllib.error
from contextlib import closing, suppress

import pytest

from tests.support.console import Console
from tests.support.portal import Portal

POINTS = range(1, 80)


def submit(portal: Portal, name: str) -> Console:
    """Go through the wizard as a browser without script does."""
    console = Console(portal.url)
    console.sign_in(portal.told["User"], portal.told["Password"])
    token = console.token()
    console._open(f"{portal.url}/drafts/new/", f"csrfmiddlewaretoken={token}".encode())
    console.post("wizard", project="4500000", name=name, do="continue")
    console.post("wizard", **{"leader.image": "a/b:1"}, do="continue")
    console.post("wizard", **{"leader.compute.gpuDevicesRequest": "1"}, do="continue")
    console.post("wizard", workers="1", **{"worker.image": "a/b:1"}, do="continue")
    console.post("wizard", do="continue")
    console.post("wizard", do="create")
    return console


def rows(portal: Portal, name: str) -> list[tuple[str, str]]:
    """The row of the workload, as the database has it."""
    path = portal.folder / "db" / "portal.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        found = database.execute(
            "SELECT phase, id FROM workloads_workload WHERE name = ?", [name]
        )
        return found.fetchall()


def sets(portal: Portal, name: str) -> int:
    """How many LeaderWorkerSets of the name the cluster holds."""
    path = portal.folder / "simulator"
    (file,) = path.glob("*.sqlite3")
    with closing(sqlite3.connect(file)) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master")]
        table = next(t for t in tables if t.startswith("object"))
        found = database.execute(f"SELECT * FROM {table}").fetchall()
    return sum(
        "LeaderWorkerSet" in map(str, row) and name in map(str, row) for row in found
    )


def settled(portal: Portal, name: str, seconds: float = 20) -> str:
    """Wait until the workload runs; return its last phase."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = rows(portal, name)
        if found and found[0][0] == "Running":
            break
        time.sleep(0.05)
    return found[0][0] if found else ""


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    running = Portal(tmp_path_factory.mktemp("kill") / "data", speed=50)
    running.module = "tests.faults.killer"
    yield running
    running.stop()


def test_a_kill_at_any_point_loses_nothing_and_doubles_nothing(portal):
    """One portal, killed at point k = 1, 2, … of its k-th submission, until a
    submission is over before the point is reached."""
    portal.start()
    portal.stop()
    log = portal.folder / "points"
    seen: list[str] = []
    for k in POINTS:
        name = f"kill{k}x"
        log.unlink(missing_ok=True)
        portal.environment = {"KILL_AT": str(k), "KILL_LOG": str(log)}
        portal.start()
        with suppress(urllib.error.URLError, ConnectionError, OSError):
            submit(portal, name)
        died = portal.ended(within=5 if k < 3 else 2)
        before = log.read_text().splitlines()
        if not died:
            assert settled(portal, name) == "Running"
            break
        accepted = [line for line in before if line.endswith("after commit")]
        seen.append(before[-1])
        portal.environment = {}
        portal.start()
        found = rows(portal, name)
        if accepted:
            assert len(found) == 1, f"lost at point {k}: {before[-1]}"
        else:
            assert len(found) <= 1
        if found:
            assert settled(portal, name) == "Running", f"stuck after {before[-1]}"
            assert sets(portal, name) == 1
        portal.stop()
    else:
        pytest.fail("there are more points than were tried")
    assert any("commit" in point for point in seen)
    assert sum("request" in point for point in seen) >= 10
    print(f"killed at {len(seen)} points")
