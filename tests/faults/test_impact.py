"""A check of a draft policy whose portal is killed goes on where it was."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from tests.support.portal import ROOT, Portal

ROWS = 2_000
FILL = f"from tests.support.load import fill; fill({ROWS})"
COUNTS = re.compile(r"(\d+) of (\d+) workloads checked, (\d+) would be refused")
LONGEST = 60.0


@pytest.fixture
def portal(tmp_path):
    """A portal with many workloads."""
    running = Portal(tmp_path / "data").start()
    running.stop()
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", FILL],
        cwd=ROOT,
        env=os.environ | {"PORTAL_DATA": str(running.folder)},
        check=True,
    )
    running.start()
    yield running
    running.stop()


def counts(page):
    """How many were checked, of how many, and how many would be refused."""
    return tuple(map(int, COUNTS.search(page).groups()))


def test_a_check_survives_its_portal(portal):
    console = portal.console()
    console.get("/policies/new/?unit=tenant")
    draft = "rules: {replicas: {max: 2}}"
    page = console.post("policy-form", "/policies/impact/", text=draft)
    path = console.at.removeprefix(portal.url)
    while not counts(page)[0]:
        time.sleep(0.05)
        page = console.get(path)

    portal.stop(signal.SIGKILL)

    portal.start()
    console, end = portal.console(), time.monotonic() + LONGEST
    assert counts(page)[0] < ROWS, "it was killed on its way"
    while "Done" not in page and time.monotonic() < end:
        time.sleep(0.2)
        page = console.get(path)
    refused = sum(number % 3 == 2 for number in range(ROWS))
    assert counts(page) == (ROWS, ROWS, refused)
