"""For every field and every rule that its type takes: a policy, and what breaks it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from policies.engine.rule_objects import accepted
from policies.engine.rules import amount
from policies.views.parameters import values_of
from tests.fields import other_values
from workloads.spec.conditions import CONDITIONS
from workloads.spec.guards import GUARDS
from workloads.spec.paths import FieldPath, Location
from workloads.spec.quantity import Quantity
from workloads.spec.schema import SCHEMA, Field

Place = tuple[str | int, ...]
NEVER_BROKEN = frozenset({"defaultFrom"})
"""It gives a value; it forbids none."""

KEY = "x"
KEYS = {"extendedResources": "example.com/x"}
WHOLE: dict[str, dict[str, Any]] = {
    "tolerations": {"value": "v"},
    "pvc": {"path": "/pvc", "claimInfo.size": "1G"},
    "emptyDirVolume": {"path": "/empty"},
    "nfs": {"path": "/nfs", "mountPath": "/nfs"},
    "configMapVolume": {"mountPath": "/map"},
    "secretVolume": {"mountPath": "/secret"},
}
"""What an item of a list must have to be a default."""

NO_DEFAULT_ITEMS = frozenset({"hostPath", "git"})
"""Lists whose items a project's policy cannot bring: guarded, or never accepted."""

BASE: dict[Place, Any] = {
    ("leader", "image"): "ubuntu",
    ("worker", "image"): "ubuntu",
    ("workers",): 1,
    ("servingPort", "port"): 8000,
}


class Case(NamedTuple):
    """A rule of one field, and what is said against it."""

    path: FieldPath
    rule: str
    policy: dict[Place, Any]
    said: dict[Place, Any]
    unsaid: tuple[Place, ...] = ()

    @property
    def of_key(self) -> bool:
        """Whether it is about what items are told apart by."""
        above = SCHEMA.at(self.path[:-1])
        return above.items and self.path[-1] == above.key

    @property
    def expected(self) -> tuple[str, str]:
        """Where it is refused, and by which rule."""
        return str(Location(place_of(self.path))), self.rule


def cases() -> Iterator[Case]:
    """Yield a case for each field and rule, in the order of the spec."""
    for field in SCHEMA:
        if field.adapter is None and not field.items:
            continue
        if field.path[-1] == "exclude":
            continue
        rules = accepted(field) - NEVER_BROKEN
        if field.path[-1] in NO_DEFAULT_ITEMS:
            rules -= {"locked"}
        if field.adapter and len(values(field)) == 1 and not field.arbitrary:
            rules -= {"options", "canEdit"}
        for rule in sorted(rules):
            yield case_of(field, rule)


def case_of(field: Field, rule: str) -> Case:
    """Return how a rule of the field is broken."""
    if field.items:
        return _of_list(field, rule)
    rules, place = rule_place(field.path), place_of(field.path)
    default = default_place(field.path)
    one, other = pair(field)
    said = around(field.path) | {place: one}
    bounds: dict[str, Any] = {
        "min": other,
        "step": other,
        "prefixes": [f"{other}"],
        "options": [{"value": other[0] if field.array else other}],
        "blocked": True,
        "required": True,
        "canEdit": False,
    }
    policy = {(*rules, rule): bounds[rule] if rule != "max" else one}
    if rule == "max":
        said[place] = other
    elif rule == "canEdit" and field.path not in GUARDS and one != other:
        policy[default] = other
    elif rule == "required":
        del said[place]
        return Case(field.path, rule, policy, said | _beside(field), (place,))
    return Case(field.path, rule, policy, said)


def _beside(field: Field) -> dict[Place, Any]:
    """Return something else of an item whose key is left out: it has to be there."""
    above = SCHEMA.at(field.path[:-1])
    if not above.items or field.path[-1] != above.key:
        return {}
    other = next(child for child in above if child.adapter and child is not field)
    return {place_of(other.path): values(other)[0]}


def _of_list(field: Field, rule: str) -> Case:
    place = place_of(field.path)
    rules = {("rules", *field.path, "instances", "canAdd"): False}
    key = key_of(field)
    said = around(field.path) | {(*place, field.key): key}
    if rule == "locked":
        attribute = next(
            child
            for child in field
            if child.adapter and child.path[-1] not in (field.key, "exclude")
            if child.path[-1] not in WHOLE.get(field.path[-1], {})
            if len(values(child)) > 1
        )
        one, other = pair(attribute)
        below = attribute.path[len(field.path) :]
        instance = ("defaults", *field.path, "instances", 0)
        said[(*place, *below)] = one
        rules = {
            ("rules", *field.path, "instances", "locked"): [key],
            (*instance, field.key): key,
            (*instance, *below): other,
        }
        for name, value in WHOLE.get(field.path[-1], {}).items():
            rules.setdefault((*instance, *name.split(".")), value)
    return Case(field.path, rule, rules, said)


def values(field: Field) -> list[Any]:
    """Return values that the field takes."""
    literal = values_of(field.info.annotation)
    if literal and not field.array:
        return literal
    if literal:
        return [["KILL"], ["CHOWN"]]
    found = [each for each in other_values(field, None) if each not in (None, [])]
    return [each for each in found if not isinstance(each, dict)] or found


def pair(field: Field) -> tuple[Any, Any]:
    """Return two values; of what can be counted the smaller one first, above 0."""
    found = values(field)
    if field.kind in (int, float) or issubclass(field.kind, Quantity):
        counted = [each for each in found if amount(field.parse(each)) > 0]
        found = sorted(counted, key=lambda each: amount(field.parse(each)))
    return found[0], next((each for each in found if each != found[0]), found[0])


def around(path: FieldPath) -> dict[Place, Any]:
    """Return what must be said for the field to exist: selectors, keys of items."""
    said: dict[Place, Any] = {}
    for length in range(1, len(path) + 1):
        here = FieldPath(path[:length])
        field, above = SCHEMA.at(here), place_of(FieldPath(path[: length - 1]))
        if field.items and length < len(path) and path[-1] != field.key:
            said[(*place_of(here), field.key)] = key_of(field)
        if condition := CONDITIONS.get(here):
            selector = SCHEMA.at((*path[: length - 1], condition.selector))
            chosen = (each for each in values(selector) if condition.holds(each))
            value = next(chosen, None)
            if value is not None:
                said[(*above, condition.selector)] = value
    return said


def key_of(field: Field) -> str:
    """Return the key of the item that a list has here."""
    return KEYS.get(field.path[-1], KEY)


def place_of(path: FieldPath) -> Place:
    """Return the place of a field in the first item of each list."""
    place: Place = ()
    for length, name in enumerate(path, start=1):
        place = (*place, name)
        if SCHEMA.at(path[:length]).items:
            place = (*place, 0)
    return place


def rule_place(path: FieldPath) -> Place:
    """Return where a policy has the rules of a field."""
    return ("rules", *_in_policy(path, renamed=True))


def default_place(path: FieldPath) -> Place:
    """Return where a policy has the default of a field."""
    return ("defaults", *_in_policy(path, renamed=False))


def _in_policy(path: FieldPath, renamed: bool) -> Iterator[str]:
    names: dict[str, str] = {}
    for length, name in enumerate(path, start=1):
        yield names.get(name, name) if renamed else name
        field = SCHEMA.at(path[:length])
        if field.items and length < len(path):
            yield "attributes"
            names = {own: theirs for theirs, own in field.rule_names.items()}


def together(some: Sequence[Case]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return one policy and one document for several cases; the first ones count."""
    policy: dict[Place, Any] = {}
    said = dict(BASE)
    for case in some:
        for place in case.unsaid:
            said.pop(place, None)
    for case in some:
        policy = case.policy | policy
        said = {p: v for p, v in case.said.items() if p not in BASE} | said
        said |= {p: v for p, v in case.said.items() if p == place_of(case.path)}
    for case in some:
        for place in case.unsaid:
            said.pop(place, None)
    return tree(policy.items()), tree(said.items())


def tree(places: Iterable[tuple[Place, Any]]) -> Any:
    """Return the JSON of places; numbers are positions in lists."""
    found: dict[Any, Any] = {}
    for place, value in places:
        node = found
        for part in place[:-1]:
            node = node.setdefault(part, {})
        node[place[-1]] = value
    return _listed(found)


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(isinstance(name, int) for name in node):
        return [_listed(node[name]) for name in sorted(node)]
    return {name: _listed(inner) for name, inner in node.items()}
