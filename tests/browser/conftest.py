"""Browser stories run against the real product in the distribution's Chromium."""

import pytest

from tests.support.chromium import launch_arguments, sign_in
from tests.support.portal import Portal


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, **launch_arguments()}


@pytest.fixture(scope="package")
def portal(tmp_path_factory):
    """The product as users start it, for the stories; what follows runs without it."""
    running = Portal(tmp_path_factory.mktemp("browser") / "data").start()
    yield running
    running.stop()


@pytest.fixture
def signed_in(page, portal):
    """A page of the first administrator."""
    page.set_default_timeout(10_000)
    sign_in(page, portal)
    return page


@pytest.fixture
def without_script(browser, portal):
    """A page of the first administrator in a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(10_000)
    sign_in(page, portal)
    yield page
    context.close()


def row(page, name):
    """The row of a workload, in the table or beside its details."""
    link = page.get_by_role("link", name=name, exact=True)
    return page.locator("#workloads tbody tr").filter(has=link)


def table(page, portal, search=""):
    """Open the table, with the rows that a search leaves."""
    page.goto(f"{portal.url}/{'?search=' if search else ''}{search}")
    return page.locator("#workloads")


def details(page, name):
    """Open a workload's details from its row."""
    row(page, name).get_by_role("link", name=name, exact=True).click()
    return page.locator("#panel")
