"""Which events a status is read from; the others are told to people only."""

from typing import Any

from workloads.status.reading import at, table, text

ROUTINE = frozenset(
    {"Scheduled", "Created", "Started", "Killing"}
    | {"SuccessfulCreate", "SuccessfulDelete"}
)
"""Told of every pod, and of no use to tell how it is."""

OF_ITS_POD = frozenset({"Pulling", "Pulled"})
"""Of use as long as their pod exists."""


def tells(event: Any) -> bool:
    """Whether a status may be read from an event. A warning always may."""
    return at(event, "type") == "Warning" or text(event, "reason") not in ROUTINE


def only_with_pod(event: Any) -> str:
    """Return the uid of the pod without which the event tells nothing, if there is one.

    In a crash loop most events are of pods that are gone.
    """
    about = table(event, "involvedObject") or table(event, "regarding")
    bound = at(event, "type") != "Warning" and text(event, "reason") in OF_ITS_POD
    return text(about, "uid") if bound and text(about, "kind") == "Pod" else ""
