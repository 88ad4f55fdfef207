"""The table, details and actions in a browser that runs no script."""

import time

from playwright.sync_api import expect

from tests.browser.conftest import details, row, table


def reloaded_until(page, name, text, seconds=15):
    """Reload the page, as a person without script does, until the row says it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        page.reload()
        found = row(page, name)
        if found.count() and text in found.inner_text():
            return
        time.sleep(0.1)
    expect(row(page, name)).to_contain_text(text)


def to_details(page, name):
    """Without script the row's actions are found on its details."""
    row(page, name).get_by_label("Actions for").click()
    return page.locator("#panel")


def test_scale_and_delete_are_pages_of_their_own(without_script, portal):
    page = without_script
    portal.submit("plain-one", workers=1)
    table(page, portal, "plain-")
    reloaded_until(page, "plain-one", "Running")

    to_details(page, "plain-one").get_by_role("link", name="Scale…").click()
    page.get_by_label("Replicas").fill("-1")
    page.get_by_role("button", name="Scale").click()
    expect(page.get_by_role("alert")).to_contain_text("whole number")
    page.get_by_label("Replicas").fill("3")
    page.get_by_role("button", name="Scale").click()
    expect(page.get_by_role("status").first).to_contain_text("scaled to 3 replicas")
    table(page, portal, "plain-")
    reloaded_until(page, "plain-one", "6/6")

    panel = to_details(page, "plain-one")
    panel.get_by_role("button", name="More actions").click()
    panel.get_by_role("link", name="Delete…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete plain-one?")
    expect(page.locator("main")).to_contain_text("6 running pods")
    page.get_by_role("button", name="DELETE").click()

    expect(page.locator("#flashes")).to_contain_text("is being deleted")
    page.get_by_role("link", name="Deleted workloads").click()
    reloaded_until(page, "plain-one", "Deleted")


def test_search_sort_and_filter_are_links_and_forms(without_script, portal):
    page = without_script
    for name in ("formal-a", "formal-b"):
        portal.submit(name, workers=0)
    table(page, portal)

    page.get_by_label("Search workloads").fill("formal-")
    page.get_by_label("Search workloads").press("Enter")
    expect(page.locator("#workloads a.name")).to_have_count(2)
    page.get_by_role("columnheader", name="Workload").get_by_role("link").click()
    expect(page.locator("#workloads a.name")).to_have_text(["formal-a", "formal-b"])
    page.get_by_role("button", name="Add filter").click()
    page.get_by_label("Column", exact=True).select_option("Workload")
    page.get_by_label("Value").fill("formal-b")
    page.locator("#filter-menu").get_by_role("button", name="Add filter").click()

    expect(page.locator("#workloads a.name")).to_have_text(["formal-b"])


def test_several_are_deleted_with_a_report(without_script, portal):
    page = without_script
    for name in ("dropped-a", "dropped-b"):
        portal.submit(name, workers=0)
    table(page, portal, "dropped-")
    for name in ("dropped-a", "dropped-b"):
        row(page, name).get_by_role("checkbox").check()

    page.locator("#workloads").get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="DELETE 2").click()

    expect(page.locator(".report li")).to_have_count(2)
    page.get_by_role("link", name="Close").last.click()
    expect(page.get_by_label("Search workloads")).to_have_value("dropped-")


def test_the_tabs_of_the_details_are_links(without_script, portal):
    page = without_script
    portal.submit("linked", workers=1)
    table(page, portal, "linked")
    reloaded_until(page, "linked", "Running")
    panel = details(page, "linked")

    for tab, text in (
        ("Event history", "Running"),
        ("Logs", "Times are UTC"),
        ("Pods", "linked-0-1"),
        ("Spec & YAML", "LeaderWorkerSet"),
    ):
        panel.get_by_role("link", name=tab, exact=True).first.click()
        expect(panel).to_contain_text(text)
    panel.get_by_label("Close details").click()

    expect(page.get_by_label("Search workloads")).to_have_value("linked")
