"""Values and rules in words, for those who read policies."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.engine.rules import Bound, FieldRules, Options, parts
from policies.engine.secretive import called_secret, looks_secret
from workloads.spec.model import SpecModel

NOTHING = "nothing"
HIDDEN = "hidden"


def shown(value: Any) -> str:
    """Return a typed value as it is written in a policy, unless it looks secret."""
    if looks_secret(value):
        return HIDDEN
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, SpecModel):
        value = value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return ", ".join(map(str, parts(value))) or "an empty list"


def item_text(item: Mapping[str, Any], key: str) -> str:
    """Return what an item of a list gives, beside the key by which it is known.

    What looks like a secret is not shown: more people read this than the policy.
    """
    called = str(item.get(key, ""))
    found = [
        f"{name}: {HIDDEN if name == 'value' and called_secret(called, text) else text}"
        for name, text in _said(item)
        if name != key
    ]
    return ", ".join(found)


def rule_text(rules: FieldRules) -> str:
    """Return what a unit demands of a field, in words."""
    found = [
        "required" if rules.required else "",
        "no value" if rules.blocked else "",
        "locked" if rules.can_edit is False else "",
        "may be edited" if rules.can_edit else "",
        *(bound_text(bound) for bound in rules.bounds),
        "none may be added" if not rules.can_add else "",
        f"{', '.join(sorted(rules.locked))} locked" if rules.locked else "",
    ]
    if derived := rules.default_from:
        found.append(f"default is {derived.factor} of {derived.field}")
    return "; ".join(filter(None, found)) or NOTHING


def bound_text(bound: Bound) -> str:
    """Return a demand on one value without its verb: ``at most 4``."""
    if isinstance(bound, Options):
        return f"one of {', '.join(bound.titles or map(str, bound.values))}"
    return str(bound).removeprefix("must be ").removeprefix("must go ")


def _said(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in item.items():
        if isinstance(value, Mapping):
            for inner, text in _said(value):
                yield f"{name}.{inner}", text
        else:
            yield name, shown(value)
