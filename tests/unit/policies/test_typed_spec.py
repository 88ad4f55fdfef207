"""A workload's document as text: what it says comes back in the types of its fields."""

import re

import pytest
from hypothesis import assume, given, settings

from policies.engine.judge import judge
from policies.reading import reading
from policies.typed import typed_spec
from policies.writing import policy_text
from tests.support.documents import a_context
from tests.unit.engine.test_properties import LIKELY
from workloads.spec.paths import Location

TOO_LONG = re.compile(r"\d{19}|\de[-+]?\d{3}")
"""More digits than numbers of a text have."""


def read(text):
    return typed_spec(reading(text).document)


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("replicas: 3", {"replicas": 3}),
        ('{"replicas": 3}', {"replicas": 3}),
        ("leader: {image: 1.10}", {"leader": {"image": "1.10"}}),
        ("leader: {image: '3'}", {"leader": {"image": "3"}}),
        ("leader: {createHomeDir: true}", {"leader": {"createHomeDir": True}}),
        ("leader: {compute: {cpuCoreRequest: .5}}",
         {"leader": {"compute": {"cpuCoreRequest": 0.5}}}),
        ("leader: {compute: {cpuMemoryRequest: 5}}",
         {"leader": {"compute": {"cpuMemoryRequest": "5"}}}),
        ("leader: {labels: [{name: on, value: no}]}",
         {"leader": {"labels": [{"name": "on", "value": "no"}]}}),
        ("leader: {security: {supplementalGroups: [1, 2]}}",
         {"leader": {"security": {"supplementalGroups": ["1", "2"]}}}),
        ("replicas: ~", {"replicas": None}),
        ("nodePools: [1, two]", {"nodePools": ["1", "two"]}),
        ("strange: {a: 1}", {"strange": {"a": "1"}}),
    ],
)  # fmt: skip
def test_each_text_is_read_by_the_type_of_its_field(text, document):
    assert read(text) == (document, [])


@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        ("replicas: many", "replicas", "must be a whole number"),
        ("replicas: '3'", "replicas",
         "must be a whole number, without quotation marks"),
        ("leader: {createHomeDir: yes}", "leader.createHomeDir",
         "must be true or false"),
        ("leader: {tolerations: [{seconds: soon}]}", "leader.tolerations.0.seconds",
         "must be a whole number"),
    ],
)  # fmt: skip
def test_a_text_that_is_not_of_its_type_is_told_where_the_judge_would(
    text, place, sentence
):
    document, (issue,) = read(text)

    assert (issue.location, issue.text) == (Location.parse(place), sentence)
    assert isinstance(document, dict)


@pytest.mark.parametrize("text", ["text", "[1]", "~", "leader: 1", "leader: [1]"])
def test_what_has_another_shape_stays_for_the_judge(text):
    document, untyped = read(text)

    assert untyped == []
    assert judge(document, a_context()).issues


@settings(max_examples=150, deadline=None)
@given(LIKELY)
def test_a_resolved_spec_written_as_text_is_read_as_it_was(document):
    resolved = judge(document, a_context()).resolved
    text = policy_text(resolved)
    assume(not TOO_LONG.search(text))

    assert read(text) == (resolved, [])
