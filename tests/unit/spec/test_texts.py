"""Texts with a meaning, and texts that mean harm (Q-18, Q-19, Q-23)."""

import contextlib
import shlex
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.engine.judge import judge
from tests.support.documents import a_context, a_document, at, judged, named
from workloads.spec.quantity import (
    GREATEST,
    CommandLine,
    IntOrPercent,
    Quantity,
    StorageSize,
)
from workloads.spec.rules.container import image_issue
from workloads.spec.schema import SCHEMA
from workloads.spec.syntax import absolute_path, label_name, label_value

HOSTILE = ["\x00", "\ud800", "\u202e", "\x1b", "\x7f", "\x85", "\u2066"]
IN_ONE_LINE = ["\n", "\t", "\u200b", "\ufeff", "\u2028", "\u00ad"]
LONG = 50_000


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", 0), ("1", 1), ("+5", 5), (".5", Decimal("0.5")), ("5.", 5),
        ("1k", 1000), ("1Ki", 1024), ("2M", 2_000_000), ("2Mi", 2 * 1024**2),
        ("1e3", 1000), ("1E3", 1000), ("1e-3", Decimal("0.001")), ("1E", 10**18),
        ("500m", Decimal("0.5")), ("1n", Decimal("1e-9")), ("7Ei", 7 * 1024**6),
        (str(2**63 - 1)[:18] + "07", None), ("9223372036854775807", None),
    ],
)  # fmt: skip
def test_an_amount_is_what_kubernetes_makes_of_it(text, amount):
    if amount is None:
        with pytest.raises(ValueError, match="amount"):
            Quantity(text)
    else:
        assert Quantity(text).amount == amount


@pytest.mark.parametrize(
    "text",
    [
        "", "NaN", "Infinity", "-5", "1_000", "\u0661\u0662", "1e6024865272343",
        "1e100", "8Ei", "...", "1..2", "1 G", "1G\n", "1GB", "1ki", "1KI", "1Mb",
        "0x10", "1e", "e3", "G", "1" * 33, "1e+", "--1", "1,5",
    ],
)  # fmt: skip
def test_what_only_looks_like_an_amount_is_refused(text):
    with pytest.raises(ValueError):
        Quantity.read(text)


@given(st.text(alphabet="0123456789.eE+-kKMGTPinum", max_size=40))
@settings(max_examples=200, deadline=None)
def test_an_amount_is_read_or_refused_and_never_too_great(text):
    try:
        quantity = Quantity.read(text)
    except ValueError:
        return
    assert 0 <= quantity.amount <= GREATEST
    assert quantity == text


def test_an_amount_keeps_its_text_and_is_compared_by_number():
    assert Quantity("2G") != Quantity("2000M")
    assert Quantity("2G").amount == Quantity("2000M").amount
    with pytest.raises(TypeError):
        assert Quantity("1G") < Quantity("2G")


@pytest.mark.parametrize(
    ("text", "factor", "product"),
    [("3G", "0.5", "1500M"), ("4Gi", "0.5", "2Gi"), ("1Gi", "0.3", "322122547"),
     ("1", "0.5", "0"), ("8G", "2", "16G")],
)  # fmt: skip
def test_a_product_keeps_the_unit_or_takes_a_smaller_one(text, factor, product):
    assert Quantity(text).times(Decimal(factor)) == product


def test_only_the_size_of_a_volume_may_end_in_b():
    assert StorageSize.read("2TB") == "2T"
    verdict = judged({"leader.compute.cpuMemoryRequest": "2GB"})
    assert named(verdict.issues) == [("leader.compute.cpuMemoryRequest", "type")]


@given(st.text(alphabet="ab '\"\\\n$", max_size=12))
@settings(max_examples=300, deadline=None)
def test_a_command_line_is_refused_just_where_no_words_can_be_made(text):
    try:
        words = shlex.split(text)
    except ValueError:
        words = None
    try:
        line = CommandLine.read(text)
    except ValueError:
        assert words is None or text == ""
    else:
        assert line.words == words


def test_a_list_of_words_is_kept_as_the_line_that_gives_them():
    words = ["sh", "-c", "echo 'a b' > /tmp/x; $HOME"]

    verdict = judged({"leader.command": words})

    command = verdict.spec.leader.command
    assert command.words == words
    assert at(verdict.resolved, "leader.command") == shlex.join(words)
    assert "shell" not in [rule for _, rule in named(verdict.warnings)]


@pytest.mark.parametrize(
    ("said", "kept"), [(1, "1"), ("1", "1"), ("25%", "25%"), (0, "0"), ("100%", "100%")]
)
def test_a_count_or_share_is_kept_as_text(said, kept):
    verdict = judged({"rollout.maxSurge": said})

    assert at(verdict.resolved, "rollout.maxSurge") == kept
    assert IntOrPercent(kept).of_manifest == (said if "%" in kept else int(said))


@pytest.mark.parametrize(
    "said", [-1, 1.5, True, "1.5", "101%", "%", "\u0661", "1 %", 10**9, [1]]
)
def test_what_is_neither_a_count_nor_a_share_is_refused(said):
    verdict = judged({"rollout.maxSurge": said})

    assert named(verdict.issues) == [("rollout.maxSurge", "type")]


TEXTS = [
    field for field in SCHEMA
    if not field.children and issubclass(field.kind, str) and not field.array
]  # fmt: skip


def place_of(field, value):
    """A document that says the value at the field, in a first row where it has to."""
    document = value
    for length in range(len(field.path), 0, -1):
        above = SCHEMA.at(field.path[: length - 1])
        document = {field.path[length - 1]: document}
        document = [document] if above.items else document
    return document


@pytest.mark.parametrize("field", TEXTS, ids=lambda field: str(field.path))
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_field_takes_what_nobody_can_see_or_store(field, text):
    document = place_of(field, f"a{text}b")

    verdict = judge(document, a_context())

    place = tuple(part for part in field.path)
    wrong = [i for i in verdict.issues if i.rule == "type" and i.location.path == place]
    assert len(wrong) == 1
    repr(verdict.shown).encode("utf-8")


@pytest.mark.parametrize("text", IN_ONE_LINE, ids=ascii)
@pytest.mark.parametrize(
    "path", ["leader.image", "leader.nodeType", "leader.workingDir"]
)
def test_a_name_is_one_line_of_what_can_be_seen(path, text):
    assert (path, "type") in named(judged({path: f"a{text}b"}).issues)


def test_a_value_may_have_lines_and_any_language():
    poem = "um, äöü 你好\n\t\U0001f468\u200d\U0001f680"
    row = {"name": "A", "value": poem.replace("\n", "\r\n")}

    verdict = judged({"leader.environmentVariables": [row]})

    assert verdict.issues == ()
    assert verdict.spec.leader.environment_variables[0].value == poem


def test_blanks_around_a_line_are_not_part_of_it():
    assert judged({"leader.image": " ubuntu:1\n"}).spec.leader.image == "ubuntu:1"
    row = {"name": "A", "value": " a "}
    verdict = judged({"leader.environmentVariables": [row]})
    assert verdict.spec.leader.environment_variables[0].value == " a "


def test_a_name_that_nobody_knows_is_told_in_a_way_that_can_be_drawn():
    verdict = judge(
        {"\ud800\x00" + "x" * 500: 1, "leader": {"image": "a"}}, a_context()
    )

    (issue,) = verdict.issues
    assert issue.rule == "unknown"
    assert len(issue.text) < 120
    str(issue.location).encode("utf-8")


ATTACKS = [
    part * LONG
    for part in ("a", "a-", "'", '"\\', "1", "/.", "a.", "_", "\\", "a:", " a")
]


def quickly(call):
    begun = time.perf_counter()
    with contextlib.suppress(ValueError):
        call()
    return time.perf_counter() - begun < 0.05


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda text: ascii(text[:4]))
@pytest.mark.parametrize(
    "read",
    [Quantity.read, CommandLine, IntOrPercent.read, image_issue, label_name,
     label_value, absolute_path],
    ids=lambda read: read.__qualname__,
)  # fmt: skip
def test_no_text_takes_long_to_read(read, attack):
    assert any(quickly(lambda: read(attack)) for _ in range(3))


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda text: ascii(text[:4]))
def test_no_text_takes_long_to_judge(attack):
    values = {
        f"leader.{name}": attack[:4000]
        for name in ("image", "command", "args", "workingDir", "nodeType")
    }

    assert any(
        quickly(lambda: judge(a_document(values), a_context())) for _ in range(3)
    )
