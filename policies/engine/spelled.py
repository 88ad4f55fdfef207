"""An effective policy as a document, in the shape in which policies are written."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policies.engine.effective import EffectivePolicy
from policies.engine.rules import Unit
from workloads.spec.model import SpecModel
from workloads.spec.paths import FieldPath
from workloads.spec.schema import SCHEMA, Field

Document = dict[str, Any]
Place = tuple[str, ...]
Declared = Sequence[tuple[Unit, Mapping[str, Any]]]
"""The documents of a chain with whose they are, the farthest first."""


def spelled(
    effective: EffectivePolicy, declared: Declared, sources: Mapping[Unit, Document]
) -> Document:
    """Return ``{defaults, rules, imposedAssets}`` as they come to.

    Each rule object is as its unit wrote it, with ``sourceOfRule``, which ``sources``
    holds by unit (policies.md §1.6).
    """
    document = {
        "defaults": _defaults(effective),
        "rules": _rules(effective, declared, sources),
        "imposedAssets": _imposed(effective),
    }
    return {name: value for name, value in document.items() if value}


def rule_objects(document: Any) -> Iterator[tuple[FieldPath, Place, Any]]:
    """Yield what a document demands of each field, and where that stands."""
    if isinstance(document, Mapping):
        yield from _below(SCHEMA, document.get("rules"), ("rules",))


def default_place(path: FieldPath) -> Place:
    """Return where a document has the default of a field, or of an attribute."""
    place: Place = ("defaults",)
    field = SCHEMA
    for name in path:
        place = (*place, "attributes", name) if field.items else (*place, name)
        field = field.children[name]
    return place


def put(document: Document, place: Place, value: Any) -> None:
    """Write a value at a place, whatever is missing above it."""
    for name in place[:-1]:
        document = document.setdefault(name, {})
    document[place[-1]] = value


def _below(
    field: Field, said: Any, at: Place
) -> Iterator[tuple[FieldPath, Place, Any]]:
    names = field.rule_names if at[-1] == "attributes" else {}
    for name, inner in said.items() if isinstance(said, Mapping) else ():
        child = field.children.get(names.get(name, name))
        if child is None:
            continue
        if child.items:
            yield from _of_list(child, inner, (*at, name))
        elif child.children:
            yield from _below(child, inner, (*at, name))
        elif inner is not None:
            yield child.path, (*at, name), inner


def _of_list(
    field: Field, said: Any, at: Place
) -> Iterator[tuple[FieldPath, Place, Any]]:
    for name, inner in said.items() if isinstance(said, Mapping) else ():
        if name == "instances" and inner is not None:
            yield field.path, (*at, name), inner
        elif name == "attributes":
            yield from _below(field, inner, (*at, name))


def _defaults(effective: EffectivePolicy) -> Document:
    document: Document = {}
    for path, default in effective.defaults.items():
        put(document, default_place(path), _json(default.value))
    for path, items in effective.instances.items():
        own = [_json(each.value) for each in items.values() if not each.imposed]
        if own:
            put(document, (*default_place(path), "instances"), own)
    said: Document = document.get("defaults", {})
    return said


def _rules(
    effective: EffectivePolicy, declared: Declared, sources: Mapping[Unit, Document]
) -> Document:
    document: Document = {}
    for unit, written in declared:
        for path, place, rules in rule_objects(written):
            winner = effective.rules.get(path)
            if winner is not None and winner.unit == unit:
                put(document, place, rules | {"sourceOfRule": sources[unit]})
    said: Document = document.get("rules", {})
    return said


def _imposed(effective: EffectivePolicy) -> Document:
    document: Document = {}
    for path, items in effective.instances.items():
        for key, default in items.items():
            if default.imposed:
                document.setdefault(path[0], []).append(key)
    return document


def _json(value: Any) -> Any:
    if isinstance(value, SpecModel):
        return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if isinstance(value, Mapping):
        return {name: _json(inner) for name, inner in value.items()}
    return list(value) if isinstance(value, tuple) else value


def clear(document: Document, path: FieldPath) -> None:
    """Take the default and the rules of a field away, or of all below a section."""
    _remove(document, default_place(path))
    for known, place, _ in list(rule_objects(document)):
        if known[: len(path)] == path:
            _remove(document, place)


def overlay(document: Document, said: Document) -> None:
    """Write what is said over a document; ``null`` says nothing.

    A rule object, a value and the items of a list are each taken as a whole.
    """
    whole = {place for _, place, _ in rule_objects(said)}
    whole |= {default_place(each.path) for each in SCHEMA if each.arbitrary}
    _overlay(document, said, whole, ())


def _overlay(into: Document, said: Document, whole: set[Place], at: Place) -> None:
    for name, value in said.items():
        place = (*at, name)
        known = into.get(name)
        if isinstance(value, dict) and isinstance(known, dict) and place not in whole:
            _overlay(known, value, whole, place)
        elif value is not None:
            into[name] = value


def _remove(document: Any, place: Place) -> None:
    for name in place[:-1]:
        document = document.get(name) if isinstance(document, dict) else None
    if isinstance(document, dict):
        document.pop(place[-1], None)
