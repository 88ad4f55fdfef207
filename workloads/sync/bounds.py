"""What a rule demands and what a document says, in short: for lists of refusals."""

from collections.abc import Iterator
from typing import Any

from policies.engine.rules import FieldRules
from policies.engine.words import bound_text
from workloads.spec.paths import Key, Location
from workloads.spec.schema import SCHEMA

FLAGS = {
    "canEdit": "locked",
    "blocked": "no value",
    "required": "required",
    "canAdd": "none may be added",
    "locked": "locked",
}


def demanded(rules: FieldRules | None, rule: str) -> str:
    """Return what the rule of this name demands, in words; nothing without one."""
    if rules is None:
        return ""
    holds = {
        "canEdit": rules.can_edit is False,
        "blocked": rules.blocked,
        "required": rules.required,
        "canAdd": not rules.can_add,
        "locked": bool(rules.locked),
    }
    if rule in FLAGS:
        return FLAGS[rule] if holds[rule] else ""
    return next((bound_text(b) for b in rules.bounds if b.name == rule), "")


def value_at(location: Location, document: dict[str, Any]) -> str:
    """Return what the workload said there, in short; an item by its key."""
    found = location.value_in(document)
    if found is None:
        key = next((part.text for part in location if isinstance(part, Key)), "")
        return key and f"item {key}"
    if isinstance(found, dict):
        return str(found.get(SCHEMA.at(location.path).key, ""))
    return ", ".join(_texts(found))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        yield from map(str, value)
    else:
        yield str(value).lower() if isinstance(value, bool) else str(value)
