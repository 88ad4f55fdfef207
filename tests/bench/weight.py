"""What the first visit of the table costs: bytes on the wire, requests, elements."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.support.chromium import chromium, sign_in
from tests.support.portal import ROOT, Portal

ROWS = 50
FILL = f"from tests.support.load import fill; fill({ROWS})"


class Wire:
    """What a page asks for, as Chromium counts it. Addresses with data cost nothing."""

    def __init__(self, page: Page) -> None:
        self.asked: set[str] = set()
        self.size = 0.0
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._loaded)
        session.send("Network.enable")

    def _asked(self, event: dict) -> None:
        if not event["request"]["url"].startswith("data:"):
            self.asked.add(event["requestId"])

    def _loaded(self, event: dict) -> None:
        if event["requestId"] in self.asked:
            self.size += event["encodedDataLength"]


def filled(folder: Path) -> Portal:
    """A portal with so many rows."""
    portal = Portal(folder / "data").start()
    portal.stop()
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", FILL],
        cwd=ROOT,
        env=os.environ | {"PORTAL_DATA": str(portal.folder)},
        check=True,
    )
    return portal.start()


def measure() -> dict[str, float]:
    """Return kibibytes, requests and elements of a visit with an empty cache."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        portal = filled(Path(folder))
        first = browser.new_page()
        sign_in(first, portal)
        context = browser.new_context(storage_state=first.context.storage_state())
        first.context.close()
        page = context.new_page()
        wire = Wire(page)
        page.goto(f"{portal.url}/", wait_until="load")
        requests, size = len(wire.asked), wire.size
        rows = page.locator("#workloads tbody tr").count()
        nodes = page.evaluate("document.querySelectorAll('*').length")
        portal.stop()
    if rows != ROWS:
        raise RuntimeError(f"there are {rows} rows")
    return {"kibibytes": round(size / 1024, 1), "requests": requests, "nodes": nodes}
