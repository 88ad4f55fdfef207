"""Every text of the scheduler (kubernetes.md §7.7) becomes plain words."""

import pytest

from tests.unit.status.support import a_pod_group, observe, unscheduled
from workloads.status.obstacles import obstacle

QUOTA = (
    "Non-preemptible workload is over quota. Workload requested {} GPUs, but {} quota "
    "is {} GPUs, while {} GPUs are already allocated for non-preemptible pods. Use a "
    "preemptible workload to go over quota."
)
LIMIT = (
    "{} quota has reached the allowable limit of {}. Limit is {}, currently {} "
    "allocated and workload requested {}"
)
GANG = (
    "Resources were found for 5 pods from all sub-groups while sub-group workers "
    "requires 7 pods for gang scheduling. Additional pods cannot be scheduled in this "
    "sub-group due to: no nodes with enough resources were found: 3 node(s) didn't "
    "have enough resources: GPUs."
)
CASES = {
    "over the project's quota": (
        ("NonPreemptibleOverQuota", QUOTA.format(3, "team-a", 6, 4)),
        "Needs 3 GPUs; project team-a has a quota of 6, 4 of them held by "
        "non-preemptible workloads.",
    ),
    "over the department's quota": (
        ("NonPreemptibleOverQuota", QUOTA.format(4, "dept2", 3, 0)),
        "Needs 4 GPUs; department dept2 has a quota of 3.",
    ),
    "over the limit": (
        ("OverLimit", LIMIT.format("team-a", "GPUs", "3 GPUs", "1 GPUs", "4 GPUs")),
        "Would pass the maximum of project team-a: 3 GPUs, 1 of them in use, "
        "4 more needed.",
    ),
    "no quota of cores": (
        (
            "OverLimit",
            LIMIT.format("team-a", "CPU cores", "0 cores", "0 cores", "2 cores"),
        ),
        "Project team-a has no quota of CPU cores on this node pool, and 2 are "
        "requested.",
    ),
    "no queue": (
        ("QueueDoesNotExist", "Queue 'no-such-queue' does not exist"),
        "The project is not set up on this cluster: its queue no-such-queue does not "
        "exist.",
    ),
    "a gang too big": (
        ("PodSchedulingErrors", GANG),
        "There is room for 5 of the 8 pods of a replica: 3 nodes lack GPUs.",
    ),
    "several causes": (
        (
            "PodSchedulingErrors",
            "no nodes with enough resources were found: 1 node(s) didn't have enough "
            "resources: GPU memory, 2 node(s) had untolerated taint {gpu: }.",
        ),
        "No node has room: 1 node lacks GPU memory, 2 nodes had untolerated taint "
        "{gpu: }.",
    ),
    "no topology": (
        ("PodSchedulingErrors", "Requested topology nope does not exist"),
        "The network topology nope does not exist on this cluster.",
    ),
    "a rack too small": (
        (
            "PodSchedulingErrors",
            "topology cl, requirement rack couldn't be satisfied for job <ns/pg-x>",
        ),
        "No rack of the topology cl has room for a replica.",
    ),
    "one domain too small": (
        (
            "Not enough resources for the workload",
            "node-group r1 can allocate only 8 of 9 required pods",
        ),
        "r1 has room for 8 of 9 pods only.",
    ),
    "something new": (("Unheard", "Of this nobody knew."), "Of this nobody knew."),
}


@pytest.mark.parametrize(("said", "message"), CASES.values(), ids=CASES)
def test_the_scheduler_is_put_into_plain_words(said, message):
    found = obstacle(a_pod_group(0, said), 8)

    assert found.message == message
    assert found.hint.endswith(".")


@pytest.mark.parametrize(
    ("said", "reason", "hint"),
    [
        (
            ("NonPreemptibleOverQuota", QUOTA.format(3, "team-a", 6, 4)),
            "NonPreemptibleOverQuota",
            "Lower the demand, ask for quota, or make it preemptible.",
        ),
        (
            ("OverLimit", "in words that nobody has seen"),
            "OverLimit",
            "Lower the demand, or ask for a greater limit.",
        ),
        (
            ("PodSchedulingErrors", GANG),
            None,
            "Wait for room, lower the demand, or choose other node pools.",
        ),
    ],
)
def test_the_phase_has_its_reason_and_the_reader_a_next_step(said, reason, hint):
    found = observe(
        pods=[unscheduled(), unscheduled(0, 1)], pod_groups=[a_pod_group(0, said)]
    )

    assert (found.phase, found.reason, found.hint) == ("Pending", reason, hint)


def test_quota_comes_before_what_follows_from_it():
    over = ("NonPreemptibleOverQuota", QUOTA.format(3, "team-a", 6, 4))

    found = obstacle(a_pod_group(0, ("PodSchedulingErrors", GANG), over), 8)

    assert found.reason == "NonPreemptibleOverQuota"


def test_a_queue_of_a_pool_is_called_after_its_project():
    said = ("NonPreemptibleOverQuota", QUOTA.format(3, "team-a-h100", 6, 4))
    group = a_pod_group(0, said, spec={"queue": "team-a-h100"})
    group["metadata"]["labels"]["kai.scheduler/node-pool"] = "h100"

    found = obstacle(group, 8)

    assert found.message.startswith("Needs 3 GPUs; project team-a has a quota of 6")


def test_a_queue_that_takes_no_work_has_only_a_message():
    group = a_pod_group(0, ("", ""))
    condition = group["status"]["schedulingConditions"][0]
    condition |= {"reasons": [], "message": "\nUnable to schedule podgroup."}

    assert obstacle(group, 8).message == "The project's queue takes no workloads."


def test_a_condition_that_is_over_is_no_obstacle():
    group = a_pod_group(0, ("PodSchedulingErrors", GANG))
    group["status"]["schedulingConditions"][0]["status"] = "False"

    assert obstacle(group, 8) is None


def test_a_pool_without_a_scheduler_is_found_out_by_its_silence():
    found = observe(pods=[unscheduled(), unscheduled(0, 1)], pod_groups=[a_pod_group()])

    assert (found.phase, found.message, found.hint) == (
        "Pending",
        "The scheduler has said nothing yet",
        "Ask an administrator whether the node pool has a scheduler.",
    )
