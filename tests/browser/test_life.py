"""What a person sees of a workload's life: it starts, it fails, and why."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import details, row, table
from tests.support.chromium import sign_in
from tests.support.portal import Portal

STARTED = 15_000
COLLECT = """(name) => {
  window.seen = [];
  const look = () => {
    for (const tr of document.querySelectorAll("#workloads tbody tr")) {
      if (tr.querySelector("a.name").textContent !== name) continue;
      const phase = tr.querySelector(".c-status").firstChild.textContent;
      if (window.seen.at(-1) !== phase) window.seen.push(phase);
    }
  };
  new MutationObserver(look).observe(document.body, {
    subtree: true, childList: true, characterData: true});
  look();
}"""


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """A portal in which a person can see the phases."""
    running = Portal(tmp_path_factory.mktemp("slow") / "data", speed=1.5).start()
    yield running
    running.stop()


def test_a_submitted_row_runs_by_itself_and_shows_its_address(page, slow):
    sign_in(page, slow)

    slow.submit("by-itself", workers=2)
    page.reload()
    page.evaluate(COLLECT, "by-itself")

    found = row(page, "by-itself")
    expect(found).to_contain_text("Running", timeout=STARTED)
    expect(found.locator(".c-pods")).to_contain_text("3/3")
    seen = page.evaluate("window.seen")
    order = ["Creating", "Pending", "Initializing", "Running"]
    assert seen == [phase for phase in order if phase in seen]
    assert {"Creating", "Initializing", "Running"} <= set(seen)
    found.get_by_role("link", name="by-itself-ep").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("by-itself-ep.runai-llm-serving.svc.cluster.local")


def test_killed_while_a_workload_starts_it_ends_running_after_the_next_start(
    page, tmp_path
):
    portal = Portal(tmp_path / "data", speed=3).start()
    sign_in(page, portal)
    portal.submit("survivor", workers=3)
    page.reload()
    expect(row(page, "survivor")).to_contain_text("Initializing")

    portal.process.kill()
    assert portal.ended(within=3)
    portal.port = int(portal.url.rpartition(":")[2])
    portal.start()

    expect(row(page, "survivor")).to_contain_text("Running", timeout=STARTED)
    expect(page.get_by_text("could not be loaded")).to_be_hidden()
    portal.stop()


def fails_soon(portal):
    """Set the time after which what cannot start counts as failed."""
    console = portal.console()
    page = console.get("/admin/projects/cluster/")
    console.get(re.search(r"/admin/projects/cluster/[-\w]+/change/", page)[0])
    console.post("cluster_form", fail_after_seconds="1")


def test_an_image_that_does_not_exist_fails_and_says_which(signed_in, portal):
    page = signed_in
    fails_soon(portal)
    portal.submit("no-image", image="team/does-not-exist:9")
    table(page, portal, "no-image")

    found = row(page, "no-image")

    expect(found).to_contain_text("Failed")
    expect(found).to_contain_text("cannot pull image team/does-not-exist:9")
    panel = details(page, "no-image")
    expect(panel).to_contain_text("Check the image's name and tag.")
    panel.get_by_role("button", name="EDIT AND RETRY").click()
    page.wait_for_url("**/basics/")
    expect(page.get_by_label("Name")).to_have_value("no-image-copy")


def test_a_workload_over_quota_is_pending_and_says_the_numbers(signed_in, portal):
    page = signed_in
    portal.submit("over-quota", gpus=8, workers=3)
    table(page, portal, "over-quota")

    found = row(page, "over-quota")

    expect(found).to_contain_text("Pending")
    expect(found).to_contain_text("Needs 32 GPUs; project llm-serving has a quota of")
    expect(details(page, "over-quota")).to_contain_text("Lower the demand")


def test_a_worker_that_crashes_is_named_with_its_last_words(signed_in, portal):
    page = signed_in
    portal.submit("crashing", fail="crash")
    table(page, portal, "crashing")

    found = row(page, "crashing")

    expect(found).to_contain_text("Failed", timeout=STARTED)
    expect(found).to_contain_text("Worker 1 of replica 0")
    panel = details(page, "crashing")
    expect(panel).to_contain_text("Look at the logs of the pod.")
    panel.get_by_role("link", name="Logs", exact=True).click()
    assert any(
        "exited with code 1" in log_of(page, number) for number in instances(page)
    )
    expect(panel).to_contain_text("exit code 1")


def test_what_fails_later_and_heals_is_seen_in_the_open_table(signed_in, portal):
    page = signed_in
    portal.submit("healing", workers=2)
    table(page, portal, "healing")
    expect(row(page, "healing")).to_contain_text("Running")

    portal.cluster.fail("runai-llm-serving", "healing", "worker:never-ready")

    expect(row(page, "healing")).not_to_contain_text("Running", timeout=STARTED)
    portal.cluster.heal("runai-llm-serving", "healing")
    expect(row(page, "healing")).to_contain_text("Running", timeout=STARTED)


def instances(page):
    """The ended instances that can be chosen, by their place in the list."""
    chosen = page.get_by_label("Container's logs from")
    return range(1, min(chosen.locator("option").count(), 8))


def log_of(page, number):
    """The log of an instance. In a hurried cluster one may end without last words."""
    page.get_by_label("Container's logs from").select_option(index=number)
    page.get_by_role("button", name="Show").click()
    page.wait_for_load_state()
    page.wait_for_timeout(500)
    return page.locator(".log").inner_text()
