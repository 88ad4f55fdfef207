"""``filterBy`` of the API (api.md §2.3), read into conditions on rows."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils.dateparse import parse_datetime

from workloads.tables.columns import BY_KEY, TYPE, Column

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
MOST_GPUS = Decimal(10**8)
"""As many as the database column holds."""

FIRST_YEAR, LAST_YEAR = 1970, 9000
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
        match self.column.kind:
            case "number":
                return number(self.value)
            case "decimal":
                return max(-MOST_GPUS, min(MOST_GPUS, number(self.value)))
            case "time":
                return moment(self.value)
            case "yes":
                return yes(self.value)
            case "id":
                return identity(self.value)
            case _:
                return self.value


def number(value: str) -> Decimal:
    """The number. Raises ValueError."""
    try:
        found = Decimal(value.strip())
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not found.is_finite() or abs(found) > 10**15:
        raise ValueError(f"{value!r} is not a number that can be compared")
    return found


def moment(value: str) -> datetime:
    """The moment, UTC where no zone is said. Raises ValueError."""
    try:
        found = parse_datetime(value.strip())
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"{value!r} is not a time such as 2026-05-01T00:00:00Z")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def identity(value: str) -> UUID:
    """The id. Raises ValueError."""
    try:
        return UUID(value.strip())
    except ValueError:
        raise ValueError(f"{value!r} is not an id") from None


def yes(value: str) -> bool:
    """True or false. Raises ValueError."""
    known = {"true": True, "yes": True, "false": False, "no": False}
    if (found := known.get(value.strip().casefold())) is None:
        raise ValueError(f"{value!r} is neither true nor false")
    return found


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
