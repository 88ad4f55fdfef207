"""Loading an asset into a draft: its values take the place of a section's."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from workloads.spec.paths import FieldPath, Key, Location
from workloads.wizard.deeds import KINDS_OF_KEY
from workloads.wizard.editing import Document, Editing
from workloads.wizard.loaded import Record, below
from workloads.wizard.parts import Section
from workloads.wizard.steps import (
    COMPUTE,
    ENDPOINT,
    ENVIRONMENT,
    IMAGE,
    STORAGE,
)

ITEMS = KINDS_OF_KEY | {
    "configMapVolume": "configmap",
    "secretVolume": "secret",
    "git": "git",
    "hostPath": "hostpath",
}
STAYS = (":last", ":moved")
"""Controls that outlive the rows of a list: numbers are never used again."""


class Load(NamedTuple):
    """What can be loaded at the head of a section, and the sections that it fills."""

    noun: str
    many: str
    fills: tuple[Section, ...] = ()
    """None: what is loaded is added as an item."""


LOADS: Mapping[str, Load] = {
    IMAGE.slug: Load("environment", "environments", ENVIRONMENT),
    COMPUTE.slug: Load("compute resource", "compute resources", (COMPUTE,)),
    STORAGE.slug: Load("data source", "data sources"),
}
"""By the section that has the button."""


class Chosen(NamedTuple):
    """An asset as it is loaded."""

    reference: str
    name: str
    document: Document
    """Under the role."""


def named(record: Record) -> Document:
    """Return the top names of what was loaded, as far as they stand beside a role."""
    port = any(place.startswith("servingPort") for place in record["values"])
    return {"servingPort": {}} if port else {}


def places(load: Load, root: FieldPath, document: Any = None) -> list[Location]:
    """Return the fields that loading replaces; the endpoint's if the asset has one."""
    sections = load.fills
    if load.fills and isinstance(document, dict) and "servingPort" in document:
        sections = (*sections, ENDPOINT)
    names = (n for section in sections for n in (*section.fields, *section.also))
    return [Location(root / name) for name in names]


def fill(
    editing: Editing,
    sources: dict[str, str],
    load: Load,
    root: FieldPath,
    chosen: Chosen,
) -> Record:
    """Have the sections say what the asset says, and nothing else."""
    values = {}
    for place in places(load, root, chosen.document):
        value = deepcopy(place.value_in(chosen.document))
        _forget(editing, sources, str(place))
        editing.set(place, value)
        if editing.key_of(place):
            editing.moved(place)
        if value is not None:
            sources[str(place)] = chosen.reference
            values[str(place)] = value
    return _record(chosen, values)


def add_item(
    editing: Editing, sources: dict[str, str], root: FieldPath, chosen: Chosen
) -> tuple[str, Record]:
    """Add the asset's one item to its list; return the item's place too."""
    path = next(
        Location((*root, "storage", kind))
        for kind in chosen.document[root[0]]["storage"]
    )
    (piece,) = path.value_in(chosen.document)
    key = editing.new_key(str(path), ITEMS[str(path[-1])])
    item = {**deepcopy(piece), "name": key}
    editing.append(path, item)
    place = str(path / Key(key))
    sources[place] = chosen.reference
    return place, _record(chosen, {place: item})


def _record(chosen: Chosen, values: dict[str, Any]) -> Record:
    values = deepcopy(values)
    return {"asset": chosen.reference, "name": chosen.name, "values": values}


def _forget(editing: Editing, sources: dict[str, str], place: str) -> None:
    """Drop what was kept beside the values that go."""
    for kept in (sources, editing.controls):
        for name in [each for each in kept if below(each, place)]:
            if not name.endswith(STAYS):
                del kept[name]
