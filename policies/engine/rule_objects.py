"""The rule object of one field, read by the field's own type (policies.md §1.2)."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import TypeAdapter, ValidationError

from policies.engine.rules import (
    Bound,
    DefaultFrom,
    FieldRules,
    InSteps,
    Maximum,
    Minimum,
    Options,
    Prefixes,
    Unit,
)
from policies.engine.sentences import sentence
from workloads.spec.quantity import Quantity
from workloads.spec.schema import SCHEMA, Field
from workloads.spec.text import as_name

Wrong = Callable[[str, str, str], None]
"""Takes the name inside of the rule object, the rule and the sentence."""

FLAG: TypeAdapter[bool] = TypeAdapter(bool)
ITEMS = frozenset({"canAdd", "locked"})
EVERY = frozenset({"required", "canEdit", "blocked"})
ORDERED = EVERY | {"min", "max", "defaultFrom"}
ALL = ITEMS | ORDERED | {"step", "options", "prefixes"}
GREATEST_FACTOR = Decimal(10**6)


def accepted(field: Field) -> frozenset[str]:
    """Return the rules that a field of this type takes."""
    if field.items:
        return ITEMS
    if field.array:
        return EVERY | {"options"}
    if field.arbitrary or field.kind is bool:
        return EVERY
    if issubclass(field.kind, Quantity):
        return ORDERED
    if field.kind in (int, float):
        return ORDERED | {"step"}
    return EVERY | {"options"} | ({"prefixes"} if field.begins else set())


def field_rules(field: Field, raw: Any, unit: Unit, wrong: Wrong) -> FieldRules | None:
    """Return what the object demands; None where it says nothing. Never raises."""
    if not isinstance(raw, dict):
        wrong("", "type", "must be an object")
        return None
    said = {name: value for name, value in raw.items() if value is not None}
    reading = _RuleObject(field, said, wrong)
    reading.names()
    return reading.rules(unit) if said else None


class _RuleObject:
    def __init__(self, field: Field, said: Mapping[str, Any], wrong: Wrong) -> None:
        self.field, self.wrong = field, wrong
        self.takes = accepted(field)
        self.said = {name: v for name, v in said.items() if name in self.takes}
        self.others = [name for name in said if name not in self.takes]

    def names(self) -> None:
        for name in self.others:
            if name == "sourceOfRule":
                self.wrong(name, "unknown", "must be left empty: the portal fills it")
            elif name in ALL:
                takes = ", ".join(sorted(self.takes))
                self.wrong(name, "unknown", f"is no rule of this field: it has {takes}")
            else:
                shown = as_name(name)
                self.wrong(shown, "unknown", f'json: unknown field "{shown}"')

    def rules(self, unit: Unit) -> FieldRules:
        rules = FieldRules(
            unit,
            tuple(self.bounds()),
            required=self.flag("required") is True,
            blocked=self.flag("blocked") is True,
            can_edit=self.flag("canEdit"),
            can_add=self.flag("canAdd") is not False,
            locked=frozenset(self.texts("locked")),
            default_from=self.default_from(),
        )
        for text in _contradictions(rules):
            self.wrong("", "rules", text)
        return rules

    def flag(self, name: str) -> bool | None:
        if name not in self.said:
            return None
        try:
            return FLAG.validate_python(self.said[name])
        except ValidationError:
            self.wrong(name, "type", "must be true or false")
            return None

    def texts(self, name: str) -> list[str]:
        value = self.said.get(name, [])
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return value
        self.wrong(name, "type", "must be a list of texts")
        return []

    def bounds(self) -> Iterator[Bound]:
        """Yield the bounds, each parsed by the field's own type."""
        least, most = self.value("min"), self.value("max")
        if least is not None:
            yield Minimum(least)
        if most is not None:
            yield Maximum(most)
        if (step := self.value("step")) is not None:
            if step > 0:
                yield InSteps(step, 0 if least is None else least)
            else:
                self.wrong("step", "rules", "must be above 0")
        if "options" in self.said:
            yield self.options()
        if "prefixes" in self.said:
            prefixes = tuple(filter(None, self.texts("prefixes")))
            if not prefixes:
                self.wrong("prefixes", "rules", "must not be empty")
            yield Prefixes(prefixes, self.field.begins)

    def value(self, name: str) -> Any:
        return self.parse(name, self.said[name]) if name in self.said else None

    def parse(self, name: str, value: Any) -> Any:
        try:
            parsed = self.field.parse([value] if self.field.array else value)
        except ValidationError as error:
            self.wrong(name, "type", sentence(error))
            return None
        return parsed[0] if self.field.array else parsed

    def options(self) -> Options:
        found: dict[Any, str] = {}
        options = self.said["options"]
        if options == []:
            self.wrong("", "rules", "options must not be empty")
        for option in options if isinstance(options, list) else [None]:
            if not isinstance(option, dict) or option.get("value") is None:
                text = 'must be a list of objects such as {"value": "a"}'
                self.wrong("options", "type", text)
                continue
            value = self.parse("options", option["value"])
            if value in found:
                self.wrong("options", "rules", f"has {value} twice")
            elif value is not None:
                found[value] = str(option.get("displayed") or value)
        return Options(tuple(found), tuple(found.values()))

    def default_from(self) -> DefaultFrom | None:
        raw = self.said.get("defaultFrom")
        if raw is None:
            return None
        if not isinstance(raw, dict) or not isinstance(raw.get("field"), str):
            text = 'must be an object such as {"field": "cpuCoreLimit", "factor": 0.5}'
            self.wrong("defaultFrom", "type", text)
            return None
        factor = self.factor(raw.get("factor"))
        *above, name = raw["field"].split(".")
        section = self.field.path[:-1]
        source = SCHEMA.at(section).children.get(name)
        if source is None or (above and tuple(above) != section[-len(above) :]):
            text = "must name a field of the same section"
        elif not _both_count(source, self.field):
            text = "must name a number for a number, or a quantity for a quantity"
        elif factor is None:
            text = f"must have a factor above 0, and at most {GREATEST_FACTOR}"
        else:
            return DefaultFrom(name, factor)
        self.wrong("defaultFrom", "rules", text)
        return None

    def factor(self, value: Any) -> Decimal | None:
        try:
            factor = Decimal(str(1 if value is None else value))
        except InvalidOperation:
            return None
        fits = factor.is_finite() and Decimal("1e-6") <= factor <= GREATEST_FACTOR
        return factor if fits else None


def _both_count(source: Field, target: Field) -> bool:
    if source.children or source.array:
        return False
    numbers = source.kind in (int, float) and target.kind in (int, float)
    return numbers or (
        issubclass(source.kind, Quantity) and issubclass(target.kind, Quantity)
    )


def _contradictions(rules: FieldRules) -> list[str]:
    least = [bound for bound in rules.bounds if isinstance(bound, Minimum)]
    most = [bound for bound in rules.bounds if isinstance(bound, Maximum)]
    found = {
        "required and blocked exclude each other": rules.required and rules.blocked,
        "min is above max": any(m.breaks(b.bound) for m in least for b in most),
    }
    return [text for text, holds in found.items() if holds]
