"""A workload's life under the real LeaderWorkerSet controller."""

from contextlib import suppress

import pytest

from tests.support.simulator import until
from tests.unit.manifests.support import an_identity
from workloads.cluster import NotFound, Ref
from workloads.manifests import Target, manifests
from workloads.spec.workload import WorkloadSpec

OURS = "app.kubernetes.io/managed-by=runai-portal"
LEFT = (
    ("v1", "Pod"),
    ("v1", "ConfigMap"),
    ("v1", "Service"),
    ("v1", "PersistentVolumeClaim"),
    ("apps/v1", "StatefulSet"),
    ("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet"),
    ("scheduling.run.ai/v2alpha2", "PodGroup"),
)
POD = {"image": "a/b:1", "compute": {"gpuDevicesRequest": 1, "cpuCoreRequest": 1}}
SPEC = {
    "replicas": 2,
    "workers": 1,
    "leader": POD
    | {
        "storage": {
            "pvc": [
                {
                    "name": "models",
                    "path": "/models",
                    "claimInfo": {
                        "size": "10G",
                        "storageClass": "standard",
                        "accessModes": {"readWriteMany": True, "readWriteOnce": False},
                    },
                }
            ]
        }
    },
    "worker": POD,
    "servingPort": {"port": 8000},
}


@pytest.fixture
def workload(portal, namespace, queue):
    """A golden workload of two groups of two, applied as the portal does it."""
    target = Target(namespace=namespace, queues={"default": namespace})
    spec = WorkloadSpec.model_validate(SPEC)
    objects = manifests(spec, an_identity("chat"), target)
    anchor = portal.apply(objects[0])
    owner = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": anchor["metadata"]["name"],
        "uid": anchor["metadata"]["uid"],
        "blockOwnerDeletion": True,
    }
    for each in objects[1:]:
        meta = each["metadata"] | {"ownerReferences": [owner]}
        portal.apply(each | {"metadata": meta})
    yield Ref("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", "chat", namespace)
    with suppress(NotFound):
        portal.delete(Ref.of(anchor), uid=anchor["metadata"]["uid"])


def condition(portal, ref, name):
    status = portal.get(ref).get("status") or {}
    return next((c for c in status.get("conditions", ()) if c["type"] == name), {})


def available(portal, ref):
    return condition(portal, ref, "Available").get("status") == "True"


def in_namespace(portal, api, kind, namespace, **how):
    return portal.list(api, kind, namespace=namespace, **how)[0]


def test_it_becomes_available(portal, workload):
    until(lambda: available(portal, workload))

    status = portal.get(workload)["status"]
    pods = in_namespace(portal, "v1", "Pod", workload.namespace)
    assert (status["replicas"], status["readyReplicas"]) == (2, 2)
    assert sorted(pod["metadata"]["name"] for pod in pods) == [
        "chat-0",
        "chat-0-1",
        "chat-1",
        "chat-1-1",
    ]
    assert {pod["status"]["phase"] for pod in pods} == {"Running"}
    assert {c["ready"] for p in pods for c in p["status"]["containerStatuses"]} == {
        True
    }


def test_its_groups_are_gangs_of_the_queue(portal, workload):
    until(lambda: available(portal, workload))

    groups = in_namespace(
        portal, "scheduling.run.ai/v2alpha2", "PodGroup", workload.namespace
    )
    assert [group["spec"]["minMember"] for group in groups] == [2, 2]
    assert {group["spec"]["queue"] for group in groups} == {workload.namespace}


def test_its_containers_know_their_leader(portal, workload):
    until(lambda: available(portal, workload))

    worker = portal.get(Ref("v1", "Pod", "chat-1-1", workload.namespace))
    env = {e["name"]: e.get("value") for e in worker["spec"]["containers"][0]["env"]}
    assert env["LWS_LEADER_ADDRESS"] == f"chat-1.chat.{workload.namespace}"
    assert (env["LWS_GROUP_SIZE"], env["LWS_WORKER_INDEX"]) == ("2", "1")


def test_its_claim_is_bound_to_a_volume_that_goes_with_it(portal, real, workload):
    until(lambda: available(portal, workload))
    where = workload.namespace

    (claim,) = in_namespace(portal, "v1", "PersistentVolumeClaim", where)
    path = f"/api/v1/persistentvolumes/{claim['spec']['volumeName']}"
    volume = real("GET", path).body
    assert (claim["status"]["phase"], volume["status"]["phase"]) == ("Bound", "Bound")
    assert volume["spec"]["claimRef"]["uid"] == claim["metadata"]["uid"]

    anchor = portal.get(Ref("v1", "ConfigMap", "chat-anchor", where))
    portal.delete(Ref.of(anchor), uid=anchor["metadata"]["uid"])
    until(lambda: real("GET", path).code == 404)


def test_its_log_is_read_through_the_api_server(portal, workload):
    until(lambda: available(portal, workload))

    log = portal.logs("chat-0", workload.namespace, "leader", tail=3)
    assert len(log) == 3
    assert log[-1] == "INFO server: listening on 0.0.0.0:8000"


def test_events_tell_what_the_controllers_did(portal, workload):
    until(lambda: available(portal, workload))

    told = until(
        lambda: (
            reasons(portal, workload.namespace)
            >= {"Scheduled", "Pulled", "Started", "AllGroupsReady", "SuccessfulCreate"}
        )
    )
    assert told


def reasons(portal, namespace):
    events = in_namespace(portal, "v1", "Event", namespace)
    return {event["reason"] for event in events}


def test_a_deleted_anchor_leaves_nothing(portal, workload):
    until(lambda: available(portal, workload))
    ref = Ref("v1", "ConfigMap", "chat-anchor", workload.namespace)

    uid = portal.get(ref)["metadata"]["uid"]
    portal.delete(ref, uid=uid, propagation="Foreground")

    until(lambda: gone(portal, ref), 30)
    until(lambda: not left(portal, workload.namespace))


def gone(portal, ref):
    try:
        portal.get(ref)
    except NotFound:
        return True
    return False


def left(portal, namespace):
    found = [
        (kind, item["metadata"]["name"])
        for api, kind in LEFT
        for item in in_namespace(portal, api, kind, namespace)
    ]
    return [each for each in found if each != ("ConfigMap", "kube-root-ca.crt")]
