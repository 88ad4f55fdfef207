"""A policy's texts by the types of their fields, and where issues stand in it."""

import json

import pytest
from hypothesis import given, settings

from policies.engine.policy import Policy
from policies.places import mark_of
from policies.reading import reading
from policies.typed import typed
from policies.writing import policy_text
from tests.support.documents import UNITS, a_document, named
from tests.unit.policies.test_reading import JSON
from workloads.spec.paths import Location

WHOLE = {
    "defaults": {
        "replicas": 3,
        "nodePools": ["a", "5"],
        "servingPort": {"port": 8000, "exposeExternally": False},
        "leader": {
            "image": "nvcr.io/nim/meta/llama3:1.0",
            "args": "--on\n--off",
            "environmentVariables": {"instances": [{"name": "A", "value": "no"}]},
            "tolerations": {
                "instances": [{"name": "t", "key": "5", "seconds": 30}],
                "attributes": {"operator": "Exists", "seconds": 5},
            },
            "storage": {
                "pvc": {
                    "instances": [
                        {"name": "1", "readOnly": True, "claimInfo": {"size": "5"}}
                    ]
                }
            },
            "nodeAffinityRequired": {
                "nodeSelectorTerms": [
                    {"matchExpressions": [{"key": "a", "operator": "In",
                                           "values": ["1"]}]}
                ]
            },
        },
    },
    "rules": {
        "replicas": {"min": 1, "max": 6, "required": True},
        "priorityClass": {"canEdit": False, "options": [{"value": "low"}]},
        "leader": {
            "compute": {
                "cpuCoreRequest": {
                    "step": 0.5,
                    "defaultFrom": {"field": "cpuCoreLimit", "factor": 0.5},
                },
                "cpuMemoryRequest": {"min": "1", "max": "2G"},
            },
            "environmentVariables": {"instances": {"canAdd": False, "locked": ["A"]}},
            "imagePullSecrets": {"attributes": {"userCredentials": {"canEdit": True}}},
            "labels": {"instances": {"locked": ["on"]}},
        },
        "worker": {"image": {"prefixes": ["nvcr.io", "5"]}},
    },
    "imposedAssets": {"leader": ["7"]},
}  # fmt: skip


def test_a_document_is_written_and_read_back_with_its_types():
    document, issues = typed(reading(policy_text(WHOLE)).document)

    assert issues == []
    assert json.dumps(document) == json.dumps(WHOLE)
    assert [i.rule for i in Policy.read(UNITS["cluster"], document).issues] == ["asset"]


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("replicas", "5", 5),
        ("replicas", "+5", 5),
        ("leader.createHomeDir", "TRUE", True),
        ("leader.compute.cpuCoreRequest", "1e1", 10.0),
        ("leader.compute.cpuCoreRequest", ".5", 0.5),
        ("leader.compute.cpuCoreRequest", "8", 8),
        ("leader.compute.cpuMemoryRequest", "5", "5"),
        ("leader.image", "1e3", "1e3"),
        ("leader.image", "true", "true"),
        ("leader.image", "2026-01-01", "2026-01-01"),
        ("leader.image", "null", None),
        ("leader.image", "'null'", "null"),
        ("nodePools", "[012, on]", ["012", "on"]),
    ],
)
def test_a_text_becomes_what_its_field_takes(path, text, value):
    written = policy_text({"defaults": a_document({path: "HERE"})})

    document, issues = typed(reading(written.replace("HERE", text)).document)

    assert issues == []
    found = Location.parse(f"defaults.{path}").value_in(document)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("replicas", "012", "must be a whole number"),
        ("replicas", "1e3", "must be a whole number"),
        ("replicas", "1_000", "must be a whole number"),
        ("replicas", "1:30", "must be a whole number"),
        ("replicas", "0x1f", "must be a whole number"),
        ("replicas", "5.0", "must be a whole number"),
        ("replicas", "'5'", "must be a whole number, without quotation marks"),
        ("replicas", "9" * 5000, "must be a whole number"),
        ("leader.createHomeDir", "on", "must be true or false"),
        ("leader.createHomeDir", "yes", "must be true or false"),
        ("leader.createHomeDir", "1", "must be true or false"),
        ("leader.createHomeDir", "'true'", "must be true or false, without quotation"),
        ("leader.compute.cpuCoreRequest", ".inf", "must be a number"),
        ("leader.compute.cpuCoreRequest", "1e999", "must be a number"),
        ("leader.compute.cpuCoreRequest", "٣", "must be a number"),
    ],
)
def test_what_readers_of_yaml_disagree_about_is_no_number_and_no_truth(
    path, text, said
):
    written = policy_text({"defaults": a_document({path: "HERE"})})

    read = reading(written.replace("HERE", text))
    _, (issue,) = typed(read.document)

    assert str(issue.location) == f"defaults.{path}"
    assert said in issue.text
    assert mark_of(issue.location, read).line == written.count("\n")


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        ("replicas: {max: '5'}", "rules.replicas.max"),
        ("replicas: {required: yes}", "rules.replicas.required"),
        ("leader: {labels: {instances: {canAdd: no}}}",
         "rules.leader.labels.instances.canAdd"),
        ("leader: {tolerations: {attributes: {seconds: {min: 012}}}}",
         "rules.leader.tolerations.attributes.seconds.min"),
        ("leader: {compute: {cpuCoreRequest: {defaultFrom: {factor: a}}}}",
         "rules.leader.compute.cpuCoreRequest.defaultFrom.factor"),
    ],
)  # fmt: skip
def test_a_rules_own_values_have_types_too(rules, where):
    _, issues = typed(reading(f"rules:\n  {rules}\n").document)

    assert named(issues) == [(where, "type")]


ISSUES_AT = """\
defaults:
  replicas: 9
  leader:
    environmentVariables:
      instances:
        - name: A
          value: 1
        - name: B
          value: 2
    tolerations:
      attributes:
        operator: Equal
rules:
  leader:
    image:
      options: []
    tolerations:
      attributes:
        seconds: {min: 1}
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("replicas", 2),
        ("defaults.replicas", 2),
        ("leader.environmentVariables[B]", 8),
        ("leader.environmentVariables[B].value", 9),
        ("leader.environmentVariables[C].value", 4),
        ("leader.tolerations.operator", 12),
        ("leader.image", 15),
        ("rules.leader.image.options", 16),
        ("rules.leader.tolerations.seconds", 19),
        ("rules.leader.tolerations.attributes.seconds.min", 19),
        ("rules.worker.image", 13),
        ("workers", 1),
        ("imposedAssets.leader.7", 1),
        ("", 1),
    ],
)
def test_an_issue_is_shown_at_its_line(place, line):
    mark = mark_of(Location.parse(place), reading(ISSUES_AT))

    assert mark.line == line


@settings(deadline=None)
@given(JSON)
def test_whatever_is_read_can_be_typed_and_judged_as_a_policy(document):
    read = reading(policy_text({"defaults": document, "rules": document}))

    found, issues = typed(read.document)

    json.dumps(found)
    for issue in (*issues, *Policy.read(UNITS["project"], found).issues):
        assert mark_of(issue.location, read) >= (1, 1)
