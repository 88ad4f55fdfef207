"""The pane of assets: a dialog over its step, or a page of its own without script."""

from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from access.requests import Request
from workloads.models import Draft, Workload
from workloads.services.drafts import draft_of
from workloads.services.errors import Refusal
from workloads.services.loading import (
    HoldsValues,
    asset_in,
    card_of,
    load_asset,
    pane_of,
    section_to_load,
)
from workloads.services.wizard import page_of
from workloads.wizard.deeds import Told
from workloads.wizard.editing import last, number
from workloads.wizard.loaded import Change
from workloads.wizard.page import Opened, StepPage
from workloads.wizard.parts import Section
from workloads.wizard.steps import STEPS

CHOOSE = "Choose one of them first."


class Place(NamedTuple):
    """Where something is to be loaded: a section that a step of a draft draws."""

    draft: Draft
    page: StepPage
    section: Section
    url: str


def pane(request: Request, pk: UUID, slug: str, section: str) -> HttpResponse:
    """Show what can be loaded into a section; load what is chosen."""
    place = _place(request, pk, slug, section)
    if request.method == "POST":
        return _loaded(request, place)
    return _shown(request, place)


def why(
    request: Request, pk: UUID, slug: str, section: str, asset: UUID
) -> HttpResponse:
    """Say which rules an asset breaks here."""
    place = _place(request, pk, slug, section)
    found = asset_in(place.draft, place.section, asset)
    if found is None:
        raise Http404
    context = {
        "card": card_of(found, place.page),
        "noun": found.noun,
        "project": place.draft.project,
        "back": place.url,
    }
    template = "workloads/drafts/why.html" + ("#why" if request.htmx else "")
    return render(request, template, context)


def _place(request: Request, pk: UUID, slug: str, section: str) -> Place:
    draft, _ = draft_of(request.user, pk)
    if draft is None or draft.project is None or slug not in STEPS:
        raise Http404
    if Workload.objects.filter(draft=draft).exists():
        raise Http404
    page = page_of(draft, STEPS[slug], request.user, Opened(""))
    found = section_to_load(page, section)
    if found is None:
        raise Http404
    return Place(
        draft, page, found, reverse("workloads:load", args=[pk, slug, section])
    )


def _shown(
    request: Request,
    place: Place,
    problem: str = "",
    chosen: str = "",
    stake: list[Change] | None = None,
) -> HttpResponse:
    found = pane_of(place.page, place.section, place.url)
    context = {
        "pane": found,
        "at_stake": found.at_stake if stake is None else stake,
        "problem": problem,
        "asks": stake is not None,
        "chosen": chosen,
        "project": place.draft.project,
    }
    template = "workloads/drafts/pane.html" + ("#pane" if request.htmx else "")
    return render(request, template, context, status=422 if problem else 200)


def _loaded(request: Request, place: Place) -> HttpResponse:
    post = dict(request.POST.lists())
    chosen, pk = last(post, "asset"), _id(last(post, "asset"))
    asset = asset_in(place.draft, place.section, pk) if pk else None
    if asset is None:
        if chosen:
            raise Http404
        return _shown(request, place, CHOOSE)
    try:
        load_asset(
            by=request.user,
            draft=place.draft,
            step=place.page.step,
            section=place.section,
            asset=asset,
            replace="replace" in post,
        )
    except HoldsValues as refusal:
        return _shown(request, place, str(refusal), chosen, refusal.at_stake)
    except Refusal as refusal:
        return _shown(request, place, str(refusal))
    return _redrawn(request, place, f"{asset} is loaded.")


def _redrawn(request: Request, place: Place, message: str) -> HttpResponse:
    """Draw the step anew, under the number that its open page has."""
    if not request.htmx:
        messages.success(request, message)
        return redirect(f"{place.page.url}#s-{place.section.slug}")
    post = dict(request.POST.lists())
    editor, count = last(post, "editor"), number(post, "count")
    opened = Opened(editor, count, told=Told(f"load-{place.section.slug}", message))
    page = page_of(place.draft, place.page.step, request.user, opened)
    context = {"page": page, "template": "workloads/drafts/sections.html"}
    response = render(request, "workloads/drafts/step.html#step", context)
    response["HX-Retarget"], response["HX-Reswap"] = "#step", "outerMorph"
    response["HX-Trigger"] = "dialog-done"
    return response


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
