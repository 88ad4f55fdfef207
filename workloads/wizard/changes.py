"""What another policy makes of the same draft, field by field, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.engine.judge import Verdict
from policies.engine.rules import FieldRules, Scope, Unit
from workloads.spec.paths import FieldPath, Location
from workloads.spec.schema import SCHEMA
from workloads.wizard.items import told
from workloads.wizard.parts import Step
from workloads.wizard.review import LISTS
from workloads.wizard.sentences import allowed, called, label_of, spoken
from workloads.wizard.view import about

NOBODY = FieldRules(Unit(Scope.SYSTEM))
"""What holds where no unit demands anything."""


def changed(step: Step, before: Verdict, after: Verdict) -> Iterator[str]:
    """Yield a sentence for each field of the step that comes out differently."""
    for path in _candidates(step, before, after):
        field = SCHEMA.at(path)
        if field.items:
            clauses = [*_items(path, before, after), *_list_rules(path, before, after)]
        else:
            clauses = [*_value(path, before, after), *_rules(path, before, after)]
        if clauses:
            yield f"{_label(path)}: {'; '.join(clauses)}."


def _candidates(step: Step, before: Verdict, after: Verdict) -> list[FieldPath]:
    """Return the fields of the step that may differ, in the order of the spec."""
    found = {place.path for place in (*before.sources, *after.sources)}
    for verdict in (before, after):
        policy = verdict.context.policy
        found |= {*policy.rules, *policy.instances}
    found |= {_list_above(path) or path for path in found}
    return [f.path for f in SCHEMA if f.path in found and step.holds(Location(f.path))]


def _list_above(path: FieldPath) -> FieldPath | None:
    """Return the list in whose items a field stands."""
    above = (FieldPath(path[:n]) for n in range(1, len(path)))
    return next((each for each in above if SCHEMA.at(each).items), None)


def _label(path: FieldPath) -> str:
    if SCHEMA.at(path).items:
        return LISTS[path[-1]]
    within, label = _list_above(path), label_of(path)
    return f"{LISTS[within[-1]]}, {label.lower()}" if within else label


def _value(path: FieldPath, before: Verdict, after: Verdict) -> Iterator[str]:
    if _list_above(path) is not None:
        return
    place = Location(path)
    old, new = (place.value_in(each.resolved) for each in (before, after))
    source = after.sources.get(place, "")
    came_along = source == "platform" and not _there(path, before)
    if old == new or came_along:
        return
    by = f" ({source})" if called(source)[0] == "policy" else ""
    was, now = spoken(about(path), old), spoken(about(path), new)
    if not now:
        yield f"default was {was}, there is none now"
    elif not was:
        yield f"there was no default, now it is {now}{by}"
    else:
        yield f"default was {was}, is now {now}{by}"


def _rules(path: FieldPath, before: Verdict, after: Verdict) -> Iterator[str]:
    if not _there(path, after) and not _there(path, before):
        return
    old, new = (each.context.policy.rules.get(path, NOBODY) for each in (before, after))
    by = f" ({new.source})" if new is not NOBODY else ""
    if _shut(old) != _shut(new):
        yield f"{_shut(new) or 'can be changed now'}{by if _shut(new) else ''}"
    if old.required != new.required:
        yield f"is now required{by}" if new.required else "is not required any more"
    was, now = allowed(path, old), allowed(path, new)
    if was != now and now:
        yield f"allowed was {was}, is now {now}{by}" if was else f"is now {now}{by}"
    elif was != now:
        yield f"{was} is not demanded any more"


def _shut(rules: FieldRules) -> str:
    if rules.blocked:
        return "is not available any more"
    return "is locked now" if rules.can_edit is False else ""


def _there(path: FieldPath, verdict: Verdict) -> bool:
    """Whether the workload has the section, or the list with an item at least."""
    above = _list_above(path) or FieldPath(path[:-1])
    return not above or bool(Location(above).value_in(verdict.resolved))


def _items(path: FieldPath, before: Verdict, after: Verdict) -> Iterator[str]:
    """Yield what came, went or is another one; what was said is not compared."""
    old, new = (_by_key(path, each) for each in (before, after))
    given = after.context.policy.instances.get(path, {})
    for key in {**old, **new}:
        was, now = (told(path, [d[key]] if key in d else []) for d in (old, new))
        by = f" ({given[key].source})" if key in given else ""
        if old.get(key) == new.get(key):
            continue
        if not now:
            yield f"{was} is gone"
        else:
            yield f"was {was}, is now {now}{by}" if was else f"{now} is new{by}"


def _by_key(path: FieldPath, verdict: Verdict) -> Mapping[str, Any]:
    name = SCHEMA.at(path).key
    items = Location(path).value_in(verdict.resolved) or ()
    return {str(item.get(name)): item for item in items}


def _list_rules(path: FieldPath, before: Verdict, after: Verdict) -> Iterator[str]:
    old, new = (each.context.policy.rules.get(path, NOBODY) for each in (before, after))
    there = _by_key(path, after)
    for key in sorted((old.locked ^ new.locked) & there.keys()):
        locked = key in new.locked
        yield f"{key} is locked now ({new.source})" if locked else f"{key} is free now"
    if old.can_add != new.can_add:
        yield (
            f"none may be added now ({new.source})"
            if not new.can_add
            else ("others may be added now")
        )
