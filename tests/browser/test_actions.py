"""Scaling, copying, deleting."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import details, row, table


def act(page, name, item):
    """Choose an item of a row's menu."""
    row(page, name).get_by_label("Actions for").click()
    page.locator("#row-menu").get_by_text(item).click()
    return page.get_by_role("dialog")


def test_scaled_to_three_and_back(signed_in, portal):
    page = signed_in
    portal.submit("scaling", workers=1)
    table(page, portal, "scaling")
    expect(row(page, "scaling")).to_contain_text("2/2")

    dialog = act(page, "scaling", "Scale…")
    expect(dialog.get_by_label("Replicas")).to_be_focused()
    dialog.get_by_label("Replicas").fill("many")
    dialog.get_by_role("button", name="Scale").click()
    expect(dialog.get_by_role("alert")).to_contain_text("whole number")
    dialog.get_by_label("Replicas").fill("3")
    dialog.get_by_role("button", name="Scale").click()

    expect(dialog).to_be_hidden()
    expect(row(page, "scaling")).to_contain_text("6/6")
    expect(row(page, "scaling")).to_contain_text("Running")
    dialog = act(page, "scaling", "Scale…")
    dialog.get_by_label("Replicas").fill("1")
    dialog.get_by_label("Replicas").press("Enter")
    expect(row(page, "scaling")).to_contain_text("2/2")
    expect(row(page, "scaling")).to_contain_text("Running")


def test_a_copy_proposes_a_free_name_and_says_the_same(signed_in, portal):
    page = signed_in
    portal.submit("original", image="team/server:7", workers=2)
    table(page, portal, "original")

    row(page, "original").get_by_label("Actions for").click()
    page.get_by_role("button", name="Make a copy").click()

    page.wait_for_url("**/basics/")
    expect(page.get_by_label("Name")).to_have_value("original-copy")
    page.get_by_role("button", name="CONTINUE").click()
    expect(page.get_by_label("Image URL")).to_have_value("team/server:7")
    page.get_by_role("link", name=re.compile("Review")).click()
    page.get_by_role("button", name="CREATE INFERENCE").click()
    page.wait_for_url("**/?created=*")
    expect(row(page, "original-copy")).to_contain_text("3/3")


def test_deleting_names_what_goes_and_the_list_of_deleted_shows_it(signed_in, portal):
    page = signed_in
    portal.submit("going", workers=1)
    table(page, portal, "going")
    expect(row(page, "going")).to_contain_text("Running")

    dialog = act(page, "going", "Delete…")
    expect(dialog).to_contain_text("2 running pods")
    expect(dialog).to_contain_text("going-ep.runai-llm-serving.svc.cluster.local")
    dialog.get_by_role("button", name="DELETE").click()

    expect(page.locator("#flashes")).to_contain_text("going is being deleted.")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.get_by_role("link", name="Deleted workloads").click()
    expect(row(page, "going")).to_contain_text("Deleted")
    panel = details(page, "going")
    expect(panel).to_contain_text("Deleted")
    panel.get_by_role("link", name="Event history").click()
    expect(panel.locator(".events li").first).to_be_visible()


def test_one_selected_row_offers_its_actions_above_the_table(signed_in, portal):
    page = signed_in
    for name in ("alone-a", "alone-b"):
        portal.submit(name, workers=0)
    table(page, portal, "alone-")
    actions = page.locator("#workloads").get_by_role("link", name="Actions for alone-a")
    above = actions.and_(page.locator("[data-one]"))
    expect(above).to_be_hidden()

    row(page, "alone-a").get_by_role("checkbox").check()
    above.click()
    page.locator("#row-menu").get_by_role("link", name="Scale…").click()

    expect(page.get_by_role("dialog")).to_contain_text("alone-a")
    page.keyboard.press("Escape")
    row(page, "alone-b").get_by_role("checkbox").check()
    expect(page.locator("[data-one]")).to_be_hidden()
    expect(
        page.locator("#workloads").get_by_role("button", name="Delete…")
    ).to_be_visible()


def test_deleting_several_reports_row_by_row(signed_in, portal):
    page = signed_in
    for name in ("bulk-a", "bulk-b", "bulk-c"):
        portal.submit(name, workers=0)
    table(page, portal, "bulk-")
    for name in ("bulk-a", "bulk-b"):
        row(page, name).get_by_role("checkbox").check()
    expect(page.locator("[data-count]")).to_have_text("2 selected")

    page.locator("#workloads").get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="DELETE 2").click()

    report = dialog.locator(".report li")
    expect(report).to_have_text(
        ["bulk-a: is being deleted.", "bulk-b: is being deleted."]
    )
    dialog.get_by_role("link", name="Close").last.click()
    expect(page.locator("#workloads tbody tr")).to_have_count(1)
    expect(row(page, "bulk-c")).to_be_visible()
    expect(page.locator("[data-count]")).to_be_hidden()
