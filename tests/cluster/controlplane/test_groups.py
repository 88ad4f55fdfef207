"""Groups of the real LeaderWorkerSet: order, restarts, rollouts, lost nodes."""

from collections import Counter

import pytest

from tests.support.controlplane import find_node, lose_node
from tests.support.simulator import until
from workloads.cluster import Refused

PROBED = {"readinessProbe": {"tcpSocket": {"port": 80}}}
ALONE = {"restartPolicy": "None"}


@pytest.fixture
def group(queue):
    """A queue without limits, and a set in it that is up."""

    def make(name="one", **changes):
        queue.apply(name, **changes)
        until(lambda: queue.available(name))
        return queue

    return make


def test_workers_wait_for_a_leader_that_is_not_ready(control_plane, queue):
    queue.apply("ordered", startupPolicy="LeaderReady", container=PROBED)
    leader = until(lambda: queue.pod("ordered-0"))
    control_plane.fail(queue.name, leader["metadata"]["name"], "never-ready")
    until(lambda: phase(queue, "ordered-0") == "Running")
    before = sorted(queue.pods())

    control_plane.heal(queue.name, "ordered-0")
    until(lambda: queue.available("ordered"))

    assert before == ["ordered-0"]
    assert sorted(queue.pods()) == ["ordered-0", "ordered-0-1"]


def test_a_leader_that_waits_for_its_workers_is_evicted_unless_patience_is_said(
    control_plane, queue
):
    queue.apply("ordered", startupPolicy="LeaderReady", container=PROBED)
    control_plane.fail(queue.name, "ordered", "leader:never-ready")
    leader = until(lambda: queue.pod("ordered-0"))["metadata"]["uid"]

    until(lambda: queue.uids().get("ordered-0", leader) != leader)

    assert queue.told("StaleJob")[0].startswith("Job is stale. 1 pods are active")


def test_a_crash_in_one_group_leaves_the_other_alone(control_plane, group):
    place = group(replicas=2)
    before = place.uids()

    control_plane.fail(place.name, "one-0-1", "crash")
    until(lambda: rebuilt(place, before, "one-0", "one-0-1"))
    until(lambda: place.available("one"))

    after = place.uids()
    assert (after["one-1"], after["one-1-1"]) == (before["one-1"], before["one-1-1"])
    assert place.told("RecreateGroup", "one") == [
        "Worker pod one-0-1 failed, deleted leader pod one-0 to recreate group 0"
    ]


def test_without_recreation_a_crash_loop_is_seen(control_plane, group):
    place = group(template=ALONE)
    before = place.uids()

    control_plane.fail(place.name, "one-0-1", "crash")
    until(lambda: waiting(place, "one-0-1") == "CrashLoopBackOff")

    assert place.uids() == before
    until(lambda: not place.available("one"))


def test_each_step_of_a_pod_is_told_once(control_plane, group):
    place = group()
    control_plane.fail(place.name, "one-0-1", "crash")
    old = place.uids()
    until(lambda: rebuilt(place, old, "one-0", "one-0-1"))
    until(lambda: place.available("one"))

    told = until(lambda: len(steps(place, "Killing")) == 2 and steps(place))
    assert set(told.values()) == {1}


def steps(place, *reasons):
    """How often each reason was told of each instance of a pod."""
    return Counter(
        (event["involvedObject"]["uid"], event["reason"])
        for event in place.items("v1", "Event")
        if event["reason"] in (reasons or ("Pulling", "Killing"))
    )


def test_a_changed_template_rolls_from_the_highest_group_down(group):
    place = group(replicas=3, size=1)
    before = place.uids()

    place.apply("one", replicas=3, size=1, container={"image": "a/b:2"})
    first = until(lambda: changed(place, before))
    until(lambda: place.available("one") and len(changed(place, before)) == 3)

    assert first == {"one-2"}
    assert {image(pod) for pod in place.pods().values()} == {"a/b:2"}


def test_a_smaller_set_loses_its_highest_groups(group):
    place = group(replicas=3, size=1)

    place.apply("one", replicas=1, size=1)
    until(lambda: sorted(place.pods()) == ["one-0"])

    assert place.available("one")


def test_the_webhook_refuses_an_impossible_size(queue):
    with pytest.raises(Refused) as refusal:
        queue.apply("one", size=0)

    assert "size must be equal or greater than 1" in str(refusal.value)


def test_a_lost_node_costs_its_groups_and_no_others(control_plane, group):
    place = group(gpus=8)
    group("other", size=1)
    before = place.pods()
    lost = before["one-0-1"]["spec"]["nodeName"]

    lose_node(control_plane, lost)
    try:
        until(lambda: rebuilt(place, uids(before), "one-0", "one-0-1"))
        until(lambda: place.available("one"))
        after = place.pods()
    finally:
        find_node(control_plane, lost)

    assert lost not in {pod["spec"]["nodeName"] for pod in after.values()}
    assert uids(after)["other-0"] == uids(before)["other-0"]


def uids(pods):
    return {name: pod["metadata"]["uid"] for name, pod in pods.items()}


def rebuilt(place, before, *names):
    after = place.uids()
    return all(after.get(name) not in (None, before[name]) for name in names)


def changed(place, before):
    return {name for name, uid in place.uids().items() if before[name] != uid}


def image(pod):
    return pod["spec"]["containers"][0]["image"]


def phase(place, name):
    return ((place.pod(name) or {}).get("status") or {}).get("phase")


def waiting(place, name):
    status = (place.pod(name) or {}).get("status") or {}
    for container in status.get("containerStatuses") or ():
        if "waiting" in container["state"]:
            return container["state"]["waiting"]["reason"]
    return ""
