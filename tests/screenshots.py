"""``python -m tests.screenshots [FOLDER]``: the pictures of the documentation.

Starts a portal, makes workloads in different states, writes ``docs/screenshots``.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.chromium import chromium, sign_in
from tests.support.portal import NAMESPACE, ROOT, Portal

PICTURES = ROOT / "docs" / "screenshots"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
IMAGE = "vllm/vllm-openai:v0.11.0"
STAGE = 20_000


def furnish(portal: Portal) -> None:
    """Make a handful of workloads, each in another state."""
    portal.submit("codestral-22b-ide", image=IMAGE, workers=1)
    portal.submit("deepseek-r1-671b", image=IMAGE, gpus=2, workers=1, replicas=2)
    portal.submit("llama-4-maverick", image=IMAGE, gpus=1, workers=2, replicas=3)
    portal.submit("command-a-rag", image="vllm/does-not-exist:1.9")
    portal.submit("qwen3-235b-a22b", image=IMAGE, gpus=8, workers=3)
    portal.submit("mixtral-8x22b-chat", image=IMAGE, gpus=1, fail="never-ready")
    portal.submit("gpt-oss-120b", image=IMAGE, gpus=1, workers=3)


def row(page: Page, name: str):
    """The row of a workload."""
    return page.locator("#workloads tbody tr").filter(has_text=name)


def settle(page: Page, portal: Portal) -> None:
    """Wait until every workload is in the state that it is to show."""
    expect(row(page, "llama-4-maverick")).to_contain_text("Running", timeout=STAGE)
    portal.cluster.fail(NAMESPACE, "llama-4-maverick-2-1", "never-ready")
    for name, phase in (
        ("codestral-22b-ide", "Running"),
        ("deepseek-r1-671b", "Running"),
        ("llama-4-maverick", "Degraded"),
        ("qwen3-235b-a22b", "Pending"),
        ("mixtral-8x22b-chat", "Initializing"),
        ("gpt-oss-120b", "Running"),
    ):
        expect(row(page, name)).to_contain_text(phase, timeout=STAGE)
    expect(row(page, "command-a-rag")).to_contain_text("Failed", timeout=60_000)


def shoot(page: Page, folder: Path, name: str) -> None:
    """Take a picture of what is seen, without toasts."""
    for toast in page.get_by_label("Dismiss message").all():
        toast.click()
    page.mouse.move(0, 0)
    page.screenshot(path=folder / f"{name}.png", animations="disabled", caret="hide")


def tables(page: Page, folder: Path) -> None:
    """The table: light, dark, and on a phone."""
    shoot(page, folder, "workloads")
    page.emulate_media(color_scheme="dark")
    shoot(page, folder, "workloads-dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    shoot(page, folder, "workloads-390")
    page.set_viewport_size(WIDE)


def details(page: Page, folder: Path) -> None:
    """The details of the degraded one."""
    row(page, "llama-4-maverick").get_by_role("link", name="llama").first.click()
    expect(page.locator("#panel .pods .pod")).to_have_count(9)
    shoot(page, folder, "details")


def steps(page: Page, portal: Portal, folder: Path) -> None:
    """The Leader step and the review of a copy."""
    page.goto(f"{portal.url}/")
    row(page, "deepseek-r1-671b").get_by_label("Actions for").click()
    page.get_by_role("button", name="Make a copy").click()
    page.wait_for_url("**/basics/")
    draft = page.url.removesuffix("basics/")
    page.goto(f"{draft}leader/")
    shoot(page, folder, "leader")
    page.goto(f"{draft}review/")
    shoot(page, folder, "review")


def main() -> None:
    """Take all of them."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, chromium() as browser:
        portal = Portal(Path(data) / "data", speed=20).start()
        page = browser.new_page(viewport=WIDE, reduced_motion="reduce")
        sign_in(page, portal)
        furnish(portal)
        settle(page, portal)
        tables(page, folder)
        details(page, folder)
        steps(page, portal, folder)
        portal.stop()


if __name__ == "__main__":
    main()
