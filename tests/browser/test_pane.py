"""Loading existing setup, in a browser: the pane, its search, and the way back."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems_in_every_look
from tests.browser.test_wizard import a_new_draft, goes_on

HALF = "h100-half-node"


@pytest.fixture
def leader(signed_in, portal):
    """The Leader step of a new draft in the demo's first project."""
    page = signed_in
    page.goto(f"{portal.url}/")
    a_new_draft(page)
    page.get_by_text("llm-serving").first.click()
    page.get_by_label("Name").fill("loaded-here")
    goes_on(page, "environment")
    page.goto(page.url.replace("/environment/", "/leader/"))
    return page


def opener(page, section):
    return page.locator(f"#load-{section}")


def choose(page, name, noun):
    page.locator("#dialog").get_by_text(name, exact=True).click()
    page.get_by_role("button", name=f"Load {noun}").click()


def gpus(page):
    return page.get_by_role("spinbutton", name="GPU devices per pod").or_(
        page.get_by_role("textbox", name="GPU devices per pod")
    )


def test_a_compute_resource_is_searched_loaded_changed_and_reset(leader):
    page = leader
    opener(page, "compute").click()
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("heading", name="Load existing compute")).to_be_visible()
    page.get_by_label("Search compute resources").fill("half")
    expect(dialog.locator(".tile:visible")).to_have_count(1)
    assert problems_in_every_look(page) == []

    choose(page, HALF, "compute resource")

    expect(dialog).not_to_be_visible()
    expect(opener(page, "compute")).to_be_focused()
    expect(gpus(page)).to_have_value("4")
    expect(page.get_by_text(f"Loaded from {HALF}")).to_be_visible()

    gpus(page).fill("2")
    gpus(page).blur()
    page.get_by_text("modified (1)").click()
    page.locator(".changes").get_by_role("button", name="Reset").click()
    expect(gpus(page)).to_have_value("4")
    expect(page.get_by_text("modified (1)")).not_to_be_visible()


def test_what_was_entered_is_replaced_once_that_is_said(leader):
    page = leader
    gpus(page).fill("1")
    gpus(page).blur()
    expect(page.get_by_text("It takes 1 of")).to_be_visible()
    opener(page, "compute").click()
    choose(page, HALF, "compute resource")

    error = page.locator("#pane-replace-error")
    expect(error).to_have_text("Say first that what you entered here may be replaced.")
    page.get_by_text("Replace what I entered").click()
    page.get_by_role("button", name="Load compute resource").click()

    expect(gpus(page)).to_have_value("4")


def test_a_data_source_is_added_as_a_row(leader):
    page = leader
    opener(page, "storage").click()

    choose(page, "model-weights", "data source")

    row = page.locator("#leader-storage-nfs-0")
    expect(row).to_contain_text("model-weights")
    expect(row.get_by_label("Container path")).to_have_value("/models")
