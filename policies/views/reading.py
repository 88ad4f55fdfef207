"""The list of policies, a policy's page, and the effective policy of any unit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.requests import Request
from policies.engine.effective import EffectivePolicy
from policies.engine.policy import Policy
from policies.models import PolicyVersion, UnitPolicy
from policies.services import unit_of
from policies.stored import Known, in_force, place_of, policies_of
from policies.units import OrgUnit, chain_of
from policies.views.doors import (
    Can,
    Choice,
    choice_of,
    choices,
    picked,
    policy_for,
    readers_only,
)
from policies.views.parameters import Part, parameters


class Row(NamedTuple):
    """A policy in the list."""

    policy: UnitPolicy
    unit: Choice
    readable: bool
    created_by: str
    created_at: datetime
    updated_by: str
    updated_at: datetime


class Holds(NamedTuple):
    """What the policies of a unit and of all above it come to."""

    unit: Choice
    chain: list[tuple[Choice, UnitPolicy | None]]
    parts: list[Part]
    unreadable: tuple[Any, ...]


@require_safe
def policies(request: Request) -> HttpResponse:
    """List the policies that the user may read."""
    readers_only(request)
    rows = UnitPolicy.objects.visible_to(request.user).select_related(
        "current__by", "cluster", "department__cluster", "project__department__cluster"
    )
    found = sorted(rows, key=_place)
    saved = _versions(found)
    known = in_force(rows)
    page = {
        "rows": [_row(each, saved[each.pk], known) for each in found if each.current],
        "deleted": [(each, saved[each.pk][0]) for each in found if not each.current],
        "may_create": any(request.user.reach_for("create", "policies")),
    }
    return render(request, "policies/list.html", {"page": page})


@require_safe
def detail(request: Request, pk: UUID) -> HttpResponse:
    """Show a policy, and what it comes to with those above it."""
    policy = policy_for(request, pk)
    unit = unit_of(policy)
    page = {
        "policy": policy,
        "unit": choice_of(unit),
        "can": Can.of(request.user, unit),
        "version": policy.current or policy.versions.first(),
        "holds": holding(request, unit),
    }
    return render(request, "policies/detail.html", {"page": page})


@require_safe
def effective(request: Request) -> HttpResponse:
    """Show the effective policy of a unit that the user picked."""
    readers_only(request)
    units = choices(request.user, "read")
    address = request.GET.get("unit", "")
    chosen = picked(units, address) if address else None
    page = {
        "units": units,
        "chosen": chosen,
        "holds": holding(request, chosen.unit) if chosen else None,
    }
    return render(request, "policies/effective.html", {"page": page})


def holding(request: Request, unit: OrgUnit) -> Holds:
    """Return the effective policy of the unit, with the chain that made it."""
    chain = chain_of(unit)
    declared = policies_of(chain)
    visible = UnitPolicy.objects.visible_to(request.user).in_force().of(*chain)
    own = {place_of(unit_of(each)): each for each in visible}
    return Holds(
        choice_of(unit),
        [(choice_of(each), own.get(place_of(each))) for each in chain],
        shown_parts(declared),
        EffectivePolicy.of(declared).unreadable,
    )


def shown_parts(declared: Sequence[Policy]) -> list[Part]:
    """Return the rows of a chain of policies."""
    return parameters(EffectivePolicy.of(declared), declared)


def _place(policy: UnitPolicy) -> tuple[int, str]:
    scopes = UnitPolicy.Scopes.values
    return scopes.index(policy.scope), policy.unit_name


def _versions(found: Sequence[UnitPolicy]) -> dict[UUID, list[PolicyVersion]]:
    rows = PolicyVersion.objects.filter(policy__in=found).select_related("by")
    saved: dict[UUID, list[PolicyVersion]] = {each.pk: [] for each in found}
    for version in rows.defer("text", "document"):
        saved[version.policy_id].append(version)
    return saved


def _row(policy: UnitPolicy, saved: list[PolicyVersion], known: Known) -> Row:
    """Return a row; its maker saved first since the last deletion."""
    since = max((each.number for each in saved if each.deletion), default=0)
    first = min((v for v in saved if v.number > since), key=lambda each: each.number)
    last, unit = saved[0], unit_of(policy)
    (declared,) = policies_of([unit], known)
    return Row(
        policy,
        choice_of(unit),
        not declared.issues,
        who(first),
        first.at,
        who(last),
        last.at,
    )


def who(version: PolicyVersion) -> str:
    """Return who saved a version."""
    return str(version.by or "somebody who is gone")
