"""Policies that change under people's hands."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems_in_every_look
from tests.browser.test_policies import remove, write
from tests.browser.test_wizard import IMAGE, a_new_draft, goes_on
from tests.support.chromium import sign_in
from tests.support.portal import Portal

IN_FORCE = re.compile(r"Version \d+ is in force\.")


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """A portal of its own: its policies are in nobody else's way."""
    running = Portal(tmp_path_factory.mktemp("races") / "data").start()
    yield running
    running.stop()


@pytest.fixture
def other(browser, portal):
    """A second administrator's browser."""
    page = browser.new_context().new_page()
    page.set_default_timeout(10_000)
    sign_in(page, portal)
    yield page
    page.context.close()


@pytest.fixture
def department(other, portal):
    """A function by which the second administrator writes the department's policy."""

    def written(text):
        other.goto(f"{portal.url}/policies/new/")
        other.get_by_label("Scope").select_option(label="research")
        other.get_by_role("button", name="+POLICY YAML").click()
        write(other, text)
        other.get_by_role("button", name="SAVE POLICY").click()
        expect(other.get_by_text(IN_FORCE)).to_be_visible()

    yield written
    deleted(other, portal)


def deleted(page, portal):
    """Delete the department's policy, if there is one."""
    page.goto(f"{portal.url}/policies/")
    link = page.locator("tbody").get_by_role("link", name="research")
    if link.count():
        link.click()
        page.get_by_role("link", name="DELETE", exact=True).click()
        page.get_by_role("button", name="DELETE").click()
        expect(page.get_by_text("Its history stays.")).to_be_visible()


def as_far_as(page, slug, name):
    """Describe a workload of the department as far as a step."""
    a_new_draft(page)
    page.locator(".tile").filter(has_text="llm-serving").locator("label").click()
    page.get_by_label("Name").fill(name)
    goes_on(page, "environment")
    page.get_by_label("Image URL").fill(IMAGE)
    goes_on(page, "leader")
    goes_on(page, "workers")
    page.get_by_label("Image URL").fill(IMAGE)
    goes_on(page, "setup")
    if slug == "review":
        goes_on(page, "review")


def test_of_two_administrators_who_save_at_once_the_second_sees_both(
    signed_in, other, portal
):
    pages = (signed_in, other)
    for page in pages:
        page.goto(f"{portal.url}/policies/new/?unit=tenant")
    write(signed_in, "rules:\n  replicas: {max: 4}\n")
    write(other, "rules:\n  replicas: {max: 5}\n")

    for page in pages:
        page.get_by_role("button", name="SAVE POLICY").click()

    expect(signed_in.get_by_text("Version 1 is in force.")).to_be_visible()
    expect(other.get_by_role("alert")).to_contain_text("Somebody made a policy")
    expect(other.get_by_label("Policy YAML")).to_have_value(re.compile("max: 5"))
    expect(other.locator("del")).to_contain_text("{max: 4}")
    expect(other.locator("ins")).to_contain_text("{max: 5}")
    remove(signed_in, portal)


def test_a_policy_that_changes_before_create_inference_is_shown_and_then_holds(
    signed_in, department
):
    page = signed_in
    department("defaults: {replicas: 3}")
    as_far_as(page, "review", "overtaken")
    expect(page.get_by_text("A policy changed since")).to_have_count(0)
    department("defaults: {replicas: 2}")

    page.get_by_role("button", name="CREATE INFERENCE").click()

    expect(page.get_by_role("alert")).to_contain_text(
        "The policy of department research changed meanwhile"
    )
    notice = page.get_by_role("group", name="A policy changed since you filled this in")
    expect(notice).to_contain_text(
        "Number of replicas: default was 3, is now 2 (department research)."
    )
    expect(notice.get_by_role("link", name="History of the policy")).to_be_visible()
    assert problems_in_every_look(page) == []
    page.get_by_role("button", name="CREATE INFERENCE").click()
    page.wait_for_url(re.compile(r"/\?created="))
    row = page.get_by_role("row", name="overtaken")
    expect(row).to_be_visible()


def test_a_policy_deleted_under_an_open_draft_loses_nothing_that_was_typed(
    signed_in, other, portal, department
):
    page = signed_in
    department(
        "defaults: {replicas: 3, priorityClass: low}\n"
        "rules: {priorityClass: {canEdit: false}}\n"
    )
    as_far_as(page, "setup", "orphaned")
    expect(page.get_by_text("Locked by department research.")).to_be_visible()
    page.locator("#replicas").fill("4")
    deleted(other, portal)

    page.locator("#replicas").blur()

    expect(page.locator("select#priorityClass")).to_have_value("very-high")
    expect(page.locator("#replicas")).to_have_value("4")
    goes_on(page, "review")
    notice = page.get_by_role("group", name="A policy changed since you filled this in")
    expect(notice).to_contain_text("Policy of department research: deleted by admin")
    expect(notice).to_contain_text("Priority: default was Low, is now Very high")
    expect(page.locator("dl.facts-change").first).to_contain_text("Number of replicas4")
