"""How long the table's page takes at 100 and at 10,000 workloads, on the server.

Two databases take turns, so that a busy machine slows both alike.
"""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.support.load import load
from tests.support.organization import an_organization
from workloads.tables.columns import LISTED
from workloads.tables.drawn import drawn
from workloads.tables.query import sortable

SMALL, LARGE = 100, 10_000
ROUNDS, IN_A_ROW = 6, 10
FILTER = "/?filterBy=phase!=Failed"
"""Leaves a whole page of rows at both sizes."""


class Taken(NamedTuple):
    """Milliseconds of one request: on the clock, and of a processor."""

    passed: float
    processor: float


class Site:
    """A database with so many workloads, and somebody who looks at them."""

    def __init__(self, count: int) -> None:
        self.path = Path(settings.DATA) / "db" / f"{count}.sqlite3"
        self.use()
        call_command("migrate", verbosity=0)
        made = an_organization()
        load(count, [made.project, made.other], made.admin)
        self.client = Client()
        self.client.force_login(made.admin)

    def use(self) -> None:
        """Let the process speak to this database."""
        connection.close()
        connection.settings_dict["NAME"] = self.path

    def queries(self, path: str) -> int:
        """How many queries the page asks."""
        self.use()
        self.client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert self.client.get(path).status_code == 200
        return len(asked)

    def times(self, path: str, *, cold: bool) -> list[Taken]:
        """How long the page takes, some times in a row after a first one."""
        self.use()
        self.client.get(path)
        taken = []
        for _ in range(IN_A_ROW):
            if cold:
                drawn.cache_clear()
            begun, busy = time.perf_counter(), time.thread_time()
            assert self.client.get(path).status_code == 200
            passed, spent = time.perf_counter() - begun, time.thread_time() - busy
            taken.append(Taken(1000 * passed, 1000 * spent))
        return taken


def p95(times: Iterable[float]) -> float:
    """The time that one in twenty exceeds."""
    ordered = sorted(times)
    return ordered[int(len(ordered) * 0.95)]


def ratio(many: list[Taken], few: list[Taken]) -> float:
    """Of the p95 of processor time: it does not see who else is busy."""
    return p95(t.processor for t in many) / p95(t.processor for t in few)


def paths() -> list[str]:
    """Every order, and a filter."""
    keys = [column.key for column in LISTED if sortable(column.key)]
    return [f"/?sortBy={key}&sortOrder=asc" for key in keys] + [FILTER]


def measure() -> dict[str, float]:
    """Return p95 over all pages, ratios of the p95, and counts of queries."""
    small, large = Site(SMALL), Site(LARGE)
    asked = {path: (small.queries(path), large.queries(path)) for path in paths()}
    found: dict[str, float] = {
        "queries at 10,000": max(many for _, many in asked.values()),
        "queries more": max(many - few for few, many in asked.values()),
    }
    for name, cold in (("warm", False), ("cold", True)):
        few, many, ratios = [], [], []
        for path in paths():
            here, there = [], []
            for _ in range(ROUNDS):
                here += small.times(path, cold=cold)
                there += large.times(path, cold=cold)
            ratios.append(ratio(there, here))
            few += here
            many += there
        found[f"p95 at 100, {name}"] = round(p95(t.passed for t in few), 1)
        found[f"p95 at 10,000, {name}"] = round(p95(t.passed for t in many), 1)
        found[f"ratio, {name}"] = round(ratio(many, few), 2)
        found[f"worst ratio, {name}"] = round(max(ratios), 2)
    return found
