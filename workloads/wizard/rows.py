"""Lists of items as a page draws them."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policies.engine.effective import Default
from policies.engine.rules import FieldRules
from workloads.spec.paths import Key, Location
from workloads.spec.schema import SCHEMA
from workloads.wizard.drawing import Drawing
from workloads.wizard.view import View, dashed

Document = dict[str, Any]
NONE = ("", "none", "off")
"""What a cell says that holds nothing."""


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
    reset: str = ""
    """Whose item comes back once what was said of it is taken back."""

    asset: str = ""
    """The data source that it came from, or that is imposed."""

    chosen: str = ""
    first: bool = False
    last: bool = False

    @property
    def facts(self) -> list[View]:
        """What a locked item holds, without its key and what is off."""
        cells = self.cells.values()
        return [c for c in cells if not c.named and c.fixed not in NONE]

    @property
    def notes(self) -> list[tuple[str, str]]:
        """Of its cells: what a policy allows there, or why one cannot be changed."""
        cells = () if self.locked else self.cells.values()
        told = [(c.label, c.range or c.reason) for c in cells if not c.named]
        return [(label, text) for label, text in told if text]


@dataclass(slots=True)
class ListView:
    """A list, drawn."""

    name: str
    id: str
    rows: list[RowView]
    places: str
    """What the hidden field says: where each drawn row stands, and its key."""

    can_add: bool = True
    barred_by: str = ""
    """Whose policy lets nobody add items; empty where some may be added."""

    noun: str = "Nothing"
    issues: list[str] = field(default_factory=list)
    differs: str = ""
    title: str = ""
    """What its items are, where several lists stand in one section."""

    @property
    def why_not(self) -> str:
        """Why no item can be added; empty where one can."""
        if not self.barred_by:
            return ""
        return f"{self.noun} may be added, set by {self.barred_by}."


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
        row.first, row.last = place == 0, place == len(said or ()) - 1
        row.reset = given[row.key].source if _over(place, row.key, given) else ""
    _of_policies(drawing, found, given, rules, schema.key)
    told = [
        [str(place.text) if isinstance(place, Key) else place, row.key]
        for place, row in zip(where, found, strict=False)
    ]
    view = ListView(str(path), dashed(str(path)), found, json.dumps(told))
    view.issues = [drawing.sentence(i) for i in drawing.issues.get(str(path), ())]
    if rules and not rules.can_add:
        view.can_add = False
        view.barred_by = rules.source
    return view


def _over(place: int | Key, key: str, given: Mapping[str, Default]) -> bool:
    """Whether something was said of an item that a policy gives."""
    return isinstance(place, int) and key in given


def _of_policies(
    drawing: Drawing,
    rows: Sequence[RowView],
    given: Mapping[str, Default],
    rules: FieldRules | None,
    key: str,
) -> None:
    """Mark what policies give; what is locked, and the key, is drawn as text.

    Of two items with one key the second is the user's: either key may be changed.
    """
    count = Counter(row.key for row in rows)
    before: set[str] = set()
    for row in rows:
        if default := given.get(row.key):
            row.source = f"Policy · {default.source}"
            row.by_policy = row.key not in before
            row.locked = _lock(default, rules, row.key)
            for name, cell in row.cells.items():
                if row.locked or (name == key and count[row.key] == 1):
                    drawing.fix(cell, row.locked or row.source)
                    cell.named = name == key
        before.add(row.key)


def _lock(default: Default, rules: FieldRules | None, key: str) -> str:
    """Return why an item cannot be changed, or nothing."""
    if default.imposed:
        return f"Added by your administrator, set by {default.source}."
    if rules and key in rules.locked:
        return f"Locked by {default.source}. Your administrator can change it."
    return ""


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
