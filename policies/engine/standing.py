"""What becomes of a default, in words."""

from typing import NamedTuple

from policies.engine.combined import Default, Objection
from policies.engine.rules import Unit

REFUSED = {
    "guard": "the product forbids it, and no tenant or cluster policy frees it",
    "blocked": "{by} lets the field have no value",
    "canEdit": "{by} locks it: only a default from there or from above counts",
    "required": "an empty list does not do: {by} requires a value",
    "locked": "{by} locks this item: only its own or one from above counts",
    "canAdd": "{by} lets nobody below add items",
}


class Standing(NamedTuple):
    """What one unit says of a field, and what becomes of it."""

    unit: str
    text: str
    wins: bool = False
    why: str = ""
    """Why it lost, or what it wins by where that is not plain."""


def standing_of(
    unit: Unit,
    text: str,
    objection: Objection | None,
    winner: Default | None,
    broken: str,
) -> Standing:
    """Tell of a default: refused, the nearest, or behind a nearer one."""
    if objection is not None:
        return Standing(str(unit), text, False, _refusal(objection, broken))
    if winner is None:
        return Standing(str(unit), text, False, "an imposed data source has its place")
    if winner.source == str(unit):
        return Standing(str(unit), text, True)
    return Standing(str(unit), text, False, f"the default of {winner.source} is nearer")


def _refusal(objection: Objection, broken: str) -> str:
    if sentence := REFUSED.get(objection.rule):
        return sentence.format(by=objection.by)
    return f"{objection.by} does not allow it: {broken}"
