"""How long after a change in the cluster an open browser shows it.

A pod of a replica that is not ready anyway gets ready, or no longer is: the count of
its row changes, its phase does not. So the page stays as it is: idle, or with a
passing row. The clock starts before the cluster is told. ``BENCH_CHANGES`` says how
many changes of each kind, 200 where it is not set.
"""

import os
import random
import re
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.chromium import chromium, sign_in
from tests.support.portal import NAMESPACE, Portal

CHANGES = int(os.environ.get("BENCH_CHANGES") or 200)
LONGEST = 15.0
ROW, STILL, TOGGLED = "calm", "calm-1-2", "calm-1-1"
POLLS = {"passing": ("every 500ms", 0.5), "idle": ("every 2s", 2.0)}
SEED = 4


def shows(page: Page, count: str) -> float:
    """Wait until the row's count of pods is that; return when."""
    cell = page.locator("#workloads tbody tr", has_text=ROW).locator(".podcount")
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        if cell.text_content() == count:
            return time.monotonic()
        page.wait_for_timeout(5)
    raise RuntimeError(f"the row never showed {count} pods")


def changes(page: Page, portal: Portal, kind: str) -> list[float]:
    """Seconds from each change to the page that shows it."""
    trigger, interval = POLLS[kind]
    table = page.locator("#workloads")
    starts = re.compile(f"^{trigger},")
    expect(table).to_have_attribute("hx-trigger", starts, timeout=9_000)
    pause = random.Random(SEED)
    taken = []
    for number in range(CHANGES):
        page.wait_for_timeout(1000 * pause.uniform(0.05, interval + 0.05))
        begun = time.monotonic()
        if number % 2:
            portal.cluster.heal(NAMESPACE, TOGGLED)
        else:
            portal.cluster.fail(NAMESPACE, TOGGLED, "never-ready")
        taken.append(shows(page, "5/6" if number % 2 else "4/6") - begun)
        if not str(table.get_attribute("hx-trigger")).startswith(trigger):
            raise RuntimeError(f"the page is no longer {kind}")
    return taken


def measure() -> dict[str, float]:
    """Return seconds in an idle page, and in one with a passing row."""
    found = {}
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        portal = Portal(Path(folder) / "data", speed=200).start()
        portal.submit(ROW, workers=2, replicas=2)
        page = browser.new_page()
        sign_in(page, portal)
        shows(page, "6/6")
        portal.cluster.fail(NAMESPACE, STILL, "never-ready")
        shows(page, "5/6")
        expect(page.get_by_text("Degraded")).to_be_visible(timeout=9_000)
        for kind in ("idle", "passing"):
            if kind == "passing":
                portal.submit("passing", workers=1, fail="never-ready")
            taken = sorted(changes(page, portal, kind))
            found[f"{kind}, median"] = round(statistics.median(taken), 2)
            found[f"{kind}, p95"] = round(taken[int(len(taken) * 0.95)], 2)
        portal.stop()
    return found
