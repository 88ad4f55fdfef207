"""What is done to workloads: each a page, and a dialog where there is script."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from access.requests import Request
from workloads.manifests import demand
from workloads.models import Draft, Workload
from workloads.services import (
    HasIssues,
    Refusal,
    copy_workload,
    delete_workload,
    edit_and_retry,
    quota_position,
    recreate_workload,
    retry_workload,
    scale_workload,
)
from workloads.sync.target import spec_of
from workloads.tables import texts
from workloads.views.abilities import Abilities, workload_of
from workloads.views.removal import Removal
from workloads.views.setup import amounts

ask = require_http_methods(["GET", "HEAD", "POST"])


def answered(request: Request, name: str, context: dict[str, Any]) -> HttpResponse:
    """The form as a dialog, or as a page of its own. A refused one is 422."""
    status = 422 if context.get("problem") else 200
    template = f"workloads/dialogs/{name}.html"
    if not request.htmx:
        context |= {"dialog": template}
        template = "workloads/action.html"
    return render(request, template, context, status=status)


def done(request: Request, back: str, text: str) -> HttpResponse:
    """What was done, on the page that it came from."""
    messages.success(request, text)
    if not request.htmx:
        return redirect(back)
    response = render(request, "workloads/dialogs/done.html")
    response["HX-Trigger"] = "dialog-done"
    return response


def back_to(request: Request, default: str) -> str:
    """The page of ours that the form came from."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    return wanted if safe else default


@ask
def scale(request: Request, pk: UUID) -> HttpResponse:
    """Another number of replicas."""
    workload = workload_of(request, pk)
    page = reverse("workloads:detail", args=[pk])
    wanted = request.POST.get("replicas", str(workload.replicas)).strip()
    context: dict[str, Any] = {
        "workload": workload,
        "wanted": wanted,
        "can": Abilities.of(workload, request.user),
        "one": one_replica(workload),
        "pools": quota_position(workload.project),
    }
    if request.method == "POST":
        context["problem"] = scaled(request, workload, wanted)
        if not context["problem"]:
            count = texts.plural(int(wanted), "replica")
            return done(request, page, f"{workload.name} is scaled to {count}.")
    return answered(request, "scale", context)


def scaled(request: Request, workload: Workload, wanted: str) -> str:
    """Scale it; the sentence why not."""
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
        return "Replicas must be a whole number, 0 or more."
    try:
        scale_workload(by=request.user, workload=workload, replicas=int(wanted))
    except HasIssues as refusal:
        return " ".join(f"Replicas {issue.text}." for issue in refusal.issues)
    except Refusal as refusal:
        return str(refusal)
    return ""


def one_replica(workload: Workload) -> str:
    """What one replica more asks for."""
    asked = demand(spec_of(workload).model_copy(update={"replicas": 1}))
    return f"{texts.plural(asked.pods, 'pod')}, {amounts(asked.total)}"


@require_POST
def copy(request: Request, pk: UUID) -> HttpResponse:
    """A new draft that says the same."""
    return drafted(request, pk, copy_workload)


@require_POST
def edit(request: Request, pk: UUID) -> HttpResponse:
    """A new draft of a failed workload."""
    return drafted(request, pk, edit_and_retry)


def drafted(request: Request, pk: UUID, make: Callable[..., Draft]) -> HttpResponse:
    """Open the draft, or say why there is none."""
    workload = workload_of(request, pk)
    try:
        draft = make(by=request.user, workload=workload)
    except Refusal as refusal:
        return refused(request, workload, refusal)
    return redirect("workloads:step", draft.pk, "basics")


@require_POST
def retry(request: Request, pk: UUID) -> HttpResponse:
    """Apply a failed workload once more."""
    return applied(request, pk, retry_workload, "is tried again")


@require_POST
def recreate(request: Request, pk: UUID) -> HttpResponse:
    """Apply a workload again that somebody removed."""
    return applied(request, pk, recreate_workload, "is created again")


def applied(
    request: Request, pk: UUID, act: Callable[..., None], words: str
) -> HttpResponse:
    """Do it, and go back to the details either way."""
    workload = workload_of(request, pk)
    try:
        act(by=request.user, workload=workload)
    except Refusal as refusal:
        return refused(request, workload, refusal)
    messages.success(request, f"{workload.name} {words}.")
    return redirect("workloads:detail", pk)


def refused(request: Request, workload: Workload, refusal: Refusal) -> HttpResponse:
    """Back to the details, with the reason."""
    messages.error(request, str(refusal))
    return redirect("workloads:detail", workload.pk)


@ask
def delete(request: Request, pk: UUID) -> HttpResponse:
    """Delete one workload, after saying what goes with it."""
    workload = workload_of(request, pk)
    context: dict[str, Any] = {
        "workload": workload,
        "removals": [Removal.of(workload)],
        "can": Abilities.of(workload, request.user),
        "next": back_to(request, reverse("workloads:list")),
    }
    if request.method == "POST":
        context["problem"] = removed(request, workload)
        if not context["problem"]:
            return done(request, context["next"], f"{workload.name} is being deleted.")
    return answered(request, "delete", context)


@ask
def delete_many(request: Request) -> HttpResponse:
    """Delete the selected workloads, and report row by row."""
    params = request.POST if request.method == "POST" else request.GET
    workloads = selected(request, params.getlist("id"))
    context: dict[str, Any] = {
        "removals": [Removal.of(workload) for workload in workloads],
        "next": back_to(request, reverse("workloads:list")),
    }
    if request.method != "POST":
        return answered(request, "delete_many", context)
    context["report"] = [(w.name, removed(request, w)) for w in workloads]
    response = answered(request, "delete_many", context)
    if request.htmx:
        response["HX-Trigger"] = "rows-changed"
    return response


def selected(request: Request, ids: list[str]) -> list[Workload]:
    """Those of the workloads that the user may see; strange ids are none."""
    known = [text for text in ids[:500] if is_uuid(text)]
    seen = Workload.objects.visible_to(request.user).live().filter(pk__in=known)
    return list(seen.select_related("project__department__cluster").order_by("name"))


def is_uuid(text: str) -> bool:
    """Whether the text is the id of something."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def removed(request: Request, workload: Workload) -> str:
    """Delete it; the sentence why not."""
    keep = request.POST.get("volumes") == "keep"
    try:
        delete_workload(by=request.user, workload=workload, keep_volumes=keep)
    except Refusal as refusal:
        return str(refusal)
    return ""
