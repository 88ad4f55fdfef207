"""What an answer of the API server means (kubernetes.md §5.2, §7.6)."""

import json

import pytest

from workloads.cluster.answers import refusal
from workloads.cluster.interface import (
    Conflict,
    Expired,
    Forbidden,
    NotFound,
    Raced,
    Refused,
    Unavailable,
)

TYPED = (
    "failed to create typed patch object (ns/name; leaderworkerset.x-k8s.io/v1, "
    "Kind=LeaderWorkerSet): .spec.leaderWorkerTemplate.size: expected numeric "
    "(int or float), got string"
)
WEBHOOK = (
    'admission webhook "vleaderworkerset.kb.io" denied the request: '
    "spec.leaderWorkerTemplate.size: Invalid value: 0: size must be at least 1"
)


def answer(message, **more):
    return json.dumps({"kind": "Status", "message": message, **more})


CONFLICT = 'Apply failed with 1 conflict: conflict with "kubectl": .data.a'


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (400, "bad", Refused),
        (401, "Unauthorized", Unavailable),
        (403, 'User "x" cannot create resource "pods"', Forbidden),
        (
            403,
            'x is forbidden: user "p" is attempting to grant RBAC permissions not '
            "currently held",
            Forbidden,
        ),
        (403, 'pods is forbidden: User "x" cannot list resource "pods"', Forbidden),
        (403, 'pods "a" is forbidden: exceeded quota: objects', Refused),
        (403, WEBHOOK, Refused),
        (404, 'namespaces "x" not found', NotFound),
        (409, "the object has been modified", Raced),
        (409, CONFLICT, Conflict),
        (410, "too old resource version", Expired),
        (413, "too large", Refused),
        (422, "is invalid", Refused),
        (429, "slow down", Unavailable),
        (500, "etcd is away", Unavailable),
        (500, TYPED, Refused),
        (503, "starting", Unavailable),
        (504, "timeout", Unavailable),
    ],
)
def test_only_what_may_pass_by_itself_is_worth_another_try(status, message, error):
    found = refusal(status, answer(message))

    assert type(found) is error


def test_a_webhook_names_the_path_that_it_denies():
    found = refusal(403, answer(WEBHOOK))

    (cause,) = found.causes
    assert cause.field == "spec.leaderWorkerTemplate.size"
    assert cause.message.startswith("Invalid value: 0")


def test_a_structural_mistake_names_its_path_though_it_is_a_500():
    found = refusal(500, answer(TYPED))

    (cause,) = found.causes
    assert cause.field == "spec.leaderWorkerTemplate.size"
    assert cause.message == "expected numeric (int or float), got string"


def test_causes_of_a_422_lose_their_leading_dot():
    causes = [{"field": ".spec.replicas", "message": "must be at least 0"}]

    found = refusal(422, answer("invalid", details={"causes": causes}))

    assert [tuple(cause) for cause in found.causes] == [
        ("spec.replicas", "must be at least 0")
    ]


def test_a_conflict_says_who_holds_the_field():
    text = 'conflict with "kubectl" with subresource "scale" using x/v1'

    assert refusal(409, answer(text)).manager == "kubectl"


def test_a_pause_that_the_server_asks_for_is_kept():
    assert refusal(429, answer("x"), {"Retry-After": "20"}).retry_after == 20


@pytest.mark.parametrize(
    "body", ["", "<html>", "[]", "null", '{"message": null}', b"\xff"]
)
def test_no_body_is_too_odd(body):
    assert isinstance(refusal(500, body), Unavailable)
