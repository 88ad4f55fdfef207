"""Faults on demand, which tests use instead of fakes."""

import http.client
import time

import pytest

from simulator import Simulator
from tests.cluster.simulator.conftest import Space


@pytest.fixture(autouse=True)
def _healed(simulator: Simulator):
    yield
    simulator.clear_faults()


def config(name: str = "a"):
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name},
    }


def test_a_code_is_answered_as_often_as_asked(space: Space, simulator: Simulator):
    simulator.fault(code=500, plural="configmaps", verb="patch", times=1)

    codes = [
        space.http.apply(space.path("configmaps", "a"), config()).code for _ in "ab"
    ]

    assert codes == [500, 201]


def test_too_many_requests_says_when_to_come_back(space: Space, simulator: Simulator):
    simulator.fault(code=429, retry_after=7, plural="configmaps", times=1)

    answer = space.http("GET", space.path("configmaps"))

    assert (answer.code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.body["details"]["retryAfterSeconds"] == 7


def test_a_webhook_may_refuse_with_its_message(space: Space, simulator: Simulator):
    text = 'admission webhook "policy.example" denied the request: spec: no'
    simulator.fault(code=403, message=text, plural="leaderworkersets")

    answer = space.apply(space.workload("chat"))

    assert (answer.code, answer.body["message"]) == (403, text)


def test_an_answer_may_be_slow(space: Space, simulator: Simulator):
    simulator.fault(delay=0.2, plural="configmaps", namespace=space.name)
    began = time.monotonic()

    space.http("GET", space.path("configmaps"))

    assert time.monotonic() - began >= 0.2


def test_the_connection_may_end_after_the_work_is_done(space: Space, simulator):
    simulator.fault(drop=True, verb="patch", plural="configmaps", times=1)

    with pytest.raises((http.client.HTTPException, OSError)):
        space.http.apply(space.path("configmaps", "a"), config())

    assert space.http("GET", space.path("configmaps", "a")).code == 200


def test_the_connection_may_end_before_the_work_is_done(space: Space, simulator):
    simulator.fault(early=True, verb="patch", plural="configmaps", times=1)

    with pytest.raises((http.client.HTTPException, OSError)):
        space.http.apply(space.path("configmaps", "a"), config())

    assert space.http("GET", space.path("configmaps", "a")).code == 404


def test_a_fault_may_wait_for_its_turn(space: Space, simulator: Simulator):
    simulator.fault(code=503, plural="configmaps", after=1, times=1)

    codes = [space.http("GET", space.path("configmaps")).code for _ in "abc"]

    assert codes == [200, 503, 200]


def test_an_unknown_fault_is_refused(simulator: Simulator):
    with pytest.raises(RuntimeError, match="no such fault: colour"):
        simulator.fault(colour="red")


def test_a_right_may_be_taken_away_and_the_review_knows(space: Space, simulator):
    simulator.fault(code=403, verb="list", plural="configmaps")

    def review(verb: str):
        attributes = {"verb": verb, "resource": "configmaps", "namespace": space.name}
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        answer = space.http("POST", path, {"spec": {"resourceAttributes": attributes}})
        return answer.body["status"]["allowed"]

    answer = space.http("GET", space.path("configmaps"))

    assert answer.body["message"] == (
        'configmaps is forbidden: User "portal" cannot list resource "configmaps" in '
        f'API group "" in the namespace "{space.name}"'
    )
    assert (review("list"), review("get")) == (False, True)
