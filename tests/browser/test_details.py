"""A workload's details: overview, events, logs, pods, spec and YAML."""

import re

import pytest
import yaml
from playwright.sync_api import expect

from tests.browser.conftest import details, row, table


@pytest.fixture(scope="module")
def shown(portal):
    """A workload that runs."""
    portal.submit("shown", workers=2)
    return "shown"


def opened(page, portal, name, tab=""):
    table(page, portal, name)
    expect(row(page, name)).to_contain_text("Running")
    panel = details(page, name)
    if tab:
        panel.get_by_role("link", name=tab, exact=True).first.click()
        expect(panel.get_by_role("link", name=tab, exact=True).first).to_have_attribute(
            "aria-current", "page"
        )
    return panel


def test_the_overview_shows_pods_address_and_setup(signed_in, portal, shown):
    panel = opened(signed_in, portal, shown)

    expect(panel.locator(".pods .pod")).to_have_count(3)
    expect(panel.get_by_role("region", name="Endpoint")).to_contain_text(
        f"http://{shown}-ep.runai-llm-serving.svc.cluster.local"
    )
    expect(panel).to_contain_text("8000 of the leader")
    expect(panel).to_contain_text("a/b:1")


def test_events_tell_the_story_newest_first(signed_in, portal, shown):
    panel = opened(signed_in, portal, shown, "Event history")

    entries = panel.locator(".events li")

    expect(entries.first).to_be_visible()
    phases = panel.locator(".events b").all_text_contents()
    assert phases[0] == "Running"
    assert phases[-1] == "Creating"
    everything = entries.count()
    panel.get_by_role("link", name="Status changes").click()
    expect(entries).to_have_count(len(phases))
    assert everything > len(phases)


def test_logs_are_searched_timed_wrapped_and_downloaded(signed_in, portal, shown):
    page = signed_in
    panel = opened(page, portal, shown, "Logs")
    log = panel.locator(".log")
    expect(panel.get_by_label("Pod and container")).to_have_value(
        re.compile(r"^shown-0/leader$")
    )
    lines = log.locator(".line")
    expect(lines.first).to_be_visible()
    all_lines = lines.count()

    panel.get_by_text("Times", exact=True).click()
    expect(panel.get_by_label("Times")).not_to_be_checked()
    expect(lines.first.locator("span").first).to_be_hidden()
    panel.get_by_label("Search the log").fill("LISTENING")
    panel.get_by_role("button", name="Show").click()

    expect(lines.first).to_contain_text("listening")
    assert 0 < lines.count() < all_lines
    with page.expect_download() as found:
        panel.get_by_label("Download log").click()
    assert found.value.suggested_filename.startswith("shown_shown-0_leader_")
    assert len(found.value.path().read_text().splitlines()) >= all_lines
    panel.get_by_label("Search the log").fill("nothing holds this")
    panel.get_by_role("button", name="Show").click()
    expect(log).to_contain_text("No line holds")


def test_a_workers_log_opens_from_the_pods_tab(signed_in, portal, shown):
    panel = opened(signed_in, portal, shown, "Pods")
    expect(panel.locator("tbody tr")).to_have_count(3)

    panel.get_by_label("Logs of replica 0, Worker 2").click()

    expect(panel.get_by_label("Pod and container")).to_have_value("shown-0-2/worker")
    expect(panel.locator(".log .line").first).to_be_visible()


def test_the_yaml_is_copied_and_downloaded(signed_in, portal, shown):
    page = signed_in
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel = opened(page, portal, shown, "Spec & YAML")

    panel.get_by_label("Copy text").click()

    expect(page.locator("#announcement")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    kinds = {found["kind"] for found in yaml.safe_load_all(copied)}
    assert "LeaderWorkerSet" in kinds
    with page.expect_download() as found:
        panel.get_by_role("link", name="Download YAML").last.click()
    assert found.value.suggested_filename == "shown.yaml"
    downloaded = list(yaml.safe_load_all(found.value.path().read_text()))
    assert downloaded == list(yaml.safe_load_all(copied))


def test_the_pods_of_a_row_open_as_a_dialog_and_close_by_escape(
    signed_in, portal, shown
):
    page = signed_in
    table(page, portal, shown)
    count = row(page, shown).locator(".podcount")

    count.click()

    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("shown-0-1")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(count).to_be_focused()


def test_data_sources_open_from_their_column(signed_in, portal, shown):
    page = signed_in
    portal.submit("mounting", workers=0, scratch="/scratch")
    page.goto(f"{portal.url}/?search=mounting&columns=name,phase,datasource")
    source = row(page, "mounting").get_by_role("link", name="/scratch")

    source.click()

    dialog = page.get_by_role("dialog", name="Data sources of mounting")
    expect(dialog.get_by_role("row", name="/scratch")).to_contain_text("EmptyDir")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(source).to_be_focused()
