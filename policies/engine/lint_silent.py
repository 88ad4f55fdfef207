"""What the engine passes over in a policy without a word."""

from collections.abc import Iterator
from typing import Any

from policies.engine.advice import Advice, View, ruled
from policies.engine.rules import FieldRules, Options, Prefixes, Scope
from policies.engine.words import NOTHING, bound_text, rule_text, shown
from workloads.spec.guards import GUARDS
from workloads.spec.paths import FieldPath, Location
from workloads.spec.platform import FORM_DEFAULTS
from workloads.spec.schema import SCHEMA

DEAD_END = (
    "is required and locked, and no default stands above it: nobody can submit here"
)
EXCLUDED = (
    "says nothing in a policy: a default item of a broader unit is taken out by those "
    "who submit"
)


def locks_nothing(view: View) -> Iterator[Advice]:
    """Yield locked names that no default item has."""
    for path, rules in view.winning:
        lost = sorted(rules.locked - view.after.instances.get(path, {}).keys())
        if lost:
            text = f"locks {', '.join(lost)}, but no default item is called so"
            yield Advice(view.warns(ruled(path), "locked", text))


def dead_options(view: View) -> Iterator[Advice]:
    """Yield options that something else forbids."""
    for path, rules in view.winning:
        for value in rules.options:
            if why := _forbids(view, path, rules, value):
                text = f"offers {shown(value)}, which nobody can choose: {why}"
                yield Advice(view.warns(ruled(path), "options", text))


def _forbids(view: View, path: FieldPath, rules: FieldRules, value: Any) -> str:
    others = (bound for bound in rules.bounds if not isinstance(bound, Options))
    if broken := next((each for each in others if each.breaks(value)), None):
        return f"it has to be {bound_text(broken)}"
    if view.after.forbids(path, value):
        return f"it {GUARDS[path].why}, and only a tenant or cluster policy frees it"
    return ""


def lifts(view: View) -> Iterator[Advice]:
    """Yield rules that free something guarded, or seem to."""
    for path, rules in view.policy.rules.items():
        if path not in GUARDS or not _means_to_free(path, rules):
            continue
        why = GUARDS[path].why
        if path in view.after.lifted and view.policy.unit.scope <= Scope.CLUSTER:
            free = "anything" if rules.can_edit else _named(rules)
            text = f"frees what is guarded, since it {why}: {free}"
            yield Advice(view.warns(ruled(path), "guard", text))
        elif rules.can_edit is True and path not in view.after.lifted:
            text = f"frees nothing: what {why} is freed by a tenant or cluster policy"
            yield Advice(view.warns(ruled(path), "guard", text))


def _means_to_free(path: FieldPath, rules: FieldRules) -> bool:
    prefixes = any(isinstance(bound, Prefixes) for bound in rules.bounds)
    named = any(GUARDS[path](value) for value in rules.options)
    return rules.can_edit is True or prefixes or named


def _named(rules: FieldRules) -> str:
    return "; ".join(bound_text(bound) for bound in rules.bounds)


def dead_ends(view: View) -> Iterator[Advice]:
    """Yield fields that must have a value, and cannot be given one."""
    for path, rules in view.winning:
        if rules.required and rules.can_edit is False and not _given(view, path):
            yield Advice(view.warns(ruled(path), "required", DEAD_END))


def usual_value(view: View) -> Iterator[Advice]:
    """Yield rules that the product's own default breaks."""
    for path, rules in view.winning:
        usual = SCHEMA.at(path).default
        asked = rules.required or rules.blocked or usual is None
        if asked or _given(view, path) or not (bound := rules.broken_by(usual)):
            continue
        formed = FORM_DEFAULTS.get(path, usual)
        who = "whoever" if rules.broken_by(formed) else "a program that"
        text = (
            f"does not admit {shown(usual)}, the product's own default: {who} leaves "
            f"the field out is refused ({bound.name}). A default of yours helps"
        )
        yield Advice(view.warns(ruled(path), "noDefault", text))


def never_worked_out(view: View) -> Iterator[Advice]:
    """Yield defaults to be worked out from a neighbour, where another one stands."""
    for path, rules in view.winning:
        default = view.after.defaults.get(path)
        if rules.default_from and default is not None:
            text = (
                f"has a defaultFrom that is never used: the default "
                f"{shown(default.value)} of {default.source} comes before it"
            )
            yield Advice(view.warns(ruled(path), "defaultFrom", text))


def empty_rules(view: View) -> Iterator[Advice]:
    """Yield rules without a demand; where they replace one, that is said instead."""
    for path, rules in view.winning:
        if rule_text(rules) == NOTHING and path not in view.before.rules:
            yield Advice(view.warns(ruled(path), "nothing", "demands nothing"))


def says_nothing(view: View, document: Any) -> Iterator[Advice]:
    """Yield names without a value, which reading passes over."""
    parts = document if isinstance(document, dict) else {}
    for head in ("defaults", "rules"):
        if isinstance(parts.get(head), dict):
            yield from _empty(view, parts[head], Location((head,)))


def _empty(view: View, value: Any, place: Location) -> Iterator[Advice]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            if name == "exclude" and inner is True:
                yield Advice(view.warns(place / name, "exclude", EXCLUDED))
            else:
                yield from _empty(view, inner, place / name)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _empty(view, inner, place / str(position))
    elif value is None or value == {}:
        yield Advice(view.warns(place, "nothing", "has no value, and says nothing"))


def _given(view: View, path: FieldPath) -> bool:
    """Whether policies fill the field in."""
    worked_out = view.after.derived.get(FieldPath(path[:-1]), ())
    return path in view.after.defaults or any(e.name == path[-1] for e in worked_out)


SILENT = (
    locks_nothing,
    dead_options,
    lifts,
    dead_ends,
    usual_value,
    never_worked_out,
    empty_rules,
)
