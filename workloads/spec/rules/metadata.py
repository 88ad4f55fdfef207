"""Labels, annotations, and the keys of every list."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.spec.rules.pods import LEADER, Document, pods, rows, wrong
from workloads.spec.rules.reserved import (
    TOPOLOGY,
    reserved_annotation,
    reserved_label,
)
from workloads.spec.schema import SCHEMA
from workloads.spec.syntax import label_name, label_value
from workloads.spec.workload import WorkloadSpec

MOST = 256 * 1024
"""Bytes of all annotations of an object, names and values."""


class Keyed(NamedTuple):
    """A list of a pod, and how its items are told apart."""

    names: str
    attributes: tuple[str, ...]
    key: str
    key_attribute: str


def _attribute(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


LISTS = tuple(
    Keyed(
        ".".join(field.path[1:]),
        tuple(map(_attribute, field.path[1:])),
        field.key,
        _attribute(field.key),
    )
    for field in SCHEMA.at(LEADER.path)
    if field.items
)


def unique_keys(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """Two items with one key stay apart; the later one is to blame (X-11)."""
    for at, pod in pods(spec):
        for keyed in LISTS:
            items: Any = pod
            for name in keyed.attributes:
                items = getattr(items, name)
            if len(items) > 1:
                yield from _repeated(at, keyed, items)


def _repeated(at: Location, keyed: Keyed, items: Any) -> Iterator[Issue]:
    seen: set[str] = set()
    for position, item in enumerate(items):
        key = getattr(item, keyed.key_attribute)
        if key in seen:
            place = at
            for name in keyed.names.split("."):
                place = place / name
            text = f"is there twice: {key}. Change it, or remove this row"
            yield wrong(place / position / keyed.key, "unique", text)
        if key is not None:
            seen.add(key)


def labels(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Labels have Kubernetes' syntax, and are not reserved (X-24, Q-04)."""
    for at, pod in pods(spec):
        for row, label in rows(at, "labels", pod.labels):
            if not label.name:
                continue
            if text := label_name(label.name):
                yield wrong(row / "name", "syntax", text)
            elif reserved_label(label.name):
                text = "is reserved for the platform: choose another name"
                yield wrong(row / "name", "reserved", text)
            if text := label_value(label.value or ""):
                yield wrong(row / "value", "syntax", text)


def annotations(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """Annotations too, but those by which a leader overrides the topology."""
    for at, pod in pods(spec):
        size = 0
        for row, annotation in rows(at, "annotations", pod.annotations):
            if not annotation.name:
                continue
            if text := label_name(annotation.name):
                yield wrong(row / "name", "syntax", text)
            elif text := _reserved(at, annotation.name):
                yield wrong(row / "name", "reserved", text)
            before, size = size, size + _bytes(annotation.name, annotation.value)
            if before <= MOST < size:
                text = "makes the annotations longer than 256 KiB, which is the most"
                yield wrong(row / "value", "size", text)


def _reserved(at: Location, name: str) -> str:
    if name in TOPOLOGY:
        here = at == LEADER
        return "" if here else "belongs among the leader's: it holds for the replica"
    if reserved_annotation(name):
        return "is reserved for the platform: choose another name"
    return ""


def _bytes(*texts: str | None) -> int:
    return sum(len((text or "").encode("utf-8", "replace")) for text in texts)


RULES = (unique_keys, labels, annotations)
