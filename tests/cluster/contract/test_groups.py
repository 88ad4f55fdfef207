"""Groups of a LeaderWorkerSet: order, scale, rollout, restart, a lost node."""

import pytest

from tests.cluster.controlplane.shapes import LWS
from tests.support.controlplane import find_node, lose_node
from tests.support.simulator import MERGE, until
from workloads.cluster import Ref

PROBED = {"readinessProbe": {"tcpSocket": {"port": 80}}}
SETS = "leaderworkerset.sigs.k8s.io"


@pytest.fixture
def group(queue):
    """A set that is up."""

    def make(name="one", **changes):
        queue.apply(name, **changes)
        until(lambda: queue.available(name))
        return queue

    return make


def path_of(place, name="one"):
    return f"/apis/{LWS}/namespaces/{place.name}/leaderworkersets/{name}"


def status(place, name="one"):
    found = place.cluster.get(Ref(LWS, "LeaderWorkerSet", name, place.name))
    return found.get("status") or {}


def counts(place, name="one"):
    told = status(place, name)
    return tuple(
        told.get(word, 0) for word in ("replicas", "readyReplicas", "updatedReplicas")
    )


def uids(pods):
    return {name: pod["metadata"]["uid"] for name, pod in pods.items()}


def images(place):
    return {
        name: pod["spec"]["containers"][0]["image"]
        for name, pod in place.pods().items()
    }


def changed(place, before):
    return {name for name, uid in place.uids().items() if before[name] != uid}


def rebuilt(place, before, *names):
    after = place.uids()
    return all(after.get(name) not in (None, before[name]) for name in names)


def test_a_set_comes_up_as_groups_of_leaders_and_workers(group):
    place = group(replicas=2, size=2)

    assert counts(place) == (2, 2, 2)
    labels = {
        name: tuple(
            pod["metadata"]["labels"][f"{SETS}/{word}"]
            for word in ("name", "group-index", "worker-index")
        )
        for name, pod in place.pods().items()
    }
    assert labels == {
        "one-0": ("one", "0", "0"),
        "one-0-1": ("one", "0", "1"),
        "one-1": ("one", "1", "0"),
        "one-1-1": ("one", "1", "1"),
    }
    told = {c["type"]: c["status"] for c in status(place)["conditions"]}
    assert (told["Available"], told["Progressing"]) == ("True", "False")
    available = next(c for c in status(place)["conditions"] if c["type"] == "Available")
    assert available["reason"] == "AllGroupsReady"
    assert available["message"] == "All replicas are ready"


def test_every_container_knows_its_group(group):
    place = group(container={"env": [{"name": "LWS_GROUP_SIZE", "value": "9"}]})

    worker = place.pods()["one-0-1"]["spec"]["containers"][0]
    env = [(each["name"], each.get("value")) for each in worker["env"]]
    assert env == [
        ("LWS_LEADER_ADDRESS", f"one-0.one.{place.name}"),
        ("LWS_GROUP_SIZE", "2"),
        ("LWS_WORKER_INDEX", "1"),
    ]


def test_no_replicas_are_available_without_any_count(queue):
    queue.apply("one", replicas=0)

    until(lambda: queue.available("one"))

    assert not {"replicas", "readyReplicas", "updatedReplicas"} & set(status(queue))


def test_workers_wait_for_their_leader(server, queue):
    queue.apply("ordered", startupPolicy="LeaderReady", container=PROBED)
    until(lambda: queue.pod("ordered-0"))
    server.fail(queue.name, "ordered-0", "never-ready")
    until(lambda: running(queue, "ordered-0"))
    before = sorted(queue.pods())

    server.heal(queue.name, "ordered-0")
    until(lambda: queue.available("ordered"))

    assert before == ["ordered-0"]
    assert sorted(queue.pods()) == ["ordered-0", "ordered-0-1"]


def running(place, name):
    return ((place.pod(name) or {}).get("status") or {}).get("phase") == "Running"


def test_the_scale_is_read_and_written(http, group):
    place = group(replicas=1, size=1)

    before = http("GET", f"{path_of(place)}/scale").body
    query = "?fieldManager=scaler"
    http(
        "PATCH",
        f"{path_of(place)}/scale{query}",
        {"spec": {"replicas": 2}},
        MERGE,
    )
    until(lambda: counts(place) == (2, 2, 2))

    assert before["spec"] == {"replicas": 1}
    assert before["status"]["replicas"] == 1
    assert f"{SETS}/name=one" in before["status"]["selector"]
    assert sorted(place.pods()) == ["one-0", "one-1"]


def test_a_larger_set_leaves_what_runs_alone(group):
    place = group(replicas=1, size=2)
    before = place.uids()

    place.apply("one", replicas=2, size=2)
    until(lambda: counts(place) == (2, 2, 2))

    assert {name: place.uids()[name] for name in before} == before
    assert "UpdateInProgress" not in place.conditions("one")


def test_a_smaller_set_loses_its_highest_groups(group):
    place = group(replicas=3, size=1)
    before = place.uids()

    place.apply("one", replicas=1, size=1)
    until(lambda: sorted(place.pods()) == ["one-0"])

    assert place.uids()["one-0"] == before["one-0"]
    until(lambda: counts(place) == (1, 1, 1))


def test_a_rollout_goes_group_by_group_from_the_highest(group):
    place = group(replicas=3, size=2)
    before = place.uids()
    states = []

    place.apply("one", replicas=3, size=2, container={"image": "a/b:2"})

    def over():
        found = changed(place, before)
        if found and (not states or states[-1] != found):
            states.append(found)
        return len(found) == 6 and place.available("one")

    until(over)
    assert {image for _, image in images(place).items()} == {"a/b:2"}
    leaders = [each for state in states for each in sorted(state)]
    order = list(dict.fromkeys(name for name in leaders if name.count("-") == 1))
    assert order == ["one-2", "one-1", "one-0"]
    until(lambda: place.conditions("one").get("UpdateInProgress") == "False")
    assert counts(place) == (3, 3, 3)


def test_a_rollout_is_told_while_it_lasts(server, group):
    place = group(replicas=2, size=1)

    server.fail(place.name, "one", "image-pull")
    place.apply("one", replicas=2, size=1, container={"image": "a/b:2"})
    until(lambda: place.conditions("one").get("UpdateInProgress") == "True")
    until(lambda: images(place).get("one-1") == "a/b:2")

    assert place.conditions("one")["Available"] == "False"
    assert images(place)["one-0"] == "a/b:1", "one group at a time"
    server.heal(place.name, "one")
    until(lambda: place.available("one") and set(images(place).values()) == {"a/b:2"})


def test_a_partition_keeps_the_lower_groups(group):
    place = group(replicas=3, size=1)
    before = place.uids()
    rollout = {"type": "RollingUpdate", "rollingUpdateConfiguration": {"partition": 2}}

    place.apply(
        "one",
        replicas=3,
        size=1,
        container={"image": "a/b:2"},
        rolloutStrategy=rollout,
    )
    until(lambda: changed(place, before) == {"one-2"} and place.available("one"))

    assert images(place) == {"one-0": "a/b:1", "one-1": "a/b:1", "one-2": "a/b:2"}


def test_a_label_of_the_set_alone_rolls_nothing(cluster, group):
    place = group()
    before = place.uids()
    ref = Ref(LWS, "LeaderWorkerSet", "one", place.name)

    cluster.patch(ref, {"metadata": {"labels": {"more": "yes"}}})

    assert cluster.get(ref)["metadata"]["generation"] == 1
    assert place.uids() == before
    assert place.available("one")


@pytest.mark.parametrize("failing", ["one-0", "one-0-1"])
def test_a_restart_rebuilds_its_group_and_no_other(server, group, failing):
    place = group(replicas=2)
    before = place.uids()

    server.fail(place.name, failing, "crash")
    until(lambda: rebuilt(place, before, "one-0", "one-0-1"))
    until(lambda: place.available("one"))

    after = place.uids()
    assert (after["one-1"], after["one-1-1"]) == (before["one-1"], before["one-1-1"])
    assert place.told("RecreateGroup", "one") == [
        f"Worker pod {failing} failed, deleted leader pod one-0 to recreate group 0"
    ]


def test_a_deleted_worker_takes_its_group_with_it(cluster, group):
    place = group()
    before = place.uids()

    worker = place.pod("one-0-1")
    cluster.delete(Ref.of(worker), uid=worker["metadata"]["uid"])

    until(lambda: rebuilt(place, before, "one-0", "one-0-1"))
    until(lambda: place.available("one"))


def test_without_recreation_only_the_pod_restarts(server, group):
    place = group(template={"restartPolicy": "None"})
    before = place.uids()

    server.fail(place.name, "one-0-1", "crash")
    until(lambda: waiting(place, "one-0-1") == "CrashLoopBackOff")

    assert place.uids() == before
    until(lambda: not place.available("one"))


def waiting(place, name):
    found = ((place.pod(name) or {}).get("status") or {}).get("containerStatuses") or ()
    states = (each["state"].get("waiting") or {} for each in found)
    return next((state.get("reason", "") for state in states if state), "")


def test_a_lost_node_costs_its_groups_and_no_others(server, group):
    place = group(gpus=8)
    group("other", size=1)
    before = place.pods()
    lost = before["one-0-1"]["spec"]["nodeName"]

    lose_node(server.plane, lost)
    try:
        until(lambda: rebuilt(place, uids(before), "one-0", "one-0-1"))
        until(lambda: place.available("one"))
        after = place.pods()
    finally:
        find_node(server.plane, lost)

    assert lost not in {pod["spec"]["nodeName"] for pod in after.values()}
    assert uids(after)["other-0"] == uids(before)["other-0"]


def test_a_template_that_no_pod_can_have_is_told_at_the_set(queue):
    mount = {"volumeMounts": [{"name": "nix", "mountPath": "/a"}]}

    queue.apply("one", container=mount)

    (first, *_) = until(lambda: queue.told("FailedCreate", "one"))
    assert "Failed to create leader statefulset" in first
    assert 'Not found: "nix"' in first
    assert status(queue) == {}


def test_a_service_that_is_there_already_is_left_alone(cluster, queue):
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "one", "namespace": queue.name},
        "spec": {"ports": [{"port": 80}]},
    }
    made = cluster.create(service)

    queue.apply("one")
    until(lambda: queue.available("one"))

    found = cluster.get(Ref.of(made))
    assert found["metadata"]["uid"] == made["metadata"]["uid"]
    assert found["spec"] == made["spec"]


def test_a_name_that_another_sets_pods_have_is_told(cluster, queue):
    queue.apply("one", size=2)
    until(lambda: queue.available("one"))
    before = queue.uids()

    queue.apply("one-0", size=1)

    (first, *_) = until(lambda: queue.told("FailedUpdate", "one-0"))
    assert "Failed to update leader statefulset one-0" in first
    assert queue.uids() == before
    assert status(queue, "one-0") == {}
