"""What a warning about a policy consists of, and what it offers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from policies.engine.effective import EffectivePolicy
from policies.engine.policy import Policy
from policies.engine.rules import FieldRules
from workloads.spec.issues import Issue
from workloads.spec.paths import FieldPath, Location
from workloads.spec.schema import SCHEMA


@dataclass(frozen=True)
class Copy:
    """Offers to write a part of the document a second time, elsewhere."""

    label: str
    target: Location
    source: Location


@dataclass(frozen=True)
class Put:
    """Offers to write a value where there is none."""

    label: str
    target: Location
    value: Any


@dataclass(frozen=True)
class Instead:
    """Offers to write another name and value in the place of one."""

    label: str
    target: Location
    name: str
    value: Any


Offer = Copy | Put | Instead


class Advice(NamedTuple):
    """A warning, and the change of the document that would end it."""

    issue: Issue
    offer: Offer | None = None


@dataclass(frozen=True)
class View:
    """A policy with what holds before it, and what holds with it."""

    policy: Policy
    before: EffectivePolicy
    after: EffectivePolicy

    @property
    def winning(self) -> Iterator[tuple[FieldPath, FieldRules]]:
        """The policy's own rules that hold."""
        for path, rules in self.policy.rules.items():
            if self.after.rules[path] is rules:
                yield path, rules

    def warns(self, location: Location, name: str, text: str) -> Issue:
        """Return what is said at a place of the policy's document."""
        return Issue(location, name, text, str(self.policy.unit), "warning")


def ruled(path: FieldPath) -> Location:
    """Return where the document has the rules of a field."""
    place, section = Location(("rules",)), SCHEMA
    for name in path:
        if section.items:
            place = place / "attributes"
        spelled = {inner: outer for outer, inner in section.rule_names.items()}
        place, section = place / spelled.get(name, name), section.children[name]
    return place / "instances" if section.items else place
