"""The three patches that are not an apply: merge, strategic merge and JSON."""

import copy
from typing import Any

from simulator.answers import bad_request
from simulator.kinds import Kind
from simulator.listkeys import key_of, strategic_keys

DIRECTIVE = "$patch"


def merge(live: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(live) if isinstance(live, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge(result.get(name), value)
    return result


def strategic(kind: Kind, live: Any, patch: Any) -> Any:
    """Apply a strategic merge patch: lists with a key are merged by it."""
    if not isinstance(patch, dict):
        return patch
    if patch.get(DIRECTIVE) == "replace":
        return {name: value for name, value in patch.items() if name != DIRECTIVE}
    result = dict(live) if isinstance(live, dict) else {}
    for name, value in patch.items():
        _strategic_field(kind, result, name, value)
    return result


def _strategic_field(kind: Kind, result: dict[str, Any], name: str, value: Any) -> None:
    if name.startswith("$deleteFromPrimitiveList/"):
        name = name.split("/", 1)[1]
        result[name] = [item for item in result.get(name, ()) if item not in value]
    elif name.startswith("$"):
        return
    elif value is None:
        result.pop(name, None)
    elif isinstance(value, list):
        result[name] = _strategic_list(kind, name, result.get(name) or [], value)
    else:
        result[name] = strategic(kind, result.get(name), value)


def _strategic_list(kind: Kind, name: str, live: list[Any], patch: list[Any]) -> list:
    if name == "finalizers":
        return [*live, *(item for item in patch if item not in live)]
    items = [item for item in patch if item != {DIRECTIVE: "replace"}]
    keys = strategic_keys(kind, name, items)
    if not keys or len(items) < len(patch):
        return items
    merged = {key_of(item, keys): item for item in live}
    for item in items:
        key = key_of(item, keys)
        if item.get(DIRECTIVE) == "delete":
            merged.pop(key, None)
        else:
            merged[key] = strategic(kind, merged.get(key), item)
    return list(merged.values())


def json_patch(live: Any, operations: list[dict[str, Any]]) -> Any:
    """Apply a JSON patch (RFC 6902); raises a 400 where it does not fit."""
    result = {"": copy.deepcopy(live)}
    for operation in operations:
        try:
            _operate(result, operation)
        except (KeyError, IndexError, ValueError, TypeError) as problem:
            raise bad_request(
                f"the server rejected our request: {operation} does not fit"
            ) from problem
    return result[""]


def _operate(document: Any, operation: dict[str, Any]) -> None:
    path = pointer(operation["path"])
    match operation["op"]:
        case "add":
            _add(document, path, operation["value"])
        case "remove":
            _take(document, path)
        case "replace":
            _take(document, path)
            _add(document, path, operation["value"])
        case "move":
            _add(document, path, _take(document, pointer(operation["from"])))
        case "copy":
            found = _at(document, pointer(operation["from"]))
            _add(document, path, copy.deepcopy(found))
        case "test":
            if _at(document, path) != operation["value"]:
                raise ValueError(operation["path"])
        case _:
            raise ValueError(operation["op"])


def pointer(text: str) -> list[str]:
    """The names of a JSON pointer, below the root entry."""
    names = text.split("/")[1:]
    return ["", *(name.replace("~1", "/").replace("~0", "~") for name in names)]


def _at(document: Any, path: list[str]) -> Any:
    for name in path:
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def _add(document: Any, path: list[str], value: Any) -> None:
    parent = _at(document, path[:-1])
    if isinstance(parent, list):
        place = len(parent) if path[-1] == "-" else int(path[-1])
        parent.insert(place, value)
    else:
        parent[path[-1]] = value


def _take(document: Any, path: list[str]) -> Any:
    parent = _at(document, path[:-1])
    if isinstance(parent, list):
        return parent.pop(int(path[-1]))
    return parent.pop(path[-1])
