"""An effective policy as rows: parameter, default, rule and who set them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args, get_origin

from policies.engine.effective import Default, EffectivePolicy
from policies.engine.policy import Policy
from policies.engine.rules import FieldRules
from policies.engine.words import item_text, rule_text, shown
from workloads.spec.paths import FieldPath
from workloads.spec.quantity import Quantity
from workloads.spec.schema import SCHEMA, Field

KINDS: Mapping[type, str] = {
    bool: "true or false",
    int: "whole number",
    float: "number",
}
GENERAL = "Workload"
ROLES = frozenset({"leader", "worker"})
CAPITAL = re.compile("[A-Z]")
FIELDS = tuple(SCHEMA)
ORDER = {field.path: number for number, field in enumerate(FIELDS)}


class Parameter(NamedTuple):
    """What holds for one field."""

    title: str
    path: str
    type: str
    default: str
    default_source: str
    rule: str
    rule_source: str
    passed_over: tuple[str, ...] = ()
    """What nearer or farther units say of it that does not hold, and why."""


class Part(NamedTuple):
    """The parameters of one section."""

    title: str
    rows: list[Parameter]


class Change(NamedTuple):
    """A field before and after; None where no policy speaks of it."""

    before: Parameter | None
    after: Parameter | None

    @property
    def of(self) -> Parameter | None:
        """The one that names the field."""
        return self.before or self.after

    @property
    def differs(self) -> bool:
        """Whether more became of it than another source."""
        was, now = self.before, self.after
        old = (was.default, was.rule) if was else ("", "")
        return old != ((now.default, now.rule) if now else ("", ""))


def kind_of(field: Field) -> str:
    """Return a field's type in words."""
    if field.items:
        return f"list, by {field.key}"
    if field.arbitrary:
        return "object"
    if values_of(field.info.annotation):
        return "choice"
    quantity = isinstance(field.kind, type) and issubclass(field.kind, Quantity)
    kind = "quantity" if quantity else KINDS.get(field.kind, "text")
    return f"list of {kind}s" if field.array else kind


def values_of(annotation: object) -> list[str]:
    """Return the texts of a choice; nothing where there is none."""
    if get_origin(annotation) is Literal:
        return [str(value) for value in get_args(annotation)]
    return [text for part in get_args(annotation) for text in values_of(part)]


def section_of(field: Field) -> str:
    """Return the section that a field is listed under."""
    path = field.path
    if not SCHEMA.at(path[:1]).children:
        return GENERAL
    deeper = len(path) > 2 and path[0] in ROLES and not SCHEMA.at(path[:2]).items
    return ", ".join(words(name) for name in path[: 2 if deeper else 1])


def words(name: str) -> str:
    """Return a name of the spec as words: ``serving port``."""
    return CAPITAL.sub(lambda found: f" {found[0].lower()}", name)


def title_of(field: Field) -> str:
    """Return what a form calls the field, else its name in words."""
    return field.info.title or words(field.path[-1]).capitalize()


def by_section(fields: Iterable[tuple[Field, Any]]) -> dict[str, list[Any]]:
    """Return what belongs to fields by section, what is of the whole workload first."""
    found: dict[str, list[Any]] = {GENERAL: []}
    for field, each in fields:
        found.setdefault(section_of(field), []).append(each)
    return {title: rows for title, rows in found.items() if rows}


def parameters(effective: EffectivePolicy, chain: Sequence[Policy] = ()) -> list[Part]:
    """Return the rows by section, in the order of the spec."""
    known = {
        *effective.rules, *effective.defaults, *effective.instances,
        *(_silenced(chain)), *(each.location.path for each in effective.skipped),
    }  # fmt: skip
    rows = [
        (field, _row(field, effective, chain))
        for field in FIELDS
        if field.path in known
    ]
    return [Part(title, rows) for title, rows in by_section(rows).items()]


def changed(before: EffectivePolicy, after: EffectivePolicy) -> list[Change]:
    """Return the fields whose default or rule comes out differently, in order."""
    paths = {*_spoken_of(before), *_spoken_of(after)}
    pairs = [
        Change(_told(path, before), _told(path, after))
        for path in sorted(paths, key=ORDER.__getitem__)
        if _parts(path, before) != _parts(path, after)
    ]
    return [each for each in pairs if each.differs]


def _spoken_of(effective: EffectivePolicy) -> Iterator[FieldPath]:
    yield from effective.rules
    yield from effective.defaults
    yield from effective.instances


def _parts(path: FieldPath, effective: EffectivePolicy) -> tuple[Any, ...]:
    """Return what holds for a field, before it is put in words."""
    parts = (effective.rules, effective.defaults, effective.instances)
    return tuple(part.get(path) for part in parts)


def _told(path: FieldPath, effective: EffectivePolicy) -> Parameter | None:
    spoken = any(_parts(path, effective))
    return _row(SCHEMA.at(path), effective, ()) if spoken else None


def _silenced(chain: Sequence[Policy]) -> Iterator[FieldPath]:
    for policy in chain:
        yield from policy.rules


def _row(
    field: Field, effective: EffectivePolicy, chain: Sequence[Policy]
) -> Parameter:
    path = field.path
    default, rules = effective.defaults.get(path), effective.rules.get(path)
    items = effective.instances.get(path, {})
    sources = {item.source: None for item in items.values()}
    return Parameter(
        title_of(field),
        str(path),
        kind_of(field),
        _items(field, items) if items else shown(default.value) if default else "",
        ", ".join(sources) if items else default.source if default else "",
        rule_text(rules) if rules else "",
        rules.source if rules else "",
        (*_overruled(path, rules, chain), *_skipped(path, effective)),
    )


def _items(field: Field, items: Mapping[str, Default]) -> str:
    """Return the items of a list with what they give.

    The key of an imposed one is the id of an asset, which says nothing to people.
    """
    found = []
    for key, item in items.items():
        text = item_text(item.value, field.key)
        named = f"{key} ({text})" if text else key
        found.append(f"{text} (imposed)" if item.imposed else named)
    return "; ".join(found)


def _overruled(
    path: FieldPath, winner: FieldRules | None, chain: Sequence[Policy]
) -> Iterator[str]:
    for policy in chain:
        rules = policy.rules.get(path)
        if rules and winner and rules.unit != winner.unit:
            yield f"over {policy.unit}: {rule_text(rules)}"


def _skipped(path: FieldPath, effective: EffectivePolicy) -> Iterator[str]:
    for each in effective.skipped:
        if each.location.path == path:
            issue = each.as_issue()
            yield f"default of {each.unit} does not hold: {issue.text} ({each.rule})"
