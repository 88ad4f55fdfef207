"""What the rules have in common: what they are given, and how they walk."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.spec.pod import PodSettings
from workloads.spec.workload import WorkloadSpec

Document = dict[str, Any]
Rule = Callable[[WorkloadSpec, Document, Facts], Iterator[Issue]]
LEADER, WORKER = Location(("leader",)), Location(("worker",))


def pods(spec: WorkloadSpec) -> Iterator[tuple[Location, PodSettings]]:
    """Yield each role with its place."""
    yield LEADER, spec.leader
    if spec.worker is not None:
        yield WORKER, spec.worker


def rows(at: Location, names: str, items: Iterable[Any]) -> Iterator[Any]:
    """Yield each item of a list below a place, with its own."""
    below = at
    for name in names.split("."):
        below = below / name
    for position, item in enumerate(items):
        yield below / position, item


def wrong(location: Location, rule: str, text: str) -> Issue:
    """Something that stops a submission."""
    return Issue(location, rule, text)


def warning(location: Location, rule: str, text: str) -> Issue:
    """Something that its author should know."""
    return Issue(location, rule, text, kind="warning")


def missing(location: Location, rule: str, text: str) -> Issue:
    """Something that is asked for only once somebody tries to go on."""
    return Issue(location, rule, text, kind="missing")


def inside(document: Any, *names: str) -> Any:
    """Return a place of what was said, whatever was said there; None for nothing."""
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def said_keys(document: Document, *names: str, key: str) -> frozenset[str]:
    """Return the keys of the items of a list that were said."""
    items = inside(document, *names)
    if not isinstance(items, list):
        return frozenset()
    keys = (inside(item, key) for item in items)
    return frozenset(key for key in keys if isinstance(key, str))
