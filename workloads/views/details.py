"""A workload's details, beside the table."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.requests import Request
from workloads.services import Refusal, manifest_text
from workloads.tables import IDLE
from workloads.views.abilities import Abilities, workload_of
from workloads.views.panel import Panel
from workloads.views.table import new_menu, table_page

KEPT = ("kind", "view", "pod", "instance", "find")
OF_THE_TABLE = (
    "filterBy", "search", "sortBy", "sortOrder", "offset", "limit", "columns",
)  # fmt: skip


def panel_of(request: Request, pk: UUID, tab: str) -> Panel:
    """The panel that the address describes."""
    workload = workload_of(request, pk)
    own = {key: request.GET[key] for key in KEPT if request.GET.get(key)}
    idle = request.GET.get("idle") == "1"
    back = tuple(
        (key, value) for key in OF_THE_TABLE for value in request.GET.getlist(key)
    )
    return Panel(workload, request.user, tab, own, back, idle=idle)


def shown(request: Request, panel: Panel, **more: object) -> HttpResponse:
    """The whole page, the panel alone for a poll, or 204 when nothing changed."""
    if request.headers.get("HX-Target") == "dialog#dialog":
        return render(request, f"workloads/dialogs/{panel.tab}.html", {"panel": panel})
    if request.htmx and request.headers.get("HX-Target") == "section#panel":
        was_idle = request.GET.get("every") == IDLE
        if request.GET.get("version") == panel.version and panel.idle == was_idle:
            return HttpResponse(status=204)
        return render(request, "workloads/panel.html", {"panel": panel} | more)
    kind = "deleted" if panel.workload.deleted_at else ""
    page = table_page(request, kind=kind, current=str(panel.workload.pk))
    context = {"panel": panel, "page": page} | new_menu(request) | more
    return render(request, "workloads/detail.html", context)


@require_safe
def detail(request: Request, pk: UUID) -> HttpResponse:
    """Overview: replicas, endpoint, setup."""
    return shown(request, panel_of(request, pk, "detail"))


@require_safe
def events(request: Request, pk: UUID) -> HttpResponse:
    """Event history."""
    return shown(request, panel_of(request, pk, "events"))


@require_safe
def pods(request: Request, pk: UUID) -> HttpResponse:
    """The pods, also those that are still missing."""
    return shown(request, panel_of(request, pk, "pods"))


@require_safe
def spec(request: Request, pk: UUID) -> HttpResponse:
    """What was said, what was accepted, and what the cluster was given."""
    return shown(request, panel_of(request, pk, "spec"))


@require_safe
def manifest(request: Request, pk: UUID) -> HttpResponse:
    """Download the manifests."""
    workload = workload_of(request, pk)
    try:
        text = manifest_text(workload)
    except Refusal as refusal:
        return HttpResponse(f"{refusal}\n", status=409, content_type="text/plain")
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{workload.name}.yaml"'
    return response


@require_safe
def connections(request: Request, pk: UUID) -> HttpResponse:
    """The addresses, as a dialog or as a page."""
    return asked(request, pk, "Connections")


@require_safe
def sources(request: Request, pk: UUID) -> HttpResponse:
    """The data that is mounted, as a dialog or as a page."""
    return asked(request, pk, "Data sources")


def asked(request: Request, pk: UUID, title: str) -> HttpResponse:
    """A part of the details: a dialog where there is script, else a page."""
    panel = panel_of(request, pk, "detail")
    dialog = f"workloads/dialogs/{title.lower().replace(' ', '_')}.html"
    context = {"panel": panel, "title": f"{title} of {panel.workload.name}"}
    template = dialog if request.htmx else "workloads/action.html"
    return render(request, template, context | {"dialog": dialog})


@require_safe
def menu(request: Request, pk: UUID) -> HttpResponse:
    """The items of a row's menu."""
    workload = workload_of(request, pk)
    can = Abilities.of(workload, request.user)
    return render(request, "workloads/menu.html", {"workload": workload, "can": can})
