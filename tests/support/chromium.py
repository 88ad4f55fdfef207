"""The distribution's Chromium, headless, for stories, measures and pictures."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.portal import Portal

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch_arguments() -> dict[str, object]:
    """How it is started."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    return {"executable_path": path, "args": FLAGS}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser of its own, outside of pytest."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        yield browser
        browser.close()


def sign_in(page: Page, portal: Portal) -> None:
    """Sign the first administrator in; the table is there afterwards."""
    page.goto(f"{portal.url}/")
    page.get_by_label("User name").fill(portal.told["User"])
    page.get_by_label("Password").fill(portal.told["Password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
