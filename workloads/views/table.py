"""The Workloads table, its rows alone, and the same as CSV."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from access.models import User
from access.requests import Request
from workloads.models import Draft, Workload
from workloads.models.workload import table_version
from workloads.tables import BY_KEY, IDLE, TablePage, TableQuery
from workloads.tables.export import csv_lines
from workloads.tables.filters import OPERATORS
from workloads.tables.query import known
from workloads.tables.rows import Moment
from workloads.wizard.steps import WIZARD

DRAFTS = 5


@require_safe
def workloads(request: Request) -> HttpResponse:
    """Show the workloads that the user may see."""
    if "field" in request.GET:
        return redirect(request.path + with_filter(request.GET))
    page = table_page(request)
    return render(request, "workloads/list.html", {"page": page} | new_menu(request))


@require_safe
def deleted(request: Request) -> HttpResponse:
    """Show the workloads that were deleted in the last 14 days."""
    if "field" in request.GET:
        return redirect(request.path + with_filter(request.GET))
    page = table_page(request, kind="deleted")
    return render(request, "workloads/list.html", {"page": page})


@require_safe
def rows(request: Request) -> HttpResponse:
    """Draw the rows again; 204 while they are what the page shows."""
    version = table_version(request.user)
    idle = request.GET.get("idle") == "1"
    was_idle = request.GET.get("every") == IDLE
    if request.GET.get("version") == version and idle == was_idle:
        return HttpResponse(status=204)
    page = table_page(
        request,
        kind=request.GET.get("kind", ""),
        version=version,
        idle=idle,
        current=request.GET.get("beside", ""),
    )
    return render(
        request,
        f"workloads/{'beside' if page.current else 'rows'}.html",
        {"page": page},
    )


@require_safe
def csv(request: Request) -> StreamingHttpResponse:
    """Download the displayed columns of every row that the filters let through."""
    kind = request.GET.get("kind", "")
    query = query_of(request.GET, kind)
    lines = csv_lines(
        query, found(request.user, kind), query.chosen(chosen(request.user))
    )
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"workloads-{now():%Y%m%d-%H%M%S}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def columns(request: Request) -> HttpResponse:
    """Remember the chosen columns, and show them."""
    keys = known(request.POST.getlist("column"))
    request.user.table = {"columns": keys}
    request.user.save(update_fields=["table"])
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    back = back if "?" in back else f"{back}?"
    return redirect(f"{back}{'&' if '=' in back else ''}columns={','.join(keys)}")


def table_page(
    request: Request, *, kind: str = "", version: str = "", **options: Any
) -> TablePage:
    """The table as the address describes it. The version is read before the rows."""
    return TablePage(
        query_of(request.GET, kind),
        version=version or table_version(request.user),
        workloads=found(request.user, kind),
        preferred=chosen(request.user),
        may_create=any(request.user.reach_for("create", "workloads")),
        view="workloads:deleted" if kind == "deleted" else "workloads:list",
        **options,
    )


def query_of(params: QueryDict, kind: str) -> TableQuery:
    """What the address asks for."""
    return TableQuery.read(params, "deletedAt" if kind == "deleted" else "createdAt")


def found(user: User, kind: str) -> QuerySet:
    """The workloads that the user may see: those that live, or the deleted ones."""
    seen = Workload.objects.visible_to(user)
    return seen.deleted() if kind == "deleted" else seen.live()


def chosen(user: User) -> tuple[str, ...]:
    """The columns that the user chose, on some day."""
    return tuple(user.table.get("columns", ()))


def with_filter(params: QueryDict) -> str:
    """The query string in which the filter form's three fields are one ``filterBy``."""
    other = params.copy()
    field, operator = other.pop("field")[-1], (other.pop("operator", None) or [""])[-1]
    value = (other.pop("value", None) or [""])[-1].strip()
    other.pop("offset", None)
    if field in BY_KEY and operator in OPERATORS and value:
        other.appendlist("filterBy", f"{field}{operator}{value}")
    return f"?{other.urlencode(safe=',:/')}"


class Unfinished(NamedTuple):
    """A draft that waits: its name, how far it came, and when it was saved."""

    pk: UUID
    name: str
    step: str
    saved: Moment


def new_menu(request: Request) -> dict[str, Any]:
    """The drafts that the user may go on with."""
    drafts = Draft.objects.owned_by(request.user).unfinished()
    at = now()
    return {
        "drafts": [
            Unfinished(
                draft.pk, draft.name, reached(draft), Moment.of(draft.updated_at, at)
            )
            for draft in drafts.only("name", "updated_at", "visited")[:DRAFTS]
        ]
    }


def reached(draft: Draft) -> str:
    """The title of the furthest step that was seen."""
    seen = [step.title for step in WIZARD if step.slug in draft.visited]
    return seen[-1] if seen else WIZARD[0].title
