"""Policies through the pages, as an administrator writes them in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems_in_every_look

IN_FORCE = re.compile(r"Version \d+ is in force\.")


@pytest.fixture
def editor(signed_in, portal):
    """The editor of a policy of the tenant, whether there is one or not."""
    page = signed_in
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{portal.url}/policies/")
    page.get_by_role("link", name="+NEW POLICY").first.click()
    page.get_by_label("Scope").select_option("tenant")
    page.get_by_role("button", name="+POLICY YAML").click()
    expect(page.get_by_label("Policy YAML")).to_be_visible()
    yield page
    remove(page, portal)


def remove(page, portal):
    """Delete the tenant's policy, if a test saved one."""
    page.goto(f"{portal.url}/policies/")
    link = page.locator("tbody").get_by_role("link", name="Whole tenant")
    if link.count():
        link.click()
        page.get_by_role("link", name="DELETE", exact=True).click()
        page.get_by_role("button", name="DELETE").click()
        expect(page.get_by_text("Its history stays.")).to_be_visible()


def write(page, text):
    page.get_by_label("Policy YAML").fill(text)


def save(page):
    page.get_by_role("button", name="SAVE POLICY").click()


def caret(page):
    """The text before the caret."""
    return page.evaluate(
        "(() => { const text = document.activeElement;"
        " return text.id === 'text' && text.value.slice(0, text.selectionStart); })()"
    )


def test_an_error_leads_to_its_place_and_nothing_typed_is_lost(editor):
    text = "rules:\n  replicas: {max: four}\n"
    write(editor, text)

    editor.get_by_role("button", name="Validate").click()

    expect(editor.get_by_role("alert")).to_contain_text("Nothing was saved")
    expect(editor.get_by_label("Policy YAML")).to_have_value(text)
    expect(editor.locator(".editor li.is-bad")).to_have_text("2")
    editor.get_by_role("link", name="Line 2, column").click()
    assert caret(editor) == "rules:\n  replicas: {"


def test_what_is_picked_in_the_reference_stands_where_it_belongs(editor):
    write(editor, "defaults:\nrules:\n  leader:\n    image: {required: true}\n")
    chapter = editor.locator("summary").filter(has_text="Leader, compute")
    chapter.click()
    item = editor.locator(".reference-item").filter(
        has_text="leader.compute.gpuDevicesRequest"
    )

    item.get_by_role("button", name="max", exact=True).click()
    editor.keyboard.type("4")
    item.get_by_role("button", name="default", exact=True).click()
    editor.keyboard.type("2")

    expect(editor.get_by_label("Policy YAML")).to_have_value(
        "defaults:\n"
        "  leader:\n"
        "    compute:\n"
        "      gpuDevicesRequest: 2\n"
        "rules:\n"
        "  leader:\n"
        "    image: {required: true}\n"
        "    compute:\n"
        "      gpuDevicesRequest:\n"
        "        max: 4\n"
    )
    editor.get_by_role("button", name="Validate").click()
    expect(editor.get_by_text("It can be saved.")).to_be_visible()


def test_the_reference_is_searched(editor):
    editor.get_by_label("Search fields and rules").fill("tolerations effect")

    shown = editor.locator(".reference-item:visible code").filter(has_text="effect")
    expect(shown).to_have_text(
        ["leader.tolerations.effect", "worker.tolerations.effect"]
    )


def test_two_save_at_once_and_the_second_decides_knowing_both(editor):
    write(editor, "rules:\n  replicas: {max: 4}\n")
    save(editor)
    expect(editor.get_by_text(IN_FORCE)).to_be_visible()
    address, other = editor.url, editor.context.new_page()
    for page in (editor, other):
        page.goto(address)
        page.get_by_role("link", name="EDIT").click()
    write(other, "rules:\n  replicas: {max: 5}\n")
    save(other)
    expect(other.get_by_text(IN_FORCE)).to_be_visible()
    write(editor, "rules:\n  replicas: {max: 3}\n")

    save(editor)

    expect(editor.get_by_role("alert")).to_contain_text("Somebody changed this policy")
    expect(editor.locator("del")).to_contain_text("{max: 5}")
    expect(editor.locator("ins")).to_contain_text("{max: 3}")
    editor.get_by_role("button", name="Save mine over version").click()
    expect(editor.get_by_text(IN_FORCE)).to_be_visible()
    expect(editor.locator("#policy-text")).to_contain_text("{max: 3}")
    other.close()


def test_everything_works_without_script(without_script, portal):
    page = without_script
    page.goto(f"{portal.url}/policies/new/?unit=tenant")
    write(page, "rules: {replicas: {max: none}}")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")

    write(page, "rules: {replicas: {max: 40}}")
    page.get_by_label("Reason").fill("without script")
    save(page)

    expect(page.get_by_text(IN_FORCE)).to_be_visible()
    page.get_by_role("link", name="History").click()
    expect(page.locator("tbody tr").first).to_contain_text("without script")
    remove(page, portal)


def test_no_page_of_policies_has_something_that_axe_finds(editor):
    def clean(state):
        found = problems_in_every_look(editor)
        assert found == [], f"{state}:\n" + "\n".join(found)

    clean("editor")
    write(editor, "rules: {replicas: {max: four}, leader: {compute: {gpus: 1}}}")
    save(editor)
    expect(editor.get_by_role("alert")).to_be_visible()
    editor.locator("summary").filter(has_text="Leader, compute").click()
    clean("errors, reference open")
    write(editor, "rules: {replicas: {max: 40}}")
    save(editor)
    expect(editor.get_by_role("heading", name="Effective policy")).to_be_visible()
    clean("policy")
    editor.get_by_role("link", name="EDIT").click()
    write(editor, "rules: {replicas: {max: 30}}")
    editor.evaluate("document.querySelector('[name=based_on]').value = 0")
    save(editor)
    expect(editor.get_by_role("alert")).to_be_visible()
    clean("conflict")
    editor.get_by_role("button", name=re.compile("Save mine over")).click()
    for state, link in (
        ("history", "History"),
        ("version", "Version 1"),
        ("restore", "RESTORE"),
    ):
        editor.get_by_role("link", name=link).last.click()
        editor.wait_for_load_state()
        clean(state)
    editor.get_by_role("link", name="Whole tenant").click()
    editor.get_by_role("link", name="DELETE", exact=True).click()
    clean("delete")
    editor.get_by_role("navigation", name="Main").get_by_text("Policies").click()
    clean("list")
    editor.get_by_role("link", name="Effective policy of a unit").click()
    editor.get_by_role("button", name="Show").click()
    clean("effective")
