"""What the policies of units below make of a rule, or it of theirs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from policies.engine.advice import Advice, ruled
from policies.engine.policy import Policy
from policies.engine.rules import FieldRules, Unit
from workloads.spec.issues import Issue
from workloads.spec.paths import FieldPath
from workloads.spec.precedence import farthest_wins

MOST_NAMES = 5
REPLACED = (
    "does not hold in {units}: this field is ruled there, and the nearer rule counts"
)
OVERRULES = (
    "takes the place of rules of {units}: of compute and security the broader unit's "
    "rule counts"
)


def lint_below(policy: Policy, below: Sequence[Policy]) -> Iterator[Advice]:
    """Yield a warning for each rule of which units below have another one."""
    for path, mine in policy.rules.items():
        if units := _others(path, mine, below):
            farthest = farthest_wins(path)
            name = "overrulesBelow" if farthest else "replacedBelow"
            text = (OVERRULES if farthest else REPLACED).format(units=_named(units))
            source = str(policy.unit)
            yield Advice(Issue(ruled(path), name, text, source, "warning"))


def _others(path: FieldPath, mine: FieldRules, below: Sequence[Policy]) -> list[Unit]:
    found = ((each.unit, each.rules.get(path)) for each in below)
    return [
        unit
        for unit, rules in found
        if rules is not None and replace(rules, unit=mine.unit) != mine
    ]


def _named(units: Sequence[Unit]) -> str:
    names = ", ".join(map(str, units[:MOST_NAMES]))
    more = len(units) - MOST_NAMES
    return f"{names} and {more} more" if more > 0 else names
