"""Answers to objects that do not fit their schema, by the way they came."""

from typing import Any

from simulator.answers import (
    Manifest,
    Refusal,
    bad_request,
    cause,
    invalid,
)
from simulator.kinds import Kind
from simulator.schemas import Mistake, dotted, keyed, mistakes, repeated


def typed(kind: Kind, item: Manifest) -> None:
    """Check what an apply says: mistakes of structure are a 500 without causes."""
    found = mistakes(kind, item)
    structure = [
        f"{keyed(kind, item, mistake.place)}: {mistake.text}"
        for mistake in found
        if mistake.sort in ("unknown", "type")
    ]
    twice = (
        f"{keyed(kind, item, place)}: {text}" for place, text in repeated(kind, item)
    )
    if texts := structure or list(twice):
        raise untyped(kind, item, texts)
    refuse_values(kind, item, found)


def untyped(kind: Kind, item: Manifest, texts: list[str]) -> Refusal:
    """500, as the real server says it: one mistake behind the head, or a line each."""
    metadata = item["metadata"]
    name = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}"
    head = f"({name}; {kind.api_version}, Kind={kind.name})"
    told = texts[0] if len(texts) == 1 else "\n  ".join(["errors:", *texts])
    return Refusal(500, "", f"failed to create typed patch object {head}: {told}")


def decoded(kind: Kind, item: Manifest, *, strict: bool) -> Manifest:
    """Check a posted object; unknown fields are dropped unless asked to be strict."""
    found = mistakes(kind, item)
    for mistake in found:
        if mistake.sort == "type":
            raise bad_request(
                f'{kind.name} in version "{kind.version}" cannot be handled as a '
                f"{kind.name}: json: cannot unmarshal into Go struct field "
                f"{dotted(mistake.place)}: {mistake.text}"
            )
    unknown = [mistake for mistake in found if mistake.sort == "unknown"]
    if unknown and strict:
        texts = (f'unknown field "{dotted(mistake.place)}"' for mistake in unknown)
        raise bad_request(f"strict decoding error: {', '.join(texts)}")
    for mistake in unknown:
        drop(item, mistake)
    refuse_values(kind, item, found)
    return item


def drop(item: Any, mistake: Mistake) -> None:
    """Take an unknown field out."""
    for name in mistake.place[:-1]:
        item = item[name]
    del item[mistake.place[-1]]


def refuse_values(kind: Kind, item: Manifest, found: list[Mistake]) -> None:
    """Missing and impossible values are a 422 with causes."""
    reasons = {
        "missing": "FieldValueRequired",
        "enum": "FieldValueNotSupported",
        "range": "FieldValueInvalid",
    }
    causes = [
        cause(dotted(mistake.place), reasons[mistake.sort], mistake.text)
        for mistake in found
        if mistake.sort in reasons
    ]
    if causes:
        raise invalid(kind, item["metadata"].get("name", ""), causes)
