"""Trying a spec as a user in a project: a text, and what a submission would meet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from access.carried import carries_posts
from access.models import User
from access.requests import Request
from policies.views.doors import readers_only
from policies.writing import policy_text
from projects.models import Project
from workloads.services.trial import Found, Given, Trial, given, submitters, try_spec

FIRST_TEXT = "leader:\n  image: \n"
FEWEST_LINES = 24
MOST_LINES = 2_000
MOST_FOUND = 200
MOST_VALUES = 500
LONGEST_NUMBER = 9
GIVERS = {"you": "the document", "platform": "platform default"}


class Value(NamedTuple):
    """A value of the resolved spec, as it is drawn."""

    location: str
    text: str
    source: str
    said: bool


@dataclass
class Trying:
    """The page: what was chosen, what was typed, and what came of it."""

    projects: Sequence[Project]
    project: Project
    users: Sequence[User]
    user: User | None
    door: str = "api"
    text: str = FIRST_TEXT
    problem: str = ""
    trial: Trial | None = None
    values: list[Value] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """The height of the text, in lines."""
        return max(self.text.count("\n") + 1, FEWEST_LINES)

    @property
    def numbers(self) -> list[tuple[int, bool]]:
        """The numbers beside the text, and whether something is wrong there."""
        issues = self.trial.issues if self.trial else ()
        wrong = {found.mark.line for found in issues if found.mark}
        last = min(self.rows, MOST_LINES)
        return [(number, number in wrong) for number in range(1, last + 1)]

    @property
    def issues(self) -> tuple[Found, ...]:
        """What is drawn of what stands against it."""
        return self.trial.issues[:MOST_FOUND] if self.trial else ()

    @property
    def more(self) -> int:
        """How many issues are not drawn."""
        return max(len(self.trial.issues) - MOST_FOUND, 0) if self.trial else 0

    @property
    def cut(self) -> bool:
        """Whether there may be more values than are drawn."""
        return len(self.values) >= MOST_VALUES

    @property
    def warnings(self) -> tuple[Found, ...]:
        """What is drawn of what never stops a submission."""
        return self.trial.warnings[:MOST_FOUND] if self.trial else ()

    @property
    def resolved(self) -> str:
        """What the workload would be, as text; empty where it cannot be read."""
        verdict = self.trial.verdict if self.trial else None
        return policy_text(verdict.resolved) if verdict else ""


@require_http_methods(["GET", "HEAD", "POST"])
@carries_posts
def policy_try(request: Request) -> HttpResponse:
    """Judge a text as if a user submitted it to a project. Nothing is stored."""
    readers_only(request)
    page = _chosen(request)
    if page is None:
        return render(request, "policies/try_nowhere.html")
    if request.method == "POST":
        page.text = request.POST.get("text", "").replace("\r\n", "\n")
        page.door = "form" if request.POST.get("door") == "form" else "api"
        if request.POST.get("do") != "users":
            _tried(request.user, page)
    template = "policies/try.html" + ("#who" if request.htmx else "")
    status = 422 if page.problem else 200
    return render(request, template, {"page": page}, status=status)


def _chosen(request: Request) -> Trying | None:
    """Return the page for the project and the user that were chosen, if any."""
    said = request.POST if request.method == "POST" else request.GET
    reach = request.user.reach_for("read", "policies")
    rows = Project.objects.within(reach).select_related("department__cluster")
    projects = list(rows.order_by("name", "pk"))
    if not projects:
        return None
    project = _project(projects, said.get("project", ""))
    users = list(submitters(request.user, project))
    name = said.get("user", "")
    user = next((each for each in users if each.username == name), None)
    page = Trying(projects, project, users, user or next(iter(users), None))
    if name and user is None and said.get("do") != "users":
        page.problem = "This user cannot be chosen for this project: choose again."
    return page


def _project(projects: list[Project], text: str) -> Project:
    if not text:
        return projects[0]
    number = int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None
    for project in projects:
        if project.pk == number:
            return project
    raise Http404


def _tried(by: User, page: Trying) -> None:
    if page.problem or page.user is None:
        page.problem = page.problem or "Nobody can be chosen for this project."
        return
    page.trial = try_spec(
        by=by,
        as_user=page.user,
        project=page.project,
        text=page.text,
        form=page.door == "form",
    )
    if verdict := page.trial.verdict:
        page.values = list(map(_value, islice(given(verdict), MOST_VALUES)))


def _value(each: Given) -> Value:
    source = GIVERS.get(each.source, each.source)
    return Value(str(each.location), _text(each.value), source, each.source == "you")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value)) or "an empty list"
    return str(value).lower() if isinstance(value, bool) else str(value)
