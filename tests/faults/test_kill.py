"""The process is killed at every point of an action; nothing is lost or doubled.

One portal, killed at point k = 1, 2, … of its k-th action, until an action is over
before the point is reached.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from tests.support.console import Console
from tests.support.portal import LLM_SERVING, Portal
from workloads.cluster import KubernetesCluster
from workloads.cluster.kinds import LWS

MOST = 80
KINDS = (
    (LWS, "LeaderWorkerSet"),
    ("v1", "ConfigMap"),
    ("v1", "Service"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "Pod"),
)


class Row(NamedTuple):
    """What the database has of a workload."""

    id: str
    phase: str
    desired: str
    replicas: int
    generation: int
    applied_generation: int | None
    deleted_at: str | None


class Victim(Portal):
    """A portal that can be told to die, and somebody who is signed in to it."""

    def begin(self) -> None:
        """Start it for the first time."""
        places = {"KILL_AT": str(self.at), "KILL_LOG": str(self.points)}
        self.module, self.environment = "tests.faults.killer", places
        self.start()
        self.somebody = Console(self.url)
        self.somebody.sign_in(self.told["User"], self.told["Password"])

    @property
    def at(self) -> Path:
        return self.folder.parent / "kill-at"

    @property
    def points(self) -> Path:
        return self.folder.parent / "points"

    def post(self, path: str, text: str = "") -> None:
        """Post something with the token of the session."""
        self.somebody.url = self.url
        self.somebody.get("/")
        token = self.somebody.token()
        body = f"csrfmiddlewaretoken={token}&{text}".encode()
        self.somebody.open(f"{self.url}{path}", body)

    def draft(self, name: str) -> None:
        """Go through the wizard up to the review, as a browser without script does."""
        self.post("/drafts/new/")
        console = self.somebody
        console.post("wizard", project=LLM_SERVING, name=name, do="continue")
        first = {"leader.image": "a/b:1", "servingPort.port": "8000"}
        console.post("wizard", **first, do="continue")
        console.post("wizard", do="continue")
        worker = {"workers": "1", "worker.image": "a/b:1"}
        console.post("wizard", **worker, do="continue")
        console.post("wizard", do="continue")

    def rows(self, name: str) -> list[Row]:
        """The rows of that name."""
        path = self.folder / "db" / "portal.sqlite3"
        columns = ", ".join(Row._fields)
        with closing(sqlite3.connect(path)) as database:
            found = database.execute(
                f"SELECT {columns} FROM workloads_workload WHERE name = ?", [name]
            )
            return [Row(*row) for row in found]

    def row(self, name: str) -> Row:
        """The only row of that name."""
        (found,) = self.rows(name)
        return found

    def objects(self, id: str) -> dict[str, list[dict[str, Any]]]:
        """The objects that bear the workload's id, as the cluster answers."""
        cluster = KubernetesCluster(self.cluster.url, self.cluster.token)
        selector = f"runai-portal/workload-id={UUID(id)}"
        listed = {k: cluster.list(api, k, selector=selector)[0] for api, k in KINDS}
        return {kind: found for kind, found in listed.items() if found}

    def until(self, holds: Callable[[], object], why: str) -> None:
        """Wait until something holds."""
        end = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < end, why
            time.sleep(0.05)

    def dies(self, over: Callable[[], object]) -> bool:
        """Wait until it is killed, or what was asked is over and stays so."""
        end, quiet = time.monotonic() + 60, 0
        while quiet < 10 and time.monotonic() < end:
            if self.ended(within=0.1):
                return True
            quiet = quiet + 1 if over() else 0
        return False

    def runs(self, name: str) -> bool:
        """Whether it runs, as it was asked for last."""
        (row,) = self.rows(name) or [None]
        if row is None or row.phase != "Running":
            return False
        return row.applied_generation == row.generation


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    running = Victim(tmp_path_factory.mktemp("kill") / "data", speed=50)
    running.begin()
    yield running
    running.stop()


Step = Callable[[int], None]


def killed_everywhere(
    portal: Victim,
    prepare: Step,
    act: Step,
    over: Callable[[int], object],
    check: Callable[[int, bool, str], None],
) -> list[str]:
    """Kill the portal at each point of the action; return the points.

    ``check`` is told whether the action was accepted, and where the kill came.
    """
    seen: list[str] = []
    for k in range(1, MOST):
        prepare(k)
        portal.points.write_text("")
        portal.at.write_text(str(k))
        with suppress(OSError, HTTPException):
            act(k)
        died = portal.dies(lambda k=k: over(k))
        portal.at.unlink()
        points = portal.points.read_text().splitlines()
        if not died:
            check(k, True, "nowhere")
            print(f"killed at {len(seen)} points")
            return seen
        seen.append(points[-1])
        portal.start()
        accepted = any(point.endswith("after commit") for point in points)
        check(k, accepted, points[-1])
    pytest.fail("there are more points than were tried")


def covers(points: list[str], commits: int, requests: int) -> bool:
    """Whether the points hold so many commits and requests at least."""
    found = [sum(word in point for point in points) for word in ("commit", "request")]
    return found[0] >= commits and found[1] >= requests


def test_a_kill_in_a_submission_loses_nothing_and_doubles_nothing(portal):
    def check(k, accepted, where):
        name = f"kill{k}x"
        found = portal.rows(name)
        assert len(found) == 1 if accepted else len(found) <= 1, f"lost {where}"
        if not found:
            return
        portal.until(lambda: portal.runs(name), f"stuck after {where}")
        there = portal.objects(found[0].id)
        assert {kind: len(items) for kind, items in there.items()} == {
            "ConfigMap": 1,
            "LeaderWorkerSet": 1,
            "Service": 1,
            "Pod": 2,
        }

    points = killed_everywhere(
        portal,
        lambda k: portal.draft(f"kill{k}x"),
        lambda k: portal.somebody.post("wizard", do="create"),
        lambda k: portal.runs(f"kill{k}x"),
        check,
    )

    assert covers(points, commits=6, requests=18)


def test_a_kill_in_a_scaling_ends_at_the_number_that_was_accepted(portal):
    name = "scaledx"
    portal.draft(name)
    portal.somebody.post("wizard", do="create")
    portal.until(lambda: portal.runs(name), "never ran")
    id = str(UUID(portal.row(name).id))
    before = [1]

    def prepare(k):
        before[0] = portal.row(name).replicas

    def wanted(k):
        return 1 + k % 2

    def check(k, accepted, where):
        row = portal.row(name)
        allowed = {wanted(k)} if accepted else {wanted(k), before[0]}
        assert row.replicas in allowed, f"lost {where}"
        portal.until(lambda: portal.runs(name), f"stuck after {where}")
        (live,) = portal.objects(id)["LeaderWorkerSet"]
        assert live["spec"]["replicas"] == row.replicas

    points = killed_everywhere(
        portal,
        prepare,
        lambda k: portal.post(f"/workloads/{id}/scale/", f"replicas={wanted(k)}"),
        lambda k: portal.runs(name) and portal.row(name).replicas == wanted(k),
        check,
    )

    assert covers(points, commits=6, requests=18)


def test_a_kill_in_a_deletion_leaves_all_or_nothing(portal):
    def prepare(k):
        portal.draft(f"gone{k}x")
        portal.somebody.post("wizard", do="create")
        portal.until(lambda: portal.runs(f"gone{k}x"), "never ran")

    def act(k):
        id = UUID(portal.row(f"gone{k}x").id)
        portal.post(f"/workloads/{id}/delete/", "next=/")

    def check(k, accepted, where):
        name = f"gone{k}x"
        row = portal.row(name)
        if accepted:
            assert row.desired == "deleted", f"lost {where}"
        if row.desired == "running":
            assert portal.runs(name)
            return
        portal.until(lambda: portal.row(name).deleted_at, f"stuck after {where}")
        assert portal.objects(row.id) == {}

    points = killed_everywhere(
        portal,
        prepare,
        act,
        lambda k: portal.row(f"gone{k}x").deleted_at,
        check,
    )

    assert covers(points, commits=6, requests=6)
