"""Why a field is as it is: what each unit says of it, and what becomes of that."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from policies.engine.combined import leaves, sole_option
from policies.engine.effective import EffectivePolicy
from policies.engine.policy import Policy
from policies.engine.rules import FieldRules
from policies.engine.standing import REFUSED, Standing, standing_of
from policies.engine.words import bound_text, item_text, rule_text, shown
from workloads.spec.guards import GUARDS
from workloads.spec.paths import FieldPath
from workloads.spec.platform import FORM_DEFAULTS, PLATFORM
from workloads.spec.precedence import farthest_wins
from workloads.spec.schema import SCHEMA

PLATFORM_NAME = "platform"
IN_WORDS = {
    "imagePullPolicy": "by the image's tag: Always for latest, else IfNotPresent",
    "gpuRequestType": "portion or memory where one of them is given",
    "uidGidSource": "custom where a UID or GID is given, else fromTheImage",
    "nodePools": "the project's node pools",
    "exposeExternally": "whether the cluster has external access",
}


class ItemExplained(NamedTuple):
    """What the units say of one item of a list."""

    key: str
    standings: tuple[Standing, ...]


class Explained(NamedTuple):
    """Everything that is said of a field, the broadest unit first."""

    path: FieldPath
    defaults: tuple[Standing, ...]
    rules: tuple[Standing, ...]
    items: tuple[ItemExplained, ...] = ()
    guard: str = ""


def explained(
    path: FieldPath, chain: Sequence[Policy], effective: EffectivePolicy
) -> Explained:
    """Return what the policies of a chain say of a field, and what they come to.

    ``effective`` is what the chain was combined to: nothing is decided here again.
    """
    telling = _Telling(path, chain, effective)
    if SCHEMA.at(path).items:
        return Explained(path, (), tuple(telling.rules()), tuple(telling.items()))
    defaults = (*telling.defaults(), *telling.by_rule(), *telling.platform())
    return Explained(path, defaults, tuple(telling.rules()), (), telling.guard())


def attributes(path: FieldPath, chain: Sequence[Policy]) -> list[FieldPath]:
    """Return the attributes of a list that a policy of the chain speaks of."""
    said = {each for policy in chain for each in (*policy.defaults, *policy.rules)}
    return [field.path for field in SCHEMA.at(path) if field.path in said]


class _Telling:
    def __init__(
        self, path: FieldPath, chain: Sequence[Policy], effective: EffectivePolicy
    ) -> None:
        self.path, self.chain, self.effective = path, chain, effective
        self.ruling = effective.rules.get(path)
        self.standing = effective.defaults.get(path)

    def rules(self) -> Iterator[Standing]:
        for policy in self.chain:
            if (mine := policy.rules.get(self.path)) is None:
                continue
            wins = mine == self.ruling
            yield Standing(
                mine.source, rule_text(mine), wins, "" if wins else self.outranked()
            )

    def outranked(self) -> str:
        """Say why another unit's rule counts."""
        assert self.ruling is not None
        if farthest_wins(self.path):
            return (
                f"{self.ruling.source} is broader: for compute and security that counts"
            )
        return f"the rule of {self.ruling.source} is nearer, and takes its place"

    def defaults(self) -> Iterator[Standing]:
        for policy in self.chain:
            if self.path in policy.defaults:
                value = policy.defaults[self.path]
                objection = self.effective.refused.get((policy.unit, self.path, ""))
                yield standing_of(
                    policy.unit,
                    shown(value),
                    objection,
                    self.standing,
                    self.broken(value),
                )

    def broken(self, value: Any) -> str:
        """Say which demand a value does not meet."""
        bound = self.ruling.broken_by(value) if self.ruling else None
        return f"it has to be {bound_text(bound)}" if bound else ""

    def broken_in(self, item: Mapping[str, Any], rule: str) -> str:
        """Say which attribute of an item a rule stands against."""
        for path, value in leaves(self.path, item):
            rules = self.effective.rules.get(path)
            bound = rules.broken_by(value) if rules else None
            if bound is not None and bound.name == rule:
                return f"{path[-1]} has to be {bound_text(bound)}"
        return f"an attribute breaks {rule}"

    def by_rule(self) -> Iterator[Standing]:
        """Tell of defaults that the winning rule brings by itself."""
        if self.ruling is None:
            return
        if sole_option(self.path, self.ruling):
            text = f"{shown(self.ruling.options[0])}, the only option"
            yield self.unless_default(self.ruling, text, of_rule=True)
        if self.ruling.default_from is not None:
            source, factor = self.ruling.default_from
            yield self.unless_default(self.ruling, f"{factor} of {source}")

    def unless_default(
        self, ruling: FieldRules, text: str, of_rule: bool = False
    ) -> Standing:
        if self.standing is None and not self.worked_out:
            return Standing(ruling.source, text, False, "it goes round in a circle")
        if self.standing is None or (of_rule and self.of_option):
            return Standing(ruling.source, text, True, "the rule brings it")
        return Standing(
            ruling.source,
            text,
            False,
            f"the default of {self.standing.source} comes first",
        )

    @property
    def declared(self) -> bool:
        """Whether a default that a policy writes down holds."""
        return any(
            self.path in policy.defaults
            and (policy.unit, self.path, "") not in self.effective.refused
            for policy in self.chain
        )

    @property
    def of_option(self) -> bool:
        """Whether what stands there is the only option, and nobody's default."""
        return self.standing is not None and not self.declared

    @property
    def worked_out(self) -> bool:
        """Whether the default comes from a neighbour, once that has a value."""
        section = self.effective.derived.get(FieldPath(self.path[:-1]), ())
        return any(each.name == self.path[-1] for each in section)

    def platform(self) -> Iterator[Standing]:
        """Tell of the product's own defaults; forms may have another one."""
        usual, formed = SCHEMA.at(self.path).default, FORM_DEFAULTS.get(self.path)
        text = IN_WORDS[self.path[-1]] if self.path in PLATFORM else shown(usual)
        if usual is None and self.path not in PLATFORM:
            yield Standing(PLATFORM_NAME, "no default")
            return
        if formed is not None:
            yield self.of_platform(f"{shown(formed)} in forms", formed)
            text = f"{text} for programs"
        yield self.of_platform(text, usual)

    def of_platform(self, text: str, value: Any) -> Standing:
        why = self.instead_of_platform(value)
        return Standing(PLATFORM_NAME, text, not why, why)

    def instead_of_platform(self, value: Any) -> str:
        """Say why the product's own default does not stand there; empty if it does."""
        ruling = self.ruling
        if self.standing is not None:
            return f"the default of {self.standing.source} comes first"
        if self.worked_out:
            return "what is worked out comes first"
        if ruling is None:
            return ""
        if ruling.blocked:
            return REFUSED["blocked"].format(by=ruling.source)
        if ruling.required:
            return f"{ruling.source} requires that somebody says it"
        bound = None if value is None else ruling.broken_by(value)
        if bound is None:
            return ""
        return f"{ruling.source} demands {bound_text(bound)}: the field stays empty"

    def items(self) -> Iterator[ItemExplained]:
        keys = {
            key: None
            for policy in self.chain
            for kind in (policy.instances, policy.imposed)
            for key in kind.get(self.path, {})
        }
        for key in keys:
            yield ItemExplained(key, tuple(self.item(key)))

    def item(self, key: str) -> Iterator[Standing]:
        winner = self.effective.instances.get(self.path, {}).get(key)
        name = SCHEMA.at(self.path).key
        for policy in self.chain:
            item = policy.instances.get(self.path, {}).get(key)
            if item is not None:
                objection = self.effective.refused.get((policy.unit, self.path, key))
                taken = winner if winner is None or not winner.imposed else None
                why = self.broken_in(item, objection.rule) if objection else ""
                text = item_text(item, name)
                yield standing_of(policy.unit, text, objection, taken, why)
        for policy in self.chain:
            item = policy.imposed.get(self.path, {}).get(key)
            if item is not None:
                wins = winner is not None and winner.source == str(policy.unit)
                yield Standing(
                    str(policy.unit),
                    f"{item_text(item, name)} (imposed)",
                    wins,
                    "" if wins else "a nearer unit imposes it, too",
                )

    def guard(self) -> str:
        """Say what is forbidden unless it is freed, and whether it is."""
        guard = GUARDS.get(self.path)
        if guard is None:
            return ""
        lift = self.effective.lifted.get(self.path)
        if lift is None:
            return (
                f"What {guard.why} is forbidden: no tenant or cluster policy frees it."
            )
        named = "; ".join(bound_text(bound) for bound in lift.bounds)
        free = "all of it" if lift.all else named
        return f"What {guard.why} is forbidden, but a policy frees {free}."
