"""Warnings, explanations and the list of policies, as administrators meet them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems_in_every_look
from tests.browser.test_policies import caret, remove, save, write

TEXT = """\
# ours
defaults:
  leader:
    environmentVariables:
      instances:
      - {name: HF_TOKEN, value: hf_abcdefghijklmnop}
rules:
  replicas: {max: 40}
  leader:
    image: {required: true}  # always
"""


@pytest.fixture
def editor(signed_in, portal):
    """The editor of the tenant's policy; what was saved is deleted in the end."""
    page = signed_in
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{portal.url}/policies/new/?unit=tenant")
    expect(page.get_by_label("Policy YAML")).to_be_visible()
    yield page
    remove(page, portal)


def test_a_warning_leads_to_its_line_and_its_offer_is_written_there(editor):
    write(editor, TEXT)
    editor.get_by_role("button", name="Validate").click()
    expect(editor.get_by_role("heading", name="2 warnings")).to_be_visible()
    expect(editor.locator(".editor li.is-wait")).to_have_text(["6", "10"])
    editor.get_by_role("link", name="Line 10, column 5").click()
    assert caret(editor).endswith("  leader:\n    ")
    editor.get_by_label("Policy YAML").press("Control+Home")
    editor.keyboard.type("# typed after the check\n")

    editor.get_by_role("button", name="Copy to worker").click()

    expect(editor.get_by_label("Policy YAML")).to_have_value(
        f"# typed after the check\n{TEXT}"
        "  worker:\n    image: {required: true}  # always\n"
    )
    expect(editor.get_by_text("It is not saved yet.")).to_be_visible()
    expect(editor.get_by_role("heading", name="1 warning")).to_be_visible()


def test_enter_beside_the_text_validates_and_nothing_more(editor):
    write(editor, TEXT)

    editor.get_by_label("Reason").press("Enter")

    expect(editor.get_by_text("It can be saved.")).to_be_visible()
    expect(editor.get_by_label("Policy YAML")).to_have_value(TEXT)


def test_a_parameter_leads_to_all_that_was_said_of_it(editor, portal):
    write(editor, TEXT)
    save(editor)
    editor.get_by_role("link", name="Number of replicas").click()

    rule = editor.get_by_role("table", name="Rule")
    expect(rule.get_by_role("row", name="Tenant")).to_contain_text("at most 40")
    expect(rule.get_by_role("row", name="Tenant")).to_contain_text("Holds")
    editor.get_by_label("Field").fill("leader.environmentVariables")
    editor.get_by_role("button", name="Explain").click()

    item = editor.get_by_role("table", name="HF_TOKEN")
    expect(item.get_by_role("row", name="Tenant")).to_contain_text("value: hidden")


def test_warnings_explanations_and_the_list_work_without_script(without_script, portal):
    page = without_script
    page.goto(f"{portal.url}/policies/new/?unit=tenant")
    write(page, TEXT)
    page.get_by_role("button", name="Validate").click()
    page.get_by_role("button", name="Copy to worker").click()
    expect(page.get_by_label("Policy YAML")).to_have_value(re.compile("  worker:"))
    save(page)

    page.goto(f"{portal.url}/policies/")
    page.get_by_label("Scope").select_option("project")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("No policy matches")).to_be_visible()
    page.get_by_role("link", name="Clear filters").last.click()
    page.get_by_role("link", name="Last updated").click()
    expect(page.locator("[aria-sort=ascending]")).to_have_text("Last updated")
    page.goto(f"{portal.url}/policies/explain/")
    page.get_by_label("Field").fill("leader.image")
    page.get_by_role("button", name="Explain").click()
    rows = page.get_by_role("table", name="Rule").get_by_role("row", name="Tenant")
    expect(rows).to_contain_text("required")
    remove(page, portal)


def test_axe_finds_nothing_in_warnings_explanations_and_what_changes(editor, portal):
    def clean(state):
        found = problems_in_every_look(editor)
        assert found == [], f"{state}:\n" + "\n".join(found)

    write(editor, TEXT)
    editor.get_by_role("button", name="Validate").click()
    expect(editor.get_by_role("heading", name="2 warnings")).to_be_visible()
    clean("warnings, and what changes")
    editor.get_by_role("button", name="Copy to worker").click()
    expect(editor.get_by_text("It is not saved yet.")).to_be_visible()
    clean("an offer taken")
    save(editor)
    expect(editor.get_by_role("heading", name="1 warning")).to_be_visible()
    clean("a saved policy with a warning")
    for field in ("workers", "leader.environmentVariables", "leader.tolerations", "no"):
        editor.goto(f"{portal.url}/policies/explain/?unit=tenant&field={field}")
        clean(f"explain {field}")
    editor.goto(f"{portal.url}/policies/?sortBy=status&sortOrder=desc")
    clean("sorted list")
    editor.goto(f"{portal.url}/policies/?search=nowhere")
    clean("nothing matches")
