"""No page and no state of a page has something that axe finds, in any look."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems_in_every_look
from tests.browser.conftest import details, row, table


@pytest.fixture(scope="module")
def rows(portal):
    """A workload in each state that is easily reached."""
    portal.submit("axe-runs", workers=2)
    portal.submit("axe-image", image="no/does-not-exist:1")
    portal.submit("axe-quota", gpus=8, workers=3)
    portal.submit("axe-crash", fail="crash")
    return portal


@pytest.fixture
def clean(signed_in):
    """Says what axe finds now, with the name of the state."""

    def look(state):
        found = problems_in_every_look(signed_in)
        assert found == [], f"{state}:\n" + "\n".join(found)

    return look


def test_signing_in(page, portal):
    page.goto(f"{portal.url}/sign-in/")
    assert problems_in_every_look(page) == []

    page.get_by_label("User name").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()

    assert problems_in_every_look(page) == []


def test_an_empty_table(signed_in, portal, clean):
    table(signed_in, portal, "nothing-is-called-this")
    clean("nothing matches")
    signed_in.goto(f"{portal.url}/?filterBy=phase==Stopped&filterBy=strange")
    clean("a filter that cannot be used")
    signed_in.goto(f"{portal.url}/?offset=5000")
    clean("a page that is not there")


def test_a_filled_table_with_its_menus(signed_in, rows, clean):
    page = signed_in
    table(page, rows, "axe-")
    expect(row(page, "axe-runs")).to_contain_text("Running")
    expect(row(page, "axe-quota")).to_contain_text("Pending")
    clean("table")
    row(page, "axe-runs").get_by_role("checkbox").check()
    clean("selection")
    row(page, "axe-runs").get_by_label("Actions for").click()
    expect(page.locator("#row-menu")).to_be_visible()
    clean("row menu")
    page.keyboard.press("Escape")


@pytest.mark.parametrize(
    "button", ["Add filter", "Columns", "Sorted by", "rows", "+NEW WORKLOAD", "Account"]
)
def test_an_open_menu(signed_in, rows, clean, button):
    table(signed_in, rows, "axe-")

    signed_in.get_by_role("button", name=re.compile(re.escape(button))).first.click()

    expect(signed_in.locator("[popover]:popover-open")).to_be_visible()
    clean(button)


@pytest.mark.parametrize("item", ["Scale…", "Delete…"])
def test_a_dialog(signed_in, rows, clean, item):
    page = signed_in
    table(page, rows, "axe-runs")
    row(page, "axe-runs").get_by_label("Actions for").click()

    page.locator("#row-menu").get_by_text(item).click()

    expect(page.get_by_role("dialog")).to_be_visible()
    clean(item)
    if item == "Scale…":
        page.get_by_role("dialog").get_by_label("Replicas").fill("-1")
        page.get_by_role("dialog").get_by_role("button", name="Scale").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
        clean("scale, refused")


def test_the_pods_and_the_connections_of_a_row(signed_in, rows, clean):
    page = signed_in
    table(page, rows, "axe-runs")
    row(page, "axe-runs").locator(".podcount").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    clean("pods")
    page.keyboard.press("Escape")
    row(page, "axe-runs").get_by_role("link", name="axe-runs-ep").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    clean("connections")


def test_the_data_sources_of_a_row(signed_in, rows, clean):
    page = signed_in
    rows.submit("axe-mounts", workers=0, scratch="/scratch")
    page.goto(f"{rows.url}/?search=axe-mounts&columns=name,phase,datasource")
    row(page, "axe-mounts").get_by_role("link", name="/scratch").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    clean("data sources")


def test_the_dialog_of_an_ended_session(signed_in, rows, clean):
    page = signed_in
    table(page, rows, "axe-")
    page.context.clear_cookies()
    expect(page.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    clean("session ended")


@pytest.mark.parametrize(
    ("name", "tab"),
    [
        ("axe-runs", ""),
        ("axe-runs", "Pods"),
        ("axe-runs", "Logs"),
        ("axe-runs", "Spec & YAML"),
        ("axe-crash", ""),
        ("axe-crash", "Event history"),
        ("axe-crash", "Logs"),
    ],
)
def test_details(signed_in, rows, clean, name, tab):
    page = signed_in
    table(page, rows, name)
    panel = details(page, name)
    if tab:
        panel.get_by_role("link", name=tab, exact=True).first.click()
        expect(page).to_have_title(re.compile(re.escape(tab)))
    clean(f"{name}, {tab or 'Overview'}")


def test_deleted_workloads(signed_in, rows, clean):
    page = signed_in
    rows.delete(rows.submit("axe-gone", workers=0))
    page.goto(f"{rows.url}/workloads/deleted/?search=axe-gone")
    expect(row(page, "axe-gone")).to_contain_text("Deleted")
    clean("deleted")
    details(page, "axe-gone")
    clean("details of a deleted one")


def test_every_step_of_the_wizard(signed_in, portal, clean):
    page = signed_in
    page.get_by_role("button", name="+NEW WORKLOAD").first.click()
    page.get_by_role("button", name="Inference").click()
    page.wait_for_url("**/basics/")
    clean("basics")
    page.get_by_role("button", name="CONTINUE").click()
    expect(page.get_by_role("alert")).to_be_visible()
    clean("basics, errors")
    page.locator(".tile label").first.click()
    page.get_by_label("Name").fill("axe-wizard")
    for slug in ("environment", "leader", "workers", "setup"):
        if slug in ("leader", "setup"):
            page.get_by_label("Image URL").fill("a/b:1")
        page.get_by_role("button", name="CONTINUE").click()
        page.wait_for_url(f"**/{slug}/")
        clean(slug)
    page.get_by_role("button", name="CONTINUE").click()
    page.wait_for_url("**/review/")
    clean("review")


def test_rows_and_errors_of_a_step(signed_in, portal, clean):
    page = signed_in
    console = portal.console()
    console.get("/")
    token = f"csrfmiddlewaretoken={console.token()}".encode()
    console.open(f"{portal.url}/drafts/new/", token)
    console.post("wizard", project="4500000", name="axe-errors", do="continue")
    page.goto(console.at)
    page.get_by_role("button", name="+ENVIRONMENT VARIABLE").click()
    expect(page.get_by_label("Value", exact=True)).to_be_visible()
    page.get_by_role("button", name="CONTINUE").click()
    expect(page.get_by_role("alert")).to_be_visible()
    clean("environment, errors")
    page.goto(console.at.replace("environment", "leader"))
    page.get_by_role("button", name="+VOLUME").click()
    expect(page.get_by_label("Container path")).to_be_visible()
    page.get_by_label("CPU request", exact=True).fill("8")
    page.get_by_role("button", name="CONTINUE").click()
    expect(page.get_by_role("alert")).to_be_visible()
    clean("leader, errors")


@pytest.mark.parametrize(
    "path",
    ["user/password/", "components/", "nowhere/", "workloads/delete/"],
)
def test_another_page(signed_in, portal, clean, path):
    signed_in.goto(f"{portal.url}/{path}")
    clean(path)
