"""The main job on the real API server, controllers and LeaderWorkerSet.

Kubelets and KAI are the simulator's two programs.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import details, row, table
from tests.browser.test_actions import act
from tests.browser.test_wizard import through_all
from tests.support.chromium import sign_in
from tests.support.controlplane import why_not
from tests.support.portal import Portal
from workloads.cluster import KubernetesCluster

PATIENCE = 30_000
KINDS = (
    ("v1", "ConfigMap"),
    ("v1", "Pod"),
    ("v1", "Service"),
    ("v1", "PersistentVolumeClaim"),
    ("apps/v1", "StatefulSet"),
    ("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet"),
)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """A portal on the real control plane, its pods ten times as fast as usual."""
    why_not()
    folder = tmp_path_factory.mktemp("real") / "data"
    more = ("--control-plane", "real")
    running = Portal(folder, speed=10, more=more).start()
    yield running
    running.stop()


@pytest.fixture
def cluster(real):
    """The portal's client, as the administrator."""
    folder = real.folder / "control-plane"
    url, token, ca = ((folder / n).read_text() for n in ("url", "token", "ca.crt"))
    return KubernetesCluster(url.strip(), token.strip(), ca_data=ca)


def left(cluster, workload):
    """What the cluster still has of a workload, over all kinds."""
    selector = f"runai-portal/workload-id={workload}"
    return [
        f"{kind} {each['metadata']['name']}"
        for api, kind in KINDS
        for each in cluster.list(api, kind, selector=selector)[0]
    ]


def test_the_main_job_on_the_real_control_plane(page, real, cluster):
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    sign_in(page, real)

    through_all(page, "for-real")
    expect(page.get_by_text("The cluster has nothing against it.")).to_be_visible()
    page.get_by_role("button", name="CREATE INFERENCE").click()
    page.wait_for_url(re.compile(r"/\?created="))
    workload = page.url.partition("created=")[2].partition("&")[0]

    expect(row(page, "for-real")).to_contain_text("Running")
    expect(row(page, "for-real")).to_contain_text("2/2")
    expect(
        row(page, "for-real").get_by_role("link", name="for-real-ep")
    ).to_be_visible()
    assert any(each.startswith("LeaderWorkerSet") for each in left(cluster, workload))
    panel = details(page, "for-real")
    panel.get_by_role("link", name="Event history").click()
    expect(panel.locator(".events")).to_contain_text("GroupsProgressing")
    panel.get_by_role("link", name="Logs", exact=True).click()
    expect(panel.locator(".log")).not_to_be_empty()

    table(page, real, "for-real")
    dialog = act(page, "for-real", "Scale…")
    dialog.get_by_label("Replicas").fill("3")
    dialog.get_by_role("button", name="Scale").click()
    expect(row(page, "for-real")).to_contain_text("6/6")
    dialog = act(page, "for-real", "Scale…")
    dialog.get_by_label("Replicas").fill("1")
    dialog.get_by_role("button", name="Scale").click()
    expect(row(page, "for-real")).to_contain_text("2/2")
    expect(row(page, "for-real")).to_contain_text("Running")

    dialog = act(page, "for-real", "Delete…")
    dialog.get_by_role("button", name="DELETE").click()
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    assert left(cluster, workload) == []


def test_a_folder_stays_with_the_kind_of_cluster_that_it_was_begun_on(tmp_path):
    begun = Portal(tmp_path / "data").start()
    begun.stop()

    other = Portal(tmp_path / "data", more=("--control-plane", "real"))
    other.start(lines=1)

    assert other.ended(within=5)
    assert "was begun on the simulated control plane" in other.log()
