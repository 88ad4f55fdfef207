"""Values, sources, rules and issues in the words of the page."""

import re
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from policies.engine.rules import InSteps, Maximum, Minimum, Options, Prefixes
from workloads.spec.issues import Issue
from workloads.spec.paths import FieldPath, Key, Location
from workloads.spec.quantity import GRAMMAR
from workloads.spec.schema import SCHEMA
from workloads.wizard import words
from workloads.wizard.items import quantity
from workloads.wizard.kinds import (
    KINDS,
    Amount,
    Choice,
    Cores,
    Flag,
    Kind,
    Share,
    Whole,
    Words,
)
from workloads.wizard.view import About, about

NUMBER = re.compile(r"\b\d+(?:\.\d+)?\b")
DASH = "\N{EN DASH}"
MANY = 8
"""Allowed values that are told in a line; the rest is counted."""

CALLED = {"leader": "leader", "worker": "workers"}
OUTSIDE = {FieldPath(): "The workload", FieldPath(("name",)): "Name"}
"""Places that are no field of the spec."""


def reason_of(rules: Any, valued: bool = True) -> str:
    """Say whose rule locks a field, with a value or without one."""
    if rules.blocked or not valued:
        return f"Not available under the policy of {rules.source}."
    return f"Locked by {rules.source}. Your administrator can change it."


def bounds(path: FieldPath, rules: Any) -> str:
    """Say what a policy allows, before anybody breaks it."""
    text = allowed(path, rules)
    if rules.options and type(KINDS.get(path)) in (Words, Choice):
        text = "only these" if type(KINDS[path]) is Words else ""  # each choice says it
    return f"{text}, set by {rules.source}" if text else ""


def allowed(path: FieldPath, rules: Any) -> str:
    """Say what a policy allows, without whose it is: ``1 or more, in steps of 2``."""
    cores = "cores" if isinstance(KINDS.get(path), Cores) else ""
    least, most, steps = (
        "" if end is None else measured(in_the_fields_unit(path, str(end)), cores)
        for end in _ends(rules)
    )
    text = f"{least}{DASH}{most}" if least and most else ""
    text = text or (f"{least} or more" if least else f"at most {most}" if most else "")
    others = [f"in steps of {steps}"] if steps else []
    others += [_closed(path, bound) for bound in rules.bounds]
    return ", ".join(filter(None, (text, *others)))


def _closed(path: FieldPath, bound: Any) -> str:
    """Say what a set or its beginnings leave."""
    if isinstance(bound, Prefixes):
        return f"beginning with {' or '.join(bound.prefixes)}"
    if not isinstance(bound, Options):
        return ""
    known = about(path)
    titles = zip_longest(bound.values, bound.titles, fillvalue="")
    names = [
        title if title not in ("", str(value)) else spoken(known, value)
        for value, title in titles
    ]
    more = f" and {len(names) - MANY} more" if len(names) > MANY else ""
    return f"only {', '.join(names[:MANY])}{more}"


def limits(kind: Kind, rules: Any, unit: str) -> tuple[tuple[str, str], ...]:
    """Return the range of a number as attributes of its input."""
    if not isinstance(kind, Whole | Share | Cores):
        return ()
    ends = zip(("min", "max", "step"), _ends(rules), strict=True)
    found = [
        (n, kind.texts(end, {":unit": unit})[""]) for n, end in ends if end is not None
    ]
    if found and found[-1][0] != "step" and not isinstance(kind, Whole):
        found.append(("step", "any"))
    return tuple(found)


def _ends(rules: Any) -> tuple[Any, Any, Any]:
    """Return the least and the greatest value, and the step between two."""
    found: dict[type, Any] = {}
    for bound in rules.bounds:
        if isinstance(bound, Minimum | Maximum):
            found[type(bound)] = bound.bound
        elif isinstance(bound, InSteps):
            found[InSteps] = bound.step
    return found.get(Minimum), found.get(Maximum), found.get(InSteps)


def in_the_fields_unit(path: FieldPath, text: str) -> str:
    """Return a text with its numbers as the field shows them: 0.5 becomes 50 %."""
    kind = KINDS.get(path)
    if isinstance(kind, Amount) and GRAMMAR.fullmatch(text):
        return quantity(text)
    if isinstance(kind, Cores):
        return NUMBER.sub(lambda found: kind.texts(float(found[0]), {})[""], text)
    if not isinstance(kind, Share):
        return text
    return NUMBER.sub(lambda found: f"{kind.shown(float(found[0]))} %", text)


def label_of(path: FieldPath) -> str:
    """Return what a field is called where nothing around it is seen."""
    label = about(path).label
    if "probes" not in path:
        return label
    return f"{words.PROBES[path[2]].label} {label.lower()}"


def called(source: str) -> tuple[str, str]:
    """Return the kind of a source and its name on the page."""
    if source == "platform":
        return "default", "Default"
    if source == "you":
        return "you", "You"
    if source in ("copy", "clone"):
        return "copy", "Copied"
    if source.startswith("asset:"):
        return "asset", "Loaded"
    return "policy", f"Policy · {source}"


def by_hand(source: str) -> bool:
    """Whether somebody said the value, or had it brought: no policy, no default."""
    return source in ("you", "copy", "clone") or source.startswith("asset:")


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
