"""What objects may say: JSON schemas of the library's models, and our own for LWS.

The schema is walked, not the model used: the models also take snake-case names.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kubernetes import client

from simulator.kinds import LEADER_WORKER_SET, Kind
from simulator.listkeys import key_of, list_keys
from simulator.lwsschema import leader_worker_set

Schema = dict[str, Any]
Place = tuple[str | int, ...]
QUANTITIES = frozenset(
    ("limits", "requests", "capacity", "allocatable", "hard", "used", "sizeLimit")
) | {"storage"}
NAMES = {
    "integer": "numeric (int or float)",
    "number": "numeric (int or float)",
    "string": "string",
    "boolean": "boolean",
    "array": "list",
    "object": "map",
}
WORDS = {str: "string", bool: "boolean", int: "int", float: "float"}


@dataclass(frozen=True)
class Mistake:
    """One place where an object leaves its schema."""

    place: Place
    sort: str
    text: str


def definition(model: str) -> Schema:
    """The schema of one model, with what it refers to."""
    return getattr(client, model).model_json_schema()


@functools.cache
def schema_of(kind: Kind) -> Schema | None:
    """The schema of a kind; None for kinds that may say anything."""
    if kind is LEADER_WORKER_SET:
        return leader_worker_set(
            template=definition("V1PodTemplateSpec"),
            claim=definition("V1PersistentVolumeClaim"),
            metadata=definition("V1ObjectMeta"),
        )
    return definition(kind.model) if kind.model else None


def mistakes(kind: Kind, item: dict[str, Any]) -> list[Mistake]:
    """Every place where the object does not fit the schema of its kind."""
    schema = schema_of(kind)
    if schema is None:
        return []
    return list(Walker(schema.get("$defs", {})).walk(schema, item, ()))


class Walker:
    """Compares a value with a schema, place by place."""

    def __init__(self, definitions: Schema) -> None:
        self.definitions = definitions

    def options(self, schema: Schema) -> list[Schema]:
        """The alternatives of a schema, references followed."""
        if "$ref" in schema:
            return self.options(self.definitions[schema["$ref"].rsplit("/", 1)[1]])
        if "anyOf" in schema:
            return [found for part in schema["anyOf"] for found in self.options(part)]
        return [schema]

    def walk(self, schema: Schema, value: Any, place: Place) -> Iterator[Mistake]:
        options = self.options(schema)
        if not any("type" in option for option in options):
            return
        if value is None:
            return
        for option in options:
            if fits(option.get("type"), value, place):
                yield from self._inside(option, value, place)
                return
        wanted = next(o for o in options if o.get("type") not in (None, "null"))
        yield Mistake(
            place, "type", f"expected {NAMES[wanted['type']]}, got {word(value)}"
        )

    def _inside(self, schema: Schema, value: Any, place: Place) -> Iterator[Mistake]:
        if isinstance(value, list) and "items" in schema:
            for index, item in enumerate(value):
                yield from self.walk(schema["items"], item, (*place, index))
        elif isinstance(value, dict):
            yield from self._object(schema, value, place)
        elif "enum" in schema and value not in schema["enum"]:
            supported = ", ".join(f'"{choice}"' for choice in schema["enum"])
            text = f'Unsupported value: "{value}": supported values: {supported}'
            yield Mistake(place, "enum", text)
        elif value is not True and value is not False:
            yield from self._range(schema, value, place)

    def _range(self, schema: Schema, value: Any, place: Place) -> Iterator[Mistake]:
        least = schema.get("minimum")
        if least is not None and value < least:
            text = f"Invalid value: {value}: should be a non-negative integer"
            yield Mistake(place, "range", text)

    def _object(self, schema: Schema, value: Any, place: Place) -> Iterator[Mistake]:
        properties = schema.get("properties", {})
        others = schema.get("additionalProperties", not properties)
        for name, inner in value.items():
            if name in properties:
                yield from self.walk(properties[name], inner, (*place, name))
            elif isinstance(others, dict):
                yield from self.walk(others, inner, (*place, name))
            elif not others:
                yield Mistake((*place, name), "unknown", "field not declared in schema")
        for name in schema.get("required", ()):
            if value.get(name) is None:
                yield Mistake((*place, name), "missing", "Required value")


def fits(wanted: str | None, value: Any, place: Place) -> bool:
    """Whether a value is of a JSON type; quantities may be numbers."""
    if wanted == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if wanted == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if wanted == "string":
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        return isinstance(value, str) or (numeric and not QUANTITIES.isdisjoint(place))
    types = {"boolean": bool, "array": list, "object": dict, None: object}
    return isinstance(value, types.get(wanted, ()))


def word(value: Any) -> str:
    """The type of a value as messages name it."""
    if isinstance(value, list):
        return "list"
    return "map" if isinstance(value, dict) else WORDS[type(value)]


def repeated(kind: Kind, value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Items of keyed lists without a key, or with the key of another."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from repeated(kind, inner, (*place, name))
    if not isinstance(value, list):
        return
    keys = list_keys(kind, str(place[-1]), value) if place else ()
    seen = set()
    for index, item in enumerate(value):
        if keys and not any(name in item for name in keys):
            names = " ".join(f'"{name}"' for name in keys)
            text = f"element {index}: associative list with keys has an element that "
            text += f"omits all key fields [{names}] (and doesn't have default values "
            yield place, f"{text}for any key fields)"
        elif keys and (key := key_of(item, keys)) in seen:
            pairs = ",".join(f"{k}={quoted(v)}" for k, v in zip(keys, key, strict=True))
            yield place, f"duplicate entries for key [{pairs}]"
        elif keys:
            seen.add(key)
        yield from repeated(kind, item, (*place, index))


def quoted(value: Any) -> str:
    """A key's value as messages write it."""
    return f'"{value}"' if isinstance(value, str) else str(value)


def dotted(place: Place) -> str:
    """A place as causes write it: ``spec.containers[0].name``."""
    text = "".join(f"[{n}]" if isinstance(n, int) else f".{n}" for n in place)
    return text.removeprefix(".")


def keyed(kind: Kind, item: dict[str, Any], place: Place) -> str:
    """A place as apply writes it: ``.spec.containers[name="leader"].image``."""
    text, name = "", ""
    value: Any = item
    for part in place:
        if isinstance(part, int) and isinstance(value, list):
            keys = list_keys(kind, name, value)
            found = key_of(value[part], keys) if keys else ()
            pairs = zip(keys, found, strict=True)
            inside = ",".join(f"{k}={quoted(v)}" for k, v in pairs)
            text += f"[{inside or part}]"
        else:
            text += f".{part}"
            name = str(part)
        value = value[part] if isinstance(part, int) else value.get(part)
    return text
