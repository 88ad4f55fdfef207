"""What the contract cannot ask of the simulator: gangs that wait, and told steps.

All else about groups is asked of both servers, in ``tests/cluster/contract``.
"""

from collections import Counter

from tests.support.simulator import until

PROBED = {"readinessProbe": {"tcpSocket": {"port": 80}}}


def test_a_leader_that_waits_for_its_workers_is_evicted_unless_patience_is_said(
    control_plane, queue
):
    queue.apply("ordered", startupPolicy="LeaderReady", container=PROBED)
    control_plane.fail(queue.name, "ordered", "leader:never-ready")
    leader = until(lambda: queue.pod("ordered-0"))["metadata"]["uid"]

    until(lambda: queue.uids().get("ordered-0", leader) != leader)

    assert queue.told("StaleJob")[0].startswith("Job is stale. 1 pods are active")


def test_each_step_of_a_pod_is_told_once(control_plane, queue):
    queue.apply("one")
    until(lambda: queue.available("one"))
    old = queue.uids()

    control_plane.fail(queue.name, "one-0-1", "crash")
    until(lambda: rebuilt(queue, old, "one-0", "one-0-1"))
    until(lambda: queue.available("one"))

    told = until(lambda: len(steps(queue, "Killing")) == 2 and steps(queue))
    assert set(told.values()) == {1}


def steps(place, *reasons):
    """How often each reason was told of each instance of a pod."""
    return Counter(
        (event["involvedObject"]["uid"], event["reason"])
        for event in place.items("v1", "Event")
        if event["reason"] in (reasons or ("Pulling", "Killing"))
    )


def rebuilt(place, before, *names):
    after = place.uids()
    return all(after.get(name) not in (None, before[name]) for name in names)
