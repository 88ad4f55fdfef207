"""What is written as YAML is read back equal by every reader of Kubernetes'."""

import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.manifests.strategies import specs
from tests.unit.manifests.support import a_target, an_identity
from workloads.manifests import manifests, yaml_text
from workloads.spec.quantity import CommandLine, Quantity


class KubernetesLoader(yaml.SafeLoader):
    """Reads plain words as kubectl does: YAML 1.1, and what YAML 1.2 adds to it."""


BOOL, INT, FLOAT = (f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float"))
for pattern, tag in (
    (r"y|Y|n|N", BOOL),
    (r"[-+]?0o[0-7]+", INT),
    (r"[-+]?[0-9]+[eE][-+]?[0-9]+", FLOAT),
):
    KubernetesLoader.add_implicit_resolver(tag, re.compile(f"^(?:{pattern})$"), None)
WORDS = [
    "y", "Y", "n", "N", "yes", "No", "on", "OFF", "true", "False", "null", "Null",
    "~", "", "1e3", "1E3", "0o14", "014", "0x1F", "1:30", "1_000", "=", "<<",
    "2026-01-01", "2026-01-01T00:00:00Z", ".inf", "-.INF", ".NaN", "1.", "+1", "-",
    "- a", "a: b", "a #b", "# a", "*a", "&a", "!a", "!!str a", "%a", "@a", "`a", "{a}",
    "[a]", "|", ">", "a\nb", "\n---\nkind: Pod\n", " a", "a ", "\ta", "'a'", '"a"',
    "\\n", "\x00", "\x7f", "\x85", "\u2028", "\ufeff", "\U0001f600", "a" * 300,
]  # fmt: skip
ANY = st.text() | st.sampled_from(WORDS)
JSON = st.recursive(
    ANY | st.booleans() | st.integers(-(2**63), 2**63),
    lambda inside: (
        st.lists(inside, max_size=4) | st.dictionaries(ANY, inside, max_size=4)
    ),
    max_leaves=12,
)


def read(text):
    return list(yaml.load_all(text, KubernetesLoader))


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_looks_like_something_else_stays_a_word(word):
    assert read(yaml_text([{"a": word, word: "a"}])) == [{"a": word, word: "a"}]


@settings(deadline=None)
@given(st.lists(st.dictionaries(ANY, JSON, max_size=4), min_size=1, max_size=3))
def test_whatever_is_written_is_read_back_equal(objects):
    assert read(yaml_text(objects)) == objects


@settings(deadline=None)
@given(specs())
def test_a_workload_is_read_back_equal(spec):
    rendered = manifests(spec, an_identity(), a_target())

    assert read(yaml_text(rendered)) == list(rendered)


def test_every_text_is_in_quotation_marks_and_names_of_fields_are_not():
    text = yaml_text([{"kai.scheduler/queue": "p1", "count": 2, "on": True}])

    assert text == '---\nkai.scheduler/queue: "p1"\ncount: 2\n"on": true\n'


def test_amounts_and_command_lines_are_texts_too():
    text = yaml_text([{"memory": Quantity("1e3"), "line": CommandLine("no")}])

    assert text == '---\nmemory: "1e3"\nline: "no"\n'


def test_what_stands_in_two_places_is_written_twice():
    same = {"a": "b"}

    assert yaml_text([{"one": same, "other": same}]).count('a: "b"') == 2
