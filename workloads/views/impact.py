"""Which workloads a draft policy would refuse: started, watched, stopped."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from access.carried import carries_posts
from access.models import User
from access.requests import Request
from policies.errors import NotAllowed, NotSaved
from policies.services import policy_of
from policies.units import OrgUnit
from policies.views.doors import Choice, choice_of, choices, picked
from workloads.models import ImpactFinding, ImpactRun
from workloads.models.impact import found_for
from workloads.services.impact import start_impact, stop_impact
from workloads.sync.impact_assets import ASSETS

A_PAGE = 100
WORDS = {
    ImpactRun.State.QUEUED: ("spin", "is-busy", "Waiting to begin"),
    ImpactRun.State.RUNNING: ("spin", "is-busy", "Checking"),
    ImpactRun.State.STOPPED: ("stop", "is-off", "Stopped"),
    ImpactRun.State.DONE: ("ok", "is-ok", "Done"),
    ImpactRun.State.FAILED: ("bad", "is-bad", "Failed"),
}


@dataclass(frozen=True)
class Impact:
    """A check, as its page shows it."""

    run: ImpactRun
    unit: Choice
    editor: str
    """Where its text is written."""

    findings: Page[ImpactFinding]
    unseen: int
    """Refused workloads that the reader may not see."""

    assets: list[dict[str, Any]]

    @property
    def words(self) -> tuple[str, str, str]:
        """The symbol, the colour and the word of its state."""
        return WORDS[ImpactRun.State(self.run.state)]

    @property
    def done(self) -> int:
        """How many were judged, of those that were there at the start."""
        return min(self.run.done, self.run.total)


@require_POST
@carries_posts
def start(request: Request) -> HttpResponse:
    """Begin a check of what stands in the editor; a wrong text goes back to it."""
    unit = picked(choices(request.user, "update"), request.POST.get("unit", "")).unit
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        run = start_impact(by=request.user, unit=unit, text=text)
    except NotAllowed as refused:
        raise PermissionDenied from refused
    except NotSaved:
        return HttpResponse(status=307, headers={"Location": editor_of(unit)})
    return redirect("workloads:policy-impact", run.pk)


@require_safe
def impact(request: Request, pk: UUID) -> HttpResponse:
    """Show how far a check is, and what it found."""
    run = _run(request, pk)
    template = "policies/impact.html" + ("#run" if request.htmx else "")
    page = _page(run, request.user, request.GET.get("page", "1"))
    return render(request, template, {"page": page})


@require_POST
def stop(request: Request, pk: UUID) -> HttpResponse:
    """End a check; what was found so far stays."""
    stop_impact(by=request.user, run=_run(request, pk))
    return redirect("workloads:policy-impact", pk)


def editor_of(unit: OrgUnit) -> str:
    """Return the address at which the unit's policy is written."""
    policy = policy_of(unit)
    if policy is None:
        return reverse("policies:new")
    return reverse("policies:edit", args=[policy.pk])


def _page(run: ImpactRun, user: User, number: str) -> Impact:
    found = found_for(run, user)
    hidden = run.findings.exclude(pk__in=found.values("pk"))
    gone = hidden.values("workload").distinct().count()
    seen = _seen(run, user)
    return Impact(
        run,
        choice_of(run.unit),
        editor_of(run.unit),
        Paginator(found, A_PAGE).get_page(number),
        run.unseen + gone,
        [each for each in run.assets if each["id"] in seen],
    )


def _seen(run: ImpactRun, user: User) -> frozenset[str]:
    """Return which of the assets that were found the user may see now."""
    ids = [each["id"] for each in run.assets]
    rows = (model.objects.visible_to(user).filter(pk__in=ids) for model in ASSETS)
    return frozenset(str(asset.pk) for found in rows for asset in found)


def _run(request: Request, pk: UUID) -> ImpactRun:
    runs = ImpactRun.objects.owned_by(request.user)
    units = runs.select_related("cluster", "department__cluster", "project__department")
    return get_object_or_404(units, pk=pk)
