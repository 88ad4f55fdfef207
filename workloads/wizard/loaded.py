"""What was loaded into a draft: asset and values by section, and what changed since."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from workloads.spec.paths import Key, Location
from workloads.spec.schema import SCHEMA
from workloads.wizard.items import told
from workloads.wizard.sentences import spoken
from workloads.wizard.view import View, about

Record = dict[str, Any]
"""``{asset: reference, name, values: {place: value}}``; rows are by their keys."""

Loaded = Mapping[str, Record]
"""By section, as ``leader.compute``, or by row, as ``leader.storage.pvc[volume-1]``."""

ENDS = ("", ".", ":", "[")
EMPTY: tuple[Any, ...] = (None, "", [], {})


class Change(NamedTuple):
    """A place that holds something else than the asset."""

    name: str
    label: str
    then: str
    now: str


class Banner(NamedTuple):
    """What a section says of the asset that was loaded into it."""

    name: str
    changes: list[Change]

    @property
    def modified(self) -> str:
        """How much changed: ``modified (3)``."""
        return f"modified ({len(self.changes)})" if self.changes else ""


def below(name: str, place: str) -> bool:
    """Whether a name is that of a place, or of something at or in it."""
    return name.startswith(place) and name[len(place) : len(place) + 1] in ENDS


def record_of(loaded: Loaded, keyed: str) -> Record | None:
    """Return what was loaded that has a value for a place."""
    held = (r for r in loaded.values() if _value(r, keyed) is not None)
    return next(held, None)


def value_of(loaded: Loaded, keyed: str) -> Any:
    """Return the asset's value of a place, or None."""
    record = record_of(loaded, keyed)
    return _value(record, keyed) if record else None


def changes(
    document: Any, record: Record | None, places: Iterable[Location]
) -> list[Change]:
    """Return where a document says something else than what was loaded."""
    values = record["values"] if record else {}
    found = []
    for place in places:
        now, then = place.value_in(document), values.get(str(place))
        if now != then and not (now in EMPTY and then in EMPTY):
            words = _words(place, then), _words(place, now)
            found.append(Change(str(place), _label(place), *words))
    return found


def mark(view: View, keyed: str, loaded: Loaded) -> None:
    """Name the asset at a field that has its value; offer it where it has another."""
    if record := record_of(loaded, keyed):
        if view.source_kind == "asset":
            view.source = record["name"]
        elif view.source_kind in ("you", "copy"):
            value = spoken(view.about, _value(record, keyed))
            view.reset = f"{value}, from {record['name']}"


def _value(record: Record, keyed: str) -> Any:
    for place, value in record["values"].items():
        if keyed == place:
            return value
        if below(keyed, place):
            return _inside(value, Location.parse(place), Location.parse(keyed))
    return None


def _inside(value: Any, top: Location, place: Location) -> Any:
    at = top
    for part in place[len(top) :]:
        if isinstance(part, Key) and isinstance(value, list):
            key = SCHEMA.at(at.path).key
            value = next((row for row in value if row.get(key) == part.text), None)
        elif isinstance(part, str) and isinstance(value, dict):
            value = value.get(part)
        else:
            return None
        at = at / part
    return value


def _label(place: Location) -> str:
    field = SCHEMA.at(place.path)
    return (
        about(field.path).label if field.adapter else field.info.title or place.path[-1]
    )


def _words(place: Location, value: Any) -> str:
    field = SCHEMA.at(place.path)
    if value in EMPTY:
        return "not set"
    if field.items and isinstance(value, list):
        return told(field.path, [each for each in value if isinstance(each, dict)])
    return spoken(about(field.path), value) if field.adapter else "set"
