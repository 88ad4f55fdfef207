"""Server-side apply: merge by owner, find conflicts, remove what is no longer said."""

import json
from dataclasses import dataclass
from typing import Any

from simulator.answers import Refusal, details_of, timestamp
from simulator.kinds import Kind
from simulator.listkeys import key_of, list_keys
from simulator.ownership import (
    MEMBER,
    Fields,
    Path,
    fields,
    fields_of,
    position,
    shown,
    step,
    tree,
    value_at,
)

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One manager and what it owns."""

    manager: str
    operation: str
    subresource: str
    owned: Fields
    time: str

    @property
    def name(self) -> tuple[str, str, str]:
        return self.manager, self.operation, self.subresource

    def owning(self, owned: Fields) -> "Entry":
        """The same manager with another set; the time moves with a change."""
        if owned == self.owned:
            return self
        return Entry(*self.name, owned, timestamp())

    def written(self, api_version: str) -> Manifest:
        body: Manifest = {
            "manager": self.manager,
            "operation": self.operation,
            "apiVersion": api_version,
            "time": self.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": tree(self.owned),
        }
        if self.subresource:
            body["subresource"] = self.subresource
        return body


def entries_of(item: Manifest) -> list[Entry]:
    """Read the managers of an object."""
    return [
        Entry(
            entry["manager"],
            entry["operation"],
            entry.get("subresource", ""),
            fields(entry.get("fieldsV1") or {}),
            entry.get("time", ""),
        )
        for entry in item["metadata"].get("managedFields") or ()
    ]


def with_entries(kind: Kind, item: Manifest, entries: list[Entry]) -> Manifest:
    """Write the managers into an object; those who own nothing are left out."""
    kept = [entry.written(kind.api_version) for entry in entries if entry.owned]
    if kept:
        item["metadata"]["managedFields"] = kept
    else:
        item["metadata"].pop("managedFields", None)
    return item


def applied(
    kind: Kind, live: Manifest | None, said: Manifest, manager: str, *, force: bool
) -> Manifest:
    """Return the object after an apply; raises a 409 that names the managers."""
    wanted = fields_of(kind, said)
    if live is None:
        entry = Entry(manager, "Apply", "", wanted, timestamp())
        return with_entries(kind, json.loads(json.dumps(said)), [entry])
    entries = entries_of(live)
    name = (manager, "Apply", "")
    mine = next(
        (entry for entry in entries if entry.name == name),
        Entry(*name, frozenset(), ""),
    )
    others = [entry for entry in entries if entry.name != name]
    contested = conflicts(live, said, wanted, others)
    if contested and not force:
        raise conflict(kind, said["metadata"]["name"], contested)
    lost = frozenset(path for _, path in contested)
    freed = {e.name: e.owning(e.owned - lost) for e in others}
    merged = merged_value(kind, live, said, "")
    held = frozenset().union(*(entry.owned for entry in freed.values()))
    for path in sorted(mine.owned - wanted - held, key=len, reverse=True):
        remove(merged, path, wanted | held)
    freed[name] = mine.owning(wanted)
    order = dict.fromkeys([*(entry.name for entry in entries), name])
    return with_entries(kind, merged, [freed[found] for found in order])


def conflicts(
    live: Manifest, said: Manifest, wanted: Fields, others: list[Entry]
) -> list[tuple[Entry, Path]]:
    """The paths of other managers that the apply would change."""
    return [
        (entry, path)
        for entry in others
        for path in sorted(entry.owned & wanted)
        if value_at(live, path) != value_at(said, path)
    ]


def conflict(kind: Kind, name: str, contested: list[tuple[Entry, Path]]) -> Refusal:
    """409 with one cause per contested field."""
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": f"conflict with {described(kind, entry)}",
            "field": shown(path),
        }
        for entry, path in contested
    ]
    plural = "s" if len(causes) > 1 else ""
    first = described(kind, contested[0][0])
    fields_text = (
        f": {causes[0]['field']}"
        if len(causes) == 1
        else ":\n" + "\n".join(f"- {found['field']}" for found in causes)
    )
    text = f"Apply failed with {len(causes)} conflict{plural}: "
    text += f"conflict{plural} with {first}{fields_text}"
    return Refusal(409, "Conflict", text, details=details_of(kind, name, causes))


def described(kind: Kind, entry: Entry) -> str:
    """A manager as a conflict names it."""
    text = f'"{entry.manager}"'
    if entry.subresource:
        text += f' with subresource "{entry.subresource}"'
    if entry.operation == "Update":
        text += f" using {kind.api_version}"
    return text


def merged_value(kind: Kind, live: Any, said: Any, name: str) -> Any:
    """What is said laid over what is there; lists with keys by their keys."""
    if isinstance(said, dict) and isinstance(live, dict):
        return live | {
            inner: merged_value(kind, live.get(inner), value, inner)
            for inner, value in said.items()
        }
    if isinstance(said, list) and isinstance(live, list):
        if name == "finalizers":
            return [*live, *(item for item in said if item not in live)]
        if keys := list_keys(kind, name, said or live):
            return merged_list(kind, live, said, keys)
    return said


def merged_list(kind: Kind, live: list, said: list, keys: tuple[str, ...]) -> list:
    """Items in the order of what is said; items of others keep to their side."""
    there = {key_of(item, keys): item for item in live}
    merged = {
        key_of(item, keys): merged_value(kind, there.get(key_of(item, keys)), item, "")
        for item in said
    }
    before: list[Manifest] = []
    after: list[Manifest] = []
    seen = False
    for key, item in there.items():
        seen = seen or key in merged
        if key not in merged:
            (after if seen else before).append(item)
    return [*before, *merged.values(), *after]


def remove(item: Manifest, path: Path, kept: Fields) -> None:
    """Take a path away, and the parents that it leaves empty."""
    if path[-1] == MEMBER:
        if not below(path[:-1], kept):
            take(item, path[:-1])
        return
    take(item, path)
    parent = path[:-1]
    while parent and value_at(item, parent) in ({}, []) and not below(parent, kept):
        take(item, parent)
        parent = parent[:-1]


def below(path: Path, kept: Fields) -> bool:
    """Whether somebody still owns something at or below a path."""
    return any(other[: len(path)] == path for other in kept)


def take(item: Any, path: Path) -> None:
    """Delete what stands at a path, if anything does."""
    for name in path[:-1]:
        item = step(item, name)
    last = path[-1]
    if last.startswith("f:") and isinstance(item, dict):
        item.pop(last[2:], None)
    elif last.startswith("v:") and isinstance(item, list):
        if (wanted := json.loads(last[2:])) in item:
            item.remove(wanted)
    elif isinstance(item, list) and (place := position(item, last)) is not None:
        del item[place]


def updated_entries(
    kind: Kind, before: Manifest | None, after: Manifest, manager: str, subresource: str
) -> list[Entry]:
    """The managers after a write that is no apply: who changes a field owns it."""
    entries = entries_of(before) if before else []
    old = fields_of(kind, before) if before else frozenset()
    new = fields_of(kind, after)
    changed = frozenset(
        path
        for path in new
        if path not in old
        or (before and value_at(before, path) != value_at(after, path))
    )
    gone = old - new
    if not changed and not gone:
        return entries
    name = (manager, "Update", subresource)
    kept = [
        entry.owning(
            entry.owned - gone - (frozenset() if entry.name == name else changed)
        )
        for entry in entries
    ]
    mine = next((entry for entry in kept if entry.name == name), None)
    if mine is None:
        return [*kept, Entry(*name, changed, timestamp())]
    return [e.owning(e.owned | changed) if e is mine else e for e in kept]
