"""What a person sees of a workload's life: it starts, it fails, and why."""

import re
from contextlib import contextmanager
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import details, row, table
from tests.support.chromium import sign_in
from tests.support.portal import NAMESPACE, Portal
from tests.support.simulator import until
from workloads.tables.texts import exact

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


def test_a_worker_that_crashes_is_named_with_its_last_words(page, slow):
    sign_in(page, slow)
    fails_soon(slow)
    slow.submit("crashing", fail="crash")
    table(page, slow, "crashing")

    found = row(page, "crashing")

    expect(found).to_contain_text("Failed", timeout=2 * STARTED)
    expect(found).to_contain_text("Worker 1 of replica 0")
    panel = details(page, "crashing")
    expect(panel).to_contain_text("Look at the logs of the pod.")
    with last_instance(slow, "crashing-0-1") as ended:
        panel.get_by_role("link", name="Logs", exact=True).click()
        chosen = page.get_by_label("Container's logs from")
        newest = chosen.locator("option").nth(1)
        reloaded_until(page, newest, f"crashing-0-1, worker: Error, {ended}")
        chosen.select_option(index=1)
        page.get_by_role("button", name="Show").click()
        expect(page.locator(".log")).to_contain_text("exited with code 1")
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


@contextmanager
def last_instance(portal, name):
    """Keep a crashing pod from leaving, so that the loop stands still.

    Yields when its last instance ended.
    """
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/{name}"
    call = portal.cluster.call
    held = {"metadata": {"finalizers": ["tests/held"]}}
    pod = until(lambda: attempted(lambda: call("PATCH", path, held)))
    yield moment(until(lambda: end_of(call("GET", path), pod)))
    call("PATCH", path, {"metadata": {"finalizers": None}})


def attempted(call):
    """What the call returns, or nothing: the pod may just be gone, or going."""
    try:
        return call()
    except RuntimeError:
        return None


def end_of(found, pod):
    """When the last instance of a pod ended that is to leave and cannot."""
    assert found["metadata"]["uid"] == pod["metadata"]["uid"]
    if "deletionTimestamp" not in found["metadata"]:
        return None
    status = found["status"]["containerStatuses"][0]
    ends = (status.get(state, {}).get("terminated") for state in ("state", "lastState"))
    return next((end["finishedAt"] for end in ends if end), None)


def moment(written):
    """A time as the page writes it."""
    return exact(datetime.fromisoformat(written))


def reloaded_until(page, found, text):
    """Wait for what a page shows once it is loaded again."""
    for _ in range(20):
        if text in found.inner_text():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(found).to_contain_text(text)
