"""Values, sources, rules and issues in the words of the page."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from policies.engine.rules import InSteps, Maximum, Minimum
from workloads.spec.issues import Issue
from workloads.spec.paths import FieldPath, Key, Location
from workloads.spec.schema import SCHEMA
from workloads.wizard import words
from workloads.wizard.kinds import KINDS, Amount, Cores, Flag, Share
from workloads.wizard.view import About, about

NUMBER = re.compile(r"\b\d+(?:\.\d+)?\b")
DASH = "\N{EN DASH}"
CALLED = {"leader": "leader", "worker": "workers"}
OUTSIDE = {FieldPath(): "The workload", FieldPath(("name",)): "Name"}
"""Places that are no field of the spec."""


def reason_of(rules: Any) -> str:
    """Say whose rule locks a field."""
    if rules.blocked:
        return f"Not available under the policy of {rules.source}."
    return f"Locked by {rules.source}. Your administrator can change it."


def bounds(path: FieldPath, rules: Any) -> str:
    """Say what a policy allows, before anybody breaks it."""
    least, most, steps = (
        in_the_fields_unit(path, next(map(str, found), ""))
        for found in (
            (b.bound for b in rules.bounds if isinstance(b, Minimum)),
            (b.bound for b in rules.bounds if isinstance(b, Maximum)),
            (b.step for b in rules.bounds if isinstance(b, InSteps)),
        )
    )
    text = f"{least}{DASH}{most}" if least and most else ""
    text = text or (f"{least} or more" if least else f"at most {most}" if most else "")
    if steps:
        text = f"{text}, in steps of {steps}" if text else f"in steps of {steps}"
    return f"{text}, set by {rules.source}" if text else ""


def in_the_fields_unit(path: FieldPath, text: str) -> str:
    """Return a text with its numbers as the field shows them: 0.5 becomes 50 %."""
    kind = KINDS.get(path)
    if not isinstance(kind, Share):
        return text
    return NUMBER.sub(lambda found: f"{kind.shown(float(found[0]))} %", text)


def called(source: str) -> tuple[str, str]:
    """Return the kind of a source and its name on the page."""
    if source == "platform":
        return "default", "Default"
    if source == "you":
        return "you", "You"
    if source in ("copy", "clone"):
        return "copy", "Copied"
    return "policy", f"Policy · {source}"


def whose(source: str) -> str:
    """Say where a value comes from that a reset brings back."""
    return "the default" if source == "platform" else f"from {source}"


def spoken(known: About, value: Any) -> str:
    """Return a value in the words of the page."""
    if value is None:
        return ""
    texts = known.kind.texts(value, {})
    text = texts[""]
    if isinstance(text, list):
        return ", ".join(text) or "none"
    if isinstance(known.kind, Flag):
        label = dict(known.options).get(text)
        return (
            label.label
            if label and len(known.options) > 1
            else ("on" if text == "true" else "off")
        )
    if label := dict(known.options).get(text):
        return label.label
    unit = texts.get(":unit")
    if unit is None:
        return measured(text, known.suffix)
    names = (
        known.kind.units
        if isinstance(known.kind, Cores)
        else (known.kind.units_of(unit) if isinstance(known.kind, Amount) else ())
    )
    return measured(text, dict(names).get(unit, unit))


def measured(text: str, unit: str) -> str:
    """Return a number with its unit: 2 cores, 1 core. Nothing without a number."""
    if text == "1":
        unit = unit.removesuffix("s")
    return f"{text} {unit}".strip() if text else ""


def called_at(location: Location, document: Mapping[str, Any]) -> str:
    """Return what a place is called, with the item that it belongs to."""
    path = location.path
    if path in OUTSIDE:
        return OUTSIDE[path]
    field = SCHEMA.at(path)
    item = _item_at(location, document)
    if field.adapter:
        return f"{about(path).label} of {item}" if item else about(path).label
    if path[-1] == "handler":
        return words.PROBES[path[-2]].label
    if item:
        return item[0].upper() + item[1:]
    if field.items:
        return f"The list of {words.NOUNS[path[-1]]}s"
    return field.info.title or str(path[-1])


def _item_at(location: Location, document: Mapping[str, Any]) -> str:
    """Name the item that a place lies in: by its key, or by its number."""
    if "probes" in location:
        probe = words.PROBES.get(str(location[location.index("probes") + 1]))
        return f"the {probe.label.lower()}" if probe else ""
    node: Any = document
    for n, part in enumerate(location):
        if isinstance(part, str):
            node = node.get(part) if isinstance(node, dict) else None
            continue
        noun = words.NOUNS.get(str(location[n - 1]), "item")
        if isinstance(part, Key):
            return f"{noun} {part.text}"
        field = SCHEMA.at(Location(location[:n]).path)
        row = node[part] if isinstance(node, list) and part < len(node) else None
        key = row.get(field.key) if isinstance(row, dict) else None
        hidden = field.path[-1] in words.HIDDEN_KEYS
        return f"{noun} {key}" if key and not hidden else f"{noun} {part + 1}"
    return ""


def role_of(issues: Iterable[Issue]) -> str:
    """Say which role issues are about, to stand before them; nothing for none."""
    roles = {str(Location(issue.location[:1])) for issue in issues}
    named = [name for role, name in CALLED.items() if role in roles]
    return f"{' and '.join(named).capitalize()}: " if named else ""


def sentence(label: str, issue: Issue) -> str:
    """Return an issue as a sentence."""
    text = in_the_fields_unit(issue.location.path, issue.text.rstrip("."))
    whole = text if text[:1].isupper() else f"{label} {text}"
    if issue.source not in ("the product", "platform") and issue.source not in whole:
        whole = f"{whole}, set by {issue.source}"
    return f"{whole}."
