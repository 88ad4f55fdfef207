"""Policies as text: what is read, what is refused, and where it stands."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies.reading import LARGEST, Mark, NotReadable, Plain, reading
from policies.writing import policy_text
from workloads.spec.text import REFUSED

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [*{below}, *{below}, *{below}, *{below}, *{below}, *{below}]\n"
    for below, name in zip("abcdefghi", "bcdefghij", strict=True)
)
STRANGE = [
    "y", "n", "on", "off", "yes", "no", "~", "null", "Null", "true", "1e3", "0o14",
    "012", "0x1f", "1:30", "190:20:30", "=", "<<", "2026-01-01", "1_000", ".inf",
    ".nan", "", " ", "- a", "a: b", "a #b", "#", "&a", "*a", "!a", "%a", "@a", "`a",
    "a\nb", "\ta", "a\n", "\n", "---", "...", "?", "|", ">", "'", '"', "\\", "é",
    "\U0001f600", "\u2028", "\ufeff", "\xa0",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(STRANGE),
    st.text().filter(lambda text: not REFUSED.search(text)),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(TEXTS.filter(bool), inner, max_size=4),
    ),
    max_leaves=12,
)


def refusal(text):
    with pytest.raises(NotReadable) as refused:
        reading(text)
    return refused.value


@pytest.mark.parametrize(
    ("text", "said", "where"),
    [
        ("", "is empty", (1, 1)),
        ("# nothing\n", "is empty", (1, 1)),
        ("a: 1\n---\nb: 2\n", "only one document", (2, 1)),
        ("%YAML 1.1\n---\na: 1\n", "no directives", (1, 1)),
        ("a: 1\nb: *a\n", "no anchors and aliases", (2, 4)),
        ("a: &x 1\n", "no anchors and aliases", (1, 4)),
        ("a: &x {b: 1}\n", "no anchors and aliases", (1, 4)),
        ("a: !!str 1\n", "no tags such as tag:yaml.org,2002:str", (1, 4)),
        ("a: !x [1]\n", "no tags such as !x", (1, 4)),
        ("! a\n", "no tags", (1, 1)),
        ("a:\n  <<: {b: 1}\n", "no merge keys", (2, 3)),
        ("a: 1\nb: 2\n'a': 3\n", '"a" is there twice', (3, 1)),
        ("x:\n  - {a: 1,\n     a: 2}\n", '"a" is there twice', (3, 6)),
        ("? [a]\n: 1\n", "a name must be a text", (1, 3)),
        ("~: 1\n", "a name is missing", (1, 1)),
        ("a: [1\nb: 2\n", "is no YAML", (2, 2)),
        ("a:\n\tb: 1\n", "is no YAML", (2, 1)),
        ("a: 1\nb: \x07\n", "cannot be seen: U+0007", (2, 1)),
        ('a: "\\0"\n', "cannot be seen: U+0000", (1, 4)),
        ("a: \u202e1\n", "cannot be seen: U+202E", (1, 1)),
        ("a: 1\nb: 1\u20282\n", "line end that editors do not show", (2, 5)),
        ("a: \ud800\n", "cannot be seen: U+D800", (1, 1)),
    ],
)  # fmt: skip
def test_what_no_policy_needs_is_refused_at_its_line(text, said, where):
    refused = refusal(text)

    assert said in str(refused)
    assert refused.mark == where


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "no anchors and aliases"),
        ("[" * 20_000, "nesting depth"),
        ("[" * 33, "stand in one another"),
        ("{a: " * 20_000, "stand in one another"),
        ("- " * 20_000, "stand in one another"),
        ("? " * 20_000, "stand in one another"),
        ("a: [" + "1," * 100_000 + "]", "more than 10000 parts"),
        ("a: " + "x" * LARGEST, "bytes"),
        ("a: " + "é" * (LARGEST // 2), "bytes"),
        ("}{]['\"&*!|>%@`" * (LARGEST // 14), "is no YAML"),
        ("\x00" * LARGEST, "cannot be seen"),
    ],
    ids=["bomb", "brackets", "few brackets", "braces", "dashes", "questions", "many",
         "large", "large in bytes", "nonsense", "zeros"],
)  # fmt: skip
def test_what_is_made_to_hurt_is_refused(text, said):
    refused = refusal(text)

    assert said in str(refused)


def test_every_leaf_keeps_the_text_that_was_typed():
    text = "a: [on, 1e3, 012, 1:30, 2026-01-01, 1_000, true, 0x1f, .5, 5G]\n"

    (leaves,) = reading(text).document.values()

    assert leaves == [
        "on", "1e3", "012", "1:30", "2026-01-01", "1_000", "true", "0x1f", ".5", "5G"
    ]  # fmt: skip
    assert all(isinstance(leaf, Plain) for leaf in leaves)


def test_only_what_stands_plain_can_be_null():
    text = "a: [~, null, Null, NULL, , 'null', \"~\", '', none, nil]\n"

    (leaves,) = reading(text.replace("NULL, ,", "NULL,")).document.values()

    assert leaves == [None] * 4 + ["null", "~", "", "none", "nil"]
    assert reading("a:\nb: ''\n").document == {"a": None, "b": ""}


def test_a_text_in_quotation_marks_is_told_from_one_without():
    found = reading("a: 5\nb: '5'\nc: |\n  5\n").document

    assert isinstance(found["a"], Plain)
    assert not isinstance(found["b"], Plain)
    assert not isinstance(found["c"], Plain)


def test_every_part_has_its_line_and_column():
    text = "rules:\n  leader:\n    image:\n      options:\n        - {value: a}\n"

    marks = reading(text).marks

    assert marks["rules", "leader", "image"] == Mark(3, 5)
    options = ("rules", "leader", "image", "options", "0")
    assert marks[options] == Mark(5, 11)
    assert marks[(*options, "value")] == Mark(5, 12)


@settings(deadline=None)
@given(JSON)
@example({"a": STRANGE})
@example({name: name for name in STRANGE if name})
def test_what_is_written_is_read_the_same(document):
    def compared(written, read):
        if isinstance(written, dict):
            assert list(written) == list(read)
            for name in written:
                compared(written[name], read[name])
        elif isinstance(written, list):
            assert len(written) == len(read)
            for one, other in zip(written, read, strict=True):
                compared(one, other)
        elif isinstance(written, str) or written is None:
            assert read == written
        elif isinstance(written, bool):
            assert (isinstance(read, Plain), read) == (True, str(written).lower())
        else:
            assert isinstance(read, Plain)
            assert type(written)(read) == written

    compared(document, reading(policy_text(document)).document)


@settings(deadline=None)
@given(st.text())
@example("a: 1\r\nb: 2\r\n")
@example("\ufeffa: 1")
@example('a: "\\ud800"')
def test_no_text_raises_anything_but_a_refusal(text):
    try:
        found = reading(text)
    except NotReadable as refused:
        assert refused.mark >= (1, 1)
    else:
        assert () in found.marks


ALPHABET = st.sampled_from(list("ab:-?,[]{}#&*!|>'\"%@` \n\t<.~1"))


@settings(deadline=None)
@given(st.text(ALPHABET, max_size=60))
def test_nothing_made_of_yamls_own_marks_raises_anything_else(text):
    test_no_text_raises_anything_but_a_refusal.hypothesis.inner_test(text)
