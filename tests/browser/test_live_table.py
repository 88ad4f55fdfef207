"""The open table: rows change, come and go, and nothing of the reader's is lost."""

import re
from contextlib import suppress

from playwright.sync_api import Error, expect

from tests.browser.conftest import details, row, table
from tests.support.chromium import sign_in


def rows_of(portal, prefix, count, **fields):
    for number in range(count):
        portal.submit(f"{prefix}{'abcdefgh'[number]}", workers=0, **fields)


def test_selection_focus_and_an_open_menu_survive_changes(signed_in, portal):
    page = signed_in
    rows_of(portal, "stay-", 3)
    table(page, portal, "stay-")
    expect(page.locator("#workloads .c-status.i-ok")).to_have_count(3)
    row(page, "stay-a").get_by_role("checkbox").check()
    row(page, "stay-b").get_by_label("Actions for").click()
    menu = page.locator("#row-menu")
    focused = menu.get_by_role("link", name="Show details")
    expect(focused).to_be_focused()

    portal.cluster.fail("runai-llm-serving", "stay-c", "never-ready")
    portal.submit("stay-new", workers=0)

    expect(row(page, "stay-new")).to_be_visible()
    expect(row(page, "stay-c")).not_to_contain_text("Running")
    expect(page.locator("#workloads tbody tr")).to_have_count(4)
    expect(row(page, "stay-a").get_by_role("checkbox")).to_be_checked()
    expect(page.locator("[data-count]")).to_have_text("1 selected")
    expect(menu).to_be_visible()
    expect(focused).to_be_focused()


def test_a_row_that_goes_leaves_and_the_others_keep_their_place(signed_in, portal):
    page = signed_in
    rows_of(portal, "leave-", 4)
    page.set_viewport_size({"width": 1440, "height": 360})
    table(page, portal, "leave-")
    expect(page.locator("#workloads tbody tr")).to_have_count(4)
    kept = row(page, "leave-a").get_by_role("checkbox")
    kept.focus()
    page.evaluate("scrollTo(0, 30)")

    portal.delete(row(page, "leave-c").get_attribute("id").removeprefix("w-"))

    expect(row(page, "leave-c")).to_have_count(0)
    expect(page.locator("#workloads tbody tr")).to_have_count(3)
    expect(kept).to_be_focused()
    assert page.evaluate("document.scrollingElement.scrollTop") == 30


def test_two_tabs_show_the_same_change(signed_in, portal):
    page = signed_in
    rows_of(portal, "tabs-", 1)
    table(page, portal, "tabs-")
    other = page.context.new_page()
    table(other, portal, "tabs-")
    expect(row(other, "tabs-a")).to_contain_text("Running")

    row(page, "tabs-a").get_by_label("Actions for").click()
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="DELETE").click()

    expect(row(page, "tabs-a")).to_have_count(0)
    expect(row(other, "tabs-a")).to_have_count(0)


def test_back_closes_the_details_and_keeps_the_search(signed_in, portal):
    page = signed_in
    rows_of(portal, "back-", 2)
    table(page, portal, "back-")

    panel = details(page, "back-a")
    expect(panel.get_by_role("heading", level=1)).to_have_text("back-a")
    page.go_back()

    expect(panel).to_have_count(0)
    expect(page.get_by_label("Search workloads")).to_have_value("back-")
    details(page, "back-b").get_by_label("Close details").click()
    expect(page.locator("#workloads tbody tr")).to_have_count(2)
    expect(page.get_by_label("Search workloads")).to_have_value("back-")


def test_search_filter_sort_and_columns_are_in_the_address(signed_in, portal, browser):
    page = signed_in
    rows_of(portal, "seek-", 2)
    portal.submit("seek-out", image="no/does-not-exist:1", workers=0)
    table(page, portal)
    page.get_by_label("Search workloads").fill("seek-")
    expect(page.locator("#workloads tbody tr")).to_have_count(3)
    expect(row(page, "seek-b")).to_contain_text("Running")
    page.get_by_role("button", name="Add filter").click()
    page.get_by_label("Value").fill("Running")
    page.locator("#filter-menu").get_by_role("button", name="Add filter").click()
    expect(page.locator("#workloads tbody tr")).to_have_count(2)
    page.get_by_role("columnheader", name="Workload").get_by_role("link").click()
    names = page.locator("#workloads a.name")
    expect(names).to_have_text(["seek-a", "seek-b"])

    address = page.url
    elsewhere = browser.new_page()
    sign_in(elsewhere, portal)
    elsewhere.goto(address)

    expect(elsewhere.locator("#workloads a.name")).to_have_text(["seek-a", "seek-b"])
    elsewhere.close()
    page.get_by_label(re.compile("^Remove filter: Status")).click()
    expect(page.locator("#workloads tbody tr")).to_have_count(3)


def test_chosen_columns_are_shown_and_are_what_the_csv_has(signed_in, portal):
    page = signed_in
    rows_of(portal, "wide-", 1)
    table(page, portal, "wide-")

    page.get_by_role("button", name="Columns").click()
    menu = page.locator("#columns-menu")
    menu.get_by_label("Priority").uncheck()
    menu.get_by_label("Cluster", exact=True).check()
    menu.get_by_role("button", name="Show these columns").click()

    expect(page.get_by_role("columnheader", name="Cluster")).to_be_visible()
    with page.expect_download() as found:
        page.get_by_role("link", name="CSV").click()
    head, first, *_ = found.value.path().read_text("utf-8-sig").splitlines()
    assert "Cluster" in head
    assert "Priority" not in head
    assert "demo" in first
    page.get_by_role("button", name="Columns").click()
    menu.get_by_label("Priority").check()
    menu.get_by_label("Cluster", exact=True).uncheck()
    menu.get_by_role("button", name="Show these columns").click()
    expect(page.get_by_role("columnheader", name="Priority")).to_be_visible()


def test_a_turned_screen_does_not_leave_the_navigation_open(signed_in, portal):
    page = signed_in
    page.set_viewport_size({"width": 1440, "height": 900})
    table(page, portal)
    navigation = page.get_by_role("navigation", name="Main")
    expect(navigation).to_be_visible()

    page.set_viewport_size({"width": 390, "height": 844})

    expect(navigation).to_be_hidden()
    page.get_by_role("button", name="Navigation").click()
    expect(navigation.get_by_role("link", name="Deleted workloads")).to_be_visible()
    page.get_by_role("button", name="Navigation").click()
    expect(navigation).to_be_hidden()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(navigation).to_be_visible()


def test_an_answer_that_is_late_does_not_undo_a_search(signed_in, portal):
    page = signed_in
    rows_of(portal, "late-", 1)
    portal.submit("elsewhere", workers=0)
    table(page, portal)
    expect(row(page, "elsewhere")).to_be_visible()
    held = []

    def hold(route):
        held.append(route)

    page.route("**/workloads/rows/**", hold)
    portal.submit("unseen", workers=0)
    while not held:
        page.wait_for_timeout(50)

    page.get_by_label("Search workloads").fill("late-")
    expect(page.locator("#workloads a.name")).to_have_text(["late-a"])
    page.unroute("**/workloads/rows/**")
    for route in held:
        with suppress(Error):
            route.continue_()
    page.wait_for_timeout(2_500)

    expect(page.locator("#workloads a.name")).to_have_text(["late-a"])
    expect(page.get_by_text("could not be loaded")).to_be_hidden()
