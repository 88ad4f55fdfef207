"""Our stand-in for KAI on the real API server: what was recorded of KAI 0.17.

KAI itself cannot be built here (spec kubernetes.md §7.7): this shows that the stand-in
writes what a real API server takes, in KAI's own words, not that KAI would.
"""

import pytest

from tests.cluster.controlplane.shapes import QUEUES, a_queue
from tests.support.simulator import until
from workloads.cluster import Ref

FIRM = {"kai.scheduler/preemptibility": "non-preemptible"}
SOFT = {"kai.scheduler/preemptibility": "preemptible", "priorityClassName": "train"}
URGENT = SOFT | {"priorityClassName": "build-preemptible"}


@pytest.fixture
def team(control_plane, place):
    """A department and its queue, called as the namespace; ``gpu`` is the quota."""

    def make(**gpu):
        department = f"{place.name}-department"
        control_plane.ensure(QUEUES, a_queue(department))
        control_plane.ensure(QUEUES, a_queue(place.name, department, **gpu))
        return place

    return make


def test_what_is_firm_and_over_quota_waits_with_kai_s_words(team):
    place = team(quota=6)
    place.apply("first", labels=FIRM, gpus=2)
    until(lambda: place.available("first"))
    place.apply("second", labels=FIRM, gpus=2)

    (reason,) = until(lambda: place.reasons("second"))

    assert reason["reason"] == "NonPreemptibleOverQuota"
    assert reason["message"] == (
        "Non-preemptible workload is over quota. Workload requested 4 GPUs, but "
        f"{place.name} quota is 6 GPUs, while 4 GPUs are already allocated for "
        "non-preemptible pods. Use a preemptible workload to go over quota."
    )
    said = until(lambda: place.scheduled("second-0").get("message"))
    assert said == f"NonPreemptibleOverQuota: {reason['message']}."


def test_beyond_the_limit_nothing_is_placed(team):
    place = team(quota=3, limit=3)
    place.apply("big", labels=SOFT, gpus=2)

    (reason,) = until(lambda: place.reasons("big"))

    assert (reason["reason"], reason["message"]) == (
        "OverLimit",
        f"{place.name} quota has reached the allowable limit of GPUs. Limit is 3 GPUs, "
        "currently 0 GPUs allocated and workload requested 4 GPUs",
    )
    assert {pod["status"]["phase"] for pod in place.pods().values()} == {"Pending"}


def test_without_its_queue_a_set_waits(place):
    place.apply("lost", labels={"kai.scheduler/queue": "nowhere"})

    (reason,) = until(lambda: place.reasons("lost"))

    assert reason["reason"] == "QueueDoesNotExist"
    assert reason["message"] == "Queue 'nowhere' does not exist"


def test_a_gang_is_placed_whole_or_not_at_all(team):
    place = team()
    place.apply("gang", labels=SOFT | {"kai.scheduler/node-pool": ""}, size=5, gpus=8)

    (reason,) = until(lambda: place.reasons("gang"))

    assert reason["reason"] == "PodSchedulingErrors"
    assert "while sub-group workers requires 4 pods for gang" in reason["message"]
    assert not any(pod["spec"].get("nodeName") for pod in place.pods().values())


def test_the_more_urgent_pushes_a_whole_gang_aside(control_plane, team):
    place = team(quota=64)
    pool = {"kai.scheduler/node-pool": "a100"}
    in_pool = a_queue(place.name, f"{place.name}-department", quota=64)
    control_plane.ensure(QUEUES, in_pool | {"metadata": labelled(place.name, pool)})
    department = labelled(f"{place.name}-department", pool)
    control_plane.ensure(
        QUEUES, a_queue(f"{place.name}-department") | {"metadata": department}
    )
    place.apply("low", labels=SOFT | pool, size=4, gpus=8)
    until(lambda: place.available("low"))
    before = place.uids()

    place.apply("high", labels=URGENT | pool, size=2, gpus=8)
    until(lambda: place.available("high"))

    evicted = until(lambda: len(told := place.told("Evict")) == 4 and told)
    assert all("was preempted by higher priority workload" in text for text in evicted)
    until(lambda: not set(before.values()) & set(place.uids().values()))
    again = until(lambda: set(before) <= set(pods := place.pods()) and pods)
    assert {again[name]["status"]["phase"] for name in before} == {"Pending"}


def labelled(name, labels):
    return {"name": name, "labels": labels}


def test_the_books_are_on_the_queue(team):
    place = team(quota=6)
    place.apply("firm", labels=FIRM, gpus=2)
    until(lambda: place.available("firm"))
    queue = Ref("scheduling.run.ai/v2", "Queue", place.name)

    until(lambda: gpus(place, queue, "allocated") == "4")

    assert gpus(place, queue, "allocatedNonPreemptible") == "4"
    assert gpus(place, queue, "requested") == "4"


def gpus(place, queue, sum_):
    status = place.cluster.get(queue).get("status") or {}
    return (status.get(sum_) or {}).get("nvidia.com/gpu")


def test_pods_of_the_stock_scheduler_are_the_stock_scheduler_s(place):
    place.apply("plain", scheduler="default-scheduler")
    until(lambda: place.available("plain"))

    assert place.items("scheduling.run.ai/v2alpha2", "PodGroup") == []
    told = place.told("Scheduled", "plain-0-1")
    assert told == [
        f"Successfully assigned {place.name}/plain-0-1 to "
        f"{place.pod('plain-0-1')['spec']['nodeName']}"
    ]


def test_what_fits_no_node_is_told_by_the_stock_scheduler(place):
    place.apply("huge", scheduler="default-scheduler", gpus=9)

    text = until(lambda: place.scheduled("huge-0").get("message"))

    assert text.startswith("0/14 nodes are available: 14 Insufficient nvidia.com/gpu.")
