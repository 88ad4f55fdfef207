"""The cluster has a bad day; rows and cluster agree again by themselves."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from tests.cluster.conftest import eventually
from tests.cluster.test_sync import LWS, a_group, lws, reload
from workloads.cluster import KubernetesCluster
from workloads.models import Workload
from workloads.services import scale_workload, submit_workload
from workloads.sync.sweep import say_stale
from workloads.sync.work import sweep, work_on_workload


@pytest.fixture(autouse=True)
def healed(simulator):
    yield
    simulator.clear_faults()


@pytest.fixture
def cluster(simulator):
    return KubernetesCluster(simulator.url, simulator.token)


def test_a_failing_server_is_asked_again_with_growing_pauses(org, simulator):
    simulator.fault(plural="configmaps", verb="patch", code=503)
    workload = submit_workload(
        by=org.admin, project=org.project, name="patient", document=a_group()
    )

    pauses = []
    for _ in range(4):
        Workload.objects.filter(pk=workload.pk).update(
            due_at=now() - timedelta(seconds=1)
        )
        assert work_on_workload(workload.pk)
        row = reload(workload)
        pauses.append((row.due_at - now()).total_seconds())

    assert row.attempts == 4
    assert row.phase == "Creating"
    assert "503" in row.message or "simulator" in row.message
    assert pauses == sorted(pauses)
    assert pauses[-1] > 2


def test_a_refusal_is_not_tried_again(org, simulator):
    text = 'pods "x" is forbidden: exceeded quota: objects'
    simulator.fault(plural="configmaps", verb="patch", code=403, message=text)
    workload = submit_workload(
        by=org.admin, project=org.project, name="refused", document=a_group()
    )

    work_on_workload(workload.pk)

    row = reload(workload)
    assert row.due_at is None
    assert row.phase == "Failed"
    assert "exceeded quota" in row.message
    assert not work_on_workload(workload.pk)


def test_an_answer_that_is_lost_makes_no_second_object(
    org, submitted, simulator, cluster
):
    simulator.fault(plural="leaderworkersets", verb="patch", drop=True, times=2)

    workload = submitted(a_group())

    assert lws(cluster, workload)["metadata"]["generation"] == 1
    found, _ = cluster.list(
        LWS, "LeaderWorkerSet", selector=f"runai-portal/workload-id={workload.pk}"
    )
    assert len(found) == 1


@pytest.mark.parametrize("fault", ["cut-watches", "expire"])
def test_a_watch_that_breaks_is_made_good_by_a_list(org, submitted, simulator, fault):
    workload = submitted(a_group())
    simulator.fault(do=fault)
    simulator.fault(do="cut-watches")

    scale_workload(by=org.admin, workload=workload, replicas=2)

    eventually(lambda: reload(workload).running_pods == 4)


def test_a_change_during_the_work_is_worked_on_again(org, simulator, cluster):
    workload = submit_workload(
        by=org.admin, project=org.project, name="raced", document=a_group()
    )
    work_on_workload(workload.pk)
    scale_workload(by=org.admin, workload=reload(workload), replicas=2)
    stale = reload(workload)

    Workload.objects.filter(pk=workload.pk).update(lease_until=now())
    scale_workload(by=org.admin, workload=stale, replicas=5)
    eventually(lambda: sweep() or reload(workload).applied_generation == 3)

    assert lws(cluster, workload)["spec"]["replicas"] == 5


def test_a_silent_cluster_is_said_to_be_silent(org, submitted, follower):
    workload = submitted(a_group())
    follower.stop()
    org.cluster.heard_at = now() - timedelta(minutes=2)
    org.cluster.save(update_fields=["heard_at"])

    say_stale(org.cluster)

    row = reload(workload)
    assert row.phase == "Unknown"
    assert row.known_phase == "Running"
    assert "not reporting" in row.message
