"""The list of policies, as its address asks for it: searched, filtered, sorted."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from policies.models import PolicyVersion, UnitPolicy
from policies.services import unit_of
from policies.stored import Known, policies_of
from policies.views.doors import Choice, choice_of

LONGEST = 200
PAGE = 50
"""Rows on a page."""

SCOPES = UnitPolicy.Scopes.values
READY, FAILED = "Ready", "Failed"
STATUSES = (READY, FAILED)


class Row(NamedTuple):
    """A policy in the list."""

    policy: UnitPolicy
    unit: Choice
    reason: str
    """Why it cannot be read; empty where it can."""

    created_by: str
    created_at: datetime
    updated_by: str
    updated_at: datetime

    @property
    def status(self) -> str:
        """Whether it holds, in one word."""
        return FAILED if self.reason else READY

    @property
    def searched(self) -> str:
        """The words of the row."""
        people = f"{self.created_by} {self.updated_by}"
        words = f"{self.policy.scope} {self.unit.name} {people} {self.reason}"
        return words.lower()


class Column(NamedTuple):
    """A column of the list, by which it can be sorted."""

    key: str
    title: str
    of: Callable[[Row], Any]


class Head(NamedTuple):
    """A column's head: where a click leads, and how it is sorted now."""

    title: str
    address: str
    sorted: str


COLUMNS = (
    Column("policy", "Policy", lambda row: row.unit.name.lower()),
    Column("type", "Type", lambda row: row.policy.get_workload_type_display()),
    Column("status", "Status", lambda row: row.status),
    Column("scope", "Scope", lambda row: SCOPES.index(row.policy.scope)),
    Column("createdBy", "Created by", lambda row: row.created_by.lower()),
    Column("createdAt", "Creation time", lambda row: row.created_at),
    Column("updatedAt", "Last updated", lambda row: row.updated_at),
)
BY_KEY = {column.key: column for column in COLUMNS}


class Asked(NamedTuple):
    """What the address asks for. What it cannot mean is left out."""

    search: str = ""
    scope: str = ""
    status: str = ""
    sort_by: str = "scope"
    descending: bool = False

    @classmethod
    def of(cls, said: QueryDict) -> Self:
        """Read an address."""
        return cls(
            said.get("search", "").strip()[:LONGEST],
            _one_of(SCOPES, said.get("scope", "")),
            _one_of(STATUSES, said.get("status", "")),
            _one_of(tuple(BY_KEY), said.get("sortBy", "")) or "scope",
            said.get("sortOrder") == "desc",
        )

    @property
    def narrowed(self) -> bool:
        """Whether it leaves some out."""
        return bool(self.search or self.scope or self.status)

    @property
    def address(self) -> str:
        """The same as an address."""
        order = "desc" if self.descending else "asc"
        found = {"search": self.search, "scope": self.scope, "status": self.status}
        found |= {"sortBy": self.sort_by, "sortOrder": order}
        return f"?{urlencode({name: text for name, text in found.items() if text})}"

    def fits(self, row: Row) -> bool:
        """Whether the row is asked for."""
        if self.scope not in ("", row.policy.scope):
            return False
        if self.status not in ("", row.status):
            return False
        return all(word in row.searched for word in self.search.lower().split())

    def listed(self, rows: Iterable[Row]) -> list[Row]:
        """Return what fits, in the order that is asked for; ties by name."""
        found = sorted(filter(self.fits, rows), key=lambda row: row.unit.name.lower())
        key = BY_KEY[self.sort_by].of
        return sorted(found, key=key, reverse=self.descending)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The columns to sort by, where there is no head to click."""
        return [(column.key, f"By {column.title.lower()}") for column in COLUMNS]

    @property
    def heads(self) -> list[Head]:
        """The columns, each with the address that sorts by it."""
        return [self._head(column) for column in COLUMNS]

    def _head(self, column: Column) -> Head:
        here = column.key == self.sort_by
        turned = here and not self.descending
        to = self._replace(sort_by=column.key, descending=turned)
        order = "descending" if self.descending else "ascending"
        return Head(column.title, to.address, order if here else "none")


def rows_of(
    policies: Sequence[UnitPolicy],
    saved: dict[UUID, list[PolicyVersion]],
    known: Known,
) -> list[Row]:
    """Return a row for each policy in force."""
    return [_row(each, saved[each.pk], known) for each in policies if each.current_id]


def versions_of(policies: Sequence[UnitPolicy]) -> dict[UUID, list[PolicyVersion]]:
    """Return what was saved of each policy, the newest first."""
    rows = PolicyVersion.objects.filter(policy__in=policies).select_related("by")
    saved: dict[UUID, list[PolicyVersion]] = {each.pk: [] for each in policies}
    for version in rows.defer("text", "document"):
        saved[version.policy_id].append(version)
    return saved


def _row(policy: UnitPolicy, saved: list[PolicyVersion], known: Known) -> Row:
    """Return a row; its maker saved first since the last deletion."""
    since = max((each.number for each in saved if each.deletion), default=0)
    first = min((v for v in saved if v.number > since), key=lambda each: each.number)
    last, unit = saved[0], unit_of(policy)
    (declared,) = policies_of([unit], known)
    wrong = declared.issues[0] if declared.issues else None
    return Row(
        policy,
        choice_of(unit),
        f"{wrong.location}: {wrong.text}" if wrong else "",
        who(first),
        first.at,
        who(last),
        last.at,
    )


def who(version: PolicyVersion) -> str:
    """Return who saved a version."""
    return str(version.by or "somebody who is gone")


def _one_of(known: Sequence[str], text: str) -> str:
    return text if text in known else ""
