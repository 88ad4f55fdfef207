"""What the cluster told about a workload's objects."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workloads.status.reading import at, moment, number, table, text

NEVER = datetime.min.replace(tzinfo=UTC)
NOISE = frozenset({"NotReady", "PodGrouperWarning"})
"""Told at every start and teardown (kubernetes.md §7.7)."""


@dataclass(frozen=True)
class Event:
    """One thing that happened, perhaps several times."""

    kind: str
    """Of the object: Pod, PodGroup, StatefulSet, LeaderWorkerSet."""

    name: str
    uid: str
    reason: str
    message: str
    warning: bool
    first: datetime
    last: datetime
    count: int
    annotations: tuple[tuple[str, str], ...] = ()

    def annotation(self, name: str) -> str:
        """Return the annotation, or an empty text."""
        return dict(self.annotations).get(name, "")


def told(manifests: Iterable[Any]) -> tuple[Event, ...]:
    """Return the events in the order of their time, each once."""
    events = {
        (e.kind, e.name, e.uid, e.reason, e.message, e.last): e
        for e in map(event, manifests)
    }
    return tuple(sorted(events.values(), key=lambda e: (e.last, e.name, e.message)))


def event(manifest: Any) -> Event:
    """Read an event of either API group."""
    about = table(manifest, "involvedObject") or table(manifest, "regarding")
    last = last_time(manifest)
    notes = table(manifest, "metadata", "annotations")
    return Event(
        kind=text(about, "kind"),
        name=text(about, "name"),
        uid=text(about, "uid"),
        reason=text(manifest, "reason"),
        message=(text(manifest, "message") or text(manifest, "note")).strip(),
        warning=text(manifest, "type") == "Warning",
        first=min(first_time(manifest) or last, last),
        last=last,
        count=times(manifest),
        annotations=tuple(
            sorted((k, v) for k, v in notes.items() if isinstance(v, str))
        ),
    )


def last_time(manifest: Any) -> datetime:
    """Return when it happened last; newer events have no lastTimestamp (§4.1)."""
    return (
        moment(manifest, "series", "lastObservedTime")
        or moment(manifest, "eventTime")
        or moment(manifest, "lastTimestamp")
        or moment(manifest, "deprecatedLastTimestamp")
        or moment(manifest, "metadata", "creationTimestamp")
        or NEVER
    )


def first_time(manifest: Any) -> datetime | None:
    """Return when it happened first."""
    return (
        moment(manifest, "firstTimestamp")
        or moment(manifest, "deprecatedFirstTimestamp")
        or moment(manifest, "eventTime")
        or moment(manifest, "metadata", "creationTimestamp")
    )


def times(manifest: Any) -> int:
    """Return how often it happened."""
    series = number(at(manifest, "series"), "count")
    return max(1, series, number(manifest, "count"))
