"""What a tenant or cluster policy frees of what is guarded (policies.md §1.6)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.engine.rules import Bound, FieldRules, Options, Prefixes, Scope, parts
from workloads.spec.guards import GUARDS
from workloads.spec.paths import FieldPath


@dataclass(frozen=True)
class Lift:
    """The values of a guarded field that are free."""

    all: bool = False
    bounds: tuple[Bound, ...] = ()

    def frees(self, value: Any) -> bool:
        """Whether a policy names the value."""
        return self.all or any(not bound.breaks(value) for bound in self.bounds)


def lifted(
    rules: Mapping[Scope, Mapping[FieldPath, FieldRules]],
) -> Iterator[tuple[FieldPath, Lift]]:
    """Yield what is free. Where the tenant rules a field, a cluster frees nothing."""
    for path in GUARDS:
        for scope in (Scope.TENANT, Scope.CLUSTER):
            mine = rules.get(scope, {}).get(path)
            if mine is None:
                continue
            if (lift := _lift(mine)) is not None:
                yield path, lift
            break


def _lift(rules: FieldRules) -> Lift | None:
    names = tuple(b for b in rules.bounds if isinstance(b, Options | Prefixes))
    all_of_them = rules.can_edit is True
    return Lift(all_of_them, names) if names or all_of_them else None


def forbidden(path: FieldPath, value: Any, free: Mapping[FieldPath, Lift]) -> list[Any]:
    """Return the parts of a value that a guard stands against."""
    guard, lift = GUARDS.get(path), free.get(path)
    if guard is None:
        return []
    return [
        each
        for each in parts(value)
        if guard(each) and not (lift is not None and lift.frees(each))
    ]
