"""How phases and pods look: a status class and an icon, beside the word."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from workloads.status import Phase


class Look(NamedTuple):
    """A status class (its ink and tint) and a symbol of the sprite."""

    status: str
    icon: str

    @property
    def motion(self) -> str:
        """The class that turns the icon while something is under way."""
        return "spin" if self.icon == "spin" else ""


PHASES = {
    Phase.CREATING: Look("is-off", "spin"),
    Phase.PENDING: Look("is-wait", "clock"),
    Phase.INITIALIZING: Look("is-busy", "spin"),
    Phase.RUNNING: Look("is-ok", "ok"),
    Phase.UPDATING: Look("is-busy", "sync"),
    Phase.DEGRADED: Look("is-wait", "warn"),
    Phase.FAILED: Look("is-bad", "bad"),
    Phase.STOPPING: Look("is-off", "spin"),
    Phase.STOPPED: Look("is-off", "ring"),
    Phase.RESUMING: Look("is-busy", "spin"),
    Phase.COMPLETED: Look("is-ok", "check"),
    Phase.DELETING: Look("is-off", "trash"),
    Phase.UNKNOWN: Look("is-off", "unknown"),
}
UNPLACED = frozenset({Phase.CREATING, Phase.PENDING})
"""Phases in which the node pools are only asked for."""

SETTLED = frozenset(
    {Phase.FAILED, Phase.COMPLETED, Phase.STOPPED, Phase.STOPPING, Phase.DELETING}
)
"""Phases in which no address is to come."""

PODS = {
    "Ready": Look("is-ok", "check"),
    "Starting": Look("is-busy", "spin"),
    "NotReady": Look("is-busy", "spin"),
    "Lost": Look("is-wait", "warn"),
    "Pending": Look("is-wait", "clock"),
    "Unscheduled": Look("is-wait", "clock"),
    "Error": Look("is-bad", "x"),
    "Terminating": Look("is-off", "trash"),
    "Gone": Look("is-off", "unknown"),
}
POD_WORDS = {
    "Ready": "ready",
    "Starting": "starting",
    "NotReady": "not ready yet",
    "Lost": "not ready",
    "Pending": "waiting for a node",
    "Unscheduled": "waiting for a node",
    "Error": "failed",
    "Terminating": "ending",
    "Gone": "gone",
}
REASONS = {
    "Pulling": "pulling its image",
    "ContainerCreating": "its container is being created",
    "ContainersNotReady": "",
    "Unhealthy": "",
    "Unschedulable": "",
}
"""Kubernetes' words where a plainer one says the same, or the state says it already."""

INKS = {
    "Ready": "on",
    "Starting": "half",
    "NotReady": "half",
    "Lost": "wait",
    "Error": "bad",
}
WIDTH, GAP, MOST = 72.0, 2.0, 20


def look(phase: str) -> Look:
    """The look of a phase; what nobody knows looks unknown."""
    return PHASES.get(Phase(phase), PHASES[Phase.UNKNOWN])


def state_of(pod: dict[str, Any]) -> str:
    """The pod's word; one that was ready before is told apart from one that starts."""
    return "Lost" if pod.get("lost") else str(pod["state"])


def bar(row: dict[str, Any]) -> SafeString:
    """The paths of the pod bar, one an ink: a gap parts replicas. 72 units wide."""
    strokes: dict[str, list[str]] = {}
    size = row["workers"] + 1
    replicas = max(1, min(row["replicas"], MOST))
    width = (WIDTH - GAP * (replicas - 1)) / replicas
    for index, inks in enumerate(_replicas(row, replicas, size)):
        start = index * (width + GAP)
        for place, ink in _runs(inks):
            left = start + width * place[0] / size
            strokes.setdefault(ink, []).append(
                f"M{left:.4g} 2h{width * (place[1] - place[0]) / size:.4g}"
            )
    paths = tuple((ink, "".join(parts)) for ink, parts in strokes.items())
    return format_html_join("", '<path class="{}" d="{}"/>', paths)


def _replicas(row: dict[str, Any], count: int, size: int) -> Iterator[list[str]]:
    """The inks of each drawn replica. Of very many ones the share is drawn."""
    if row["phase"] in (Phase.UNKNOWN, Phase.DELETING):
        yield from _shares(row, count, size, "old")
    elif row["groups"] is None or row["replicas"] > MOST:
        yield from _shares(row, count, size, "on")
    else:
        drawn = {group["index"]: group["pods"] for group in row["groups"]}
        for index in range(count):
            pods = {pod["index"]: state_of(pod) for pod in drawn.get(index, ())}
            yield [INKS.get(pods.get(place, ""), "") for place in range(size)]


def _shares(
    row: dict[str, Any], count: int, size: int, ink: str
) -> Iterator[list[str]]:
    """Inks by the counts alone."""
    share = row["running_pods"] / max(row["requested_pods"], 1)
    filled = round(share * count * size)
    for index in range(count):
        here = max(0, min(size, filled - index * size))
        yield [ink] * here + [""] * (size - here)


def _runs(inks: Iterable[str]) -> Iterator[tuple[tuple[int, int], str]]:
    """Neighbours of one ink together: ``((from, to), ink)``."""
    start, last, place = 0, None, 0
    for place, ink in enumerate(inks):
        if last is not None and ink != last:
            yield (start, place), last
            start = place
        last = ink
    if last is not None:
        yield (start, place + 1), last
