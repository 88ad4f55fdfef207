"""Lists of items as a page draws them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workloads.spec.paths import Key, Location
from workloads.spec.schema import SCHEMA
from workloads.wizard.drawing import Drawing
from workloads.wizard.view import View, dashed

Document = dict[str, Any]


@dataclass(slots=True)
class RowView:
    """One item, drawn."""

    name: str
    """As drawn: ``leader.labels.2``."""

    id: str
    key: str
    title: str
    number: int
    cells: dict[str, View]
    issues: list[str]
    by_policy: bool = False
    locked: str = ""
    excluded: bool = False
    kind: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    chosen: str = ""
    first: bool = False
    last: bool = False


@dataclass(slots=True)
class ListView:
    """A list, drawn."""

    name: str
    id: str
    rows: list[RowView]
    places: str
    """What the hidden field says: where each drawn row stands, and its key."""

    can_add: bool = True
    why_not: str = ""
    issues: list[str] = field(default_factory=list)
    differs: str = ""
    title: str = ""
    """What its items are, where several lists stand in one section."""


def suggest(row: RowView, config_maps: Mapping[str, Sequence[str]]) -> None:
    """Offer the ConfigMaps that are there and their keys; mark what is not among them.

    A name that nobody has seen may come later, so it is kept and only marked.
    """
    name, key = row.cells["configMap_name"], row.cells["configMap_key"]
    name.suggestions = tuple(config_maps)
    name.unchecked = bool(name.text) and name.text not in config_maps
    key.suggestions = tuple(config_maps.get(name.text, ()))
    known = name.text in config_maps
    key.unchecked = known and bool(key.text) and key.text not in key.suggestions


def places(said: Any, given: Iterable[str], key_field: str) -> list[int | Key]:
    """Return where each drawn row stands, in the order in which `judge` draws them.

    What a policy gives comes first, each under what was said of it.
    """
    mine: dict[str | None, list[int | Key]] = {}
    keys = list(given)
    for place, item in enumerate(said if isinstance(said, list) else ()):
        if isinstance(item, dict):
            key = item.get(key_field)
            mine.setdefault(key if key in keys else None, []).append(place)
    ordered: list[int | Key] = []
    for key in keys:
        ordered += mine.get(key) or [Key(key)]
    return ordered + mine.get(None, [])


def list_view(
    drawing: Drawing, document: Document, path: Location, cells: Sequence[str]
) -> ListView:
    """Draw a list of items."""
    schema = SCHEMA.at(path.path)
    given = drawing.context.policy.instances.get(schema.path, {})
    rules = drawing.context.policy.rules.get(schema.path)
    said = _said(document, path)
    where = places(said, given, schema.key)
    items = drawing.shown(str(path)) or []
    found = [
        _row(drawing, path, n, place, item, cells)
        for n, (place, item) in enumerate(zip(where, items, strict=False))
    ]
    for row, place in zip(found, where, strict=False):
        default = given.get(row.key)
        row.by_policy = default is not None
        if default and (default.imposed or (rules and row.key in rules.locked)):
            row.locked = f"Locked by {default.source}."
        row.source = f"Policy · {default.source}" if default else ""
        row.first, row.last = place == 0, place == len(said or ()) - 1
    told = [
        [str(place.text) if isinstance(place, Key) else place, row.key]
        for place, row in zip(where, found, strict=False)
    ]
    view = ListView(str(path), dashed(str(path)), found, json.dumps(told))
    view.issues = [drawing.sentence(i) for i in drawing.issues.get(str(path), ())]
    if rules and not rules.can_add:
        view.can_add = False
        view.why_not = f"Nothing may be added, set by {rules.source}."
    return view


def _row(
    drawing: Drawing,
    path: Location,
    number: int,
    place: int | Key,
    item: Document,
    cells: Sequence[str],
) -> RowView:
    name, at = f"{path}.{number}", path / place
    schema = SCHEMA.at(path.path)
    key = str(item.get(schema.key) or "")
    keyed = f"{path}[{key}]" if key else f"{path}.{number}"
    views = {
        cell.replace(".", "_"): drawing.view(
            f"{name}.{cell}", Location((*at, *cell.split("."))), f"{keyed}.{cell}"
        )
        for cell in cells
    }
    issues = [drawing.sentence(i) for i in drawing.issues.get(str(at), ())]
    return RowView(
        name,
        dashed(name),
        key,
        key or f"row {number + 1}",
        number + 1,
        views,
        issues,
        excluded=item.get("exclude") is True,
        kind=str(path[-1]),
        said=item,
        chosen=str(drawing.controls.get(f"{keyed}:source", "")),
    )


def _said(document: Document, path: Location) -> Any:
    node: Any = document
    for part in path:
        node = node.get(part) if isinstance(node, dict) else None
    return node
