"""Every field that a policy may speak of, with the rules that it takes."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from policies.engine.rule_objects import accepted
from policies.views.parameters import by_section, kind_of, title_of, values_of
from workloads.spec.schema import SCHEMA, Field

PLAIN_ITEMS = frozenset({"environmentVariables", "labels", "annotations"})
"""Lists whose attributes take no rules (policies.md §1.4)."""

FIRST = ("required", "canEdit", "min", "max", "step", "options", "prefixes")
BEGUN = {
    "required": "true",
    "canEdit": "false",
    "blocked": "true",
    "canAdd": "false",
    "locked": "[]",
    "options": "[{value: }]",
    "prefixes": "[]",
    "defaultFrom": "{field: , factor: 1}",
}
"""What an inserted rule says at first."""


class Entry(NamedTuple):
    """A place that can be inserted."""

    name: str
    place: str
    value: str


class Item(NamedTuple):
    """A field of the reference."""

    title: str
    path: str
    type: str
    help: str
    entries: tuple[Entry, ...]


class Chapter(NamedTuple):
    """The fields of a section."""

    title: str
    items: list[Item]


@cache
def reference() -> tuple[Chapter, ...]:
    """Return all fields by section, in the order of the spec."""
    found = by_section(_items(SCHEMA, (), (), False))
    return tuple(Chapter(title, items) for title, items in found.items())


def _items(
    section: Field, defaults: tuple[str, ...], rules: tuple[str, ...], inside: bool
) -> Iterator[tuple[Field, Item]]:
    """Yield what is below a section; inside of a list its attributes."""
    spelled = {name: rule for rule, name in section.rule_names.items()}
    for name, field in section.children.items():
        if inside and name in (section.key, "exclude"):
            continue
        at, ruled = (*defaults, name), (*rules, spelled.get(name, name))
        if field.items:
            yield field, _item(field, (*at, "instances"), (*ruled, "instances"))
            if name not in PLAIN_ITEMS:
                below = (*at, "attributes"), (*ruled, "attributes")
                yield from _items(field, *below, True)
        elif field.children:
            yield from _items(field, at, ruled, inside)
        else:
            yield field, _item(field, at, ruled)


def _item(field: Field, default: tuple[str, ...], rules: tuple[str, ...]) -> Item:
    names = sorted(accepted(field), key=_rank)
    return Item(
        title_of(field),
        str(field.path),
        _type(field),
        field.info.description or "",
        (
            Entry("default", ".".join(("defaults", *default)), ""),
            *(
                Entry(name, ".".join(("rules", *rules, name)), BEGUN.get(name, ""))
                for name in names
            ),
        ),
    )


def _rank(name: str) -> tuple[int, str]:
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)


def _type(field: Field) -> str:
    values = values_of(field.info.annotation)
    return f"one of {', '.join(values)}" if values else kind_of(field)
