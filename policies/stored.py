"""Stored policies as the engine takes them, worked out once for each process."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from policies.engine.effective import EffectivePolicy
from policies.engine.policy import Policy
from policies.engine.rules import Scope, Unit
from policies.imposed import Shelf, as_assets, imposed_ids, shelves
from policies.models import (
    PolicyVersion,
    UnitPolicy,
    UnitPolicyQuerySet,
    WorkloadType,
)
from policies.units import OrgUnit, chain_of, named, scope_of

Member = tuple[UUID, Unit]
"""A version in force, and whose it is. Versions never change, so they are kept."""

Members = tuple[Member, ...]
Policies = tuple[Policy, ...]
Known = Mapping[tuple[str, Any], UUID]
"""Versions in force by unit."""

KIND = WorkloadType.DISTRIBUTED_INFERENCE


def effective_policy(unit: OrgUnit) -> EffectivePolicy:
    """Return what the unit's policy and all above it come to."""
    found = members(chain_of(unit))
    return _effective(found, _shelves(found, unit))


def effective_with(
    draft: Policy, unit: OrgUnit, chain: Sequence[OrgUnit], known: Known | None = None
) -> EffectivePolicy:
    """Return what a chain would come to, with a draft as the policy of its unit."""
    others = [each for each in chain if place_of(each) != place_of(unit)]
    found = (*policies_of(others, known), draft)
    return EffectivePolicy.of(sorted(found, key=lambda policy: policy.unit.scope))


def policies_of(chain: Sequence[OrgUnit], known: Known | None = None) -> Policies:
    """Return the policies of the chain's units that have one, the farthest first."""
    found = members(chain, known)
    shelved = _shelves(found, chain[-1]) if found else ()
    return tuple(
        _declared(*member, shelf) for member, shelf in zip(found, shelved, strict=True)
    )


def members(chain: Sequence[OrgUnit], known: Known | None = None) -> Members:
    """Return the versions in force in a chain, as they stand in the database now."""
    known = in_force(UnitPolicy.objects.of(*chain)) if known is None else known
    places = ((place_of(unit), named(unit)) for unit in chain)
    return tuple((known[place], name) for place, name in places if place in known)


def in_force(rows: UnitPolicyQuerySet) -> Known:
    """Return the versions that hold, by unit."""
    rows = rows.in_force().filter(workload_type=KIND)
    found = rows.values_list("scope", "cluster", "department", "project", "current")
    return {(scope, c or d or p): version for scope, c, d, p, version in found}


def place_of(unit: OrgUnit) -> tuple[str, Any]:
    """Return what tells a unit from all others; there is one tenant."""
    scope = scope_of(unit)
    return scope.name.lower(), None if scope is Scope.TENANT else unit.pk


def effective_of(chain: Members) -> EffectivePolicy:
    """Return what these versions come to, whether they are in force or were once.

    What they impose is as it is now.
    """
    return _effective(chain, _shelves(chain, None))


def _shelves(chain: Members, unit: OrgUnit | None) -> tuple[Shelf, ...]:
    wanted = [(member.scope, _imposed(version)) for version, member in chain]
    return shelves(wanted, unit)


@lru_cache(maxsize=512)
def _effective(chain: Members, shelved: tuple[Shelf, ...]) -> EffectivePolicy:
    declared = [
        _declared(*member, shelf) for member, shelf in zip(chain, shelved, strict=True)
    ]
    return replace(EffectivePolicy.of(declared), versions=chain)


@lru_cache(maxsize=1024)
def _declared(version: UUID, unit: Unit, shelf: Shelf) -> Policy:
    return Policy.read(unit, _document(version), as_assets(shelf))


@lru_cache(maxsize=4096)
def _imposed(version: UUID) -> frozenset[str]:
    return imposed_ids(_document(version))


@lru_cache(maxsize=1024)
def _document(version: UUID) -> Any:
    return PolicyVersion.objects.get(pk=version).document
