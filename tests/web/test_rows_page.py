"""docs/rows.md names every row of the customer, and tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "rows.md").read_text()
PROVEN, _, WAITING = PAGE.partition("## What waits")


def rows(text: str) -> set[int]:
    """The R-rows that a text names, spans written out."""
    found: set[int] = set()
    for first, last in re.findall(r"R-(\d{3})(?:…R-(\d{3}))?", text):
        found |= set(range(int(first), int(last or first) + 1))
    return found


def test_every_row_is_proven_or_waits_for_something():
    assert rows(PROVEN) | rows(WAITING) == set(range(1, 165))
    assert rows(PROVEN) & rows(WAITING) == set()


def test_every_test_that_is_named_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PROVEN)
    missing = [
        f"{file}::{name}"
        for file, name in named
        if f"def {name}(" not in (ROOT / file).read_text()
    ]

    assert len(named) > 120
    assert missing == []


def test_every_derived_row_is_named():
    named = {int(number) for number in re.findall(r"X-(\d{2})", PAGE)}

    assert named == set(range(1, 32))
