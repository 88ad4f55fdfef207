"""What is wrong with a pod, in the order of kubernetes.md §4.1."""

import pytest

from tests.unit.status.support import (
    a_container,
    a_pod,
    ago,
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


def state_of(pod, *events):
    return observe(workers=0, pods=[pod], events=list(events)).groups[0].pods[0]


def container(**known):
    pod = a_pod()
    pod["status"]["containerStatuses"] = [a_container(**known)]
    return pod


@pytest.mark.parametrize(
    ("pod", "state"),
    [
        (leaving(), "Terminating"),
        (ready(), "Ready"),
        (unscheduled(), "Unscheduled"),
        (a_pod(), "Starting"),
        (probing(), "NotReady"),
        (failing(reason="ErrImagePull"), "Error"),
        (a_pod(status_phase="Succeeded"), "Gone"),
    ],
)
def test_a_pod_is_in_one_word(pod, state):
    assert state_of(pod).state == state


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("pull access denied, 401 Unauthorized", "the registry refuses access"),
        ("toomanyrequests: slow down", "the registry's limit of pulls is reached"),
        ("manifest for a/b:1 not found", "it was not found"),
        (
            "x509: certificate signed by unknown authority",
            "the registry's certificate is not trusted",
        ),
        ("dial tcp: lookup r: no such host", "the registry cannot be reached"),
    ],
)
def test_an_image_that_cannot_be_pulled_says_why(told, message):
    found = state_of(failing(reason="ImagePullBackOff", message=told))

    assert found.message == f"cannot pull image a/b:1: {message}"
    assert found.hint


@pytest.mark.parametrize(
    ("known", "message"),
    [
        (
            {
                "waiting": {
                    "reason": "CreateContainerConfigError",
                    "message": 'secret "hub" not found',
                }
            },
            'cannot be created: secret "hub" not found',
        ),
        (
            {"waiting": {"reason": "InvalidImageName"}},
            "image a/b:1 is not a name",
        ),
        (
            {"waiting": {"reason": "ErrImageNeverPull"}},
            "image a/b:1 is not on the node",
        ),
        (
            {
                "waiting": {"reason": "CrashLoopBackOff"},
                "last": {"exitCode": 139, "reason": "Error"},
                "restarts": 4,
            },
            "exited with code 139 (segmentation fault)",
        ),
        (
            {"waiting": {"reason": "CrashLoopBackOff"}},
            "crashes again and again",
        ),
        (
            {"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
            "OOMKilled: ran out of CPU memory",
        ),
        (
            {"terminated": {"exitCode": 137, "reason": "Error"}},
            "exited with code 137 (killed)",
        ),
        ({"terminated": {"exitCode": 1}}, "exited with code 1"),
        ({"terminated": {"exitCode": 0}}, "ended by itself"),
        ({"terminated": {"reason": "Error"}}, "crashed"),
        (
            {
                "terminated": {
                    "exitCode": 128,
                    "reason": "StartError",
                    "message": "no such file: serve",
                }
            },
            "cannot start: no such file: serve",
        ),
        (
            {
                "running": True,
                "restarts": 1,
                "last": {"exitCode": 2, "finishedAt": written(ago(minutes=1))},
            },
            "exited with code 2",
        ),
    ],
)
def test_a_container_that_does_not_run_says_why(known, message):
    found = state_of(container(**known))

    assert (found.state, found.message) == ("Error", message)


def test_an_init_container_comes_first():
    pod = container(waiting={"reason": "PodInitializing"})
    pod["status"]["initContainerStatuses"] = [
        a_container(terminated={"exitCode": 0, "reason": "Completed"}),
        a_container(waiting={"reason": "ErrImagePull"}),
    ]

    assert state_of(pod).reason == "ErrImagePull"


def test_an_init_container_that_is_done_is_no_error():
    pod = container(waiting={"reason": "PodInitializing"})
    done = {"exitCode": 0, "reason": "Completed"}
    pod["status"]["initContainerStatuses"] = [a_container(terminated=done)]

    assert state_of(pod).state == "Starting"


@pytest.mark.parametrize("reason", ["Evicted", "UnexpectedAdmissionError"])
def test_a_pod_that_its_node_threw_out_says_so(reason):
    pod = a_pod(status_phase="Failed", status_reason=reason, status_message="disk")

    found = state_of(pod)

    assert (found.state, found.message) == ("Error", f"{reason}: disk")


@pytest.mark.parametrize(
    ("minutes", "state", "message"),
    [
        (1, "Starting", ""),
        (3, "Starting", "a volume cannot be mounted: no such server"),
        (6, "Error", "a volume cannot be mounted: no such server"),
    ],
)
def test_a_mount_that_does_not_come_is_an_error_in_the_end(minutes, state, message):
    event = an_event("Pod", "chat-0", "FailedMount", "no such server", warning=True)

    found = state_of(a_pod(made=ago(minutes=minutes)), event)

    assert (found.state, found.message) == (state, message)


def test_a_node_that_is_drained_says_so():
    pod = probing()
    drained = condition(
        "DisruptionTarget", "True", since=ago(), reason="EvictionByEvictionAPI"
    )
    pod["status"]["conditions"].append(drained)

    assert state_of(pod).reason == "EvictionByEvictionAPI"


def test_an_event_of_an_earlier_pod_of_the_same_name_is_not_this_ones():
    event = an_event("Pod", "chat-0", "Unhealthy", "old", warning=True)
    event["involvedObject"]["uid"] = "somebody-else"

    assert state_of(probing(), event).message == ""


def test_a_pod_without_labels_is_placed_by_its_name():
    pod = ready(3, 2)
    pod["metadata"]["labels"] = {}

    found = observe(pods=[pod], replicas=4, workers=2).groups[3].pods[0]

    assert (found.role, found.index, found.who) == ("worker", 2, "worker 2")
