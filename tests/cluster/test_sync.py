"""Rows and cluster made to agree, over HTTP."""

import pytest

from projects.models import Project, ProjectQuota
from tests.cluster.conftest import eventually, phase
from workloads.cluster import KubernetesCluster, NotFound, Ref
from workloads.cluster.kinds import KINDS
from workloads.models import Termination, Workload
from workloads.services import (
    delete_workload,
    recreate_workload,
    retry_workload,
    scale_workload,
    submit_workload,
)
from workloads.sync.carry import ours
from workloads.sync.poll import poll
from workloads.sync.work import work_on_workload

LWS = "leaderworkerset.x-k8s.io/v1"


def pod(image="a/b:1", gpus=1):
    return {"image": image, "compute": {"gpuDevicesRequest": gpus}}


def a_group(gpus=1, workers=1, image="a/b:1", **more):
    worker = {"worker": pod(image, gpus)} if workers else {}
    group = {
        "workers": workers,
        "leader": pod(image, gpus),
        "servingPort": {"port": 8000},
    }
    return group | worker | more


@pytest.fixture
def cluster(simulator):
    return KubernetesCluster(simulator.url, simulator.token)


def lws(cluster, workload):
    return cluster.get(Ref(LWS, "LeaderWorkerSet", workload.name, workload.namespace))


def reload(workload):
    return Workload.objects.get(pk=workload.pk)


def test_a_saved_project_has_its_namespace_and_a_queue_in_every_pool(org, cluster):
    project = Project.objects.get(pk=org.project.pk)

    namespace = cluster.get(Ref("v1", "Namespace", "runai-llm-serving"))
    queues, _ = cluster.list("scheduling.run.ai/v2", "Queue")

    assert project.applied_generation == project.generation
    labels = namespace["metadata"]["labels"]
    assert labels["runai-portal/project"] == str(project.pk)
    found = {queue["metadata"]["name"]: queue["spec"] for queue in queues}
    assert {"llm-serving", "llm-serving-h100", "llm-serving-a100"} <= found.keys()
    assert found["llm-serving-h100"]["parentQueue"] == "research-h100"
    assert found["llm-serving-h100"]["resources"]["gpu"]["quota"] == 16


def test_an_added_cluster_has_the_seven_priority_classes(org, cluster):
    classes, _ = cluster.list("scheduling.k8s.io/v1", "PriorityClass")

    found = {item["metadata"]["name"]: item["value"] for item in classes}
    assert found["very-high"] == 150
    assert found["very-low"] == 25


def test_a_submitted_workload_turns_running_by_itself(submitted, cluster):
    workload = submitted(a_group(gpus=2))

    assert (workload.running_pods, workload.requested_pods) == (2, 2)
    assert workload.allocated_gpus == 4
    assert workload.pools == "h100"
    address = f"http://{workload.name}-ep.runai-llm-serving.svc.cluster.local"
    assert workload.address == address
    changes = list(workload.phase_changes.values_list("phase", flat=True))[::-1]
    assert changes[0] == "Creating"
    assert changes[-1] == "Running"
    found = lws(cluster, workload)
    assert found["metadata"]["ownerReferences"][0]["name"] == f"{workload.name}-anchor"


def test_scaling_changes_the_set_and_its_pods(org, submitted, cluster):
    workload = submitted(a_group())

    scale_workload(by=org.admin, workload=workload, replicas=3)
    eventually(lambda: reload(workload).running_pods == 6)
    assert lws(cluster, workload)["spec"]["replicas"] == 3
    assert phase(workload) == "Running"

    scale_workload(by=org.admin, workload=reload(workload), replicas=1)
    eventually(lambda: reload(workload).running_pods == 2)
    eventually(lambda: phase(workload) == "Running")


def test_a_deleted_workload_leaves_nothing_behind(org, submitted, cluster):
    workload = submitted(a_group())

    delete_workload(by=org.admin, workload=workload)

    eventually(lambda: reload(workload).deleted_at)
    selector = f"runai-portal/workload-id={workload.pk}"
    for api, kind in KINDS:
        if kind in ("Namespace", "Node", "CustomResourceDefinition", "Event"):
            continue
        items, _ = cluster.list(api, kind, selector=selector)
        assert items == [], kind


def test_a_taken_name_is_never_overwritten(org, submitted, cluster):
    foreign = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "stranger-ep", "namespace": "runai-llm-serving"},
        "spec": {"ports": [{"port": 1}], "selector": {"app": "theirs"}},
    }
    before = cluster.create(foreign)

    workload = submitted(a_group(), name="stranger", until="Failed")

    assert "outside the portal" in workload.message
    ref = Ref("v1", "Service", "stranger-ep", "runai-llm-serving")
    assert cluster.get(ref)["spec"]["selector"] == {"app": "theirs"}
    with pytest.raises(NotFound):
        lws(cluster, workload)
    cluster.delete(ref, uid=before["metadata"]["uid"])


def test_what_failed_is_retried_once_the_reason_is_gone(org, submitted, cluster):
    foreign = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "again-ep", "namespace": "runai-llm-serving"},
        "spec": {"ports": [{"port": 1}]},
    }
    made = cluster.create(foreign)
    workload = submitted(a_group(), name="again", until="Failed")
    ref = Ref("v1", "Service", "again-ep", "runai-llm-serving")
    cluster.delete(ref, uid=made["metadata"]["uid"])

    retry_workload(by=org.admin, workload=workload)

    eventually(lambda: phase(workload) == "Running")


def test_what_somebody_removed_says_so_and_can_be_recreated(org, submitted, cluster):
    workload = submitted(a_group())
    anchor = Ref("v1", "ConfigMap", f"{workload.name}-anchor", workload.namespace)
    uid = cluster.get(anchor)["metadata"]["uid"]

    cluster.delete(anchor, uid=uid, propagation="Foreground")

    eventually(lambda: "outside the portal" in reload(workload).message)
    assert phase(workload) == "Failed"
    eventually(lambda: not _there(cluster, anchor))
    recreate_workload(by=org.admin, workload=reload(workload))
    eventually(lambda: phase(workload) == "Running")


def _there(cluster, ref):
    try:
        return cluster.get(ref)
    except NotFound:
        return None


def test_over_quota_is_pending_and_says_the_numbers(submitted):
    workload = submitted(a_group(gpus=8, workers=7), until="Pending")

    eventually(lambda: "64 GPUs" in reload(workload).message)
    found = reload(workload)
    assert found.phase_reason == "NonPreemptibleOverQuota"
    assert found.hint


def test_an_image_that_is_not_there_fails_and_says_which(org, submitted):
    org.cluster.fail_after_seconds = 1
    org.cluster.save(update_fields=["fail_after_seconds"])

    workload = submitted(a_group(image="does-not-exist:1"), until="Failed")

    assert "does-not-exist:1" in workload.message
    assert workload.hint


def test_a_worker_that_crashed_is_told_with_its_last_words(submitted, simulator):
    workload = submitted(a_group())

    simulator.fail(workload.namespace, f"{workload.name}-0-1", "crash")

    ended = eventually(lambda: Termination.objects.filter(workload=workload).first())
    assert ended.pod == f"{workload.name}-0-1"
    assert ended.exit_code
    eventually(lambda: Termination.objects.get(pk=ended.pk).log)
    eventually(lambda: phase(workload) == "Running")


def test_a_worker_that_crashes_again_and_again_fails_and_says_which(submitted):
    crashing = {"annotations": [{"name": "simulator/fail", "value": "crash"}]}
    document = a_group(worker=pod() | crashing)

    workload = submitted(document, until="Failed")

    assert workload.message.startswith("Worker 1 of replica 0")
    assert workload.hint


def test_a_pool_without_room_is_left_for_the_next(org, submitted):
    """The project has 16 GPUs in a100; h100 is taken by another workload."""
    first = submitted(a_group(gpus=8, nodePools=["h100"]))

    second = submitted(a_group(gpus=8, nodePools=["h100", "a100"]))

    assert first.pools == "h100"
    assert second.pools == "a100"


def test_quota_in_use_is_read_from_the_queues(org, submitted):
    submitted(a_group(gpus=2, nodePools=["a100"]))

    quota = ProjectQuota.objects.filter(project=org.project, pool__name="a100")
    eventually(lambda: quota.get().gpus_allocated == 4)
    assert quota.get().gpus_held == 4


def test_the_poll_alone_brings_rows_up_to_date(org, cluster):
    workload = submit_workload(
        by=org.admin, project=org.project, name="polled", document=a_group()
    )
    work_on_workload(workload.pk)

    def polled():
        poll(org.cluster)
        return phase(workload) == "Running"

    eventually(polled)


def test_ours_is_what_we_made_or_were_making(org, submitted, cluster):
    workload = submitted(a_group())
    live = lws(cluster, workload)

    assert ours(workload, live)
    stranger = live | {"metadata": live["metadata"] | {"uid": "other"}}
    assert not ours(workload, stranger)
    workload.applied.all().delete()
    assert ours(workload, live)
