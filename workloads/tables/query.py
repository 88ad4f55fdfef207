"""What a table is asked to show, read from the address of its page."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

from workloads.models.workload import SORTED
from workloads.tables import filters
from workloads.tables.columns import BY_KEY, LISTED, SHOWN
from workloads.tables.filters import Filter

LIMIT, MOST = 50, 500
FURTHEST = 10**9
SEARCHED = (
    "name",
    "image",
    "project_name",
    "department_name",
    "cluster_name",
    "submitted_by",
    "pools",
    "message",
    "phase",
    "address",
)


@dataclass(frozen=True)
class TableQuery:
    """Filters, search, order, page and columns. Unusable parts are in ``problems``."""

    filters: tuple[Filter, ...] = ()
    search: str = ""
    sort_by: str = ""
    descending: bool = False
    offset: int = 0
    limit: int = LIMIT
    columns: tuple[str, ...] = ()
    newest: str = "createdAt"
    """What it is sorted by when nobody says: the newest first."""

    problems: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def read(cls, params: QueryDict, newest: str = "createdAt") -> "TableQuery":
        """The query that the address describes."""
        found, problems = filters.read(params.getlist("filterBy"))
        sort_by, order = params.get("sortBy", ""), params.get("sortOrder", "")
        if sort_by and not sortable(sort_by, newest):
            problems.append(f"There is no sorting by “{sort_by}”.")
            sort_by = ""
        if order not in ("", "asc", "desc"):
            problems.append(f"The order “{order}” is neither asc nor desc.")
        return cls(
            filters=tuple(found),
            search=params.get("search", "").strip().replace("\x00", "")[:200],
            sort_by=sort_by,
            descending=order == "desc" if sort_by else True,
            offset=whole(params, "offset", 0, FURTHEST, problems),
            limit=whole(params, "limit", LIMIT, MOST, problems) or 1,
            columns=known(params.get("columns", "").split(",")),
            newest=newest,
            problems=tuple(problems),
        )

    def chosen(self, preferred: Iterable[str]) -> tuple[str, ...]:
        """The columns to show: the address', the user's, or the usual ones."""
        return self.columns or known(preferred) or SHOWN

    @property
    def narrowed(self) -> bool:
        """Whether it leaves workloads out."""
        return bool(self.filters or self.search)

    def rows(self, workloads: QuerySet) -> QuerySet:
        """The workloads that it lets through, unordered."""
        found = workloads.filter(filters.together(self.filters))
        if not self.search:
            return found
        anywhere = (Q(**{f"{name}__icontains": self.search}) for name in SEARCHED)
        return found.filter(reduce(or_, anywhere))

    def counted(self, workloads: QuerySet) -> QuerySet:
        """The same as ``rows``, to be counted: a filter is counted on its own index."""
        found = self.rows(workloads)
        names = [item.column.field for item in self.filters if item.column.field]
        if self.search or not names or names[0] not in SORTED:
            return found
        return found.order_by(names[0], "id")

    def ordered(self, workloads: QuerySet) -> QuerySet:
        """The same in order, over an index: by the column, then by id."""
        name = BY_KEY[self.sort_by or self.newest].field
        sign = "-" if self.descending else ""
        return workloads.order_by(f"{sign}{name}", f"{sign}id")

    def address(self, **changes: Any) -> str:
        """The query string of this query, or of one that differs in something."""
        other = replace(self, **changes)
        said = [("filterBy", str(item)) for item in other.filters]
        if other.search:
            said.append(("search", other.search))
        if other.sort_by:
            order = "desc" if other.descending else "asc"
            said += [("sortBy", other.sort_by), ("sortOrder", order)]
        if other.offset:
            said.append(("offset", str(other.offset)))
        if other.limit != LIMIT:
            said.append(("limit", str(other.limit)))
        if other.columns:
            said.append(("columns", ",".join(other.columns)))
        return f"?{urlencode(said, safe=',:/')}" if said else "?"


def sortable(key: str, newest: str = "createdAt") -> bool:
    """Whether there is an index for the order."""
    return key == newest or (key in BY_KEY and BY_KEY[key].field in SORTED)


def known(keys: Iterable[str]) -> tuple[str, ...]:
    """Those of the keys that are columns, in the order of the table."""
    wanted = set(keys)
    return tuple(column.key for column in LISTED if column.key in wanted)


def whole(
    params: QueryDict, name: str, default: int, most: int, problems: list[str]
) -> int:
    """A whole number of the address between 0 and the most."""
    text = params.get(name, "")
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= most:
        return int(text)
    problems.append(f"“{name}” is a whole number from 0 to {most:,}.")
    return default
