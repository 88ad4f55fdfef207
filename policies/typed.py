"""Texts of a policy as values of JSON, each by the type of its own field."""

import re
from collections.abc import Mapping
from typing import Any

from policies.reading import Place, Plain
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.spec.schema import SCHEMA, Field

TRUTHS = dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(
    ("false", "False", "FALSE"), False
)
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})", re.ASCII)
NUMBER = re.compile(
    r"[-+]?(\.[0-9]{1,20}|(0|[1-9][0-9]{0,17})(\.[0-9]{0,20})?)([eE][-+]?[0-9]{1,2})?",
    re.ASCII,
)
SENTENCES = {
    bool: "must be true or false",
    int: "must be a whole number",
    float: "must be a number",
}
FLAGS = frozenset({"required", "canEdit", "blocked", "canAdd"})
BOUNDS = frozenset({"min", "max", "step"})
SAME_NAMES: Mapping[str, str] = {}


def typed(document: Any) -> tuple[Any, list[Issue]]:
    """Return the document as JSON, and where a text is not of its field's type.

    What has no field, or is no text where one should be, stays as it is: reading the
    policy reports it.
    """
    typing = _Typing()
    return typing.document(document), typing.issues


def typed_spec(document: Any) -> tuple[Any, list[Issue]]:
    """Return the document of a workload as JSON, and where a text is of no use."""
    typing = _TypingSpec()
    return typing.section(SCHEMA, document, ()), typing.issues


class _Typing:
    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def document(self, document: Any) -> Any:
        if not isinstance(document, dict):
            return bare(document)
        return {
            name: self.part(name, value, (name,)) for name, value in document.items()
        }

    def part(self, name: str, value: Any, at: Place) -> Any:
        match name:
            case "defaults":
                return self.section(SCHEMA, value, at)
            case "rules":
                return self.rules_of(SCHEMA, value, at)
            case _:
                return bare(value)

    def section(self, field: Field, value: Any, at: Place) -> Any:
        """Values below a section, or below an item of a list."""
        if not isinstance(value, dict):
            return bare(value)
        return {
            name: self.default(field.children.get(name), inner, (*at, name))
            for name, inner in value.items()
        }

    def default(self, field: Field | None, value: Any, at: Place) -> Any:
        if field is None:
            return bare(value)
        if field.items:
            return self.list_of(field, value, at)
        if field.children:
            return self.section(field, value, at)
        return self.value(field, value, at)

    def list_of(self, field: Field, value: Any, at: Place) -> Any:
        if not isinstance(value, dict):
            return bare(value)
        found = {name: bare(inner) for name, inner in value.items()}
        if isinstance(items := value.get("instances"), list):
            found["instances"] = [
                self.section(field, item, (*at, "instances", str(position)))
                for position, item in enumerate(items)
            ]
        if "attributes" in value:
            place = (*at, "attributes")
            found["attributes"] = self.section(field, value["attributes"], place)
        return found

    def rules_of(
        self,
        field: Field,
        value: Any,
        at: Place,
        names: Mapping[str, str] = SAME_NAMES,
    ) -> Any:
        if not isinstance(value, dict):
            return bare(value)
        return {
            name: self.rule_of(
                field.children.get(names.get(name, name)), inner, (*at, name)
            )
            for name, inner in value.items()
        }

    def rule_of(self, field: Field | None, value: Any, at: Place) -> Any:
        if field is None or not isinstance(value, dict):
            return bare(value)
        if field.items:
            return self.rules_of_list(field, value, at)
        if field.children:
            return self.rules_of(field, value, at)
        return self.rule_object(field, value, at)

    def rules_of_list(self, field: Field, value: dict[str, Any], at: Place) -> Any:
        found = {name: bare(inner) for name, inner in value.items()}
        if isinstance(items := value.get("instances"), dict):
            found["instances"] = self.rule_object(field, items, (*at, "instances"))
        if "attributes" in value:
            place, rules = (*at, "attributes"), value["attributes"]
            found["attributes"] = self.rules_of(field, rules, place, field.rule_names)
        return found

    def rule_object(self, field: Field, value: dict[str, Any], at: Place) -> Any:
        return {
            name: self.rule(field, name, inner, (*at, name))
            for name, inner in value.items()
        }

    def rule(self, field: Field, name: str, value: Any, at: Place) -> Any:
        if name in FLAGS:
            return self.scalar(bool, value, at)
        if name in BOUNDS:
            return self.scalar(field.kind, value, at)
        if name == "options" and isinstance(value, list):
            return [
                self.inside(each, "value", field.kind, (*at, str(position)))
                for position, each in enumerate(value)
            ]
        if name == "defaultFrom":
            return self.inside(value, "factor", float, at)
        return bare(value)

    def inside(self, value: Any, name: str, kind: type, at: Place) -> Any:
        """Type one name of an object."""
        if not isinstance(value, dict):
            return bare(value)
        found = {each: bare(inner) for each, inner in value.items()}
        if name in value:
            found[name] = self.scalar(kind, value[name], (*at, name))
        return found

    def value(self, field: Field, value: Any, at: Place) -> Any:
        if field.arbitrary or not isinstance(value, list):
            return (
                bare(value) if field.arbitrary else self.scalar(field.kind, value, at)
            )
        return [
            self.scalar(field.kind, each, (*at, str(position)))
            for position, each in enumerate(value)
        ]

    def scalar(self, kind: type, value: Any, at: Place) -> Any:
        if not isinstance(value, str) or kind not in SENTENCES:
            return bare(value)
        found = _read(kind, value) if isinstance(value, Plain) else None
        if found is None:
            quoted = "" if isinstance(value, Plain) else ", without quotation marks"
            self.wrong(at, SENTENCES[kind] + quoted)
            return str(value)
        return found

    def wrong(self, at: Place, text: str) -> None:
        self.issues.append(Issue(Location(at), "type", text))


class _TypingSpec(_Typing):
    """The same for what a workload says: its lists have no instances."""

    def list_of(self, field: Field, value: Any, at: Place) -> Any:
        if not isinstance(value, list):
            return bare(value)
        return [
            self.section(field, item, (*at, str(position)))
            for position, item in enumerate(value)
        ]

    def wrong(self, at: Place, text: str) -> None:
        """Count positions as the judge does; names of the spec are no numbers."""
        place = Location(int(part) if part.isdecimal() else part for part in at)
        self.issues.append(Issue(place, "type", text))


def _read(kind: type, text: str) -> bool | int | float | None:
    if kind is bool:
        return TRUTHS.get(text)
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if kind is float and NUMBER.fullmatch(text) else None


def bare(value: Any) -> Any:
    """Return JSON without the marks of what had no quotation marks."""
    if isinstance(value, dict):
        return {name: bare(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [bare(each) for each in value]
    return str(value) if isinstance(value, Plain) else value
