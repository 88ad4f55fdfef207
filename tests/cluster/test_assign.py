"""Ordered node pools: what waits in a full one is moved on, round and round."""

from datetime import timedelta

import pytest

from projects.models import ProjectQuota
from tests.cluster.conftest import eventually
from tests.cluster.test_sync import a_group
from workloads.cluster import KubernetesCluster
from workloads.cluster.kinds import PODGROUP
from workloads.models import Workload
from workloads.services import submit_workload
from workloads.sync import assign
from workloads.sync.observe import SELECTOR
from workloads.sync.sweep import Sweeper
from workloads.sync.work import work_on_workload


@pytest.fixture
def cluster(simulator):
    return KubernetesCluster(simulator.url, simulator.token)


def group_of(cluster, workload):
    selector = f"runai-portal/workload-id={workload.pk}"
    groups, _ = cluster.list(PODGROUP, "PodGroup", selector=selector)
    return groups[0]


def moves(cluster, workload):
    notes = group_of(cluster, workload)["metadata"].get("annotations") or {}
    return int(notes.get(assign.ROUND, "0"))


def too_much(**more):
    """More than the project's quota in any pool, and not preemptible."""
    return a_group(gpus=8, workers=2, nodePools=["h100", "a100"], **more)


def test_after_a_full_round_it_rests_and_then_goes_on_though_nothing_tells(
    org, submitted, cluster, monkeypatch
):
    workload = submitted(too_much(), until="Pending")
    eventually(lambda: moves(cluster, workload) == 2)
    sweeper = Sweeper(org.cluster, cluster)

    sweeper.assign()
    assert moves(cluster, workload) == 2
    monkeypatch.setattr(assign, "PAUSE", timedelta())

    eventually(lambda: sweeper.assign() or moves(cluster, workload) > 2)


def test_a_pool_that_the_project_lost_is_passed_over(
    org, submitted, cluster, monkeypatch
):
    monkeypatch.setattr(assign, "PAUSE", timedelta())
    document = a_group(gpus=8, workers=2, nodePools=["h100", "a100", "default"])
    workload = submitted(document, until="Pending")
    eventually(lambda: moves(cluster, workload) >= 1)

    ProjectQuota.objects.filter(project=org.project, pool__name="a100").delete()

    sweeper, seen = Sweeper(org.cluster, cluster), {}
    begun = moves(cluster, workload)

    def went_round():
        sweeper.assign()
        labels = group_of(cluster, workload)["metadata"]["labels"]
        seen[moves(cluster, workload)] = labels.get(assign.POOL, "default")
        return max(seen) > begun + 4

    eventually(went_round)
    later = {pool for number, pool in seen.items() if number > begun + 1}
    assert later == {"h100", "default"}


def test_a_pool_without_a_queue_is_a_refusal_that_names_it(org, cluster):
    document = a_group(nodePools=["h100"])
    workload = submit_workload(
        by=org.admin, project=org.project, name="queueless", document=document
    )
    ProjectQuota.objects.filter(project=org.project, pool__name="h100").delete()

    work_on_workload(workload.pk)

    workload.refresh_from_db()
    assert (workload.phase, workload.due_at) == ("Failed", None)
    assert "no queue in node pool h100" in workload.message


def test_only_what_is_prepared_and_stuck_or_new_asks_the_database(
    org, submitted, cluster, django_assert_num_queries
):
    workload = submitted(a_group(nodePools=["h100", "a100"]))
    eventually(
        lambda: group_of(cluster, workload)["spec"].get("schedulingBackoff") == 1
    )
    groups, _ = cluster.list(PODGROUP, "PodGroup", selector=SELECTOR)
    mine = [
        g for g in groups if g["metadata"]["name"].startswith(f"pg-{workload.name}")
    ]

    with django_assert_num_queries(0):
        assign.assign(cluster, mine * 1000)

    assert Workload.objects.get(pk=workload.pk).phase == "Running"
