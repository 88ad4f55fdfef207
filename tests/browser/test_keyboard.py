"""The table by keyboard alone: menus, dialogs, and where the focus goes after."""

from playwright.sync_api import expect

from tests.browser.conftest import row, table

FOCUS = """() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  return at !== document.body && parseFloat(style.outlineWidth) > 0
    && style.outlineStyle !== "none";
}"""


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def tab_to(page, target, most=60):
    """Press Tab until the target has the focus; it must be seen at every stop."""
    for _ in range(most):
        press(page, "Tab")
        assert page.evaluate(FOCUS), page.evaluate("document.activeElement.outerHTML")
        if target.evaluate("(node) => node === document.activeElement"):
            return
    expect(target).to_be_focused()


def test_from_the_skip_link_to_a_scaled_workload_and_back(signed_in, portal):
    page = signed_in
    portal.submit("typed-one", workers=0)
    table(page, portal, "typed-")
    expect(row(page, "typed-one")).to_contain_text("Running")

    press(page, "Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    press(page, "Enter")
    more = row(page, "typed-one").get_by_label("Actions for")
    tab_to(page, more)
    press(page, "Enter")
    menu = page.locator("#row-menu")
    expect(menu.get_by_role("link", name="Show details")).to_be_focused()
    press(page, "Escape")
    expect(menu).to_be_hidden()
    expect(more).to_be_focused()

    press(page, "Enter")
    expect(menu.get_by_role("link", name="Show details")).to_be_focused()
    tab_to(page, menu.get_by_role("link", name="Scale…"))
    press(page, "Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Replicas")).to_be_focused()
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    expect(more).to_be_focused()

    press(page, "Enter")
    expect(menu.get_by_role("link", name="Show details")).to_be_focused()
    tab_to(page, menu.get_by_role("link", name="Scale…"))
    press(page, "Enter")
    expect(dialog.get_by_label("Replicas")).to_be_focused()
    press(page, "Control+a")
    page.keyboard.type("2")
    press(page, "Enter")
    expect(dialog).to_be_hidden()
    expect(row(page, "typed-one")).to_contain_text("2/2")
    expect(more).to_be_focused()


def test_selected_and_deleted_without_a_mouse(signed_in, portal):
    page = signed_in
    for name in ("keyed-a", "keyed-b"):
        portal.submit(name, workers=0)
    table(page, portal, "keyed-")
    page.get_by_label("Search workloads").focus()

    tab_to(page, page.locator("[data-all]"))
    press(page, "Space")
    expect(page.locator("[data-count]")).to_have_text("2 selected")
    press(page, "Shift+Tab", "Shift+Tab")
    expect(
        page.locator("#workloads").get_by_role("button", name="Delete…")
    ).to_be_focused()
    press(page, "Enter")
    dialog = page.get_by_role("dialog")
    tab_to(page, dialog.get_by_role("button", name="DELETE 2"))
    press(page, "Enter")
    expect(dialog.locator(".report li")).to_have_count(2)
    press(page, "Escape")

    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    assert page.evaluate("document.activeElement !== document.body")


def test_the_tabs_of_the_details_and_the_way_back_by_keyboard(signed_in, portal):
    page = signed_in
    portal.submit("walked", workers=0)
    table(page, portal, "walked")
    expect(row(page, "walked")).to_contain_text("Running")
    row(page, "walked").get_by_role("link", name="walked", exact=True).focus()

    press(page, "Enter")
    page.wait_for_url("**/workloads/*/**")
    events = page.locator("#panel").get_by_role("link", name="Event history")
    tab_to(page, events)
    press(page, "Enter")
    page.wait_for_url("**/events/**")
    tab_to(page, page.get_by_label("Close details"))
    press(page, "Enter")

    expect(page.locator("#workloads a.name")).to_have_text(["walked"])
    expect(page.locator("#panel")).to_have_count(0)
