"""``filterBy`` of the API (api.md §2.3), read into conditions on rows."""

import re
from collections.abc import Iterable
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple

from django.db.models import Q

from workloads.tables.columns import BY_KEY, TYPE, Column
from workloads.tables.values import READERS

OPERATORS = {
    "==": "is",
    "!=": "is not",
    "<=": "at most",
    ">=": "at least",
    "=@": "contains",
    "!@": "does not contain",
    "=^": "starts with",
    "=$": "ends with",
}
LOOKUPS = {
    "<=": "lte",
    ">=": "gte",
    "=@": "icontains",
    "!@": "icontains",
    "=^": "istartswith",
    "=$": "iendswith",
}
TYPE_NAME = "DistributedInference"
"""The type as the API writes it."""

_FIELDS = "|".join(BY_KEY)
_OPERATORS = "|".join(map(re.escape, OPERATORS))
_ITEM = re.compile(rf"({_FIELDS})({_OPERATORS})(.*)", re.DOTALL)
_BETWEEN = re.compile(rf",(?=(?:{_FIELDS})(?:{_OPERATORS}))")


class Filter(NamedTuple):
    """One comparison. ``str`` is how the address has it."""

    column: Column
    operator: str
    value: str

    def __str__(self) -> str:
        return f"{self.column.key}{self.operator}{self.value}"

    @property
    def words(self) -> str:
        """Field and comparison, for people."""
        return f"{self.column.title} {OPERATORS[self.operator]}"

    def condition(self) -> Q:
        """The rows that it lets through. Raises ValueError for a strange value."""
        if not self.column.field:
            wanted = self.value.casefold() in (TYPE.casefold(), TYPE_NAME.casefold())
            matches = wanted == (self.operator in ("==", "=@", "=^", "=$"))
            return Q() if matches else Q(pk__in=())
        if lookup := LOOKUPS.get(self.operator):
            condition = Q(**{f"{self.column.field}__{lookup}": self._typed()})
        else:
            condition = Q(**{self.column.field: self._typed()})
        return ~condition if self.operator in ("!=", "!@") else condition

    def _typed(self) -> Any:
        return READERS[self.column.kind](self.value)


def read(texts: Iterable[str]) -> tuple[list[Filter], list[str]]:
    """The filters of the address, and a sentence for each that cannot be used."""
    found, problems = [], []
    for item in (part for text in texts for part in _BETWEEN.split(text) if part):
        try:
            found.append(_item(item))
        except ValueError as problem:
            problems.append(f"The filter “{item}” is left out: {problem}.")
    return found, problems


def _item(text: str) -> Filter:
    if not (match := _ITEM.fullmatch(text)):
        raise ValueError("it does not name a column and a comparison")
    key, operator, value = match.groups()
    found = Filter(BY_KEY[key], operator, value)
    if operator not in found.column.operators:
        raise ValueError(f"{found.column.title} cannot be compared so")
    if "\x00" in value:
        raise ValueError("it holds a character that is in no name")
    found.condition()
    return found


def together(filters: Iterable[Filter]) -> Q:
    """All filters at once; several ``==`` on one field mean any of them."""
    same: dict[str, list[Q]] = {}
    others = []
    for item in filters:
        if item.operator == "==":
            same.setdefault(item.column.key, []).append(item.condition())
        else:
            others.append(item.condition())
    either = [reduce(or_, conditions) for conditions in same.values()]
    return reduce(and_, [*either, *others], Q())
