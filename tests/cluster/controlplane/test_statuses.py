"""The product on the real control plane: statuses of kubernetes.md §4, real objects.

The faults are the kubelet's, which is the simulator's; all that follows from them is
done by the real controllers. KAI is a stand-in.
"""

import time

import pytest

from projects.models import Cluster, Project
from tests.cluster.conftest import clear, eventually
from tests.cluster.test_sync import a_group, pod, reload
from tests.support.controlplane import find_node, lose_node
from tests.support.organization import an_organization
from workloads.cluster import Ref
from workloads.services import (
    delete_workload,
    recreate_workload,
    scale_workload,
    submit_workload,
)
from workloads.sync.clusters import cluster_for
from workloads.sync.follow import Follower
from workloads.sync.work import sweep

LWS = "leaderworkerset.x-k8s.io/v1"
PATIENCE = 60


@pytest.fixture
def org(transactional_db, control_plane):
    made = an_organization(control_plane.url, control_plane.token, control_plane.ca)
    Cluster.objects.update(fail_after_seconds=2)
    eventually(
        lambda: not sweep() and not Project.objects.exclude(due_at=None).exists()
    )
    return made


@pytest.fixture
def submit(org):
    """Submit under a name of its own, with a follower that keeps the row true."""
    running = Follower(Cluster.objects.get(), watch_seconds=5)
    running.start()

    def submitted(document, until="Running"):
        name = f"real{int(time.time() * 1000) % 10**7}x"
        workload = submit_workload(
            by=org.admin, project=org.project, name=name, document=document
        )
        eventually(lambda: reload(workload).phase == until, PATIENCE)
        return reload(workload)

    yield submitted
    running.stop()
    clear(cluster_for(Cluster.objects.get()))


def failing(kind, **more):
    note = {"annotations": [{"name": "simulator/fail", "value": kind}]}
    return a_group(worker=pod() | note, **more)


def phases(workload):
    """Every phase it went through, in their order."""
    return list(workload.phase_changes.values_list("phase", flat=True))[::-1]


def where(workload):
    """The uid and the node of each pod, by name."""
    return {
        each.name: (each.uid, each.manifest["spec"].get("nodeName"))
        for each in workload.pods.all()
    }


def moved(workload, lost):
    """Whether it runs whole, and nowhere on that node."""
    row = reload(workload)
    nodes = {node for _, node in where(workload).values()}
    whole = (row.phase, row.running_pods) == ("Running", row.requested_pods)
    return whole and lost not in nodes


def says(workload, words):
    eventually(lambda: words in reload(workload).message, PATIENCE)
    return reload(workload)


def test_it_is_created_starts_and_runs(submit):
    workload = submit(a_group(gpus=2))

    order = ["Creating", "Pending", "Initializing", "Running"]
    seen = phases(workload)
    assert seen == [phase for phase in order if phase in seen]
    assert (workload.running_pods, workload.allocated_gpus) == (2, 4)
    assert workload.address.startswith(f"http://{workload.name}-ep.")


def test_scaled_up_it_runs_on_and_says_how_far_it_is(org, submit):
    workload = submit(a_group(gpus=0))

    scale_workload(by=org.admin, workload=workload, replicas=4)

    eventually(lambda: reload(workload).running_pods == 8, PATIENCE)
    assert reload(workload).phase == "Running"
    assert not {"Degraded", "Failed"} & set(phases(workload))


def test_over_quota_it_is_pending_with_the_numbers(submit):
    workload = submit(a_group(gpus=8, workers=7), until="Pending")

    found = says(workload, "64 GPUs")
    assert found.phase_reason == "NonPreemptibleOverQuota"


def test_an_image_that_is_not_there_fails_and_is_named(submit):
    workload = submit(a_group(image="does-not-exist:1"), until="Failed")

    assert "does-not-exist:1" in workload.message


def test_a_worker_that_crashes_is_named_with_its_group_recreated(submit):
    workload = submit(failing("crash"), until="Failed")

    assert workload.message.startswith("Worker 1 of replica 0")


def test_workers_wait_for_a_leader_that_is_not_ready(submit):
    never = {"annotations": [{"name": "simulator/fail", "value": "never-ready"}]}
    document = a_group(startupPolicy="LeaderReady", leader=pod() | never)

    workload = submit(document, until="Initializing")

    says(workload, "Waiting for the leader of replica 0")
    assert reload(workload).pods.count() == 1


def test_the_pods_of_a_lost_node_start_elsewhere_with_their_whole_group(
    control_plane, submit
):
    workload = submit(a_group(gpus=1, replicas=2))
    before = where(workload)
    lost = before[f"{workload.name}-1-1"][1]
    old = {before[f"{workload.name}-1{rest}"][0] for rest in ("", "-1")}

    def started_elsewhere():
        now = where(workload)
        uids = {uid for uid, _ in now.values()}
        complete = now.keys() == before.keys()
        return complete and moved(workload, lost) and not uids & old

    lose_node(control_plane, lost)
    try:
        eventually(started_elsewhere, PATIENCE)
    finally:
        find_node(control_plane, lost)


def test_a_replica_that_is_no_longer_ready_makes_it_degraded(control_plane, submit):
    workload = submit(a_group(gpus=0, replicas=2))
    worker = f"{workload.name}-1-1"

    control_plane.fail(workload.namespace, worker, "never-ready")

    eventually(lambda: reload(workload).phase == "Degraded", PATIENCE)
    found = says(workload, "1 of 2 replicas ready")
    assert "Replica 1: worker 1 is not ready" in found.message
    control_plane.heal(workload.namespace, worker)
    eventually(lambda: reload(workload).phase == "Running", PATIENCE)


def test_what_somebody_removed_says_so_and_comes_back(org, submit):
    workload = submit(a_group())
    cluster = cluster_for(Cluster.objects.get())
    anchor = Ref("v1", "ConfigMap", f"{workload.name}-anchor", workload.namespace)
    uid = cluster.get(anchor)["metadata"]["uid"]

    cluster.delete(anchor, uid=uid, propagation="Foreground")

    says(workload, "outside the portal")
    assert reload(workload).phase == "Failed"
    recreate_workload(by=org.admin, workload=reload(workload))
    eventually(lambda: reload(workload).phase == "Running", PATIENCE)


def test_a_pod_that_the_namespace_does_not_allow_is_refused_at_its_field(
    org, control_plane, submit
):
    level = {"pod-security.kubernetes.io/enforce": "restricted"}
    place = f"/api/v1/namespaces/{org.project.namespace}"
    control_plane.call("PATCH", place, {"metadata": {"labels": level}})
    try:
        workload = submit(a_group(), until="Failed")
    finally:
        none = dict.fromkeys(level)
        control_plane.call("PATCH", place, {"metadata": {"labels": none}})

    places = {each["place"] for each in workload.objections}
    assert "leader.security.runAsNonRoot" in places
    assert "worker.security.allowPrivilegeEscalation" in places
    assert "enforces the security level restricted" in workload.message


def test_deleted_it_leaves_nothing_its_pods_volumes_included(org, submit):
    claim = {"size": "1G", "storageClass": "standard"}
    volume = {"name": "cache", "path": "/cache", "claimInfo": claim}
    storage = {"storage": {"pvc": [volume]}}
    workload = submit(a_group(worker=pod() | storage, replicas=2))
    cluster = cluster_for(Cluster.objects.get())

    delete_workload(by=org.admin, workload=workload)

    eventually(lambda: reload(workload).deleted_at, PATIENCE)
    selector = f"runai-portal/workload-id={workload.pk}"
    for api, kind in (
        ("v1", "Pod"),
        ("v1", "Service"),
        ("v1", "ConfigMap"),
        ("v1", "PersistentVolumeClaim"),
        ("apps/v1", "StatefulSet"),
        (LWS, "LeaderWorkerSet"),
    ):
        assert cluster.list(api, kind, selector=selector)[0] == [], kind
