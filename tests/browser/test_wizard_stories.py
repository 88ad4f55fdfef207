"""The wizard by keyboard alone, with rows that come and go, two tabs and no session."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems_in_every_look
from tests.browser.test_wizard import (
    IMAGE,
    a_new_draft,
    goes_on,
    through_basics,
)

LEADER_IMAGE = "#leader-image"


def tab_to(page, target, presses=120):
    """Press Tab until the target has the focus, as somebody without a mouse does."""
    for _ in range(presses):
        if target.count() == 1 and target.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{target} is not reached by Tab")


def press(page, name, key="Enter"):
    tab_to(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press(key)


def type_into(page, id, text):
    tab_to(page, page.locator(id))
    page.keyboard.type(text)


def focused(page):
    return page.evaluate("document.activeElement.id")


def test_by_keyboard_alone_from_the_table_to_a_new_row(signed_in):
    page = signed_in
    tab_to(page, page.get_by_role("button", name="+NEW WORKLOAD").first)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name=re.compile("^Inference")))
    page.keyboard.press("Enter")
    page.wait_for_url("**/basics/")
    tab_to(page, page.locator("input[name=project]").first)
    page.keyboard.press("Space")
    expect(page.locator("input[name=project]").first).to_be_checked()
    type_into(page, "#name", "keyboard-only")
    page.keyboard.press("Enter")
    page.wait_for_url("**/environment/")
    type_into(page, LEADER_IMAGE, IMAGE)
    type_into(page, "#servingPort-port", "8000")
    press(page, "+ENVIRONMENT VARIABLE")
    expect(page.locator("#leader-environmentVariables-0-name")).to_be_focused()
    page.keyboard.type("MODE")
    type_into(page, "#leader-environmentVariables-0-value", "serve")
    press(page, "CONTINUE")
    page.wait_for_url("**/leader/")
    press(page, "Add data source")
    tab_to(page, page.get_by_role("button", name=re.compile("^EmptyDir")))
    page.keyboard.press("Enter")
    path = page.locator("#leader-storage-emptyDirVolume-0-path")
    expect(path).to_be_focused()
    page.keyboard.type("/cache")
    press(page, "CONTINUE")
    page.wait_for_url("**/workers/")
    press(page, "Copy all from leader")
    expect(page.locator("#worker-image")).to_have_value(IMAGE)
    press(page, "CONTINUE")
    page.wait_for_url("**/setup/")
    tab_to(page, page.locator("input[name=preemptibility]:checked"))
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[value=preemptible]")).to_be_checked()
    expect(page.locator(".source-you")).to_have_count(1)
    press(page, "CONTINUE")
    page.wait_for_url("**/review/")

    press(page, "CREATE INFERENCE")

    page.wait_for_url(re.compile(r"/\?created="))
    expect(page.get_by_role("row", name="keyboard-only")).to_be_visible()


def at_leader(page, name):
    through_basics(page, name)
    page.locator(LEADER_IMAGE).fill(IMAGE)
    goes_on(page, "leader")


def opened(page, title):
    page.locator("summary").filter(has_text=title).click()


ROWS = (
    ("+EXTENDED RESOURCES", "leader-compute-extendedResources", "0-resource"),
    ("+TOLERATION", "leader-tolerations", "0-key"),
    ("+PORT", "leader-ports", "0-name"),
    ("+NODE LABEL", "leader-nodeSelector", "0-name"),
    ("+LABEL", "leader-labels", "0-name"),
)


def test_rows_are_added_told_what_is_wrong_and_removed_by_keyboard(signed_in):
    page = signed_in
    at_leader(page, "rows")
    for title in ("General settings", "Advanced"):
        opened(page, title)
    for button, id, cell in ROWS:
        add = page.get_by_role("button", name=button, exact=True)
        add.press("Enter")
        input = page.locator(f"#{id}-{cell}")
        expect(input).to_be_focused()

    page.get_by_role("button", name="CONTINUE").press("Enter")

    expect(page.get_by_role("alert")).to_be_focused()
    for _, id, cell in ROWS:
        page.locator(f"#problems a[href='#{id}-{cell}']").press("Enter")
        expect(page.locator(f"#{id}-{cell}")).to_be_focused()
        expect(page.locator(f"#{id}-{cell}-error")).to_contain_text("is required.")
        page.locator(f"#{id}-0 .row-tools button").last.press("Enter")
        expect(page.locator(f"#add-{id}")).to_be_focused()
        expect(page.locator(f"#{id}-{cell}")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(
    ("kind", "id"),
    [("EmptyDir", "emptyDirVolume"), ("Volume", "pvc"), ("NFS", "nfs")],
)
def test_a_data_source_is_chosen_from_the_menu_and_removed(signed_in, kind, id):
    page = signed_in
    at_leader(page, f"data-{kind.lower()}")
    page.get_by_role("button", name="Add data source").press("Enter")

    page.locator("#add-data").get_by_role("button", name=re.compile(f"^{kind}")).click()

    article = page.locator(f"#leader-storage-{id}-0")
    expect(article).to_be_visible()
    expect(page.locator("#add-data")).to_be_hidden()
    page.get_by_role("button", name=f"Remove {kind} 1").press("Enter")
    expect(article).to_have_count(0)
    expect(page.get_by_role("button", name="Add data source")).to_be_focused()


def test_a_health_check_shows_what_its_kind_asks_for(signed_in):
    page = signed_in
    at_leader(page, "checks")
    opened(page, "Advanced")
    page.get_by_role("button", name="+READINESS CHECK").click()
    base = "#leader-probes-readiness-handler"
    expect(page.locator(f"{base}-httpGet-port")).to_be_focused()

    page.locator(".probe .segments").get_by_text("Command", exact=True).click()
    expect(page.locator(f"{base}-exec-command")).to_be_visible()
    expect(page.locator(f"{base}-httpGet-port")).to_be_hidden()
    page.get_by_role("button", name="CONTINUE").click()

    link = page.locator("#problems a")
    expect(link).to_have_text("Command of the readiness check is required.")
    link.click()
    expect(page.locator(f"{base}-exec-command")).to_be_focused()
    page.get_by_role("button", name="Remove Readiness check").press("Enter")
    expect(page.get_by_role("button", name="+READINESS CHECK")).to_be_focused()


def test_what_a_reset_brings_back_is_what_the_page_shows(signed_in):
    page = signed_in
    at_leader(page, "reset")
    page.get_by_text("Increase shared memory size").click()
    reset = page.get_by_role("button", name=re.compile("^Reset Shared memory"))
    reset.click()
    expect(reset).to_have_count(0)
    expect(page.get_by_role("switch", name=re.compile("^Increase"))).not_to_be_checked()

    page.get_by_label("GPU devices per pod", exact=True).fill("1")
    page.get_by_label("GPU devices per pod", exact=True).press("Tab")
    expect(page.locator(".source-you")).to_have_count(1)

    expect(page.get_by_role("switch", name=re.compile("^Increase"))).not_to_be_checked()


def test_another_tabs_value_comes_into_a_focused_input_that_nobody_changed(signed_in):
    page = signed_in
    through_basics(page, "tabs")
    page.locator(LEADER_IMAGE).fill("mine/a:1")
    page.locator(LEADER_IMAGE).press("Tab")
    expect(page.locator(".source-you")).to_have_count(1)
    other = page.context.new_page()
    other.goto(page.url)
    other.locator(LEADER_IMAGE).fill("theirs/b:2")
    with other.expect_response("**/environment/"):
        other.locator(LEADER_IMAGE).press("Tab")

    for port in ("8000", "8001"):
        page.locator("#servingPort-port").fill(port)
        with page.expect_response("**/environment/"):
            page.locator("#servingPort-port").press("Tab")
            page.locator(LEADER_IMAGE).focus()
        expect(page.locator(LEADER_IMAGE)).to_have_value("theirs/b:2")

    other.reload()
    expect(other.locator(LEADER_IMAGE)).to_have_value("theirs/b:2")
    expect(other.locator("#servingPort-port")).to_have_value("8001")


def test_without_script_a_session_that_ended_loses_nothing(without_script, portal):
    page = without_script
    through_basics(page, "session-plain")
    page.context.clear_cookies(name="session")
    page.locator(LEADER_IMAGE).fill(IMAGE)
    page.get_by_role("button", name="CONTINUE").click()
    expect(page.locator("body")).to_contain_text("Your session has ended")

    page.get_by_label("User name").fill(portal.told["User"])
    page.get_by_label("Password").fill(portal.told["Password"])
    page.get_by_role("button", name="Sign in").click()

    send = page.get_by_role("button", name=re.compile("Send|Go on|Continue", re.I))
    if "/leader/" not in page.url:
        send.first.click()
    page.wait_for_url("**/leader/")
    page.get_by_role("button", name="Back").click()
    expect(page.locator(LEADER_IMAGE)).to_have_value(IMAGE)


def test_a_long_list_is_searched_without_posting_anything(signed_in):
    page = signed_in
    a_new_draft(page)
    page.evaluate(
        """() => document.querySelector(".project-cards").outerHTML = `
        <filter-list items=".tile"><input type="search"><span role="status"></span>
        ${document.querySelector(".project-cards").outerHTML}</filter-list>`"""
    )
    posts = []
    page.on("request", lambda request: posts.append(request.method))

    page.locator("input[type=search]").fill("llm RESEARCH")
    page.locator("input[type=search]").press("Enter")

    expect(page.locator(".tile:visible label")).to_have_text(["llm-serving"])
    expect(page.locator("filter-list [role=status]")).to_have_text("1 of 3 shown")
    page.locator("input[type=search]").fill("")
    expect(page.locator(".tile:visible")).to_have_count(3)
    assert "POST" not in posts


def test_a_toleration_that_exists_has_no_value(signed_in):
    page = signed_in
    at_leader(page, "taints")
    page.get_by_role("button", name="+TOLERATION").click()
    value = page.locator("#leader-tolerations-0-value")
    expect(value).to_be_visible()

    page.locator("#leader-tolerations-0-operator").select_option("Exists")

    expect(value).to_be_hidden()
    page.get_by_role("button", name="CONTINUE").click()
    expect(page.locator("#problems li")).to_have_text(
        ["Key of toleration 1 is required."]
    )
    page.locator("#leader-tolerations-0-operator").select_option("Equal")
    expect(page.locator("#problems li")).to_have_count(2)


def test_the_help_page_is_accessible_in_every_look(signed_in, portal):
    page = signed_in
    page.get_by_role("link", name="Help", exact=True).click()
    page.wait_for_url("**/help/")

    assert problems_in_every_look(page) == []
