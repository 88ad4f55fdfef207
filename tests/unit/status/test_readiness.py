"""A container that runs and is not ready: what its probe gets, in plain words."""

import pytest

from tests.unit.status.support import (
    ago,
    an_event,
    lost,
    observe,
    probing,
    ready,
)
from workloads.status import Before

GET = 'Get "http://10.0.0.7:8000/health": '
FIRST = [ready(0), ready(0, 1)]
RAN = Before("Running", ago(hours=1), 2, 2, ever_running=True)
LOG = "Look at its log"


def unhealthy(pod, told):
    return an_event("Pod", pod, "Unhealthy", told, warning=True)


@pytest.mark.parametrize(
    ("told", "message", "hint"),
    [
        (
            "Readiness probe failed: HTTP probe failed with statuscode: 503",
            "readiness probe gets HTTP 503",
            "path of the probe",
        ),
        (
            f"Readiness probe failed: {GET}dial tcp 10.0.0.7:8000: connect: "
            "connection refused",
            "readiness probe finds nothing on its port",
            "listens on the port",
        ),
        (
            f"Liveness probe failed: {GET}context deadline exceeded "
            "(Client.Timeout exceeded while awaiting headers)",
            "liveness probe gets no answer in time",
            "more time",
        ),
        (
            "Startup probe failed: cat: /tmp/up: No such file\n",
            "startup probe fails: cat: /tmp/up: No such file",
            "check the probe",
        ),
        (
            "Readiness probe errored and resulted in unknown state: rpc error",
            "readiness probe fails: rpc error",
            "check the probe",
        ),
        ("HTTP 500", "readiness probe fails: HTTP 500", "check the probe"),
        ("", "readiness probe fails", "check the probe"),
    ],
)
def test_a_probe_says_what_it_got_and_what_to_do(told, message, hint):
    found = observe(workers=0, pods=[probing()], events=[unhealthy("chat-0", told)])

    pod = found.groups[0].pods[0]
    assert (pod.state, pod.message) == ("NotReady", message)
    assert hint in pod.hint


@pytest.mark.parametrize(
    ("pods", "events", "message", "hint"),
    [
        pytest.param(
            [lost(1), ready(1, 1)],
            [unhealthy("chat-1", "Readiness probe failed: HTTP ... statuscode: 503")],
            "Replica 1: leader is not ready, its readiness probe gets HTTP 503",
            LOG,
            id="what the probe got",
        ),
        pytest.param(
            [ready(1), lost(1, 1)],
            [],
            "Replica 1: worker 1 is not ready any more",
            "Look at the logs of the pod.",
            id="nothing is told",
        ),
        pytest.param(
            [probing(1), lost(1, 1)],
            [],
            "Replica 1: worker 1 is not ready any more",
            "Look at the logs of the pod.",
            id="who was ready before one that only starts",
        ),
        pytest.param(
            [probing(1), ready(1, 1)],
            [],
            "Replica 1: starting",
            "",
            id="never was ready",
        ),
    ],
)
def test_a_replica_that_lost_its_readiness_is_not_called_starting(
    pods, events, message, hint
):
    found = observe(replicas=2, pods=[*FIRST, *pods], events=events, before=RAN)

    assert (found.phase, found.message) == (
        "Degraded",
        f"1 of 2 replicas ready. {message}",
    )
    assert found.hint.startswith(hint)
    assert bool(found.hint) == bool(hint)


@pytest.mark.parametrize(("pod", "was"), [(lost(), True), (probing(), False)])
def test_a_pod_remembers_whether_it_was_ready(pod, was):
    found = observe(workers=0, pods=[pod])

    assert found.groups[0].pods[0].lost is was


def test_when_the_only_replica_loses_its_readiness_it_is_not_called_restarting():
    told = "Readiness probe failed: HTTP probe failed with statuscode: 500"

    found = observe(
        pods=[lost(), ready(0, 1)], events=[unhealthy("chat-0", told)], before=RAN
    )

    assert (found.phase, found.message) == (
        "Degraded",
        "0 of 1 replicas ready. Replica 0: leader is not ready, "
        "its readiness probe gets HTTP 500",
    )
    assert found.hint.startswith(LOG)


def test_while_it_starts_the_probe_and_the_port_are_named():
    told = f"Readiness probe failed: {GET}connect: connection refused"

    found = observe(
        pods=[probing(), ready(0, 1)],
        serving_port=8000,
        events=[unhealthy("chat-0", told)],
    )

    assert found.message == (
        "Waiting for readiness (port 8000): "
        "leader's readiness probe finds nothing on its port"
    )
    assert "listens on the port" in found.hint
