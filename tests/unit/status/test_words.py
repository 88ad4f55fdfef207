"""What a message names: the pod, the reason, the last line, and the next step."""

from datetime import timedelta

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
    condition,
    failing,
    leaving,
    observe,
    probing,
    ready,
    unscheduled,
    written,
)
from workloads.status import Before, Profile

FORBIDDEN = (
    'create Pod chat-1-1 in StatefulSet chat-1 failed error: pods "chat-1-1" is '
    "forbidden: exceeded quota: gpus"
)
FIRST = [ready(0), ready(0, 1)]


def test_a_replica_that_quota_keeps_down_says_what_to_do():
    event = an_event("StatefulSet", "chat-1", "FailedCreate", FORBIDDEN, warning=True)

    found = observe(replicas=2, pods=[*FIRST, ready(1)], events=[event])

    assert found.message == (
        '1 of 2 replicas ready. Replica 1: pods "chat-1-1" is forbidden: '
        "exceeded quota: gpus"
    )
    assert found.hint == "Free resources of the namespace, or ask for a greater quota."


def test_a_pod_that_fails_gives_the_hint_for_its_replica():
    broken = failing(1, 1, reason="ErrImagePull", message="not found")

    found = observe(replicas=2, pods=[*FIRST, ready(1), broken])

    assert found.message.endswith(
        "Replica 1: worker 1 cannot pull image a/b:1: it was not found"
    )
    assert found.hint == "Check the image's name and tag."


def test_a_replica_that_fails_is_named_before_one_that_only_starts():
    broken = failing(2, reason="ErrImagePull")

    found = observe(replicas=3, pods=[*FIRST, a_pod(1), a_pod(1, 1), broken])

    assert "Replica 2: leader cannot pull" in found.message


def test_a_replica_without_pods_waits_for_a_place():
    found = observe(replicas=2, pods=FIRST)

    assert found.message == "1 of 2 replicas ready. Replica 1: waiting for a place"


def test_the_end_of_another_replica_explains_nothing_here():
    found = observe(
        replicas=2,
        pods=[*FIRST, a_pod(1), a_pod(1, 1)],
        terminations=[an_end("chat-0-1", "OOMKilled", 137)],
    )

    assert found.message == "1 of 2 replicas ready. Replica 1: starting"


def test_who_was_stopped_with_a_failing_pod_is_not_to_blame():
    ends = [
        an_end("chat-0-1", code=1, at=ago(seconds=40)),
        an_end("chat-0", code=143, at=ago(seconds=30)),
    ]

    found = observe(
        pods=[a_pod(), a_pod(0, 1)],
        terminations=ends,
        before=Before("Running", ago(hours=1), 1, 1, ever_running=True),
    )

    assert found.message == "Replica 0 restarting: worker 1 exited with code 1"


def test_the_set_says_whom_it_blames():
    ends = [
        an_end("chat-0", code=1, at=ago(seconds=20)),
        an_end("chat-0-2", code=3, at=ago(seconds=40)),
    ]
    blame = "Worker pod chat-0-2 failed, deleted leader pod chat-0 to recreate group 0"

    found = observe(
        workers=2,
        pods=[a_pod(), a_pod(0, 1), a_pod(0, 2)],
        terminations=ends,
        events=[an_event("LeaderWorkerSet", "chat", "RecreateGroup", blame)],
        before=Before("Running", ago(hours=1), 1, 1, ever_running=True),
    )

    assert found.message == "Replica 0 restarting: worker 2 exited with code 3"


@pytest.mark.parametrize(
    ("seconds", "phase"), [(119, "Degraded"), (121, "Initializing")]
)
def test_a_restart_may_take_two_minutes(seconds, phase):
    before = Before("Degraded", ago(seconds=seconds), 1, 1, ever_running=True)

    assert observe(pods=[a_pod(), a_pod(0, 1)], before=before).phase == phase


def test_the_only_replica_that_is_updated_says_so():
    found = observe(
        pods=[a_pod(), a_pod(0, 1)],
        lws=a_set("UpdateInProgress"),
        before=Before("Running", ago(hours=1), 1, 1, ever_running=True),
    )

    assert (found.phase, found.message) == (
        "Degraded",
        "Replica 0 restarting: it is being updated",
    )


@pytest.mark.parametrize(
    ("minutes", "message"),
    [(4, "Removing 1 pod"), (6, "Pod chat-0 is held by example.org/hold")],
)
def test_what_is_held_back_is_named_after_five_minutes(minutes, message):
    pod = leaving(metadata_deletionTimestamp=written(ago(minutes=minutes)))
    pod["metadata"]["finalizers"] = ["example.org/hold"]

    assert observe(desired="deleted", pods=[pod]).message == message


def test_a_pod_that_crashes_again_and_again_shows_its_last_line():
    pod = a_pod()
    pod["status"]["containerStatuses"] = [
        a_container(
            waiting={"reason": "CrashLoopBackOff"}, last={"exitCode": 1}, restarts=3
        )
    ]
    ends = [
        an_end("chat-0", last_line="no such model"),
        an_end("chat-0-1", last_line="of another pod"),
    ]

    found = observe(workers=0, pods=[pod], terminations=ends)

    assert found.message == (
        "Leader of replica 0: exited with code 1. Last line: no such model"
    )


@pytest.mark.parametrize(("minutes", "phase"), [(9, "Initializing"), (11, "Failed")])
def test_an_error_begins_with_its_first_event(minutes, phase):
    told = [
        an_event("Pod", "chat-0", "Pulling", at=ago(minutes=30), warning=False),
        an_event("Pod", "chat-0", "Unhealthy", at=ago(minutes=30), warning=True),
        an_event("Pod", "chat-0", "Failed", at=ago(minutes=minutes), warning=True),
        an_event("Pod", "chat-0", "BackOff", at=ago(minutes=1), warning=True),
    ]
    pod = failing(reason="ImagePullBackOff", made=ago(minutes=30))

    assert observe(workers=0, pods=[pod], events=told).phase == phase


def test_a_demo_fails_sooner():
    profile = Profile(fail_after=timedelta(seconds=30))

    found = observe(workers=0, pods=[failing(reason="ErrImagePull")], profile=profile)

    assert found.phase == "Failed"


@pytest.mark.parametrize(("minutes", "span"), [(1, "a minute"), (10, "10 minutes")])
def test_the_window_of_the_rebuilds_is_named(minutes, span):
    told = [
        an_event(
            "LeaderWorkerSet",
            "chat",
            "RecreateGroup",
            "to recreate group 0",
            at=ago(seconds=seconds),
        )
        for seconds in (1, 2, 3)
    ]
    profile = Profile(flap_window=timedelta(minutes=minutes))

    found = observe(pods=[a_pod(), a_pod(0, 1)], events=told, profile=profile)

    assert found.message == (
        f"Replica 0 was rebuilt at least three times within {span}"
    )


@pytest.mark.parametrize(
    ("reasons", "message"),
    [
        (["Pulling"], "Pulling image on 1 of 1 pod"),
        (["Pulling", "Pulled"], "Starting 1 of 1 pod"),
        (["Pulling", "Pulled", "Pulling"], "Pulling image on 1 of 1 pod"),
    ],
)
def test_an_image_that_was_pulled_is_not_pulled_any_more(reasons, message):
    told = [
        an_event("Pod", "chat-0", reason, f"{n}", at=ago(seconds=30 - n))
        for n, reason in enumerate(reasons)
    ]

    assert observe(workers=0, pods=[a_pod()], events=told).message == message


def test_what_is_ready_already_does_not_explain_what_is_not():
    told = an_event("Pod", "chat-0-1", "Unhealthy", "early", warning=True)

    found = observe(pods=[probing(), ready(0, 1)], events=[told])

    assert found.message == "Waiting for readiness"


def test_a_gang_that_was_broken_up_is_an_evicted_leader_first():
    event = an_event(
        "PodGroup",
        "pg",
        "Evict",
        "Pod p1/chat-0 doesn't meet the minimum required number of pods",
        at=ago(minutes=1),
    )

    found = observe(startup_policy="LeaderReady", pods=[unscheduled()], events=[event])

    assert found.message == (
        "The scheduler removed the leader because its workers came too late"
    )
    assert "kai.scheduler/staleness-grace-period" in found.hint


def test_a_gang_that_is_complete_is_not_waited_for():
    noise = an_event("PodGroup", "pg", "NotReady", "Waiting for 2 pods")

    found = observe(
        pods=[unscheduled(), unscheduled(0, 1)],
        pod_groups=[a_pod_group()],
        events=[noise],
    )

    assert found.message == "The scheduler has said nothing yet"


def test_a_set_that_nobody_works_on_is_an_administrators_business():
    found = observe(lws={"metadata": {"name": "chat"}})

    assert (found.phase, found.message) == (
        "Pending",
        "Waiting for 2 of 2 pods to be created",
    )
    assert "LeaderWorkerSet controller" in found.hint


def test_a_pod_beyond_the_size_of_the_replica_does_not_count():
    found = observe(pods=[*FIRST, failing(0, 2, reason="ErrImagePull")])

    assert found.phase == "Running"


def test_of_two_pods_in_one_place_the_newer_one_counts():
    older = failing(0, 1, reason="ErrImagePull", made=ago(minutes=9), revision="r0")

    found = observe(
        workers=1,
        pods=[ready(0, made=ago(minutes=8)), older, ready(0, 1, made=ago(minutes=8))],
    )

    assert found.phase == "Running"


def test_an_event_with_the_uid_of_the_pod_is_the_pods():
    pod = probing()
    event = an_event("Pod", "chat-0", "Unhealthy", "HTTP 500", warning=True)
    event["involvedObject"]["uid"] = pod["metadata"]["uid"]

    found = observe(workers=0, pods=[pod], events=[event])

    assert (
        found.message
        == "Waiting for readiness: leader's readiness probe fails: HTTP 500"
    )


def test_a_warning_of_long_ago_is_no_news():
    old = an_event("Pod", "chat-0", "Odd", "old", at=ago(minutes=11), warning=True)

    found = observe(pods=[a_pod()], events=[old])

    assert found.message == "Waiting for 1 of 2 pods to be created"


def test_a_warning_without_words_gives_its_reason():
    event = an_event("Pod", "chat-0", "Odd", "", warning=True)

    assert observe(pods=[a_pod()], events=[event]).message == "Odd"


def test_an_event_counts_from_the_time_it_began():
    repeated = an_event(
        "StatefulSet",
        "chat",
        "FailedCreate",
        "forbidden",
        at=ago(seconds=5),
        warning=True,
        firstTimestamp=written(ago(minutes=11)),
    )

    assert observe(events=[repeated]).phase == "Failed"


@pytest.mark.parametrize(("seconds", "phase"), [(29, "Creating"), (31, "Pending")])
def test_a_beginning_is_young_for_half_a_minute(seconds, phase):
    assert observe(applied_at=ago(seconds=seconds)).phase == phase


@pytest.mark.parametrize(("seconds", "noticed"), [(29, True), (31, False)])
def test_the_scheduler_has_half_a_minute_to_notice_a_leader(seconds, noticed):
    found = observe(workers=0, pods=[unscheduled(made=ago(seconds=seconds))])

    assert ("pick up" not in found.message) is noticed


@pytest.mark.parametrize(("seconds", "phase"), [(1, "Creating"), (4, "Pending")])
def test_a_refusal_may_be_as_old_as_a_rounded_second(seconds, phase):
    applied = ago(minutes=1)
    event = an_event(
        "StatefulSet",
        "chat",
        "FailedCreate",
        "no",
        at=applied - timedelta(seconds=seconds),
        warning=True,
    )

    assert observe(applied_at=applied, events=[event]).phase == phase


@pytest.mark.parametrize(
    ("seconds", "state", "told"),
    [(119, "Starting", False), (121, "Starting", True), (301, "Error", True)],
)
def test_a_mount_has_its_time(seconds, state, told):
    event = an_event("Pod", "chat-0", "FailedMount", "no server", warning=True)
    pod = a_pod(made=ago(seconds=seconds))

    found = observe(workers=0, pods=[pod], events=[event]).groups[0].pods[0]

    assert (found.state, "no server" in found.message) == (state, told)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (126, " (the command cannot be executed)"),
        (127, " (the command was not found)"),
        (137, " (killed)"),
        (139, " (segmentation fault)"),
        (143, " (asked to stop)"),
        (3, ""),
    ],
)
def test_a_code_that_has_a_meaning_is_told_with_it(code, meaning):
    pod = a_pod()
    ended = {"exitCode": code, "reason": "Error"}
    pod["status"]["containerStatuses"] = [a_container(terminated=ended)]

    found = observe(workers=0, pods=[pod])

    assert found.message == f"Leader of replica 0: exited with code {code}{meaning}"


def test_an_update_begins_with_a_word_though_nobody_wrote_that_it_ran():
    found = observe(
        lws=a_set(generation=2, seen=1),
        applied_at=ago(seconds=3),
        before=Before("Updating", ago(minutes=1)),
    )

    assert found.phase == "Updating"


def test_the_leader_that_was_made_last_has_the_newest_template():
    new = failing(0, reason="ErrImagePull", revision="r2", made=ago(seconds=9))
    old = [ready(1, revision="r1"), ready(1, 1, revision="r1")]

    found = observe(
        replicas=2,
        pods=[new, *old],
        lws=a_set("UpdateInProgress", updatedReplicas=1),
    )

    assert found.phase == "Degraded"


def test_only_the_scheduler_says_that_a_gang_is_not_ready():
    noise = an_event("Pod", "chat-0", "NotReady", "Waiting for 3 pods")

    found = observe(
        workers=3,
        pods=[unscheduled()],
        pod_groups=[a_pod_group()],
        events=[noise],
        applied_at=ago(seconds=3),
    )

    assert found.message == "Waiting for the scheduler"


def test_a_group_that_the_scheduler_has_taken_up_is_pending_and_not_creating():
    """form.md §5: Creating ends with the pod group, Pending with the nodes."""
    found = observe(
        workers=1,
        pods=[unscheduled(), unscheduled(index=1)],
        pod_groups=[a_pod_group()],
        applied_at=ago(seconds=3),
    )

    assert (found.phase, found.message) == ("Pending", "Waiting for the scheduler")


def test_the_scheduler_s_words_on_a_pod_are_put_plainly_too():
    text = (
        "NonPreemptibleOverQuota: Non-preemptible workload is over quota. Workload "
        "requested 16 GPUs, but team quota is 24 GPUs, while 16 GPUs are already "
        "allocated for non-preemptible pods. Use a preemptible workload to go over "
        "quota.."
    )
    waiting = a_pod(
        spec_nodeName=None,
        status_conditions=[condition("PodScheduled", "False", since=NOW, message=text)],
    )
    waiting["metadata"]["labels"]["kai.scheduler/queue"] = "team"

    found = observe(
        workers=0,
        pods=[waiting],
        pod_groups=[a_pod_group()],
        applied_at=ago(seconds=40),
    )

    assert found.message == (
        "Needs 16 GPUs; project team has a quota of 24, "
        "16 of them held by non-preemptible workloads."
    )


def test_a_deletion_that_the_cluster_refuses_says_why():
    found = observe(desired="deleted", last_error="delete is forbidden")

    assert found.phase == "Deleting"
    assert found.message == "The cluster does not remove it: delete is forbidden"
    assert found.hint


def test_a_replica_that_moved_on_still_has_its_own_project_named():
    said = (
        "Non-preemptible workload is over quota. Workload requested 16 GPUs, but "
        "team-a100 quota is 8 GPUs, while 0 GPUs are already allocated for "
        "non-preemptible pods. Use a preemptible workload to go over quota."
    )
    group = a_pod_group(0, ("NonPreemptibleOverQuota", said))
    group["metadata"]["labels"]["kai.scheduler/node-pool"] = "h100"
    group["spec"]["queue"] = "team-h100"
    group["status"]["schedulingConditions"][0]["nodePool"] = "a100"

    found = observe(workers=0, pods=[unscheduled()], pod_groups=[group])

    assert found.message == "Needs 16 GPUs; project team has a quota of 8."
