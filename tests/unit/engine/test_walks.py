"""The eight walks of architecture.md §5.3."""

from tests.support.documents import (
    ENVIRONMENT,
    NO_ENDPOINT,
    WORKERS,
    a_policy,
    at,
    judged,
    kept,
    named,
    on_step,
)
from workloads.spec.paths import Location

LOCKED = a_policy(
    "department",
    {"leader.imagePullPolicy": "Always"},
    {"leader.imagePullPolicy": {"canEdit": False}},
)


def test_without_a_policy_an_image_is_enough_to_go_on():
    page = {"leader.imagePullPolicy": "IfNotPresent"}
    document = kept({}, page | {"leader.image": "llm:1"}, page)

    verdict = judged(document, bare=True, form=True)

    assert document == {"leader": {"image": "llm:1"}}

    assert on_step(verdict, ENVIRONMENT) == []
    assert on_step(verdict, WORKERS) == [("worker.image", "required")]
    assert on_step(verdict, WORKERS, tried=False) == []


def test_an_emptied_field_gets_its_default_back():
    policy = a_policy("cluster", {"workers": 3})
    page = {"workers": "5"}
    document = kept({"workers": 5}, {"workers": ""}, page)

    verdict = judged(document, policy, form=True)

    assert document == {}
    assert verdict.spec.workers == 3
    assert verdict.sources[Location.parse("workers")] == "cluster Frankfurt"


def test_what_is_said_can_be_reset_even_if_it_is_nothing():
    verdict = judged({"workers": 0}, a_policy("cluster", {"workers": 3}))

    reset = verdict.defaults[Location.parse("workers")]
    assert (reset.value, reset.source) == (3, "cluster Frankfurt")


def test_a_forged_post_of_a_locked_field_is_judged():
    page = {"leader.imagePullPolicy": "Always"}
    document = kept(
        {"leader": {"image": "ubuntu"}}, {"leader.imagePullPolicy": "Never"}, page
    )

    verdict = judged(document, LOCKED, bare=True)

    assert named(verdict.issues) == [("leader.imagePullPolicy", "canEdit")]
    assert verdict.issues[0].source == "department Research"
    reset = verdict.defaults[Location.parse("leader.imagePullPolicy")]
    assert (reset.value, reset.source) == ("Always", "department Research")


def test_a_loaded_asset_that_a_later_policy_forbids_stays_and_is_flagged():
    policy = a_policy(rules={"leader.image": {"options": [{"value": "llm:2"}]}})

    verdict = judged(
        {"leader.image": "llm:1"}, policy, said_by={"leader.image": "asset:7@1"}
    )

    assert verdict.spec.leader.image == "llm:1"
    assert verdict.sources[Location.parse("leader.image")] == "asset:7@1"
    assert on_step(verdict, ENVIRONMENT, tried=False) == [("leader.image", "options")]


def test_an_empty_spec_by_the_api_lacks_an_image_and_an_endpoint():
    verdict = judged({}, bare=True)

    assert named(verdict.issues) == [("leader.image", "required")]
    assert named(verdict.warnings) == NO_ENDPOINT


def test_what_the_worker_needs_is_not_asked_without_workers():
    policy = a_policy(rules={"worker.image": {"required": True}})

    verdict = judged({"workers": 0}, policy)

    assert verdict.issues == ()
    assert verdict.spec.worker is None


def test_the_only_option_satisfies_required():
    only = {"required": True, "options": [{"value": "llm:1"}]}

    verdict = judged({}, a_policy(rules={"leader.image": only}), bare=True)

    assert verdict.issues == ()
    assert verdict.spec.leader.image == "llm:1"
    assert verdict.sources[Location.parse("leader.image")] == "project Llamas"


def test_a_platform_default_that_breaks_a_rule_is_not_taken():
    verdict = judged({}, a_policy(rules={"workers": {"min": 1}}))

    assert at(verdict.resolved, "workers") is None
    assert named(verdict.issues) == [("workers", "min")]
    assert verdict.issues[0].kind == "missing"
