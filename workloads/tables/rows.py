"""Rows of the table with ready texts: the template only puts them in place."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Case, F, JSONField, QuerySet, Value, When
from django.utils.safestring import SafeString

from workloads.tables import texts
from workloads.tables.columns import ALONE, BY_KEY, TYPE, Column
from workloads.tables.looks import SETTLED, UNPLACED, bar, look
from workloads.tables.query import TableQuery

VALUES = (
    "id", "name", "image", "phase", "message", "project_name", "department_name",
    "cluster_name", "running_pods", "requested_pods", "allocated_gpus",
    "requested_gpus", "pools", "address", "access", "priority", "preemptible",
    "created_at", "submitted_by", "phase_since", "pending_seconds", "replicas",
    "running_seconds", "requested_cpu", "requested_memory", "workers", "deleted_at",
    "passing", "data_sources",
)  # fmt: skip
ACCESS_ICONS = {"Public": "globe", "": "inside"}


@dataclass(frozen=True, slots=True)
class Moment:
    """A time: for programs, exact, exact where there is little room, and from now."""

    iso: str
    exact: str
    short: str
    ago: str

    def __getitem__(self, name: str) -> str:
        """The same by name, for templates."""
        return str(getattr(self, name))

    @classmethod
    def of(cls, at: datetime, now: datetime) -> "Moment":
        """The moment, seen from now."""
        return cls(texts.iso(at), texts.exact(at), texts.short(at), texts.ago(at, now))


@dataclass(frozen=True, slots=True)
class Row:
    """One workload as the table draws it."""

    id: str
    name: str
    image: str
    type: str
    phase: str
    status: str
    icon: str
    why: str
    word: str
    """The phase, also where its column is not chosen: beside details."""

    project: str
    home: str
    pods: str
    count: str
    bar: SafeString
    gpus: str
    address: str
    link: str
    """The same, where a browser could reach it."""

    host: str
    nowhere: str
    access: str
    access_icon: str
    rank: str
    when: Moment
    who: str
    data: str
    deleted: Moment | None
    alone: tuple[str, ...]
    mark: str
    """Differs when something of the row does: it flashes then."""

    def __getitem__(self, name: str) -> object:
        """The same by name: templates look here first, and a miss is dear."""
        return getattr(self, name)

    @classmethod
    def of(cls, row: dict[str, Any], keys: frozenset[str], now: datetime) -> "Row":
        """The row with the chosen columns."""
        status, icon = look(row["phase"])
        address = web(row["address"]) if "connection" in keys else ""
        access = row["access"] if "access" in keys else ""
        deleted = row["deleted_at"]
        word = "Deleted" if deleted else row["phase"]
        return cls(
            id=str(row["id"]),
            name=texts.line(row["name"]),
            image=texts.line(row["image"]) if "image" in keys else "",
            type=TYPE,
            phase=word if "phase" in keys else "",
            status=status,
            icon=icon,
            why=row["message"] if "phaseMessage" in keys else "",
            word=word,
            home=row["project_name"],
            count=f"{row['running_pods']}/{row['requested_pods']}",
            project=lines(row, keys, ("projectName", "departmentName")),
            pods=pods(row, keys),
            bar=bar(row),
            gpus=gpus(row, keys),
            address=address,
            link=address if is_outside(address) else "",
            host=host(address),
            nowhere=nowhere(row) if "connection" in keys and not address else "",
            access=access,
            access_icon=ACCESS_ICONS.get(access, "lock"),
            rank=rank(row, keys),
            when=Moment.of(row["created_at"], now),
            who=texts.line(row["submitted_by"]) if "submittedBy" in keys else "",
            data=texts.line(row["data_sources"]) if "datasource" in keys else "",
            deleted=Moment.of(deleted, now) if deleted else None,
            alone=tuple(
                alone(column, row, now) for column in ALONE if column.key in keys
            ),
            mark=f"{zlib.crc32(repr([row[key] for key in MARKED]).encode()):x}",
        )


MARKED = ("phase", "message", "running_pods", "allocated_gpus", "pools", "address")


def read(
    query: TableQuery, workloads: QuerySet, keys: frozenset[str], now: datetime
) -> tuple[list[Row], bool]:
    """The rows of the page, and whether one is in a passing phase.

    The ids come first, by the index alone, so that far pages are cheap.
    """
    page = query.ordered(query.rows(workloads)).values_list("pk", flat=True)
    ids = list(page[query.offset : query.offset + query.limit])
    seen = workloads.model.objects.filter(pk__in=ids).annotate(drawn=_groups())
    fields = {*VALUES, *(BY_KEY[key].field for key in keys if BY_KEY[key].field)}
    found = {row["id"]: row for row in seen.values(*fields, "drawn")}
    ordered = [_with_groups(found[pk]) for pk in ids if pk in found]
    passing = any(row["passing"] for row in ordered)
    return [Row.of(row, keys, now) for row in ordered], passing


def _groups() -> Case:
    """The groups where they say more than the counts do."""
    return Case(
        When(
            running_pods__lt=F("requested_pods"), requested_pods__lte=200, then="groups"
        ),
        default=Value(None, output_field=JSONField()),
        output_field=JSONField(),
    )


def _with_groups(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"groups": row["drawn"]}


def lines(row: dict[str, Any], keys: frozenset[str], parts: Iterable[str]) -> str:
    """The chosen parts, one a line."""
    words = (texts.line(BY_KEY[key].words(row)) for key in parts if key in keys)
    return "\n".join(words)


def pods(row: dict[str, Any], keys: frozenset[str]) -> str:
    """Running of requested, or the one that was chosen."""
    parts = ("runningPods", "requestedPods")
    return "/".join(BY_KEY[key].words(row) for key in parts if key in keys)


def gpus(row: dict[str, Any], keys: frozenset[str]) -> str:
    """Allocated of requested, and the pools below."""
    parts = ("allocatedGPU", "requestedGPU")
    chosen = [BY_KEY[key] for key in parts if key in keys]
    asked = row["requested_gpus"] or row["allocated_gpus"]
    count = " of ".join(column.words(row) for column in chosen) if asked else "None"
    count = count if chosen else ""
    pools = texts.line(row["pools"]) if "nodepool" in keys else ""
    if pools and row["phase"] in UNPLACED:
        pools = f"wants {pools}"
    return "\n".join(line for line in (count, pools) if line)


def rank(row: dict[str, Any], keys: frozenset[str]) -> str:
    """The priority, and whether others may take its place."""
    words = []
    if "priority" in keys:
        words.append(texts.priority(row["priority"]))
    if "preemptible" in keys:
        words.append("Preemptible" if row["preemptible"] else "Non-preemptible")
    return "\n".join(words)


def nowhere(row: dict[str, Any]) -> str:
    """Why there is no address."""
    to_come = row["access"] and row["phase"] not in SETTLED
    return "Not deployed yet" if to_come else "None"


def web(address: str) -> str:
    """The address if it is one of the web, else nothing: we link to no other."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.hostname else ""


def is_outside(address: str) -> bool:
    """Whether a browser outside of the cluster could reach it."""
    return bool(address) and ".svc." not in f"{urlsplit(address).hostname}."


def host(address: str) -> str:
    """The first word of the host: mostly the workload's own name."""
    return (urlsplit(address).hostname or "").split(".")[0] if address else ""


def alone(column: Column, row: dict[str, Any], now: datetime) -> str:
    """A column with a cell of its own."""
    if column.kind == "time":
        return texts.ago(row[column.field], now)
    return texts.line(column.words(row))
