"""The wizard in a browser: with script, without it, by keyboard alone."""

import re

from playwright.sync_api import expect

IMAGE = "vllm/vllm-openai:v0.11.0"


def a_new_draft(page):
    page.get_by_role("button", name="+NEW WORKLOAD").first.click()
    page.get_by_role("button", name="Inference").click()
    page.wait_for_url("**/basics/")


def goes_on(page, slug):
    page.get_by_role("button", name="CONTINUE").click()
    page.wait_for_url(f"**/{slug}/")


def through_basics(page, name):
    a_new_draft(page)
    page.locator(".tile label").first.click()
    page.get_by_label("Name").fill(name)
    goes_on(page, "environment")


def through_all(page, name):
    """Describe a workload whose leader and workers differ."""
    through_basics(page, name)
    page.get_by_label("Image URL").fill(IMAGE)
    page.get_by_label("Container port").fill("8000")
    page.get_by_role("button", name="+ENVIRONMENT VARIABLE").click()
    page.get_by_label("Name", exact=True).fill("MODE")
    page.get_by_label("Value", exact=True).fill("serve")
    goes_on(page, "leader")
    page.get_by_label("CPU request", exact=True).fill("2")
    page.get_by_role("button", name="+VOLUME").click()
    page.get_by_label("Storage class").select_option("standard")
    page.get_by_label(re.compile("^Claim size")).fill("5")
    page.get_by_label("Container path").fill("/models")
    goes_on(page, "workers")
    page.get_by_role("button", name="Copy from leader for Image").click()
    expect(page.get_by_label("Image URL")).to_have_value(IMAGE)
    page.get_by_label("CPU request", exact=True).fill("1")
    expect(page.locator(".differs").filter(has_text="2 cores")).to_have_count(1)
    goes_on(page, "setup")
    goes_on(page, "review")


def test_all_steps_with_script_end_in_a_new_row(signed_in, portal):
    page = signed_in
    through_all(page, "with-script")
    expect(page.get_by_text("The cluster has nothing against it.")).to_be_visible()

    page.get_by_role("button", name="CREATE INFERENCE").click()

    page.wait_for_url(re.compile(r"/\?created="))
    expect(page.get_by_role("row", name="with-script")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("row", name="with-script")).to_have_count(1)


def test_all_steps_without_script_end_in_a_new_row(without_script):
    page = without_script
    through_basics(page, "without-script")
    page.get_by_role("button", name="CONTINUE").click()
    expect(page.get_by_role("alert")).to_contain_text("Image URL is required.")
    page.get_by_label("Image URL").fill(IMAGE)
    page.get_by_role("button", name="+ENVIRONMENT VARIABLE").click()
    page.get_by_label("Name", exact=True).fill("MODE")
    page.get_by_label("Source", exact=True).select_option("ConfigMap")
    page.get_by_label("ConfigMap", exact=True).fill("settings")
    page.get_by_label("Key", exact=True).fill("mode")
    goes_on(page, "leader")
    goes_on(page, "workers")
    page.get_by_role("button", name="Copy all from leader").click()
    expect(page.get_by_label("Image URL")).to_have_value(IMAGE)
    page.get_by_label("Image URL").fill("other/image:1")
    goes_on(page, "setup")
    goes_on(page, "review")
    expect(page.get_by_role("cell", name="other/image:1")).to_be_visible()

    page.get_by_role("button", name="CREATE INFERENCE").click()

    page.wait_for_url(re.compile(r"/\?created="))
    expect(page.get_by_role("row", name="without-script")).to_be_visible()


def test_by_keyboard_alone_enter_moves_on_and_errors_get_the_focus(signed_in):
    page = signed_in
    through_basics(page, "by-keyboard")
    page.get_by_label("Image URL").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: Environment"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Image URL")).to_be_focused()
    page.keyboard.type(IMAGE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/leader/")

    page.get_by_role("button", name=re.compile("Move .* down")).first.focus()
    page.keyboard.press("Enter")

    expect(page.locator("#told")).to_contain_text("moved to 2 of")
    expect(
        page.get_by_role("button", name=re.compile("Move .* down")).nth(1)
    ).to_be_focused()


def test_a_redraw_keeps_what_is_being_typed(signed_in):
    page = signed_in
    through_basics(page, "typing")
    page.get_by_label("Image URL").fill(IMAGE)
    page.route(
        "**/environment/", lambda route: (page.wait_for_timeout(400), route.continue_())
    )
    page.get_by_label("Container port").fill("80")
    page.get_by_label("Container port").press("Tab")
    page.get_by_label("Image URL").focus()
    page.keyboard.press("End")
    page.keyboard.type("-rc1")

    expect(page.locator(".source-you").first).to_be_visible()

    expect(page.get_by_label("Image URL")).to_have_value(f"{IMAGE}-rc1")
    expect(page.get_by_label("Image URL")).to_be_focused()


def test_node_pools_are_dragged_into_another_order(signed_in):
    page = signed_in
    through_basics(page, "dragging")
    page.get_by_label("Image URL").fill(IMAGE)
    goes_on(page, "leader")
    items = page.locator(".order li b")
    before = items.all_text_contents()
    grips = page.locator(".order .grip")

    grips.nth(0).hover()
    page.mouse.down()
    box = grips.nth(1).bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] + 8, steps=5)
    page.mouse.up()

    expect(page.get_by_role("button", name=f"Move {before[0]} up")).to_be_enabled()
    expect(items.nth(1)).to_have_text(before[0])
    page.reload()
    expect(items.nth(1)).to_have_text(before[0])


def test_a_session_that_ended_is_begun_again_over_the_step(signed_in, portal):
    page = signed_in
    through_basics(page, "session")
    page.context.clear_cookies(name="session")
    page.get_by_label("Image URL").fill(IMAGE)
    page.get_by_label("Image URL").press("Tab")

    dialog = page.get_by_role("dialog")
    dialog.get_by_label("User name").fill(portal.told["User"])
    dialog.get_by_label("Password").fill(portal.told["Password"])
    dialog.get_by_role("button", name="Sign in").click()

    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Image URL")).to_have_value(IMAGE)
    goes_on(page, "leader")


def test_the_yaml_is_previewed_over_the_step(signed_in):
    page = signed_in
    through_basics(page, "preview")
    page.get_by_label("Image URL").fill(IMAGE)
    page.get_by_label("Image URL").press("Tab")
    expect(page.locator(".source-you").first).to_be_visible()

    page.get_by_role("link", name="Preview YAML").click()

    expect(page.get_by_role("dialog", name="Preview YAML")).to_contain_text(IMAGE)
    page.keyboard.press("Escape")
    expect(page.get_by_label("Image URL")).to_have_value(IMAGE)
