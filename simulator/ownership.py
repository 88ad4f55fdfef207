"""Field sets: which paths of an object a manager owns (the API's FieldsV1)."""

import json
from collections.abc import Iterator
from typing import Any

from simulator.kinds import Kind
from simulator.listkeys import key_of, list_keys

Path = tuple[str, ...]
Fields = frozenset[Path]
MEMBER = "."
UNOWNED = {
    ("apiVersion",),
    ("kind",),
    ("metadata", "name"),
    ("metadata", "namespace"),
    ("metadata", "uid"),
    ("metadata", "resourceVersion"),
    ("metadata", "generation"),
    ("metadata", "creationTimestamp"),
    ("metadata", "deletionTimestamp"),
    ("metadata", "deletionGracePeriodSeconds"),
    ("metadata", "managedFields"),
    ("metadata", "generateName"),
    ("metadata", "selfLink"),
}


def fields_of(kind: Kind, item: dict[str, Any]) -> Fields:
    """Every leaf path that the object says."""
    return frozenset(_walk(kind, item, (), ()))


def _walk(kind: Kind, value: Any, path: Path, names: Path) -> Iterator[Path]:
    if names in UNOWNED:
        return
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _walk(kind, inner, (*path, f"f:{name}"), (*names, name))
    elif isinstance(value, list) and names:
        yield from _walk_list(kind, value, path, names)
    else:
        yield path


def _walk_list(kind: Kind, items: list[Any], path: Path, names: Path) -> Iterator[Path]:
    if names[-1] == "finalizers":
        yield from ((*path, f"v:{json.dumps(item)}") for item in items)
        return
    keys = list_keys(kind, names[-1], items)
    if not keys or not items:
        yield path
        return
    for item in items:
        place = (*path, item_name(item, keys))
        yield (*place, MEMBER)
        yield from _walk(kind, item, place, (*names, ""))


def item_name(item: dict[str, Any], keys: tuple[str, ...]) -> str:
    """How a path names an item of a list with keys."""
    named = dict(zip(keys, key_of(item, keys), strict=True))
    return f"k:{json.dumps(named, separators=(',', ':'), sort_keys=True)}"


def tree(fields: Fields) -> dict[str, Any]:
    """The set as the API writes it: nested, with empty leaves."""
    root: dict[str, Any] = {}
    for path in sorted(fields):
        node = root
        for name in path:
            node = node.setdefault(name, {})
    return root


def fields(nested: dict[str, Any], path: Path = ()) -> Fields:
    """Read a nested set."""
    if not nested:
        return frozenset({path}) if path else frozenset()
    found: set[Path] = set()
    for name, inner in nested.items():
        found |= fields(inner, (*path, name))
    return frozenset(found)


def step(value: Any, name: str) -> Any:
    """Go one name down from a value; None where nothing is."""
    if name.startswith("f:"):
        return value.get(name[2:]) if isinstance(value, dict) else None
    if not isinstance(value, list):
        return None
    if name.startswith("v:"):
        wanted = json.loads(name[2:])
        return wanted if wanted in value else None
    place = position(value, name)
    return None if place is None else value[place]


def position(items: list[Any], name: str) -> int | None:
    """Where the item of that name stands in its list."""
    wanted = json.loads(name[2:])
    keys = tuple(wanted)
    for place, item in enumerate(items):
        if isinstance(item, dict) and key_of(item, keys) == tuple(wanted.values()):
            return place
    return None


def value_at(item: Any, path: Path) -> Any:
    """What stands at a path; None where nothing is."""
    for name in path:
        if name == MEMBER:
            return True if item is not None else None
        item = step(item, name)
        if item is None:
            return None
    return item


def shown(path: Path) -> str:
    """The path as messages write it: ``.spec.containers[name="a"].image``."""
    text = ""
    for name in path:
        if name.startswith("f:"):
            text += f".{name[2:]}"
        elif name.startswith("k:"):
            pairs = json.loads(name[2:]).items()
            text += f"[{','.join(f'{k}={json.dumps(v)}' for k, v in pairs)}]"
        elif name.startswith("v:"):
            text += f"[={name[2:]}]"
    return text
