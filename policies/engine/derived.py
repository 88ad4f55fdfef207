"""Defaults that are worked out from a neighbour (policies.md §1.3)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from policies.engine.rules import FieldRules, amount
from workloads.spec.paths import FieldPath
from workloads.spec.quantity import Quantity
from workloads.spec.schema import SCHEMA, Field


class Derived(NamedTuple):
    """A field whose default is worked out from a neighbour."""

    name: str
    origin: str
    factor: Decimal
    rules: FieldRules
    target: Field

    def of(self, source: Any) -> Any:
        """Return what the target gets; None where it would not take it."""
        try:
            value = self.target.parse(self._product(source), strict=True)
        except (ValueError, ArithmeticError):
            return None
        return None if self.rules.blocked or self.rules.broken_by(value) else value

    def _product(self, source: Any) -> Any:
        if isinstance(source, Quantity):
            return source.times(self.factor)
        return self.target.kind(amount(source) * self.factor)


def derived(
    rules: Mapping[FieldPath, FieldRules],
) -> dict[FieldPath, list[Derived]]:
    """Return by section what is worked out, each after what it is worked out from."""
    found: dict[FieldPath, list[Derived]] = {}
    for path in _in_order(rules):
        mine = rules[path]
        if mine.default_from is not None:
            origin, factor = mine.default_from
            each = Derived(path[-1], origin, factor, mine, SCHEMA.at(path))
            found.setdefault(FieldPath(path[:-1]), []).append(each)
    return found


def circles(rules: Mapping[FieldPath, FieldRules]) -> list[FieldPath]:
    """Return the fields that are worked out from themselves in the end."""
    return [path for path in rules if path in _ancestry(path, rules)]


def _in_order(rules: Mapping[FieldPath, FieldRules]) -> list[FieldPath]:
    ancestry = {path: list(_ancestry(path, rules)) for path in rules}
    lost = {path for path, above in ancestry.items() if path in above}
    whole = [path for path in rules if not lost.intersection((path, *ancestry[path]))]
    return sorted(whole, key=lambda path: len(ancestry[path]))


def _ancestry(
    path: FieldPath, rules: Mapping[FieldPath, FieldRules]
) -> Iterator[FieldPath]:
    """Yield what a field is worked out from, each once; itself in a circle."""
    seen: set[FieldPath] = set()
    while (mine := rules.get(path)) is not None and mine.default_from is not None:
        path = FieldPath((*path[:-1], mine.default_from.field))
        if path in seen:
            return
        seen.add(path)
        yield path
