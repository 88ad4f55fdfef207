"""The policies of a chain as they once were: versions never change."""

from typing import Any
from uuid import UUID

from policies.engine.effective import EffectivePolicy
from policies.engine.rules import Scope, Unit
from policies.models import PolicyVersion
from policies.stored import Members, effective_of


def as_json(chain: Members) -> list[list[str]]:
    """Return the versions of a chain as they are kept in a row."""
    return [[str(pk), unit.scope.name, unit.name] for pk, unit in chain]


def members_in(told: Any) -> Members:
    """Return the versions that a row kept."""
    return tuple((UUID(pk), Unit(Scope[scope], name)) for pk, scope, name in told)


def recalled(chain: Members) -> EffectivePolicy | None:
    """Return what the versions came to; None where one of them is gone by now."""
    try:
        return effective_of(chain)
    except PolicyVersion.DoesNotExist:
        return None
