"""What an author is warned of, although nothing forbids it."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies.amending import amended
from policies.engine.advice import Copy, Instead, Put
from policies.engine.lint import lint
from policies.engine.lint_below import lint_below
from policies.engine.policy import Policy
from policies.engine.rules import Scope, Unit
from policies.reading import reading
from policies.typed import typed
from policies.writing import policy_text
from tests.support.documents import a_document, a_policy
from tests.unit.engine.test_properties import a_document_of_policy
from workloads.spec.paths import Location

GPUS = "leader.compute.gpuDevicesRequest"
UID, SOURCE = "leader.security.runAsUid", "leader.security.uidGidSource"
ROOT = "leader.security.runAsNonRoot"
ENV = "leader.environmentVariables"
CAPABILITIES = "leader.security.capabilities"
BOTH = ("leader", "worker")


def warned(policy, *above, document=None):
    """Where each warning stands, and its name."""
    found = lint(policy, above, document)
    return [(str(each.issue.location), each.issue.rule) for each in found]


def of(name, policy, *above, document=None):
    """The warnings of one name."""
    found = lint(policy, above, document)
    return [each for each in found if each.issue.rule == name]


def both(name, rules):
    """The same rules for both roles."""
    return {f"{role}.{name}": rules for role in BOTH}


def variables(*items):
    return {ENV: {"instances": list(items)}}


def test_a_policy_that_means_what_it_says_gets_no_warning():
    policy = a_policy(
        "project",
        {"replicas": 3, "leader.image": "ubuntu"},
        {"replicas": {"max": 6}, **both("compute.gpuDevicesRequest", {"max": 4})},
    )

    assert warned(policy) == []


@pytest.mark.parametrize(
    ("path", "place", "other"),
    [
        (GPUS, f"rules.{GPUS}", "rules.worker.compute.gpuDevicesRequest"),
        ("worker.image", "rules.worker.image", "rules.leader.image"),
        (
            "leader.tolerations.effect",
            "rules.leader.tolerations.attributes.effect",
            "rules.worker.tolerations.attributes.effect",
        ),
        (
            "leader.imagePullSecrets.userCredential",
            "rules.leader.imagePullSecrets.attributes.userCredentials",
            "rules.worker.imagePullSecrets.attributes.userCredentials",
        ),
        (ENV, f"rules.{ENV}.instances", "rules.worker.environmentVariables.instances"),
    ],
)
def test_a_rule_of_one_role_can_be_copied_to_the_other(path, place, other):
    rules = {"instances": {"canAdd": False}} if path == ENV else {"required": True}
    document = place.removeprefix("rules.").removesuffix(".instances")

    (advice,) = of("oneRole", a_policy("project", {}, {document: rules}))

    assert str(advice.issue.location) == place
    assert isinstance(advice.offer, Copy)
    assert (str(advice.offer.source), str(advice.offer.target)) == (place, other)
    assert advice.offer.label == f"Copy to {other.split('.')[1]}"


def test_a_role_that_a_broader_unit_binds_is_bound():
    above = a_policy("department", {}, {"worker.image": {"required": True}})
    policy = a_policy("project", {}, {"leader.image": {"required": True}})

    assert of("oneRole", policy, above) == []


def test_a_rule_that_replaces_a_broader_one_shows_both_with_their_units():
    options = [{"value": "public"}, {"value": "authenticatedUsers"}]
    path = "servingPort.authorizationType"
    above = a_policy("department", {}, {path: {"options": options[1:]}})
    policy = a_policy("project", {}, {path: {"options": options}})

    (advice,) = of("replaces", policy, above)

    assert str(advice.issue.location) == f"rules.{path}"
    assert "department Research" in advice.issue.text
    assert "one of authenticatedUsers" in advice.issue.text
    assert "one of public, authenticatedUsers" in advice.issue.text


def test_of_compute_rules_it_is_the_nearer_one_that_does_not_hold():
    above = a_policy("cluster", {}, both("compute.gpuDevicesRequest", {"max": 4}))
    policy = a_policy("project", {}, both("compute.gpuDevicesRequest", {"max": 8}))

    (leader, _) = of("overruled", policy, above)

    assert "does not hold" in leader.issue.text
    assert "cluster Frankfurt" in leader.issue.text
    assert "at most 4" in leader.issue.text
    assert "at most 8" in leader.issue.text
    assert of("replaces", policy, above) == []


def test_saying_the_same_as_a_broader_unit_is_no_loss():
    rules = {"replicas": {"max": 4}}

    found = warned(a_policy("project", {}, rules), a_policy("cluster", {}, rules))

    assert found == []


@pytest.mark.parametrize(
    ("defaults", "more", "found"),
    [
        ({}, {}, 1),
        ({SOURCE: "custom"}, {}, 1),
        ({}, {SOURCE: {"options": [{"value": "custom"}]}}, 0),
        ({SOURCE: "custom"}, {SOURCE: {"canEdit": False}}, 0),
        ({}, {SOURCE: {"canEdit": False}}, 1),
        ({ROOT: True}, {}, 1),
        ({ROOT: True}, {ROOT: {"canEdit": False}}, 0),
    ],
)
def test_a_uid_rule_beside_which_the_image_still_chooses(defaults, more, found):
    policy = a_policy("project", defaults, {UID: {"min": 1000}} | more)

    advice = of("fromTheImage", policy)

    assert len(advice) == found
    if found and SOURCE not in more:
        assert isinstance(advice[0].offer, Put)
        assert str(advice[0].offer.target) == f"rules.{SOURCE}"


def test_a_uid_rule_is_held_by_a_source_that_a_broader_unit_closed():
    above = a_policy("cluster", {}, {SOURCE: {"options": [{"value": "custom"}]}})

    found = of("fromTheImage", a_policy("project", {}, {UID: {"min": 1000}}), above)

    assert found == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HF_TOKEN", "anything"),
        ("API_KEY", "x"),
        ("DB_PASSWORD", "x"),
        ("CLIENT_SECRET", "x"),
        ("HARMLESS", "hf_abcdefghijklmnop"),
        ("HARMLESS", "nvapi-abcdefghijklmnop"),
        ("HARMLESS", "AKIAIOSFODNN7EXAMPLE"),
        ("HARMLESS", "ghp_abcdefghijklmnop"),
        ("HARMLESS", "sk-abcdefghijklmnop"),
        ("HARMLESS", "-----BEGIN RSA PRIVATE KEY-----\nMII\n"),
        ("HARMLESS", "https://me:hunter2@example.com/a"),
    ],
)
def test_what_looks_like_a_secret_is_offered_a_reference_and_never_repeated(
    name, value
):
    policy = a_policy("project", variables({"name": name, "value": value}))

    (advice,) = of("secret", policy)

    assert str(advice.issue.location) == f"defaults.{ENV}[{name}].value"
    assert isinstance(advice.offer, Instead)
    assert advice.offer.name == "secret"
    assert advice.offer.value == {"name": "", "key": name}
    assert value not in advice.issue.text or len(value) == 1


@pytest.mark.parametrize(
    "item",
    [
        {"name": "HF_TOKEN", "secret": {"name": "hugging-face", "key": "token"}},
        {"name": "TASK", "value": "risk-assessment"},
        {"name": "PROXY", "value": "http://proxy:3128"},
        {"name": "HF_TOKEN", "value": ""},
    ],
)
def test_what_is_no_secret_is_left_alone(item):
    assert of("secret", a_policy("project", variables(item))) == []


def test_a_secret_in_another_default_has_to_be_taken_out():
    args = "--token hf_abcdefghijklmnop"
    labels = {"instances": [{"name": "a", "value": "ghp_abcdefghijklmnop"}]}
    policy = a_policy("project", {"leader.args": args, "leader.labels": labels})

    found = of("secret", policy)

    assert [(str(a.issue.location), a.offer) for a in found] == [
        ("defaults.leader.labels[a].value", None),
        ("defaults.leader.args", None),
    ]


def test_locking_what_is_not_there_locks_nothing():
    rules = {ENV: {"instances": {"locked": ["A", "B"]}}}
    policy = a_policy("project", variables({"name": "A", "value": "1"}), rules)

    (advice,) = of("locked", policy)

    assert "locks B," in advice.issue.text


@pytest.mark.parametrize(
    ("path", "rules", "text"),
    [
        ("replicas", {"min": 2, "max": 4}, None),
        ("leader.image", {"options": [{"value": "a"}], "prefixes": ["b"]}, "b"),
        (CAPABILITIES, {"options": [{"value": "SYS_ADMIN"}]}, "on the node"),
        (CAPABILITIES, {"options": [{"value": "CHOWN"}]}, None),
    ],
)
def test_an_option_that_nobody_can_choose(path, rules, text):
    found = of("options", a_policy("project", {}, {path: rules}))

    assert len(found) == (text is not None)
    assert all(text in each.issue.text for each in found)


@pytest.mark.parametrize(
    ("scope", "text"), [("cluster", "frees what is"), ("project", "frees nothing")]
)
def test_who_frees_what_is_guarded_is_told_whether_it_is_free(scope, text):
    rules = both("security.privileged", {"canEdit": True})

    found = of("guard", a_policy(scope, {}, rules))

    assert len(found) == 2
    assert all(text in each.issue.text for each in found)


@pytest.mark.parametrize(("defaults", "found"), [({}, 1), ({"workers": 2}, 0)])
def test_what_is_required_and_locked_needs_a_default(defaults, found):
    policy = a_policy(
        "project", defaults, {"workers": {"required": True, "canEdit": False}}
    )

    assert len(of("required", policy)) == found


@pytest.mark.parametrize(
    ("path", "rules", "who"),
    [
        ("workers", {"min": 1}, "a program that"),
        ("workers", {"min": 2}, "whoever"),
        ("priorityClass", {"options": [{"value": "low"}, {"value": "high"}]}, "whoev"),
        ("workers", {"max": 3}, None),
        ("workers", {"min": 1, "required": True}, None),
    ],
)
def test_a_rule_that_the_products_own_default_breaks_wants_a_default(path, rules, who):
    found = of("noDefault", a_policy("project", {}, {path: rules}))

    assert len(found) == (who is not None)
    assert all(who in each.issue.text for each in found)
    assert of("noDefault", a_policy("project", {path: "low"}, {path: rules})) == [] or (
        path == "workers"
    )


def test_a_default_to_be_worked_out_where_another_stands_is_never_used():
    request, limit = "compute.cpuCoreRequest", "cpuCoreLimit"
    rules = both(request, {"defaultFrom": {"field": limit, "factor": 0.5}})
    above = a_policy("cluster", {f"leader.{request}": 2})

    (advice,) = of("defaultFrom", a_policy("project", {}, rules), above)

    assert str(advice.issue.location) == f"rules.leader.{request}"
    assert "cluster Frankfurt" in advice.issue.text


def test_what_has_no_value_says_nothing():
    said = {"replicas": {"max": None}, "workers": {}}
    document = {
        "defaults": a_document({"leader.image": None}),
        "rules": said,
    }

    found = warned(a_policy("project", {}, said), document=document)

    assert found == [
        ("defaults.leader.image", "nothing"),
        ("rules.replicas.max", "nothing"),
        ("rules.workers", "nothing"),
    ]


def test_a_rule_may_demand_nothing():
    (advice,) = of("nothing", a_policy("project", {}, {"workers": {"required": False}}))

    assert str(advice.issue.location) == "rules.workers"


def test_a_policy_does_not_take_out_items():
    item = {"name": "A", "exclude": True}
    document = {"defaults": a_document(variables(item))}

    (advice,) = of("exclude", a_policy("project", variables(item)), document=document)

    assert advice.issue.location == Location(
        ("defaults", "leader", "environmentVariables", "instances", "0", "exclude")
    )


def test_a_rule_that_a_nearer_unit_has_itself_does_not_reach_that_unit():
    policy = a_policy("cluster", {}, {"replicas": {"max": 4}})
    below = [
        a_policy("department", {}, {"replicas": {"max": 6}}),
        a_policy("project", {}, {"replicas": {"max": 4}}),
    ]

    (advice,) = lint_below(policy, below)

    assert advice.issue.rule == "replacedBelow"
    assert str(advice.issue.location) == "rules.replicas"
    assert "department Research" in advice.issue.text
    assert "project Llamas" not in advice.issue.text


def test_a_compute_rule_takes_the_place_of_those_below():
    policy = a_policy("cluster", {}, {GPUS: {"max": 4}})

    (advice,) = lint_below(policy, [a_policy("project", {}, {GPUS: {"max": 8}})])

    assert advice.issue.rule == "overrulesBelow"
    assert "project Llamas" in advice.issue.text


def test_of_many_units_below_the_first_are_named():
    rules = {"replicas": {"max": 6}}
    below = [
        replace(a_policy("project", {}, rules), unit=Unit(Scope.PROJECT, f"p{number}"))
        for number in range(9)
    ]

    (advice,) = lint_below(a_policy("cluster", {}, {"replicas": {"max": 4}}), below)

    assert "project p4 and 4 more" in advice.issue.text
    assert "p5" not in advice.issue.text


@given(st.lists(a_document_of_policy(), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_whatever_is_copied_ends_its_warning_and_brings_no_error(documents):
    units = ("cluster", "department", "project")[-len(documents) :]
    *above, policy = [
        a_policy(unit, *said) for unit, said in zip(units, documents, strict=True)
    ]
    assume(not policy.issues)
    defaults, rules = map(a_document, documents[-1])
    text = policy_text({"defaults": defaults, "rules": rules})

    for issue, offer in lint(policy, above):
        if isinstance(offer, Copy):
            new, untyped = typed(reading(amended(text, offer)).document)
            after = Policy.read(policy.unit, new)

            left = {
                (each.issue.rule, each.issue.location) for each in lint(after, above)
            }
            assert (issue.rule, issue.location) not in left
            assert untyped == []
            assert after.issues == ()
