"""What a post says (architecture.md §5.1). Pure: texts in, a document out."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from workloads.spec.paths import Location
from workloads.wizard.editing import Editing, Post, field_at, last, loaded, plain
from workloads.wizard.kinds import KINDS, Flag, Several, Texts

BESIDE = (":unit", ":auto")
"""Inputs that stand beside the one of a field."""

CHOOSERS: dict[str, dict[str, tuple[str, ...]]] = {
    ":source": {"custom": ("value",), "configMap": ("configMap",)},
    ":handler": {
        name: (f"handler.{name}",) for name in ("httpGet", "tcpSocket", "exec", "grpc")
    },
}
"""Controls that pick one of several objects: the others leave the document."""


class Change(NamedTuple):
    """One field that the post says anew."""

    name: str
    """As drawn."""

    place: str
    """With rows by their keys: the same in every tab."""

    before: Any
    unseen: bool
    """Whether the page showed something else than what stood there."""


def kept(editing: Editing, holds: Callable[[Location], bool]) -> list[Change]:
    """Take a post into a document and its controls; return what changed.

    A path that is absent stays; a text equal to what was shown stays; another is
    said; an emptied scalar is removed.
    """
    shown = loaded(last(editing.post, "shown", "{}"), dict)
    passed_over = set(_choosers(editing, shown, holds))
    changes = []
    for name in _names(editing.post):
        location = Location.parse(name)
        if not holds(location) or any(name.startswith(each) for each in passed_over):
            continue
        change = _field(editing, name, location, shown)
        if change:
            changes.append(change)
    return changes


def texts_of(post: Post, name: str, location: Location) -> dict[str, Any] | None:
    """Return what the inputs of a field hold, or None where it has none."""
    kind = KINDS.get(location.path)
    if kind is None:
        return None
    beside = {end: last(post, name + end) for end in BESIDE if name + end in post}
    if isinstance(kind, Several):
        return {"": [plain(text) for text in post.get(name, ()) if text], **beside}
    return {"": last(post, name), **beside}


def _names(post: Post) -> Iterator[str]:
    """Yield each field that the post has inputs of, once."""
    found = (name.removesuffix(":marker") for name in post)
    yield from dict.fromkeys(name for name in found if ":" not in name)


def _field(
    editing: Editing, name: str, location: Location, shown: Texts
) -> Change | None:
    texts = texts_of(editing.post, name, location)
    if texts is None or all(
        shown.get(name + end) == text for end, text in texts.items()
    ):
        return None
    place = editing.place(location)
    if place is None:
        return None
    kind = KINDS[location.path]
    before = editing.get(place)
    value = None if texts.get(":auto") == "auto" else kind.value(texts)
    if isinstance(kind, Flag) and value is None:
        return None
    row = Location(place[:-1])
    is_key = bool(row) and place[-1] == editing.key_of(Location(row[:-1]))
    called = editing.keyed(row)
    editing.set(place, value)
    if is_key:
        editing.follow(row, called)
    for end in BESIDE:
        if end in texts:
            editing.controls[editing.keyed(place) + end] = texts[end]
    now = kind.texts(before, {})[""]
    return Change(name, editing.keyed(place), before, shown.get(name) != now)


def _choosers(
    editing: Editing, shown: Texts, holds: Callable[[Location], bool]
) -> Iterator[str]:
    """Apply the controls that choose an object; yield the names that lose."""
    for name in editing.post:
        base, colon, end = name.partition(":")
        choices = CHOOSERS.get(colon + end)
        location = Location.parse(base)
        if choices is None or not holds(location) or field_at(location) is None:
            continue
        chosen = last(editing.post, name)
        losers = [
            below
            for choice, names in choices.items()
            if choice != chosen
            for below in names
        ]
        yield from (f"{base}.{below}" for below in losers)
        if chosen in choices and shown.get(name) != chosen:
            _choose(editing, location, colon + end, chosen, losers)


def _choose(
    editing: Editing, location: Location, end: str, chosen: str, losers: list[str]
) -> None:
    place = editing.place(location)
    if place is None:
        return
    for below in losers:
        editing.remove(Location((*place, *below.split("."))))
    editing.controls[editing.keyed(place) + end] = chosen
