"""The wizard: one address per step."""

import json
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from access.carried import carries_posts
from access.requests import Request
from workloads.models import Draft, Workload
from workloads.services import (
    HasIssues,
    NameTaken,
    Refusal,
    StalePolicy,
    manifest_text_of,
    submit_workload,
)
from workloads.services.check import ask, told, waits
from workloads.services.drafts import discard_draft, draft_of, new_draft
from workloads.services.meanwhile import meanwhile, see
from workloads.services.wizard import (
    basics_of,
    columns_posted,
    fingerprint,
    page_of,
    versions_of,
)
from workloads.wizard.deeds import Told
from workloads.wizard.editing import Post, last, loaded
from workloads.wizard.loading import LOADS
from workloads.wizard.page import Opened, StepPage, address
from workloads.wizard.parts import Step
from workloads.wizard.review import Review
from workloads.wizard.saving import Origin
from workloads.wizard.steps import STEPS, WIZARD

CHANGED = "It was changed in another page meanwhile. Look at it, and create it then."


@require_POST
def new(request: Request) -> HttpResponse:
    """Begin a draft, and show its first step."""
    return redirect(address(new_draft(by=request.user).pk, "basics"))


@require_POST
def discard(request: Request, pk: UUID) -> HttpResponse:
    """Remove a draft."""
    draft = get_object_or_404(Draft.objects.owned_by(request.user), pk=pk)
    discard_draft(by=request.user, draft=draft)
    messages.success(request, f"{draft} is discarded.")
    return redirect("workloads:list")


def resume(request: Request, pk: UUID) -> HttpResponse:
    """Go on with a draft, at its first step that is not complete."""
    draft = _draft(request, pk)
    if draft.project is None:
        return redirect(address(pk, "basics"))
    page = page_of(draft, STEPS["review"], request.user, Opened(""))
    bad = {step.slug for step, _, _ in page.by_step}
    left = (s.slug for s in WIZARD if s.slug in bad or s.slug not in draft.visited)
    return redirect(address(pk, next(left, "review")))


@carries_posts
def step(request: Request, pk: UUID, slug: str) -> HttpResponse:
    """Show one step of a draft. What is posted is saved, on change and on CONTINUE."""
    if slug not in STEPS:
        raise Http404
    draft, here = _draft(request, pk), STEPS[slug]
    if made := draft.became:
        return _go(request, _created(made))
    if draft.project is None and slug != "basics":
        return _go(request, address(pk, "basics"))
    if request.method == "POST":
        return _posted(request, draft, here)
    draft.note("visited", slug)
    return _shown(request, draft, here, Opened(uuid4().hex[:12]))


def manifest(request: Request, pk: UUID) -> HttpResponse:
    """Show, or download, the YAML of what the draft would become."""
    draft = _draft(request, pk)
    if draft.project is None:
        return redirect(address(pk, "basics"))
    page = page_of(draft, STEPS["review"], request.user, Opened(""))
    text = _yaml(request, page)
    if "download" in request.GET:
        name = f"{draft.name or 'workload'}.yaml"
        response = HttpResponse(text, content_type="application/yaml")
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response
    back = request.headers.get("referer", "")
    known = next((s.slug for s in WIZARD if back.endswith(f"/{s.slug}/")), "review")
    context = {"draft": draft, "text": text, "back": address(pk, known)}
    template = "workloads/drafts/manifest.html" + ("#preview" if request.htmx else "")
    return render(request, template, context)


def _posted(request: Request, draft: Draft, here: Step) -> HttpResponse:
    post = dict(request.POST.lists())
    do = (post.get("do") or [""])[-1]
    columns = columns_posted(request.user, draft, post) if here.slug == "basics" else {}
    saved = draft.keep(here, post, do, **columns)
    verb, _, target = do.partition(":")
    if verb == "create":
        return _create(request, draft, post)
    if verb == "continue":
        draft.note("tried", here.slug)
    origin = Origin.of(post)
    opened = Opened(
        origin.editor or uuid4().hex[:12],
        draft.editors.get(origin.editor, 0),
        saved.theirs,
        saved.told,
        verb == "continue",
    )
    if verb == "goto" and target in STEPS:
        return _go(request, address(draft.pk, target))
    if verb == "load" and target in LOADS:
        place = [draft.pk, here.slug, target]
        return _go(request, reverse("workloads:load", args=place))
    page = page_of(draft, here, request.user, opened)
    if verb == "continue" and not page.problems:
        back = (post.get("back") or [""])[-1]
        return _go(
            request, address(draft.pk, back if back == "review" else page.next.slug)
        )
    return _shown(request, draft, here, opened, page)


def _create(request: Request, draft: Draft, post: Post) -> HttpResponse:
    """Submit what the page showed; what stands against it is shown by step.

    What the page says that it showed is compared, and trusted for nothing else.
    """
    here = STEPS["review"]
    if draft.project is None:
        return _go(request, address(draft.pk, "basics"))
    shown, stale = loaded(last(post, "versions"), dict), ""
    try:
        if not shown or last(post, "reviewed") != fingerprint(draft):
            raise Refusal(CHANGED)
        made = submit_workload(
            by=request.user,
            project=draft.project,
            name=draft.name,
            document=draft.document,
            draft=draft,
            versions=shown,
        )
    except (HasIssues, NameTaken) as refusal:
        for each in WIZARD[:-1]:
            draft.note("tried", each.slug)
        told = Told("", str(refusal))
    except Refusal as refusal:
        told = Told("", str(refusal))
        stale = str(refusal) if isinstance(refusal, StalePolicy) else ""
    else:
        return _go(request, _created(made))
    opened = Opened(uuid4().hex[:12], told=told, refused=True, stale=stale)
    draft = _draft(request, draft.pk)
    if draft.project is None:
        return _go(request, address(draft.pk, "basics"))
    return _shown(request, draft, here, opened)


def _shown(
    request: Request,
    draft: Draft,
    here: Step,
    opened: Opened,
    page: StepPage | None = None,
) -> HttpResponse:
    project = draft.project if here.slug == "review" else None
    versions = versions_of(project) if project else {}  # before what they are of
    if page is None or project:
        page = page_of(draft, here, request.user, opened)
    context: dict[str, Any] = {
        "page": page,
        "template": f"workloads/drafts/{TEMPLATES.get(here.slug, 'sections')}.html",
        "back": "review" if _from_review(request) else "",
    }
    if here.slug == "basics":
        context["basics"] = basics_of(draft, request.user, page.basics)
    if project:
        ask(draft, page.verdict)
        context |= {"yaml": _yaml(request, page), **_reviewed(page)}
        context["reviewed"] = fingerprint(draft)
        context["versions"] = json.dumps(versions)
        context["meanwhile"] = meanwhile(page, request.user)
    if request.method == "GET":
        see(draft, here, page.context.policy)
    template = "workloads/drafts/step.html" + ("#step" if request.htmx else "")
    return render(request, template, context)


def cluster_check(request: Request, pk: UUID) -> HttpResponse:
    """Show what the cluster answered so far, for the open review."""
    draft = _draft(request, pk)
    if draft.project is None or not request.htmx:
        return redirect(address(pk, "review"))
    page = page_of(draft, STEPS["review"], request.user, Opened(""))
    return render(request, "workloads/drafts/check.html", _reviewed(page))


def _reviewed(page: StepPage) -> dict[str, Any]:
    draft = page.draft
    return {
        "page": page,
        "review": Review(page.verdict, draft.document),
        "told": told(draft),
        "waits": waits(draft),
    }


TEMPLATES = {"basics": "basics", "review": "review"}


def _from_review(request: Request) -> bool:
    return "review" in (request.GET.get("back"), request.POST.get("back"))


def _yaml(request: Request, page: StepPage) -> str:
    draft = page.draft
    try:
        return manifest_text_of(
            draft.project, request.user, draft.name, page.verdict.spec
        )
    except Refusal as refusal:
        return f"# {refusal}\n"


def _draft(request: Request, pk: UUID) -> Draft:
    draft, told = draft_of(request.user, pk)
    if draft is None:
        raise Http404
    if told:
        messages.warning(request, told)
    return draft


def _created(workload: Workload) -> str:
    return f"{reverse('workloads:list')}?created={workload.pk}"


def _go(request: Request, url: str) -> HttpResponse:
    """Lead the browser on; a fragment's request is told by a header."""
    if not request.htmx:
        return redirect(url)
    response = HttpResponse(status=200)
    response["HX-Redirect"] = url
    return response
