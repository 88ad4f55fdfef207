"""Label and field selectors as the query string writes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.answers import bad_request

TERM = re.compile(r",(?![^(]*\))")
SET = re.compile(r"^(?P<key>\S+)\s+(?P<word>in|notin)\s+\((?P<values>[^)]*)\)$")


@dataclass(frozen=True)
class Requirement:
    """One term: the key, how it compares, and the values."""

    key: str
    word: str
    values: frozenset[str] = frozenset()

    def fits(self, value: str | None) -> bool:
        match self.word:
            case "exists":
                return value is not None
            case "absent":
                return value is None
            case "in":
                return value in self.values
            case _:
                return value not in self.values


def requirement(term: str) -> Requirement:
    """Read one term; raises a 400 for what is none."""
    term = term.strip()
    if found := SET.match(term):
        values = frozenset(word.strip() for word in found["values"].split(","))
        return Requirement(found["key"], found["word"], values)
    for sign, word in (("!=", "notin"), ("==", "in"), ("=", "in")):
        if sign in term:
            key, value = term.split(sign, 1)
            return Requirement(key.strip(), word, frozenset({value.strip()}))
    if term.startswith("!"):
        return Requirement(term[1:].strip(), "absent")
    if not term or " " in term:
        raise bad_request(f'unable to parse requirement: "{term}"')
    return Requirement(term, "exists")


def requirements(text: str) -> tuple[Requirement, ...]:
    """Read a whole selector."""
    return tuple(requirement(term) for term in TERM.split(text)) if text else ()


@dataclass(frozen=True)
class Selector:
    """What a list or a watch asks for: a namespace, labels and fields."""

    namespace: str = ""
    labels: tuple[Requirement, ...] = ()
    fields: tuple[Requirement, ...] = ()

    def fits(self, item: Mapping[str, Any]) -> bool:
        metadata = item["metadata"]
        if self.namespace and metadata.get("namespace") != self.namespace:
            return False
        labels = metadata.get("labels") or {}
        return all(part.fits(labels.get(part.key)) for part in self.labels) and all(
            part.fits(field_value(item, part.key)) for part in self.fields
        )

    def exact_label(self) -> tuple[str, str] | None:
        """A label that must have one value: the index to look in."""
        for part in self.labels:
            if part.word == "in" and len(part.values) == 1:
                return part.key, next(iter(part.values))
        return None

    def exact_name(self) -> str:
        for part in self.fields:
            if part.key == "metadata.name" and part.word == "in":
                return next(iter(part.values))
        return ""


def selector(namespace: str = "", labels: str = "", fields: str = "") -> Selector:
    """Read the parts of a query."""
    return Selector(namespace, requirements(labels), requirements(fields))


def field_value(item: Mapping[str, Any], path: str) -> str:
    """The text at a dotted path; nothing there reads as the empty text."""
    value: Any = item
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return "" if value is None else str(value)


def expression_fits(part: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether one expression of a selector or node affinity takes the labels."""
    value = labels.get(part["key"])
    values = part.get("values") or []
    match part["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt":
            return value is not None and int(value) > int(values[0])
        case _:
            return value is not None and int(value) < int(values[0])
