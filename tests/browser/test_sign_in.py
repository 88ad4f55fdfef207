"""Signing in, the end of a session in the middle of something, the theme."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import row, table


def fill(page, user, password):
    page.get_by_label("User name").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_wrong_password_says_so_and_the_right_one_opens_the_table(page, portal):
    page.goto(f"{portal.url}/")
    expect(page.get_by_label("User name")).to_be_focused()

    fill(page, portal.told["User"], "wrong")

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: Sign in"))
    expect(page.get_by_label("User name")).to_have_value(portal.told["User"])
    fill(page, portal.told["User"], portal.told["Password"])
    expect(page.get_by_role("heading", level=1, name="Workloads")).to_be_visible()


def test_when_the_session_ends_a_dialog_asks_in_place_and_the_page_goes_on(
    signed_in, portal
):
    page = signed_in
    portal.submit("session-one", workers=0)
    table(page, portal, "session-")
    row(page, "session-one").get_by_role("checkbox").check()

    page.context.clear_cookies()

    dialog = page.get_by_role("dialog", name="Your session has ended")
    expect(dialog.get_by_label("User name")).to_be_focused()
    fill(dialog, portal.told["User"], "wrong")
    expect(dialog.get_by_role("alert")).to_be_visible()
    fill(dialog, portal.told["User"], portal.told["Password"])
    expect(dialog).to_be_hidden()
    expect(row(page, "session-one").get_by_role("checkbox")).to_be_checked()
    portal.submit("session-two", workers=0)
    expect(row(page, "session-two")).to_be_visible()


def test_a_form_that_was_open_when_the_session_ended_still_works(signed_in, portal):
    page = signed_in
    portal.submit("session-three", workers=0)
    table(page, portal, "session-three")
    expect(row(page, "session-three")).to_contain_text("Running")
    row(page, "session-three").get_by_label("Actions for").click()
    page.get_by_role("link", name="Scale…").click()
    scale = page.get_by_role("dialog", name="Scale session-three")
    scale.get_by_label("Replicas").fill("2")
    page.context.clear_cookies()

    scale.get_by_role("button", name="Scale").click()
    again = page.get_by_role("dialog", name="Your session has ended")
    fill(again, portal.told["User"], portal.told["Password"])

    expect(page.locator("#flashes")).to_contain_text("is scaled to 2 replicas")
    expect(row(page, "session-three")).to_contain_text("2/2")


def test_signing_out_ends_the_session(signed_in, portal):
    page = signed_in
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()

    page.goto(f"{portal.url}/workloads/deleted/")

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_chosen_theme_is_kept(signed_in, portal):
    page = signed_in
    ground = "getComputedStyle(document.body).backgroundColor"
    bright = page.evaluate(ground)

    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate(ground)
    assert sum(map(int, re.findall(r"\d+", dark)[:3])) < 3 * 80
    page.goto(f"{portal.url}/workloads/deleted/")
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("button", name="Follow the system").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")
    assert page.evaluate(ground) == bright
