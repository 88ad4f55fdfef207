"""Two texts of a policy, line by line."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

AROUND = 3
"""Lines that are shown beside a change."""

LONG = 2000
"""Lines from which on lines that come often are not looked for."""


class Line(NamedTuple):
    """A line of either text: same, added, gone, or a gap where lines are left out."""

    kind: str
    text: str


def difference(old: str, new: str) -> list[Line]:
    """Return what became of the old text; nothing where they are the same."""
    before, after = old.splitlines(), new.splitlines()
    quick = len(after) > LONG
    matcher = SequenceMatcher(None, before, after, autojunk=quick)
    found: list[Line] = []
    for group in matcher.get_grouped_opcodes(AROUND):
        first = group[0][1]
        if first or found:
            found.append(Line("gap", f"line {first + 1}"))
        for tag, low, high, start, end in group:
            found += _lines(tag, before[low:high], after[start:end])
    return found


def _lines(tag: str, before: list[str], after: list[str]) -> Iterator[Line]:
    if tag == "equal":
        yield from (Line("same", text) for text in before)
        return
    yield from (Line("gone", text) for text in before)
    yield from (Line("added", text) for text in after)
