"""Reading a policy: any JSON is taken, what is wrong in it is told."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.engine.context import Context
from policies.engine.effective import EffectivePolicy
from policies.engine.judge import judge
from policies.engine.policy import Imposable, Policy
from policies.engine.rule_objects import accepted
from policies.engine.rules import Scope
from tests.support.documents import UNITS, a_policy, judged, named
from tests.unit.engine.test_properties import ANY, NAMES
from workloads.spec.paths import FieldPath
from workloads.spec.schema import SCHEMA

ENV = "leader.environmentVariables"
CPU = "leader.compute.cpuCoreRequest"
RULES = st.dictionaries(
    st.sampled_from(
        ["required", "canEdit", "blocked", "min", "max", "step", "options", "canAdd",
         "locked", "prefixes", "defaultFrom", "instances", "attributes", *NAMES]
    ),
    ANY,
    max_size=4,
)  # fmt: skip


def read(document, **assets):
    return Policy.read(UNITS["project"], document, assets)


def named_in(document):
    return named(read(document).issues)


@pytest.mark.parametrize(
    ("rules", "where", "rule"),
    [
        ({"replicas": {"prefixes": ["a"]}}, "rules.replicas.prefixes", "unknown"),
        ({"replicas": {"options": []}}, "rules.replicas.options", "unknown"),
        ({"replicas": {"step": 0}}, "rules.replicas.step", "rules"),
        ({"replicas": {"max": 2000}}, "rules.replicas.max", "type"),
        ({"replicas": {"min": "many"}}, "rules.replicas.min", "type"),
        ({"replicas": {"canEdit": "perhaps"}}, "rules.replicas.canEdit", "type"),
        ({"replicas": {"Step": 2}}, "rules.replicas.Step", "unknown"),
        ({"replicas": [1]}, "rules.replicas", "type"),
        ({"replicas": {"sourceOfRule": {"scope": "project"}}},
         "rules.replicas.sourceOfRule", "unknown"),
        ({"nodePools": {"min": 1}}, "rules.nodePools.min", "unknown"),
        ({"priorityClass": {"options": [{"value": "urgent"}]}},
         "rules.priorityClass.options", "type"),
        ({"priorityClass": {"options": [{"value": "low"}, {"value": "low"}]}},
         "rules.priorityClass.options", "rules"),
        ({"priorityClass": {"options": "low"}}, "rules.priorityClass.options", "type"),
        ({"leader": {"image": {"prefixes": []}}},
         "rules.leader.image.prefixes", "rules"),
        ({"leader": {"command": {"prefixes": ["a"]}}},
         "rules.leader.command.prefixes", "unknown"),
        ({"leader": {"compute": {"cpuMemoryRequest": {"step": "1G"}}}},
         "rules.leader.compute.cpuMemoryRequest.step", "unknown"),
        ({"leader": {"labels": {"locked": ["a"]}}}, "rules.leader.labels.locked",
         "unknown"),
        ({"leader": {"labels": {"instances": {"canRemove": False}}}},
         "rules.leader.labels.instances.canRemove", "unknown"),
        ({"leader": {"storage": {"dataVolume": {}}}}, "rules.leader.storage.dataVolume",
         "unknown"),
        ({"image": {"required": True}}, "rules.image", "unknown"),
    ],
)  # fmt: skip
def test_a_rule_that_a_field_does_not_have_is_refused(rules, where, rule):
    assert named_in({"rules": rules}) == [(where, rule)]


@pytest.mark.parametrize(
    ("defaults", "where", "rule"),
    [
        ({"replicas": "many"}, "defaults.replicas", "type"),
        ({"leader": {"labels": [{"name": "a"}]}}, "defaults.leader.labels", "type"),
        ({"leader": {"labels": {"instances": {"name": "a"}}}},
         "defaults.leader.labels.instances", "type"),
        ({"leader": {"labels": {"instances": [{"value": "a"}]}}},
         "defaults.leader.labels.instances.0", "key"),
        ({"leader": {"labels": {"instances": [{"name": "a"}, {"name": "a"}]}}},
         "defaults.leader.labels.instances.1.name", "unique"),
        ({"leader": {"labels": {"items": []}}}, "defaults.leader.labels.items",
         "unknown"),
        ({"leader": {"command": "a 'b"}}, "defaults.leader.command", "type"),
    ],
)  # fmt: skip
def test_a_default_that_does_not_fit_is_refused(defaults, where, rule):
    assert named_in({"defaults": defaults}) == [(where, rule)]


def test_a_pod_field_at_the_top_is_answered_with_the_right_one():
    (issue,) = read({"rules": {"image": {}}}).issues

    assert issue.text.endswith("write leader.image or worker.image")


def test_what_is_imposed_has_to_be_there():
    document = {"imposedAssets": {"leader": ["7", "8"], "master": ["7"]}}
    item = {"path": "/m", "existingPvc": True, "claimName": "m"}
    claim = Imposable("storage.pvc", item)

    policy = read(document, **{"7": claim})

    assert named(policy.issues) == [
        ("imposedAssets.leader.8", "asset"),
        ("imposedAssets.master", "type"),
    ]
    assert list(policy.imposed[FieldPath.parse("leader.storage.pvc")]) == ["7"]


@pytest.mark.parametrize("nothing", [{}, {"canEdit": None, "max": None}])
def test_a_rule_that_says_nothing_owns_no_field(nothing):
    above = a_policy("department", rules={"replicas": {"max": 4}})
    below = a_policy("project", rules={"replicas": nothing})

    assert named(judged({"replicas": 5}, above, below).issues) == [("replicas", "max")]


def test_an_empty_can_add_allows_what_no_rule_forbids():
    rules = {ENV: {"instances": {"canAdd": None, "locked": ["A"]}}}

    verdict = judged({ENV: [{"name": "B", "value": "1"}]}, a_policy(rules=rules))

    assert verdict.issues == ()


def test_an_option_listed_twice_is_still_the_only_one():
    twice = {"options": [{"value": "low"}, {"value": "low"}]}

    policy = a_policy(rules={"priorityClass": twice})

    assert policy.issues
    (only,) = policy.rules[FieldPath.parse("priorityClass")].options
    assert only == "low"


def test_the_vendors_name_of_an_attribute_is_understood():
    secrets = "leader.imagePullSecrets"
    rules = {secrets: {"attributes": {"userCredentials": {"canEdit": False}}}}
    policy = a_policy(rules=rules)

    said = {secrets: [{"name": "a", "userCredential": True}]}
    verdict = judged(said, policy, own_credentials=True)

    assert policy.issues == ()
    assert named(verdict.issues) == [(f"{secrets}.0.userCredential", "canEdit")]


def test_every_rule_of_the_table_of_types_is_taken():
    assert accepted(SCHEMA.at(["leader", "image"])) >= {"options", "prefixes"}
    assert "prefixes" not in accepted(SCHEMA.at(["leader", "workingDir"]))
    assert "step" in accepted(SCHEMA.at(["replicas"]))
    assert "step" not in accepted(SCHEMA.at(["leader", "compute", "cpuMemoryLimit"]))
    assert accepted(SCHEMA.at(["leader", "labels"])) == {"canAdd", "locked"}
    size = SCHEMA.at(["leader", "storage", "pvc", "claimInfo", "size"])
    assert accepted(size) >= {"min", "max"}


def test_nothing_is_submitted_under_a_policy_that_cannot_be_read():
    policy = a_policy(rules={"leader.image": {"regex": "a+"}})

    verdict = judged({}, policy)

    (issue,) = verdict.issues
    assert (str(issue.location), issue.rule) == ("leader.image.regex", "policy")
    assert issue.source == "project Llamas"


@given(ANY | st.fixed_dictionaries({}, optional={
    "defaults": ANY, "rules": st.dictionaries(st.sampled_from(NAMES), RULES | ANY),
    "imposedAssets": ANY,
}))  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_any_json_is_read_and_judged_by(document):
    policy = read(document)

    verdict = judge({"leader": {"image": "a"}}, Context(EffectivePolicy.of([policy])))

    assert verdict.spec.leader.image == "a"
    assert policy.issues == () or verdict.issues


@given(
    st.sampled_from(sorted(accepted(SCHEMA.at(["replicas"])) - {"defaultFrom"})), ANY
)
@settings(max_examples=100, deadline=None)
def test_any_value_of_a_rule_is_read_or_told(name, value):
    policy = a_policy(rules={"replicas": {name: value}})

    assert policy.issues or FieldPath(["replicas"]) in policy.rules or value is None
    assert policy.unit.scope is Scope.PROJECT


@pytest.mark.parametrize(
    ("path", "origin", "factor"),
    [
        (CPU, "compute.cpuMemoryLimit", 1),
        (CPU, "security.runAsUid", 1),
        (CPU, "nowhere", 1),
        (CPU, "extendedResources", 1),
        (CPU, "cpuCoreLimit", 0),
        (CPU, "cpuCoreLimit", -1),
        (CPU, "cpuCoreLimit", "NaN"),
        (CPU, "cpuCoreLimit", "1e999999"),
        (CPU, "cpuCoreLimit", "half"),
        (CPU, "cpuCoreRequest", 1),
        ("leader.compute.cpuMemoryRequest", "cpuCoreLimit", 1),
    ],
)
def test_a_default_from_something_else_is_refused(path, origin, factor):
    rules = {path: {"defaultFrom": {"field": origin, "factor": factor}}}

    assert [issue.rule for issue in a_policy(rules=rules).issues] == ["rules"]


def test_a_factor_is_one_where_none_is_said():
    policy = a_policy(rules={CPU: {"defaultFrom": {"field": "compute.cpuCoreLimit"}}})

    assert policy.issues == ()
    assert policy.rules[FieldPath.parse(CPU)].default_from.factor == Decimal(1)
