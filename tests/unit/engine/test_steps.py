"""What each step of the judge promises."""

import re

import pytest
from pydantic import ValidationError

from policies.engine.context import Context
from policies.engine.filled import FILLED
from policies.engine.judge import judge
from policies.engine.parsed import Unread, parsed
from policies.engine.sentences import OTHERWISE, SENTENCES, sentence
from tests.support.documents import NO_ENDPOINT, a_document, a_policy, at, judged, named
from workloads.spec.conditions import CONDITIONS
from workloads.spec.facts import Facts, Pool
from workloads.spec.paths import Location
from workloads.spec.schema import SCHEMA
from workloads.spec.text import storable

ENV = "leader.environmentVariables"
COMPUTE = "leader.compute"


@pytest.mark.parametrize(("path", "condition"), CONDITIONS.items())
def test_a_selector_stands_before_what_it_selects(path, condition):
    names = list(SCHEMA.at(path[:-1]).children)

    assert names.index(condition.selector) < names.index(path[-1])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("workers", "3"),
        ("workers", 1001),
        ("workers", -1),
        ("workers", 10**40),
        ("leader.image", ""),
        ("leader.image", "\ud800"),
        ("leader.image", "x" * 5000),
        ("leader.imagePullPolicy", "Often"),
        (f"{COMPUTE}.cpuMemoryRequest", "2GB"),
        (f"{COMPUTE}.cpuCoreRequest", float("nan")),
        ("leader.command", "a 'b"),
        ("nodePools", "a"),
        ("nodePools", [1]),
        ("servingPort.exposeExternally", "yes"),
    ],
)
def test_what_cannot_be_read_is_told_in_our_words_and_kept(path, value):
    verdict = judged({path: value})

    (issue,) = (i for i in verdict.issues if i.rule == "type")
    assert str(issue.location) == path
    assert any(issue.text.startswith(text.split("{")[0]) for text in SENTENCES.values())
    assert not {"Input", "should", "valid"} & set(issue.text.split())
    assert repr(at(verdict.shown, path)) == repr(storable(value))
    assert at(verdict.resolved, path) is None


def test_a_position_counts_rows_that_cannot_be_read():
    said, issues = parsed({"leader": {"environmentVariables": ["A", {"name": 3}]}})

    assert said == {"leader": {"environmentVariables": [None, {"name": Unread(3)}]}}
    assert named(issues) == [(f"{ENV}.0", "type"), (f"{ENV}.1.name", "type")]


def test_a_count_that_cannot_be_read_keeps_its_section():
    verdict = judged({"workers": "many", "worker.image": "a", "worker.command": "b 'c"})

    assert named(verdict.issues) == [("workers", "type"), ("worker.command", "type")]
    assert verdict.spec.worker.image == "a"


def test_a_selector_that_cannot_be_read_keeps_what_it_selects():
    verdict = judged(
        {f"{COMPUTE}.gpuRequestType": "half", f"{COMPUTE}.gpuPortionRequest": 0.5}
    )

    assert named(verdict.issues) == [(f"{COMPUTE}.gpuRequestType", "type")]
    assert verdict.spec.leader.compute.gpu_portion_request == 0.5
    assert named(verdict.warnings) == NO_ENDPOINT


def test_what_is_said_and_not_used_is_a_warning():
    verdict = judged(
        {
            "worker.image": "a",
            "servingPort.port": 80,
            "servingPort.authorizationType": "authorizedUsers",
            "servingPort.authorizedUsers": ["alice"],
            "servingPort.authorizedGroups": ["all"],
        }
    )

    assert verdict.issues == ()
    assert named(verdict.warnings) == [
        ("servingPort.authorizedGroups", "unused"),
        ("worker.image", "unused"),
    ]
    assert at(verdict.shown, "worker.image") == "a"


def test_an_endpoint_of_defaults_alone_needs_its_port():
    policy = a_policy("cluster", {"servingPort.exposeExternally": False})

    assert judged({}, policy).spec.serving_port is None
    said = judged({"servingPort.authorizationType": "public"}, policy)
    assert named(said.issues) == [("servingPort.port", "required")]


def test_a_required_port_asks_for_an_endpoint():
    verdict = judged({}, a_policy(rules={"servingPort.port": {"required": True}}))

    assert named(verdict.issues) == [("servingPort.port", "required")]
    assert verdict.warnings == ()


def test_a_policys_uid_means_custom_as_a_said_one_does():
    policy = a_policy(defaults={"leader.security.runAsUid": 500})

    assert judged({}, policy).spec.leader.security.uid_gid_source == "custom"
    said = judged({"leader.security.uidGidSource": "fromTheImage"}, policy)
    assert said.spec.leader.security.run_as_uid is None


def test_capabilities_beyond_the_baseline_need_a_cluster_that_names_them():
    path = "leader.security.capabilities"
    rule = {path: {"options": [{"value": "SYS_ADMIN"}]}}
    document = {path: ["SYS_ADMIN"]}

    assert named(judged(document).issues) == [(path, "guard")]
    assert named(judged(document, a_policy(rules=rule)).issues) == [(path, "guard")]
    assert judged(document, a_policy("cluster", rules=rule)).issues == ()
    assert judged({}, a_policy("cluster", rules=rule)).resolved["leader"].get(
        "security"
    ) == {"uidGidSource": "fromTheImage"}


def test_a_locked_field_without_a_policys_default_may_say_the_platforms():
    policy = a_policy(rules={"startupPolicy": {"canEdit": False}})

    assert judged({"startupPolicy": "LeaderCreated"}, policy).issues == ()
    refused = judged({"startupPolicy": "LeaderReady"}, policy)
    assert named(refused.issues) == [("startupPolicy", "canEdit")]


def test_two_items_of_one_key_stay_apart_and_are_an_issue():
    twice = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]

    verdict = judged({ENV: twice})

    assert named(verdict.issues) == [(f"{ENV}.1.name", "unique")]
    assert len(verdict.spec.leader.environment_variables) == 2


def test_a_lock_is_not_evaded_by_saying_the_item_twice():
    items = [{"name": "A", "value": "1"}]
    policy = a_policy(
        defaults={ENV: {"instances": items}},
        rules={ENV: {"instances": {"locked": ["A"]}}},
    )

    verdict = judged({ENV: [*items, {"name": "A", "value": "2"}]}, policy)

    assert (f"{ENV}.1", "locked") in named(verdict.issues)


def test_another_source_replaces_the_policys_value():
    policy = a_policy(defaults={ENV: {"instances": [{"name": "A", "value": "1"}]}})
    secret = {"name": "s", "key": "k"}

    verdict = judged({ENV: [{"name": "A", "secret": secret}]}, policy)

    assert verdict.issues == ()
    assert at(verdict.resolved, f"{ENV}.0") == {"name": "A", "secret": secret}


def test_the_users_volume_is_to_blame_for_a_path_that_is_taken():
    new = {"claimInfo": {"size": "1G"}}
    pvc = "leader.storage.pvc"
    policy = a_policy(
        defaults={
            pvc: {"instances": [{"name": n, "path": f"/{n}"} | new for n in "ab"]}
        }
    )

    verdict = judged({pvc: [{"name": "a", "path": "/b"}]}, policy)

    assert named(verdict.issues) == [(f"{pvc}.0.path", "unique")]


def test_pools_of_two_topologies_do_not_go_together():
    facts = Facts(pools=(Pool("a", "x"), Pool("b", "y")))

    verdict = judge(a_document({"leader.image": "a"}), Context(facts=facts))

    assert verdict.spec.node_pools == ("a", "b")
    assert named(verdict.issues) == [("nodePools", "topology")]


def test_a_default_from_a_neighbour_keeps_the_rules():
    path = f"{COMPUTE}.cpuCoreRequest"
    half = {"field": "compute.cpuCoreLimit", "factor": 0.5}
    policy = a_policy(rules={path: {"defaultFrom": half, "max": 2}})

    assert (
        judged(
            {f"{COMPUTE}.cpuCoreLimit": 4}, policy
        ).spec.leader.compute.cpu_core_request
        == 2
    )
    assert at(judged({f"{COMPUTE}.cpuCoreLimit": 8}, policy).resolved, path) is None


def test_who_set_an_item_is_kept_by_its_key():
    document = {ENV: [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}

    verdict = judged(document, said_by={f"{ENV}[B]": "asset:7@1"})

    assert verdict.sources[Location.parse(f"{ENV}.0.value")] == "you"
    assert verdict.sources[Location.parse(f"{ENV}.1.value")] == "asset:7@1"


def test_a_form_shows_hidden_blocks_with_their_defaults():
    shown = judged({"workers": 0}).shown

    assert at(shown, "servingPort.authorizationType") == "public"
    assert at(shown, "worker.security.uidGidSource") == "fromTheImage"
    assert SCHEMA.at(("servingPort",)) in FILLED


NASTY = [
    True, False, 0, -1, 1.5, 10**30, 10**400, float("inf"), "", "x" * 40_000, "\x00",
    [], [1], [None], [[]], ["a"], {}, {"a": 1}, {"a": {"b": []}}, "1.5", "-", "\ud800",
]  # fmt: skip
LEAVES = [field for field in SCHEMA if not field.children]
OF_THE_LIBRARY = re.compile(r"[Ii]nput|should|pydantic|valid|instance|https?:|\{")


@pytest.mark.parametrize("field", LEAVES, ids=lambda field: str(field.path))
@pytest.mark.parametrize("strict", [True, False], ids=["said", "in a policy"])
def test_no_sentence_of_the_library_leaks(field, strict):
    told = 0
    for value in NASTY:
        try:
            field.parse(value, strict=strict)
        except ValidationError as error:
            told += 1
            assert OTHERWISE not in sentence(error)
            assert not OF_THE_LIBRARY.search(sentence(error))
    assert told


def deep(levels, inner=1):
    for _ in range(levels):
        inner = {"nodeSelectorTerms": [inner]}
    return inner


@pytest.mark.parametrize("path", [f.path for f in LEAVES if f.path[0] == "leader"][::5])
def test_nothing_is_too_deep_to_be_judged(path):
    document = deep(400)
    for name in reversed(path):
        document = {name: document}

    verdict = judge(document, Context())

    assert verdict.issues
    repr(verdict.shown)


def test_each_list_may_hold_anything():
    for field in SCHEMA:
        if field.items:
            document = [None, 1, "a", [], {}, {"exclude": True}, {field.key: 7}]
            for name in reversed(field.path):
                document = {name: document}

            assert judge({"workers": 1} | document, Context()).issues


def test_what_is_required_is_not_prefilled_by_the_platform():
    policy = a_policy(rules={"priorityClass": {"required": True}})

    verdict = judged({}, policy)

    assert named(verdict.issues) == [("priorityClass", "required")]
    assert at(verdict.shown, "priorityClass") is None
    assert at(verdict.resolved, "priorityClass") is None
