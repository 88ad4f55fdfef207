"""Where in a policy's text the engine found something wrong."""

from collections.abc import Iterator
from typing import Any

from policies.reading import TOP, Mark, Place, Reading
from workloads.spec.paths import Key, Location
from workloads.spec.schema import SCHEMA
from workloads.spec.text import as_name

HEADS = ("defaults", "rules", "imposedAssets")


def mark_of(location: Location, reading: Reading) -> Mark:
    """Return the place of what an issue is about, or of the nearest thing around it.

    An issue without one of the heads in front is about a default, else about a rule.
    """
    parts = tuple(location)
    if not parts or parts[0] in HEADS:
        return reading.marks.get(_nearest(parts, reading), TOP)
    named = [part.text for part in parts if isinstance(part, Key)][:1]
    asset = _nearest(("imposedAssets", parts[0], *named), reading) if named else ()
    if len(asset) == 3:
        return reading.marks[asset]
    found = [_nearest((head, *parts), reading) for head in HEADS]
    return reading.marks.get(max(found, key=len), TOP)


def place_of(location: Location, reading: Reading) -> Place:
    """Return the same place as the text counts: items by their number."""
    return _nearest(tuple(location), reading)


def _nearest(parts: tuple[Any, ...], reading: Reading) -> Place:
    place: Place = ()
    for part in parts:
        steps = _steps(part, place, reading)
        longer = ((*place, *step) for step in steps)
        known = next((each for each in longer if each in reading.marks), None)
        if known is None:
            break
        place = known
    return place


def _steps(part: Any, place: Place, reading: Reading) -> Iterator[Place]:
    if place[:1] == ("imposedAssets",):
        return _imposed(part, place, reading)
    return _item(part, place, reading) if isinstance(part, Key) else _names(part)


def _imposed(part: Any, place: Place, reading: Reading) -> Iterator[Place]:
    """Yield where a role's list has the id."""
    if len(place) == 1:
        yield (str(part),)
        return
    ids = reading.document["imposedAssets"][place[1]]
    for position, each in enumerate(ids if isinstance(ids, list) else ()):
        if as_name(each) == part:
            yield (str(position),)


def _names(part: Any) -> Iterator[Place]:
    yield (str(part),)
    yield ("attributes", str(part))


def _item(key: Key, place: Place, reading: Reading) -> Iterator[Place]:
    """Yield where a list has the item of this key."""
    name = SCHEMA.at(place[1:]).key
    items: Any = reading.document
    for step in (*place, "instances"):
        items = items.get(step) if isinstance(items, dict) else None
    for position, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict) and item.get(name) == key.text:
            yield ("instances", str(position))
