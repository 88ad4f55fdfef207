"""The list of policies, a policy's page, and the effective policy of any unit."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.requests import Request
from policies.checking import read, warned
from policies.engine.effective import EffectivePolicy
from policies.engine.policy import Policy
from policies.errors import Finding
from policies.models import UnitPolicy
from policies.services import unit_of
from policies.stored import in_force, place_of, policies_of
from policies.units import OrgUnit, chain_of, may
from policies.views.doors import (
    Can,
    Choice,
    choice_of,
    known,
    picked,
    policy_for,
    readers_only,
)
from policies.views.listing import PAGE, STATUSES, Asked, rows_of, versions_of
from policies.views.parameters import Part, parameters


class Holds(NamedTuple):
    """What the policies of a unit and of all above it come to."""

    unit: Choice
    chain: list[tuple[Choice, UnitPolicy | None]]
    parts: list[Part]
    unreadable: tuple[Any, ...]
    explains: bool
    """Whether the user may read what each unit says."""


@require_safe
def policies(request: Request) -> HttpResponse:
    """List the policies that the user may read."""
    readers_only(request)
    rows = UnitPolicy.objects.visible_to(request.user).select_related(
        "cluster", "department__cluster", "project__department__cluster"
    )
    found, asked = list(rows), Asked.of(request.GET)
    saved = versions_of(found)
    listed = rows_of(found, saved, in_force(rows))
    sheets = Paginator(asked.listed(listed), PAGE)
    page = {
        "asked": asked,
        "rows": sheets.get_page(request.GET.get("page")),
        "matching": sheets.count,
        "count": len(listed),
        "scopes": UnitPolicy.Scopes.choices,
        "statuses": STATUSES,
        "deleted": [(each, saved[each.pk][0]) for each in found if not each.current_id],
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
        "warnings": warnings_of(policy),
    }
    return render(request, "policies/detail.html", {"page": page})


@require_safe
def effective(request: Request) -> HttpResponse:
    """Show the effective policy of a unit that the user picked."""
    units = known(request.user)
    if not units:
        raise PermissionDenied
    address = request.GET.get("unit", "")
    chosen = picked(units, address) if address else None
    page = {
        "units": units,
        "chosen": chosen,
        "holds": holding(request, chosen.unit) if chosen else None,
        "reads": any(request.user.reach_for("read", "policies")),
    }
    return render(request, "policies/effective.html", {"page": page})


def holding(request: Request, unit: OrgUnit) -> Holds:
    """Return the effective policy of the unit, with the chain that made it."""
    chain = chain_of(unit)
    declared = policies_of(chain)
    visible = UnitPolicy.objects.visible_to(request.user).in_force().of(*chain)
    own = {place_of(unit_of(each)): each for each in visible}
    explains = may(request.user, "read", unit)
    return Holds(
        choice_of(unit),
        [(choice_of(each), own.get(place_of(each))) for each in chain],
        shown_parts(declared) if explains else outcome(declared),
        EffectivePolicy.of(declared).unreadable,
        explains,
    )


def warnings_of(policy: UnitPolicy) -> tuple[Finding, ...]:
    """Return what may not be meant in the text that is in force."""
    if policy.current is None:
        return ()
    unit = unit_of(policy)
    found = read(unit, policy.current.text)
    return () if isinstance(found, Finding) else warned(unit, found)


def outcome(declared: Sequence[Policy]) -> list[Part]:
    """Return what the policies come to, without what any of them says in vain."""
    return [
        part._replace(rows=[row._replace(passed_over=()) for row in part.rows])
        for part in parameters(EffectivePolicy.of(declared))
    ]


def shown_parts(declared: Sequence[Policy]) -> list[Part]:
    """Return the rows of a chain of policies."""
    return parameters(EffectivePolicy.of(declared), declared)
