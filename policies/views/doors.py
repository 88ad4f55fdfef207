"""Which policies and units somebody gets to see, and what may be done there."""

from typing import NamedTuple, Self
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from access.models import User
from access.requests import Request
from policies.models import UnitPolicy
from policies.services import unit_of
from policies.units import OrgUnit, may, scope_of
from projects.models import Cluster, Department, GeneralSettings, Project

LONGEST_NUMBER = 9


class Choice(NamedTuple):
    """A unit that can be picked."""

    address: str
    scope: str
    name: str
    unit: OrgUnit


class Can(NamedTuple):
    """What the user may do to a unit's policy."""

    create: bool
    update: bool
    delete: bool

    @classmethod
    def of(cls, user: User, unit: OrgUnit) -> Self:
        """Ask the user's roles."""
        return cls(*(may(user, action, unit) for action in cls._fields))


def policy_for(request: Request, pk: UUID) -> UnitPolicy:
    """Return a policy that the user may read. Raises Http404."""
    rows = UnitPolicy.objects.visible_to(request.user).select_related(
        "current__by", "cluster", "department__cluster", "project__department__cluster"
    )
    return get_object_or_404(rows, pk=pk)


def readers_only(request: Request) -> None:
    """Refuse whoever reads no policy at all. Raises PermissionDenied."""
    if not any(request.user.reach_for("read", "policies")):
        raise PermissionDenied


def demand(user: User, action: str, policy: UnitPolicy) -> OrgUnit:
    """Return the policy's unit if the user may do this. Raises PermissionDenied."""
    unit = unit_of(policy)
    if not may(user, action, unit):
        raise PermissionDenied
    return unit


def choices(user: User, action: str) -> list[Choice]:
    """Return the units in which the user may do this, the broadest first."""
    reach = user.reach_for(action, "policies")
    tenant = [GeneralSettings.current()] if reach.everything else []
    clusters, departments = Q(pk__in=reach.clusters), Q(pk__in=reach.departments)
    departments |= Q(cluster__in=reach.clusters)
    if reach.everything:
        clusters = departments = Q()
    units: list[OrgUnit] = [
        *tenant,
        *Cluster.objects.filter(clusters).order_by("name"),
        *Department.objects.filter(departments).select_related("cluster"),
        *Project.objects.within(reach).select_related("department__cluster"),
    ]
    return [choice_of(unit) for unit in units]


def known(user: User) -> list[Choice]:
    """Return the units of which the user may know what holds there.

    That is where policies may be read, and the projects to which the user submits:
    of those what it comes to, and no unit's own words (policies.md §8).
    """
    found = choices(user, "read")
    read = {each.address for each in found}
    rows = Project.objects.within(user.reach_for("create", "workloads"))
    others = map(choice_of, rows.select_related("department__cluster"))
    return found + [each for each in others if each.address not in read]


def choice_of(unit: OrgUnit) -> Choice:
    """Return how the unit is written in an address and on a page."""
    scope = scope_of(unit).name.lower()
    if isinstance(unit, GeneralSettings):
        return Choice(scope, scope, "Whole tenant", unit)
    within = f", {unit.department}" if isinstance(unit, Project) else ""
    return Choice(f"{scope}-{unit.pk}", scope, f"{unit}{within}", unit)


def number_in(text: str) -> int | None:
    """Return the number of a version as it was posted; None for anything else."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def picked(found: list[Choice], address: str) -> Choice:
    """Return the choice of this address. Raises Http404."""
    for choice in found:
        if choice.address == address:
            return choice
    raise Http404
