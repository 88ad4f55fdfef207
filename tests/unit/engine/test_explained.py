"""Why a field is as it is: every line of the chain, and what became of it."""

import pytest
from hypothesis import given, settings

from policies.engine.effective import EffectivePolicy
from policies.engine.explained import attributes, explained
from policies.engine.policy import Imposable
from policies.engine.words import item_text, rule_text, shown
from tests.support.documents import a_policy
from tests.unit.engine.test_properties import chains
from workloads.spec.paths import FieldPath
from workloads.spec.schema import SCHEMA

GPUS = "leader.compute.gpuDevicesRequest"
ENV = "leader.environmentVariables"


def told(path, *chain):
    return explained(FieldPath.parse(path), chain, EffectivePolicy.of(chain))


def lines(standings):
    """Each line as unit, text and whether it wins."""
    return [(each.unit, each.text, each.wins) for each in standings]


def variables(**values):
    items = [{"name": name, "value": value} for name, value in values.items()]
    return {ENV: {"instances": items}}


def test_of_two_defaults_the_nearer_holds_and_the_platforms_comes_last():
    found = told(
        "replicas",
        a_policy("cluster", {"replicas": 2}),
        a_policy("project", {"replicas": 3}),
    )

    assert lines(found.defaults) == [
        ("cluster Frankfurt", "2", False),
        ("project Llamas", "3", True),
        ("platform", "1", False),
    ]
    assert "project Llamas is nearer" in found.defaults[0].why
    assert "project Llamas comes first" in found.defaults[2].why


def test_of_rules_the_nearer_holds_but_the_farther_of_compute():
    rules = ({"max": 4}, {"max": 8})
    near = told(
        "replicas",
        a_policy("cluster", {}, {"replicas": rules[0]}),
        a_policy("project", {}, {"replicas": rules[1]}),
    )
    far = told(
        GPUS,
        a_policy("cluster", {}, {GPUS: rules[0]}),
        a_policy("project", {}, {GPUS: rules[1]}),
    )

    assert [each.wins for each in near.rules] == [False, True]
    assert "project Llamas is nearer" in near.rules[0].why
    assert [each.wins for each in far.rules] == [True, False]
    assert "cluster Frankfurt is broader" in far.rules[1].why


@pytest.mark.parametrize(
    ("rules", "value", "why"),
    [
        ({"max": 2}, 5, "it has to be at most 2"),
        ({"canEdit": False}, 5, "cluster Frankfurt locks it"),
        ({"blocked": True}, 5, "lets the field have no value"),
    ],
)
def test_a_default_that_does_not_hold_says_which_rule_it_breaks(rules, value, why):
    found = told(
        GPUS,
        a_policy("cluster", {}, {GPUS: rules}),
        a_policy("project", {GPUS: value}),
    )

    assert lines(found.defaults)[0] == ("project Llamas", "5", False)
    assert why in found.defaults[0].why


def test_what_is_guarded_is_told_with_who_frees_it():
    path = "leader.security.capabilities"
    options = {"options": [{"value": "SYS_ADMIN"}]}

    shut = told(path, a_policy("project", {path: ["SYS_ADMIN"]}))
    free = told(path, a_policy("cluster", {}, {path: options}))

    assert "the product forbids it" in shut.defaults[0].why
    assert "no tenant or cluster policy frees it" in shut.guard
    assert "one of SYS_ADMIN" in free.guard


def test_the_only_option_holds_unless_a_default_does():
    path = "servingPort.authorizationType"
    rules = {path: {"options": [{"value": "public", "displayed": "All"}]}}

    alone = told(path, a_policy("project", {}, rules))
    beside = told(
        path, a_policy("cluster", {path: "public"}), a_policy("project", {}, rules)
    )

    assert lines(alone.defaults)[0] == (
        "project Llamas",
        "public, the only option",
        True,
    )
    assert [each.wins for each in beside.defaults] == [True, False, False]


def test_a_default_that_is_worked_out_comes_before_the_platforms():
    path = "leader.compute.cpuCoreRequest"
    rules = {path: {"defaultFrom": {"field": "cpuCoreLimit", "factor": 0.5}}}

    found = told(path, a_policy("project", {}, rules))
    beaten = told(path, a_policy("project", {path: 2}, rules))

    assert lines(found.defaults)[0] == ("project Llamas", "0.5 of cpuCoreLimit", True)
    assert [each.wins for each in beaten.defaults] == [True, False, False]


@pytest.mark.parametrize(
    ("path", "rules", "wins", "why"),
    [
        ("replicas", {}, True, ""),
        ("replicas", {"max": 4}, True, ""),
        ("workers", {"min": 1}, False, "demands at least 1: the field stays empty"),
        ("replicas", {"required": True}, False, "requires that somebody says it"),
        ("replicas", {"blocked": True}, False, "lets the field have no value"),
    ],
)
def test_the_platforms_default_stands_where_no_rule_is_against_it(
    path, rules, wins, why
):
    platform = told(path, a_policy("project", {}, {path: rules})).defaults[-1]

    assert (platform.unit, platform.wins) == ("platform", wins)
    assert why in platform.why


def test_forms_may_have_a_default_that_a_rule_admits_and_programs_none():
    found = told("workers", a_policy("project", {}, {"workers": {"min": 1}}))

    assert lines(found.defaults) == [
        ("platform", "1 in forms", True),
        ("platform", "0 for programs", False),
    ]


def test_items_are_told_by_key_with_what_locks_them():
    locked = {ENV: {"instances": {"locked": ["A"], "canAdd": False}}}

    found = told(
        ENV,
        a_policy("department", variables(A="1", C="1"), locked),
        a_policy("project", variables(A="2", B="2", C="2")),
    )

    a, c, b = found.items
    assert lines(a.standings) == [
        ("department Research", "value: 1", True),
        ("project Llamas", "value: 2", False),
    ]
    assert "department Research locks this item" in a.standings[1].why
    assert (b.key, [each.wins for each in b.standings]) == ("B", [False])
    assert "lets nobody below add" in b.standings[0].why
    assert [each.wins for each in c.standings] == [False, True]


def test_of_an_imposed_item_the_unit_is_told():
    asset = Imposable("storage.pvc", {"claimName": "models", "path": "/models"})
    policy = a_policy("cluster", imposedAssets={"leader": ["7"]}, assets={"7": asset})

    (item,) = told("leader.storage.pvc", policy).items

    ((unit, text, wins),) = lines(item.standings)
    assert (unit, wins) == ("cluster Frankfurt", True)
    assert text.endswith("path: /models (imposed)")


def test_an_item_is_refused_for_an_attribute_that_is_named():
    path = "leader.tolerations"
    rules = {"attributes": {"effect": {"options": [{"value": "NoSchedule"}]}}}
    item = {"name": "X", "key": "gpu", "operator": "Exists", "effect": "NoExecute"}

    (found,) = told(
        path,
        a_policy("cluster", {}, {path: rules}),
        a_policy("project", {path: {"instances": [item]}}),
    ).items

    assert found.standings[0].why == (
        "cluster Frankfurt does not allow it: effect has to be one of NoSchedule"
    )


def test_attributes_of_a_list_that_somebody_speaks_of_are_named():
    rules = {"leader.tolerations": {"attributes": {"effect": {"required": True}}}}

    found = attributes(
        FieldPath.parse("leader.tolerations"), [a_policy("project", {}, rules)]
    )

    assert [str(path) for path in found] == ["leader.tolerations.effect"]


@given(chains())
@settings(max_examples=60, deadline=None)
def test_the_winners_are_those_of_the_effective_policy(chain):
    effective = EffectivePolicy.of(chain)
    spoken = {p for policy in chain for p in (*policy.rules, *policy.defaults)}
    lists = {path for policy in chain for path in policy.instances}

    for path in spoken - lists:
        if not SCHEMA.at(path).items:
            _default_is_the_winner(path, chain, effective)
    for path in spoken | lists:
        rules = [each for each in explained(path, chain, effective).rules if each.wins]
        winner = effective.rules.get(path)
        assert [(each.unit, each.text) for each in rules] == (
            [(winner.source, rule_text(winner))] if winner else []
        )
    for path in lists:
        _items_are_the_winners(path, chain, effective)


def _default_is_the_winner(path, chain, effective):
    winners = [e for e in explained(path, chain, effective).defaults if e.wins]
    default = effective.defaults.get(path)
    assert len(winners) <= 1 or {each.unit for each in winners} == {"platform"}
    if default is not None:
        assert winners[0].unit == default.source
        assert winners[0].text.removesuffix(", the only option") == shown(default.value)
    else:
        assert all(each.unit == "platform" or " of " in each.text for each in winners)


def _items_are_the_winners(path, chain, effective):
    key = SCHEMA.at(path).key
    found = {
        item.key: (each.unit, each.text)
        for item in explained(path, chain, effective).items
        for each in item.standings
        if each.wins
    }
    assert found == {
        name: (item.source, item_text(item.value, key))
        for name, item in effective.instances.get(path, {}).items()
    }


def test_what_looks_like_a_secret_is_not_shown_to_all_who_read_what_holds():
    (item, other, plain) = told(
        ENV,
        a_policy("cluster", variables(HF_TOKEN="x1", B="hf_abcdefghijklmnop", C="x2")),
    ).items

    assert item.standings[0].text == "value: hidden"
    assert other.standings[0].text == "value: hidden"
    assert plain.standings[0].text == "value: x2"
