"""Versions of a policy: what each changed, putting one in force again, deleting."""

from collections.abc import Callable
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
from policies.views.consequences import consequences
from policies.views.difference import difference
from policies.views.doors import Can, choice_of, demand, number_in, policy_for
from policies.views.editing import after_saving, warn

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

    def done(based_on: int | None, reason: str) -> HttpResponse:
        saved = restore(
            by=request.user, version=chosen, based_on=based_on, reason=reason
        )
        return after_saving(request, saved.version, saved.below)

    def preview() -> dict[str, Any]:
        old = policy.current.text if policy.current else ""
        found = validate(by=request.user, unit=unit, text=chosen.text)
        return {
            "version": chosen,
            "changes": difference(old, chosen.text),
            "findings": found.findings,
            "effects": None if found.findings else consequences(unit, found.policy),
        }

    return _asked(request, policy, done, preview, "policies/restore.html")


@ask
def delete(request: Request, pk: UUID) -> HttpResponse:
    """Show what a deletion changes, then delete."""
    policy = policy_for(request, pk)
    unit = demand(request.user, "delete", policy)

    def done(based_on: int | None, reason: str) -> HttpResponse:
        saved = delete_policy(
            by=request.user, unit=unit, based_on=based_on, reason=reason
        )
        messages.success(request, f"{policy} was deleted. Its history stays.")
        warn(request, saved.below)
        return redirect("policies:list")

    def preview() -> dict[str, Any]:
        return {
            "changes": consequences(unit, None),
            "below": impact_of_deletion(by=request.user, unit=unit),
        }

    return _asked(request, policy, done, preview, "policies/delete.html")


def _asked(
    request: Request,
    policy: UnitPolicy,
    done: Callable[[int | None, str], HttpResponse],
    preview: Callable[[], dict[str, Any]],
    template: str,
) -> HttpResponse:
    """Show what it comes to; once it is posted, do it or say why not."""
    page, status = _page(request, policy), 200
    if request.method == "POST":
        based_on = number_in(request.POST.get("based_on", ""))
        try:
            return done(based_on, request.POST.get("reason", ""))
        except NotAllowed as refused:
            raise PermissionDenied from refused
        except NotSaved:
            status = 422
        except (ChangedMeanwhile, NoSuchPolicy) as refused:
            page["problem"], status = str(refused), 409
        policy.refresh_from_db()
    page["based_on"] = policy.current.number if policy.current else 0
    return render(request, template, {"page": page | preview()}, status=status)


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
