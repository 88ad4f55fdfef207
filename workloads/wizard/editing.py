"""A document under a post: what was drawn as rows, found again and changed."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from itertools import count, pairwise
from typing import Any

from workloads.spec.paths import Key, Location
from workloads.spec.schema import SCHEMA, Field

Document = dict[str, Any]
Post = Mapping[str, Sequence[str]]
"""Names of inputs with all that was posted under each."""


def last(post: Post, name: str, default: str = "") -> str:
    """Return the last text of a name."""
    found = post.get(name)
    return plain(found[-1]) if found else default


def plain(text: str) -> str:
    """Return a text with plain line ends, and without what no database keeps."""
    return text.replace("\r\n", "\n").replace("\0", "")


def number(post: Post, name: str) -> int:
    """Return the number in a hidden field; 0 if it is forged."""
    text = last(post, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def loaded(text: str, kind: type) -> Any:
    """Return the JSON of a hidden field, or nothing of the kind if it is forged."""
    try:
        value = json.loads(text)
    except ValueError:
        return kind()
    return value if isinstance(value, kind) else kind()


def field_at(location: Location) -> Field | None:
    """Return the field of a place, if there is one."""
    try:
        return SCHEMA.at(location.path)
    except KeyError:
        return None


class Editing:
    """A copy of a draft's document and controls, changed in place."""

    def __init__(
        self,
        document: Document,
        controls: Mapping[str, Any],
        post: Post,
        revision: int = 1,
    ) -> None:
        self.document: Document = deepcopy(document)
        self.controls: dict[str, Any] = dict(controls)
        self.post = post
        self.revision = revision
        """The number that the result will have."""

        self.rows: dict[str, list[int | str]] = {}
        """By list: where each drawn row stands now; a text is a key to append."""

    def drawn(self, path: Location) -> list[int | str]:
        """Return the places of a list's drawn rows."""
        name = str(path)
        if name not in self.rows:
            told = loaded(last(self.post, f"{name}:rows", "[]"), list)
            keys = self.keys(path)
            moved = self.controls.get(f"{name}:moved", 0) > number(
                self.post, "revision"
            )
            self.rows[name] = [_found(each, keys, moved) for each in told]
        return self.rows[name]

    def keys(self, path: Location) -> list[str]:
        """Return the keys of a list's said items; an item without one has ''."""
        key = self.key_of(path)
        return [
            str(item.get(key) or "") if isinstance(item, dict) else ""
            for item in self.items(path)
        ]

    def moved(self, path: Location) -> None:
        """Remember that positions in a list are no longer what older pages show."""
        self.controls[f"{path}:moved"] = self.revision

    def place(self, location: Location, append: bool = True) -> Location | None:
        """Turn a place as drawn into one of the document.

        A row that only a policy brings, or that somebody took away meanwhile, is
        appended under its key; without ``append`` its place is None.
        """
        found = Location()
        for part in location:
            if not isinstance(part, int):
                found = found / part
                continue
            drawn = self.drawn(found)
            if not 0 <= part < len(drawn):
                return None
            if isinstance(drawn[part], str):
                if not append:
                    return None
                drawn[part] = self.append(found, {self.key_of(found): drawn[part]})
            found = found / drawn[part]
        return found

    def key_of(self, path: Location) -> str:
        """Return the name of the key field of a list's items."""
        field = field_at(path)
        return field.key if field else ""

    def items(self, path: Location) -> list[Any]:
        """Return the items that the document says; a list that is none is empty."""
        found = self.get(path)
        return found if isinstance(found, list) else []

    def append(self, path: Location, item: Document) -> int:
        """Say a new item; return its position."""
        items = self.items(path)
        self.set(path, [*items, {name: v for name, v in item.items() if v}])
        return len(items)

    def new_key(self, name: str, kind: str) -> str:
        """Return a key that no item of the list has, or had."""
        used = {
            item.get("name")
            for item in self.items(Location.parse(name))
            if isinstance(item, dict)
        }
        least = self.controls.get(f"{name}:last", 0) + 1
        number = next(n for n in count(least) if f"{kind}-{n}" not in used)
        self.controls[f"{name}:last"] = number
        return f"{kind}-{number}"

    def get(self, location: Location) -> Any:
        """Return what is said there, or None."""
        return location.value_in(self.document)

    def set(self, location: Location, value: Any) -> None:
        """Say the value; None takes back what was said."""
        if value is None:
            self.remove(location)
            return
        node: Any = self.document
        for part, following in pairwise(location):
            wanted = list if isinstance(following, int) else dict
            below = node.get(part) if isinstance(node, dict) else node[part]
            if not isinstance(below, wanted):
                below = node[part] = wanted()
            node = below
        node[location[-1]] = value

    def remove(self, location: Location) -> None:
        """Take back what was said, and sections that are then empty."""
        parent = Location(location[:-1])
        node = self.get(parent)
        if isinstance(node, dict):
            node.pop(location[-1], None)
        elif isinstance(node, list) and isinstance(location[-1], int):
            del node[location[-1] : location[-1] + 1]
        is_row = parent and isinstance(parent[-1], int)
        if parent and not is_row and self.get(parent) in ({}, []):
            self.remove(parent)

    def keyed(self, location: Location) -> str:
        """Return a name that stays when rows before it go: rows by their keys."""
        found, name = Location(), Location()
        for part in location:
            found = found / part
            name = name / (self.row_key(found) if isinstance(part, int) else part)
        return str(name)

    def follow(self, row: Location, before: str) -> None:
        """Have what stands beside the inputs of a row follow the row's new key."""
        path, after = Location(row[:-1]), self.keyed(row)
        others = any(
            self.keyed(path / place) == before for place in range(len(self.items(path)))
        )
        for name, value in list(self.controls.items()):
            if name.startswith(before) and name[len(before) :][:1] in (".", ":"):
                self.controls[after + name[len(before) :]] = value
                if not others:
                    del self.controls[name]

    def row_key(self, row: Location) -> int | str | Key:
        """Return the key of a row, or its position if it has none."""
        item = self.get(row)
        key = (
            item.get(self.key_of(Location(row[:-1])))
            if isinstance(item, dict)
            else None
        )
        return Key(key) if isinstance(key, str) else row[-1]


def _found(told: Any, keys: list[str], moved: bool) -> int | str:
    """Find a drawn row: at its position, or under its key once rows moved."""
    place, name = told if isinstance(told, list) and len(told) == 2 else (None, "")
    name = str(name or "")
    known = isinstance(place, int) and 0 <= place < len(keys)
    if isinstance(place, int) and known and (not moved or keys[place] == name):
        return place
    if keys.count(name) == 1 or (name and name in keys):
        return keys.index(name)
    return name
