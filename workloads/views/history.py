"""What happened to a workload: changes of its phase and events, in one line of time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from workloads.models import Workload
from workloads.tables import texts
from workloads.tables.looks import Look, look
from workloads.tables.rows import Moment

MOST = 200
EVENT, WARNING = Look("", "ring"), Look("is-bad", "bad")
KINDS = (("", "All"), ("phases", "Status changes"), ("problems", "Problems"))


class Entry(NamedTuple):
    """One line of the history."""

    at: datetime
    when: Moment
    look: Look
    word: str
    text: str
    below: str


def entries(workload: Workload, kind: str, now: datetime) -> list[Entry]:
    """The newest entries of the kind, newest first."""
    found: list[Entry] = []
    if kind != "problems":
        found += phases(workload, now)
    if kind != "phases":
        events = workload.events.all()
        if kind == "problems":
            events = events.filter(manifest__type="Warning")
        found += [event(row.at, row.manifest, now) for row in events[:MOST]]
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:MOST]


def phases(workload: Workload, now: datetime) -> Iterator[Entry]:
    """Changes of the phase, each with the one before."""
    changes = list(workload.phase_changes.all()[:MOST])
    before = [f", was {change.phase}" for change in changes[1:]] + [""]
    for change, was in zip(changes, before, strict=False):
        text = f"{was}: {change.message}" if change.message else was
        yield Entry(
            change.at,
            Moment.of(change.at, now),
            look(change.phase),
            change.phase,
            text,
            "Status change",
        )


def event(at: datetime, manifest: dict[str, Any], now: datetime) -> Entry:
    """An event of Kubernetes; any of its parts may be absent."""
    about = manifest.get("involvedObject") or manifest.get("regarding") or {}
    source = (manifest.get("source") or {}).get("component")
    count = manifest.get("count") or 1
    below = [
        manifest.get("reason"),
        "/".join(filter(None, (about.get("kind", "").lower(), about.get("name")))),
        source or manifest.get("reportingComponent"),
        f"{count} times" if isinstance(count, int) and count > 1 else "",
    ]
    return Entry(
        at,
        Moment.of(at, now),
        WARNING if manifest.get("type") == "Warning" else EVENT,
        "",
        texts.line(str(manifest.get("message") or manifest.get("note") or "")),
        " · ".join(str(part) for part in below if part),
    )
