"""The vectors (a) to (e) of kubernetes.md §10, and what else breaks naive readers."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.status.support import (
    NOW,
    a_container,
    a_pod,
    a_pod_group,
    a_set,
    ago,
    an_end,
    an_event,
    failing,
    leaving,
    observe,
    probing,
    ready,
    seen,
    unscheduled,
    written,
)
from workloads.status import Before, Profile, remembered, status

OVER = ("OverLimit", "x quota has reached the allowable limit of GPUs. Limit is 3 GPUs")
WAS_RUNNING = Before("Running", ago(hours=1), 3, 3, ever_running=True)


def rebuilt(*minutes, group=0, **more):
    return [
        an_event(
            "LeaderWorkerSet",
            "chat",
            "RecreateGroup",
            f"Worker pod chat-{group}-1 failed, deleted leader pod chat-{group} "
            f"to recreate group {group}",
            at=ago(minutes=ago_),
            **more,
        )
        for ago_ in minutes
    ]


def test_a_available_without_replicas_is_pending():
    found = observe(replicas=0, lws=a_set("Available"))

    assert found.phase == "Pending"


def test_b_a_condition_that_was_left_behind_keeps_no_scheduled_pod_pending():
    found = observe(pods=[a_pod(), a_pod(0, 1)], pod_groups=[a_pod_group(0, OVER)])

    assert found.phase == "Initializing"
    assert found.reason is None


def test_c_a_replica_that_is_rebuilt_again_and_again_has_failed():
    found = observe(
        pods=[a_pod(), a_pod(0, 1)],
        events=rebuilt(1, 3, 5),
        terminations=[
            an_end("chat-0-1", "OOMKilled", 137, last_line="loading shard 3"),
            an_end("chat-0", "Error", 143, at=ago(seconds=20)),
        ],
    )

    assert found.phase == "Failed"
    assert found.message == (
        "Worker 1 of replica 0 (chat-0-1, container worker): OOMKilled: ran out of "
        "CPU memory. Last line: loading shard 3. Replica 0 was rebuilt at least three "
        "times within 10 minutes"
    )
    assert found.hint == "Raise the CPU memory limit, or let it need less."


def test_d_two_of_three_ready_in_a_rollout_is_an_update():
    pods = [ready(g, i) for g in (0, 1) for i in (0, 1)]
    new = [a_pod(2, i, revision="r2", made=ago(seconds=5)) for i in (0, 1)]

    found = observe(
        replicas=3,
        pods=[*pods, *new],
        lws=a_set("UpdateInProgress", "Progressing", updatedReplicas=1),
        before=WAS_RUNNING,
    )

    assert (found.phase, found.message) == ("Updating", "1 of 3 replicas updated")
    assert found.ready_replicas == 2


def test_e_an_event_of_the_new_api_sorts_by_its_time():
    new = an_event("Pod", "chat-0", "Oh", "newest", warning=True)
    new |= {"eventTime": "2026-11-24T11:59:59.123456Z"}
    del new["lastTimestamp"]
    old = an_event("Pod", "chat-0", "Oh", "older", at=ago(minutes=1), warning=True)

    found = observe(pods=[a_pod()], events=[new, old])

    assert found.message == "newest"


def test_two_rebuilds_are_no_failure():
    found = observe(pods=[a_pod(), a_pod(0, 1)], events=rebuilt(1, 3, 11))

    assert found.phase == "Initializing"


def test_one_rebuild_of_each_of_three_replicas_is_no_failure():
    pods = [a_pod(g, i) for g in range(3) for i in (0, 1)]
    events = [e for g in range(3) for e in rebuilt(1, group=g)]

    assert observe(replicas=3, pods=pods, events=events).phase == "Initializing"


def test_a_series_counts_as_often_as_it_says():
    series = {"count": 3, "firstTimestamp": written(ago(minutes=5))}

    found = observe(pods=[a_pod(), a_pod(0, 1)], events=rebuilt(1, **series))

    assert found.phase == "Failed"


def test_the_window_of_a_demo_is_short():
    profile = Profile(flap_window=timedelta(seconds=30))

    found = observe(
        pods=[a_pod(), a_pod(0, 1)], events=rebuilt(1, 2, 3), profile=profile
    )

    assert found.phase == "Initializing"


def test_old_workers_that_still_leave_do_not_count_for_the_new_replica():
    old = leaving(0, 1, revision="r1")
    new = [ready(0, revision="r2"), ready(0, 1, revision="r2")]

    found = observe(pods=[old, *new], lws=a_set("Available", updatedReplicas=1))

    assert found.phase == "Running"
    assert [pod.state for pod in found.groups[0].pods] == [
        "Ready",
        "Ready",
        "Terminating",
    ]
    assert found.running_pods == 2


def test_a_replica_of_the_old_template_is_not_the_newest():
    found = observe(
        replicas=2,
        pods=[ready(g, i, revision=f"r{g}") for g in (0, 1) for i in (0, 1)],
        lws=a_set("Progressing", updatedReplicas=1),
    )

    assert (found.phase, found.message) == ("Updating", "1 of 2 replicas updated")


def test_a_partition_holds_replicas_back_and_that_is_no_update():
    held = a_set("Available", updatedReplicas=1)
    held["spec"] = {"rolloutStrategy": {"rollingUpdateConfiguration": {"partition": 1}}}

    found = observe(
        replicas=2,
        pods=[ready(g, i, revision=f"r{g}") for g in (0, 1) for i in (0, 1)],
        lws=held,
    )

    assert found.phase == "Running"


def test_new_replicas_that_fail_degrade_an_update():
    broken = failing(2, reason="ErrImagePull", revision="r2", made=ago(seconds=9))

    found = observe(
        replicas=3,
        pods=[*(ready(g, i) for g in (0, 1) for i in (0, 1)), broken],
        lws=a_set("UpdateInProgress", updatedReplicas=1),
        before=WAS_RUNNING,
    )

    assert (found.phase, found.message) == (
        "Degraded",
        "2 of 3 replicas ready. Replica 2: leader cannot pull image a/b:1",
    )


def test_a_surge_replica_does_not_count_as_wanted():
    found = observe(pods=[ready(g, i) for g in (0, 1) for i in (0, 1)])

    assert found.ready_replicas == 1
    assert found.requested_pods == 2
    assert [group.index for group in found.groups] == [0, 1]


def test_a_single_pod_is_a_whole_replica():
    found = observe(workers=0, pods=[ready()])

    assert (found.phase, found.requested_pods) == ("Running", 1)


@pytest.mark.parametrize(
    ("reason", "phase"), [("NotReady", "Pending"), ("PodGrouperWarning", "Pending")]
)
def test_noise_of_every_start_is_no_reason(reason, phase):
    noise = an_event("Pod", "chat-0", reason, "not found", warning=True)

    found = observe(
        pods=[unscheduled(), unscheduled(0, 1)],
        pod_groups=[a_pod_group()],
        events=[noise],
    )

    assert found.phase == phase
    assert "not found" not in found.message


def test_a_set_that_races_with_its_own_pods_has_no_failure():
    event = an_event(
        "StatefulSet",
        "chat-0",
        "FailedCreate",
        "create Pod chat-0-1 in StatefulSet chat-0 failed error: object is being "
        'deleted: pods "chat-0-1" already exists',
        warning=True,
    )

    found = observe(pods=[a_pod()], events=[event])

    assert found.groups[0].state == "Pending"


def test_workers_that_are_refused_are_an_error_of_their_replica():
    event = an_event(
        "StatefulSet",
        "chat-0",
        "FailedCreate",
        'create Pod chat-0-1 in StatefulSet chat-0 failed error: pods "chat-0-1" is '
        'forbidden: violates PodSecurity "restricted:latest": hostNetwork',
        at=ago(minutes=1),
        warning=True,
    )

    found = observe(pods=[ready()], events=[event])

    assert found.phase == "Initializing"
    assert found.message.startswith('Replica 0: pods "chat-0-1" is forbidden')
    assert "security settings" in found.hint


def test_an_old_refusal_says_nothing_about_a_new_generation():
    event = an_event(
        "StatefulSet", "chat", "FailedCreate", "no", at=ago(minutes=9), warning=True
    )

    found = observe(applied_at=ago(minutes=2), events=[event])

    assert found.phase == "Pending"


def test_a_claim_that_waits_for_its_pod_is_not_the_reason():
    volumes = [{"persistentVolumeClaim": {"claimName": "models"}}]
    told = an_event("PersistentVolumeClaim", "models", "WaitForFirstConsumer", "wait")

    found = observe(
        workers=0,
        pods=[unscheduled(spec_volumes=volumes)],
        pod_groups=[a_pod_group(0, ("PodSchedulingErrors", "no luck"))],
        claims=[{"metadata": {"name": "models"}, "status": {"phase": "Pending"}}],
        events=[told],
    )

    assert found.message == "no luck"


def test_another_scheduler_is_not_asked_for_pod_groups():
    profile = Profile(scheduler="default")
    waiting = unscheduled()
    waiting["status"]["conditions"][0]["message"] = "0/4 nodes are available"

    found = observe(workers=0, pods=[waiting], profile=profile)

    assert (found.phase, found.message) == ("Pending", "0/4 nodes are available")


def test_pods_that_came_back_are_not_preempted_any_more():
    event = an_event("PodGroup", "pg", "Evict", "was preempted", at=ago(minutes=2))

    found = observe(pods=[a_pod(), a_pod(0, 1)], events=[event])

    assert found.phase == "Initializing"


def test_a_resumed_workload_says_so_until_it_has_pods():
    before = Before("Stopped", ago(hours=1), 1, 1, ever_running=True)

    found = observe(before=before, generation=2)

    assert (found.phase, found.message) == ("Resuming", "Sending to the cluster")


def test_gpus_are_counted_where_pods_have_a_node():
    whole = {"resources": {"requests": {"nvidia.com/gpu": "2"}}}
    pods = [
        ready(0, spec_containers=[whole]),
        ready(0, 1, metadata_annotations={"gpu-fraction": "0.5"}),
        unscheduled(0, 2, spec_containers=[whole]),
    ]

    assert observe(workers=2, pods=pods).allocated_gpus == Decimal("2.5")


def test_the_pools_are_those_where_pods_are():
    moved = a_pod_group(1)
    moved["metadata"]["labels"]["kai.scheduler/node-pool"] = "h100"

    found = observe(
        replicas=2,
        workers=0,
        pods=[ready(0), ready(1)],
        pod_groups=[a_pod_group(0), moved],
    )

    assert found.node_pools == ("default", "h100")


def test_only_a_running_workload_waits_before_it_is_called_degraded():
    pods = [ready(0), ready(0, 1), probing(1), ready(1, 1)]

    worse = observe(replicas=2, pods=pods, before=WAS_RUNNING)
    better = observe(pods=pods[:2], before=Before("Degraded", ago(minutes=1)))

    assert worse.hold == timedelta(seconds=2)
    assert better.hold is None


@pytest.mark.parametrize(
    ("phase", "known"),
    [
        (True, {"applied_generation": None}),
        (True, {"pods": [a_pod(), a_pod(0, 1)]}),
        (False, {"pods": [ready(), ready(0, 1)]}),
        (False, {"refused": "no"}),
    ],
    ids=["Creating", "Initializing", "Running", "Failed"],
)
def test_a_passing_phase_leads_to_another_one(phase, known):
    assert observe(**known).passing is phase


def test_what_is_remembered_keeps_its_beginning_while_the_phase_stays():
    known = seen(pods=[ready(), ready(0, 1)], before=None)

    first = remembered(known, status(known, Profile(), NOW), NOW)
    later = NOW + timedelta(seconds=9)
    again = seen(pods=[ready(), ready(0, 1)], before=first)
    second = remembered(again, status(again, Profile(), later), later)

    assert first == Before("Running", NOW, 1, 1, ever_running=True)
    assert second == first


def test_scaling_up_is_running_however_often_it_is_looked_at():
    pods = [ready(g, i) for g in (0, 2) for i in (0, 1)]
    before = Before("Running", ago(hours=1), 1, 1, ever_running=True)

    for _ in range(3):
        known = seen(replicas=3, pods=[*pods, a_pod(1), a_pod(1, 1)], before=before)
        found = status(known, Profile(), NOW)
        before = remembered(known, found, NOW)

        assert found.phase == "Running"
        assert found.message.startswith("Scaling up: 2 of 3 replicas ready")


def test_a_silent_cluster_leaves_in_memory_what_was_before():
    known = seen(heard_at=None, before=WAS_RUNNING)

    assert remembered(known, status(known, Profile(), NOW), NOW) == WAS_RUNNING


def test_a_container_that_crashed_long_ago_does_not_explain_a_pod():
    last = {"exitCode": 1, "finishedAt": written(ago(hours=1))}
    pod = probing()
    pod["status"]["containerStatuses"] = [
        a_container(running=True, last=last, restarts=1)
    ]

    found = observe(workers=0, pods=[pod])

    assert found.groups[0].pods[0].state == "NotReady"
    assert found.groups[0].pods[0].restarts == 1
