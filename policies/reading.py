"""A YAML or JSON text as texts in objects and lists, each with its place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

from workloads.spec.text import as_name, lines

LARGEST = 256 * 1024
"""Bytes of a text."""

DEEPEST = 32
MOST_PARTS = 10_000
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
LINE_ENDS = re.compile("[\x85\u2028\u2029]|\r(?!\n)")
"""YAML ends a line there, and an editor does not."""

PARTS = (yaml.NodeEvent, yaml.CollectionEndEvent)
WITH_TAGS = (yaml.ScalarEvent, yaml.CollectionStartEvent)
REFERENCES = "no anchors and aliases are read here: write it out"

Place = tuple[str, ...]
"""Names from the top; an item of a list by its number."""


class Mark(NamedTuple):
    """Where something stands; both count from 1."""

    line: int
    column: int


TOP = Mark(1, 1)


class NotReadable(Exception):
    """The text is not YAML as policies and specs are written in it."""

    def __init__(self, text: str, mark: Mark = TOP) -> None:
        self.mark = mark
        super().__init__(text)


class Plain(str):
    """A text without quotation marks: it may be a number or a truth."""

    __slots__ = ()


@dataclass(frozen=True)
class Reading:
    """What a text says. Leaves are texts or None; what is `Plain` had no quotes."""

    document: Any
    marks: Mapping[Place, Mark]


def reading(text: str) -> Reading:
    """Read one document. Raises NotReadable, and nothing else, whatever the text."""
    _printable(text)
    builder = _Builder(_events(text))
    return Reading(builder.node(()), MappingProxyType(builder.marks))


def _printable(text: str) -> None:
    size = len(text.encode("utf-8", "replace"))
    if size > LARGEST:
        raise NotReadable(f"has {size} bytes; at most {LARGEST} are read")
    for number, row in enumerate(text.split("\n"), start=1):
        if found := LINE_ENDS.search(row):
            mark = Mark(number, found.start() + 1)
            raise NotReadable("has a line end that editors do not show", mark)
        try:
            lines(row.removesuffix("\r"))
        except ValueError as refused:
            raise NotReadable(str(refused), Mark(number, 1)) from None


def _events(text: str) -> list[yaml.Event]:
    """Return what the parser finds, once all of it was seen and counted."""
    kept: list[yaml.Event] = []
    depth = documents = 0
    for event in _parsed(text):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if objection := _strange(event) or _too_much(depth, documents, len(kept)):
            raise NotReadable(objection, _mark(event.start_mark))
        if isinstance(event, PARTS):
            kept.append(event)
    if not documents:
        raise NotReadable("is empty: it says nothing")
    return kept


def _too_much(depth: int, documents: int, parts: int) -> str:
    if documents > 1:
        return "only one document may stand here"
    if depth > DEEPEST:
        return f"more than {DEEPEST} things stand in one another"
    return f"has more than {MOST_PARTS} parts" if parts >= MOST_PARTS else ""


def _strange(event: yaml.Event) -> str:
    if isinstance(event, WITH_TAGS):
        if event.anchor is not None:
            return REFERENCES
        if event.tag is not None:
            return f"no tags such as {as_name(event.tag)} are read here"
    elif isinstance(event, yaml.AliasEvent):
        return REFERENCES
    elif isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
        return "no directives are read here"
    return ""


def _parsed(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        why = ", ".join(filter(None, (error.problem, error.context)))
        raise NotReadable(f"is no YAML: {why}", _mark(error.problem_mark)) from None
    except yaml.YAMLError as error:
        why = getattr(error, "reason", "it cannot be read")
        raise NotReadable(f"is no YAML: {why}") from None


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1) if mark else TOP


class _Builder:
    def __init__(self, events: list[yaml.Event]) -> None:
        self.events = iter(events)
        self.marks: dict[Place, Mark] = {}

    def node(self, place: Place, event: yaml.Event | None = None) -> Any:
        event = event or next(self.events)
        self.marks.setdefault(place, _mark(event.start_mark))
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(place)
        return self.sequence(place)

    def mapping(self, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            mark = _mark(event.start_mark)
            name = _name(event, mark)
            if name in found:
                raise NotReadable(f'"{as_name(name)}" is there twice', mark)
            self.marks[(*place, name)] = mark
            found[name] = self.node((*place, name))
        return found

    def sequence(self, place: Place) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self.node((*place, str(len(found))), event))
        return found


def _name(event: yaml.Event, mark: Mark) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        raise NotReadable("a name must be a text", mark)
    name = _scalar(event)
    if not name:
        raise NotReadable("a name is missing before the colon", mark)
    if isinstance(name, Plain) and name == "<<":
        raise NotReadable("no merge keys are read here: write it out", mark)
    return str(name)


def _scalar(event: yaml.ScalarEvent) -> str | None:
    plain = event.implicit[0]
    if plain and event.value in NULLS:
        return None
    try:
        value = str(lines(event.value))
    except ValueError as refused:
        raise NotReadable(str(refused), _mark(event.start_mark)) from None
    return Plain(value) if plain else value
