"""The table's page as its template is given it: finished values."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import now

from workloads.tables.columns import ALONE, BY_KEY, CELLS, COLUMNS, LISTED, Column
from workloads.tables.drawn import drawn
from workloads.tables.filters import OPERATORS, Filter
from workloads.tables.query import TableQuery, sortable
from workloads.tables.rows import Moment, Row, read

PASSING, CALM, IDLE = "500ms", "2s", "10s"
COUNTED = 10_000
LIMITS = (20, 50, 100, 200)


class Head(NamedTuple):
    """The head of a column, and where its link sorts."""

    name: str
    title: str
    href: str
    sorted: str


class Chip(NamedTuple):
    """A filter that is on, and the address without it."""

    words: str
    value: str
    without: str


class Choice(NamedTuple):
    """Something to choose, and whether it is chosen."""

    key: str
    title: str
    on: bool


@dataclass(frozen=True)
class TablePage:
    """One page of a table: what it shows, and where everything on it leads."""

    query: TableQuery
    workloads: QuerySet
    preferred: tuple[str, ...]
    version: str
    idle: bool = False
    view: str = "workloads:list"
    """The name of the page's address."""

    may_create: bool = False
    """Whether its reader may create workloads somewhere."""

    current: str = ""
    """The workload whose details are open beside it."""

    at: datetime = field(default_factory=now)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The chosen columns."""
        return self.query.chosen(self.preferred)

    @cached_property
    def shown(self) -> dict[str, bool]:
        """The cells of which some part is chosen."""
        chosen = set(self.keys)
        cells = {cell.name: not chosen.isdisjoint(cell.parts) for cell in CELLS}
        return cells | {"deleted": self.is_deleted, "created": "createdAt" in chosen}

    @cached_property
    def _read(self) -> tuple[list[Row], bool]:
        return read(self.query, self.workloads, frozenset(self.keys), self.at)

    @property
    def rows(self) -> list[Row]:
        """The workloads of the page."""
        return self._read[0]

    @property
    def drawn(self) -> list[SafeString]:
        """The same as HTML."""
        shown = frozenset(name for name, on in self.shown.items() if on)
        return [drawn(row, shown, self.back, self.is_deleted) for row in self.rows]

    @property
    def is_deleted(self) -> bool:
        """Whether these are deleted ones."""
        return self.view == "workloads:deleted"

    @property
    def interval(self) -> str:
        """How often the page asks for news."""
        if self.idle:
            return IDLE
        return PASSING if self._read[1] else CALM

    @property
    def poll(self) -> str:
        """Where it asks."""
        return self._with(
            reverse("workloads:rows"),
            version=self.version,
            every=self.interval,
            kind="deleted" if self.is_deleted else "",
            beside=self.current,
        )

    def _with(self, address: str, **more: str) -> str:
        own = "&".join(f"{key}={value}" for key, value in more.items() if value)
        said = self.query.address()
        return f"{address}{said}{'&' if len(said) > 1 else ''}{own}"

    @cached_property
    def count(self) -> int:
        """How many workloads the filters let through; not counted beyond 10,001."""
        return self.query.counted(self.workloads)[: COUNTED + 1].count()

    @cached_property
    def total(self) -> int:
        """How many there are without filters, as far as they are counted."""
        if not self.query.narrowed:
            return self.count
        return self.workloads[: COUNTED + 1].count()

    @property
    def counted(self) -> str:
        """The count in words."""
        if self.query.narrowed:
            return f"{capped(self.count)} of {capped(self.total)} workloads"
        return f"{capped(self.count)} workload{'' if self.count == 1 else 's'}"

    @property
    def total_words(self) -> str:
        """How many there would be without filters."""
        return f"{capped(self.total)} workload{' is' if self.total == 1 else 's are'}"

    @property
    def span(self) -> str:
        """Which of them are on the page."""
        first = self.query.offset + 1
        return f"{first:,} to {first + len(self.rows) - 1:,} of {capped(self.count)}"

    @property
    def heads(self) -> list[Head]:
        """The heads of the cells that are shown."""
        found = [
            Head(
                cell.name, self._title(cell.title, cell.parts), *self._order(cell.sort)
            )
            for cell in CELLS
            if self.shown[cell.name]
        ]
        if self.is_deleted:
            found.append(Head("when", "Deleted", *self._order("deletedAt")))
        alone = (column for column in ALONE if column.key in self.keys)
        return found + [Head("", c.title, *self._order(c.key)) for c in alone]

    def _title(self, title: str, parts: tuple[str, ...]) -> str:
        chosen = [key for key in parts if key in self.keys]
        return BY_KEY[chosen[0]].title if len(chosen) < len(parts) else title

    def _order(self, key: str) -> tuple[str, str]:
        if not sortable(key, self.query.newest):
            return "", ""
        now_by = self.query.sort_by or self.query.newest
        if now_by != key:
            return self.query.address(sort_by=key, descending=False, offset=0), "none"
        down = self.query.descending
        href = self.query.address(sort_by=key, descending=not down, offset=0)
        return href, "descending" if down else "ascending"

    @property
    def sorts(self) -> list[Choice]:
        """The orders of what is shown, for phones and for columns that share a cell."""
        by = self.query.sort_by or self.query.newest
        return [
            Choice(self.query.address(sort_by=c.key, offset=0), c.title, c.key == by)
            for c in COLUMNS
            if sortable(c.key, self.query.newest) and c.key in {*self.keys, by}
        ]

    @property
    def sorted_by(self) -> str:
        """The column that it is sorted by."""
        return BY_KEY[self.query.sort_by or self.query.newest].title.lower()

    @property
    def chips(self) -> list[Chip]:
        """The filters that are on."""
        return [
            Chip(item.words, item.value, self.query.address(filters=others, offset=0))
            for item, others in without_each(self.query.filters)
        ]

    @property
    def clear(self) -> str:
        """The address without filters and search."""
        return self.query.address(filters=(), search="", offset=0)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the search form carries along."""
        said = [("filterBy", str(item)) for item in self.query.filters]
        order = "desc" if self.query.descending else "asc"
        if self.query.sort_by:
            said += [("sortBy", self.query.sort_by), ("sortOrder", order)]
        if self.query.columns:
            said.append(("columns", ",".join(self.query.columns)))
        return said

    @property
    def filterable(self) -> list[Column]:
        """The columns to filter by; what is the same everywhere filters nothing."""
        return [column for column in LISTED if column.field and column.operators]

    @property
    def operators(self) -> list[tuple[str, str]]:
        """The comparisons, with their words."""
        return list(OPERATORS.items())

    @property
    def choices(self) -> list[Choice]:
        """The columns to choose from."""
        return [Choice(c.key, c.title, c.key in self.keys) for c in LISTED]

    @property
    def previous(self) -> str:
        """The page before, if there is one."""
        if not self.query.offset:
            return ""
        return self.query.address(offset=max(0, self.query.offset - self.query.limit))

    @property
    def next(self) -> str:
        """The page after, if there is one."""
        end = self.query.offset + self.query.limit
        return self.query.address(offset=end) if end < self.count else ""

    @property
    def limits(self) -> list[Choice]:
        """How many rows a page may have."""
        return [
            Choice(self.query.address(limit=n, offset=0), str(n), n == self.query.limit)
            for n in LIMITS
        ]

    @property
    def address(self) -> str:
        """This page, with what it shows."""
        return reverse(self.view) + self.back

    @property
    def back(self) -> str:
        """The query string that leads back here; empty where nothing is asked."""
        said = self.query.address()
        return said if len(said) > 1 else ""

    @property
    def without_columns(self) -> str:
        """This page, as it is once other columns are chosen."""
        return reverse(self.view) + self.query.address(columns=())

    @property
    def csv(self) -> str:
        """The same rows and columns as a file."""
        kind = "deleted" if self.is_deleted else ""
        return self._with(reverse("workloads:csv"), kind=kind)

    @property
    def exact(self) -> Moment:
        """When this was read."""
        return Moment.of(self.at, self.at)


def capped(count: int) -> str:
    """The count, or that there are more than are counted."""
    return f"{count:,}" if count <= COUNTED else f"{COUNTED:,}+"


def without_each(
    items: tuple[Filter, ...],
) -> Iterator[tuple[Filter, tuple[Filter, ...]]]:
    """Each of the filters with the others."""
    for place, item in enumerate(items):
        yield item, items[:place] + items[place + 1 :]
