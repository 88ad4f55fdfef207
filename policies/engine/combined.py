"""How the policies of a chain of units are combined (policies.md §1.6)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from policies.engine.lifts import forbidden, lifted
from policies.engine.policy import Policy
from policies.engine.rules import FieldRules, Scope, Unit, parts, same
from workloads.spec.guards import GUARDS
from workloads.spec.issues import PRODUCT, Issue
from workloads.spec.paths import FieldPath, Key, Location
from workloads.spec.precedence import farthest_wins
from workloads.spec.schema import SCHEMA


class Default(NamedTuple):
    """What stands where nothing is said, and who put it there."""

    value: Any
    source: str
    imposed: bool = False


class Objection(NamedTuple):
    """The rule that stands against a default, and whose it is."""

    rule: str
    by: str = PRODUCT


Declared = tuple[Unit, FieldPath, str]
"""A default as a unit wrote it; an item of a list has its key."""


class Skipped(NamedTuple):
    """A default that does not hold."""

    location: Location
    unit: Unit
    value: Any
    rule: str
    by: str

    def as_issue(self) -> Issue:
        """What the one who saves it is told."""
        shown = self.value.get if isinstance(self.value, Mapping) else None
        what = "this item" if shown else ", ".join(map(str, parts(self.value)))
        text = f"{what or 'an empty list'} is not allowed by {self.by}"
        return Issue(self.location, self.rule, text, self.by)


class Combined:
    """The rules with the unit that won them, and the defaults that they allow."""

    def __init__(self, chain: Sequence[Policy]) -> None:
        self.chain = chain
        self.skipped: list[Skipped] = []
        self.refused: dict[Declared, Objection] = {}
        self.rules = {
            path: _winner(path, [p.rules[path] for p in chain if path in p.rules])
            for path in {path: None for policy in chain for path in policy.rules}
        }
        self.lifted = dict(lifted({p.unit.scope: p.rules for p in chain}))
        self.defaults = self.legal_defaults()
        self.instances = self.legal_instances()

    def legal_defaults(self) -> dict[FieldPath, Default]:
        """The nearest legal one for each path, else the only option there is."""
        found: dict[FieldPath, Default] = {}
        refused = []
        for policy in reversed(self.chain):
            for path, value in policy.defaults.items():
                if objection := self.objection(path, value, policy.unit):
                    self.refused[policy.unit, path, ""] = objection
                    place = Location(path)
                    refused.append(Skipped(place, policy.unit, value, *objection))
                else:
                    found.setdefault(path, Default(value, str(policy.unit)))
        for path, rules in self.rules.items():
            if path not in found and sole_option(path, rules):
                found[path] = Default(rules.options[0], rules.source)
        for skipped in refused:
            default = found.get(skipped.location.path)
            if default is None or not same(default.value, skipped.value):
                self.skipped.append(skipped)
        return found

    def legal_instances(self) -> dict[FieldPath, dict[str, Default]]:
        """The union by key: the nearest legal item for each, then what is imposed."""
        found: dict[FieldPath, dict[str, Default]] = {}
        for unit, path, key, item in _each(self.chain, "instances"):
            known = found.setdefault(path, {})
            above = known[key].value if key in known else None
            objection = self.lock(path, key, unit, key in known)
            objection = objection or self.item_objection(path, item, unit, above)
            if objection is None:
                known[key] = Default(item, str(unit))
                continue
            self.refused[unit, path, key] = objection
            if above != item:
                place = Location((*path, Key(key)))
                self.skipped.append(Skipped(place, unit, item, *objection))
        for unit, path, key, item in _each(self.chain, "imposed"):
            found.setdefault(path, {})[key] = Default(item, str(unit), imposed=True)
        return found

    def objection(self, path: FieldPath, value: Any, unit: Unit) -> Objection | None:
        """Return what stands against a default."""
        if forbidden(path, value, self.lifted):
            return Objection("guard")
        rules = self.rules.get(path)
        if rules is None:
            return None
        if rules.blocked:
            return Objection("blocked", rules.source)
        if rules.can_edit is False and unit.scope > rules.unit.scope:
            return Objection("canEdit", rules.source)
        if rules.required and value == ():
            return Objection("required", rules.source)
        bound = rules.broken_by(value)
        return Objection(bound.name, rules.source) if bound else None

    def lock(
        self, path: FieldPath, key: str, unit: Unit, known: bool
    ) -> Objection | None:
        """Return what keeps items from below out of the list."""
        rules = self.rules.get(path)
        if rules is None or unit.scope <= rules.unit.scope:
            return None
        if key in rules.locked:
            return Objection("locked", rules.source)
        return None if rules.can_add or known else Objection("canAdd", rules.source)

    def item_objection(
        self, path: FieldPath, item: Any, unit: Unit, above: Any
    ) -> Objection | None:
        """Return what stands against an attribute of the item, said or left out."""
        mine, theirs = dict(leaves(path, item)), dict(leaves(path, above or {}))
        for at, value in mine.items():
            objection = self.objection(at, value, unit)
            if objection is None:
                continue
            if objection.rule != "canEdit" or not same(value, self.stands(at, theirs)):
                return objection
        for at in theirs.keys() - mine.keys():
            rules = self.rules.get(at)
            fixed = rules is not None and rules.can_edit is False
            if rules is None or not fixed or unit.scope <= rules.unit.scope:
                continue
            if not same(theirs[at], self.stands(at, {})):
                return Objection("canEdit", rules.source)
        return None

    def stands(self, at: FieldPath, item: Mapping[FieldPath, Any]) -> Any:
        """Return what an attribute is where nearer units say nothing of it."""
        if at in item:
            return item[at]
        default = self.defaults.get(at)
        return SCHEMA.at(at).default if default is None else default.value


def _winner(path: FieldPath, rules: list[FieldRules]) -> FieldRules:
    """The nearest wins, or the farthest, but never the system."""
    if farthest_wins(path):
        return next((r for r in rules if r.unit.scope > Scope.SYSTEM), rules[0])
    return rules[-1]


def sole_option(path: FieldPath, rules: FieldRules) -> bool:
    """Whether the options leave one value, which then is the default."""
    if len(rules.options) != 1 or rules.blocked or path in GUARDS:
        return False
    return not SCHEMA.at(path).array and rules.broken_by(rules.options[0]) is None


def _each(
    chain: Sequence[Policy], kind: str
) -> Iterator[tuple[Unit, FieldPath, str, Any]]:
    for policy in chain:
        for path, items in getattr(policy, kind).items():
            for key, item in items.items():
                yield policy.unit, path, key, item


def leaves(path: FieldPath, item: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the attributes that an item gives, with their paths."""
    for name, value in item.items():
        if isinstance(value, Mapping):
            yield from leaves(path / name, value)
        else:
            yield path / name, value
