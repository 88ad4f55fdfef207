"""The process is killed at every point of a submission; nothing is lost or doubled."""

import sqlite3
import time
import urllib.error
from contextlib import closing, suppress
from uuid import UUID

import pytest

from tests.support.console import Console
from tests.support.portal import Portal
from workloads.cluster import KubernetesCluster
from workloads.cluster.kinds import KINDS

POINTS = range(1, 80)


def submit(portal: Portal, name: str) -> Console:
    """Go through the wizard as a browser without script does."""
    console = Console(portal.url)
    console.sign_in(portal.told["User"], portal.told["Password"])
    token = console.token()
    console.open(f"{portal.url}/drafts/new/", f"csrfmiddlewaretoken={token}".encode())
    console.post("wizard", project="4500000", name=name, do="continue")
    environment = {"leader.image": "a/b:1", "servingPort.port": "8000"}
    console.post("wizard", **environment, do="continue")
    console.post("wizard", do="continue")
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


def objects(portal: Portal, row: str) -> list[str]:
    """The kinds of the objects that bear the workload's id, as the cluster answers."""
    folder = portal.folder / "simulator"
    cluster = KubernetesCluster(
        (folder / "url").read_text().strip(), (folder / "token").read_text().strip()
    )
    selector = f"runai-portal/workload-id={UUID(row)}"
    kinds = ("LeaderWorkerSet", "ConfigMap", "Service", "PersistentVolumeClaim")
    return [
        kind
        for api, kind in KINDS
        if kind in kinds
        for _ in cluster.list(api, kind, selector=selector)[0]
    ]


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
            kinds = objects(portal, found[0][1])
            assert sorted(kinds) == ["ConfigMap", "LeaderWorkerSet", "Service"]
        portal.stop()
    else:
        pytest.fail("there are more points than were tried")
    assert any("commit" in point for point in seen)
    assert sum("request" in point for point in seen) >= 10
    print(f"killed at {len(seen)} points")
