"""Fields that look as they looked before are not drawn again.

A post changes one field of about eighty, and most of them look alike in every draft:
what was drawn is found again by all that the field shows.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from workloads.wizard.view import View

KEPT = 4000
"""How many drawn fields a process keeps, of about 1 KiB each."""

LONG = 500
"""Longer texts, in characters, are drawn each time."""

PARTS = tuple(View.__slots__)


class Picture:
    """A field that is to be drawn. Equal to another that shows the same."""

    __slots__ = ("draw", "known")

    def __init__(self, template: str, view: View, draw: Callable[[], str]) -> None:
        self.draw = draw
        shows = (_fixed(getattr(view, part)) for part in PARTS)
        self.known = (template, *shows)

    def __hash__(self) -> int:
        return hash(self.known)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Picture) and self.known == other.known


def picture(template: str, view: View, draw: Callable[[], str]) -> str:
    """Return the field as HTML; ``draw`` does it where nothing like it is kept."""
    if len(view.text) > LONG:
        return draw()
    return _kept(Picture(template, view, draw))


@lru_cache(maxsize=KEPT)
def _kept(wanted: Picture) -> str:
    draw, wanted.draw = wanted.draw, _drawn  # what drew it is not kept along
    return draw()


def _drawn() -> str:
    raise AssertionError("what is kept is not drawn again")


def _fixed(part: Any) -> Any:
    return tuple(part) if isinstance(part, list) else part
