"""Versions of a policy: what each changed, putting one in force again, deleting."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from access.requests import Request
from policies.errors import ChangedMeanwhile, NoSuchPolicy, NotAllowed, NotSaved
from policies.models import PolicyVersion, UnitPolicy
from policies.services import (
    delete_policy,
    impact_of_deletion,
    restore,
    unit_of,
    validate,
)
from policies.stored import policies_of
from policies.units import OrgUnit, chain_of, units_below
from policies.views.difference import difference
from policies.views.doors import Can, choice_of, demand, number_in, policy_for
from policies.views.editing import after_saving, warn
from policies.views.parameters import changed
from policies.views.reading import shown_parts

ask = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def history(request: Request, pk: UUID) -> HttpResponse:
    """List the versions, the newest first."""
    policy = policy_for(request, pk)
    versions = policy.versions.select_related("by").defer("text", "document")
    page = _page(request, policy) | {"versions": versions}
    return render(request, "policies/history.html", {"page": page})


@require_safe
def version(request: Request, pk: UUID, number: int) -> HttpResponse:
    """Show what a version changed."""
    policy = policy_for(request, pk)
    chosen = _version(policy, number)
    before = policy.versions.filter(number__lt=number).first()
    page = _page(request, policy) | {
        "version": chosen,
        "before": before,
        "changes": difference(before.text if before else "", chosen.text),
    }
    return render(request, "policies/version.html", {"page": page})


@ask
def restored(request: Request, pk: UUID, number: int) -> HttpResponse:
    """Ask, then put the text of an old version in force again."""
    policy = policy_for(request, pk)
    unit = demand(request.user, "update" if policy.current else "create", policy)
    chosen = _version(policy, number)
    page, status = _page(request, policy) | {"version": chosen}, 200
    if request.method == "POST":
        done = _restored(request, chosen, page)
        if isinstance(done, HttpResponse):
            return done
        status = done
        policy.refresh_from_db()
    current = policy.current
    page["changes"] = difference(current.text if current else "", chosen.text)
    page["findings"] = validate(by=request.user, unit=unit, text=chosen.text).findings
    page["based_on"] = current.number if current else 0
    return render(request, "policies/restore.html", {"page": page}, status=status)


@ask
def delete(request: Request, pk: UUID) -> HttpResponse:
    """Show what a deletion changes, then delete."""
    policy = policy_for(request, pk)
    unit = demand(request.user, "delete", policy)
    page, status = _page(request, policy), 200
    if request.method == "POST":
        try:
            saved = delete_policy(
                by=request.user,
                unit=unit,
                based_on=_based_on(request),
                reason=request.POST.get("reason", ""),
            )
        except NotAllowed as refused:
            raise PermissionDenied from refused
        except (ChangedMeanwhile, NoSuchPolicy) as refused:
            page["problem"], status = str(refused), 409
            policy.refresh_from_db()
        else:
            messages.success(request, f"{policy} was deleted. Its history stays.")
            warn(request, saved.below)
            return redirect("policies:list")
    page |= _after_deletion(request, unit)
    page["based_on"] = policy.current.number if policy.current else 0
    return render(request, "policies/delete.html", {"page": page}, status=status)


def _page(request: Request, policy: UnitPolicy) -> dict[str, Any]:
    unit = unit_of(policy)
    can = Can.of(request.user, unit)
    return {
        "policy": policy,
        "unit": choice_of(unit),
        "can": can,
        "may_save": can.update if policy.current else can.create,
    }


def _version(policy: UnitPolicy, number: int) -> PolicyVersion:
    return get_object_or_404(policy.versions.select_related("by"), number=number)


def _based_on(request: Request) -> int | None:
    return number_in(request.POST.get("based_on", ""))


def _restored(
    request: Request, chosen: PolicyVersion, page: dict[str, Any]
) -> HttpResponse | int:
    """Return where to go, or the status of a refusal that is in the page."""
    try:
        saved = restore(
            by=request.user,
            version=chosen,
            based_on=_based_on(request),
            reason=request.POST.get("reason", ""),
        )
    except NotAllowed as refused:
        raise PermissionDenied from refused
    except NotSaved:
        return 422
    except (ChangedMeanwhile, NoSuchPolicy) as refused:
        page["problem"] = str(refused)
        return 409
    return after_saving(request, saved.version, saved.below)


def _after_deletion(request: Request, unit: OrgUnit) -> dict[str, Any]:
    """Return what holds in the unit now and then, and what breaks below."""
    *above, _ = chain = chain_of(unit)
    before, after = shown_parts(policies_of(chain)), shown_parts(policies_of(above))
    return {
        "changes": changed(before, after),
        "below": impact_of_deletion(by=request.user, unit=unit),
        "units": sum(1 for _ in units_below(unit)),
    }
