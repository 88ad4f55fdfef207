"""Trying a spec as a user in a project: judged as a submission is, never stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from access.models import AccessRule, User
from access.roles import Role
from access.roles import may as role_may
from policies.engine.judge import Verdict, judge
from policies.reading import Mark, NotReadable, Reading, reading
from policies.typed import typed_spec
from policies.units import chain_of, may
from projects.models import Project
from projects.models.scoped import unit_columns
from workloads.services.context import context_for
from workloads.services.errors import Refusal
from workloads.spec.issues import Issue
from workloads.spec.paths import Key, Location
from workloads.spec.schema import SCHEMA, Field

SUBMIT = [role for role in Role if role_may(role, "create", "workloads")]


@dataclass(frozen=True)
class Found:
    """Something about a text, and where it stands there; None: nobody wrote it."""

    issue: Issue
    mark: Mark | None = None


@dataclass(frozen=True)
class Trial:
    """What a submission of the text would meet."""

    issues: tuple[Found, ...] = ()
    warnings: tuple[Found, ...] = ()
    verdict: Verdict | None = None
    """None where the text cannot be read at all."""


@dataclass(frozen=True)
class Given:
    """A value that the workload would have, and who gives it."""

    location: Location
    value: Any
    source: str


def try_spec(
    *, by: User, as_user: User, project: Project, text: str, form: bool = False
) -> Trial:
    """Judge a text as if the user submitted it, by the form or by the API.

    The text is YAML or JSON. Raises Refusal where ``by`` may not read the project's
    policies, or the user is nobody who submits there.
    """
    if not submitters(by, project).filter(pk=as_user.pk).exists():
        raise Refusal(f"You cannot try specs as {as_user} in {project}.")
    try:
        found = reading(text)
    except NotReadable as refused:
        issue = Issue(Location(), "yaml", str(refused))
        return Trial((Found(issue, refused.mark),))
    document, untyped = typed_spec(found.document)
    verdict = judge(document, context_for(project, as_user, form=form))
    better = {issue.location: issue for issue in untyped}
    issues = [
        better.get(issue.location, issue) if issue.rule == "type" else issue
        for issue in verdict.issues
    ]
    return Trial(
        tuple(_found(issue, found) for issue in issues),
        tuple(_found(issue, found) for issue in verdict.warnings),
        verdict,
    )


def submitters(by: User, project: Project) -> QuerySet[User]:
    """Return who may create workloads there, as far as it is the asker's business.

    That is by a rule of a unit whose policies the asker may read; and the asker.
    """
    users = User.objects.filter(is_active=True).order_by("username")
    if not may(by, "read", project):
        return users.none()
    rules = AccessRule.objects.filter(_of_units(by, project), role__in=SUBMIT)
    found = Q(access_rules__in=rules)
    if by.may("create", "workloads", project):
        found |= Q(pk=by.pk)
    return users.filter(found).distinct()


def given(verdict: Verdict) -> Iterator[Given]:
    """Yield every value that the workload would have, with who gives it."""
    for place, value in _leaves(SCHEMA, verdict.resolved, Location()):
        at = verdict.in_document(place)
        yield Given(at, value, verdict.sources.get(at, "platform"))


def _of_units(by: User, project: Project) -> Q:
    """Return the rules of the units above the project that the asker reads."""
    nowhere = dict.fromkeys(("cluster", "department", "project"))
    wanted = Q(pk__in=())
    for unit in chain_of(project):
        if may(by, "read", unit):
            columns = unit_columns(unit)
            scope = str(columns.pop("scope"))
            wanted |= Q(**columns) if scope != "tenant" else Q(**nowhere)
    return wanted


def _found(issue: Issue, text: Reading) -> Found:
    """Find the place of an issue in the text, else of what is around it."""
    place: tuple[str, ...] = ()
    for part in issue.location:
        if isinstance(part, Key) or (*place, str(part)) not in text.marks:
            break
        place = (*place, str(part))
    whole = not issue.location
    return Found(issue, text.marks.get(place) if place or whole else None)


def _leaves(
    field: Field, node: Any, location: Location
) -> Iterator[tuple[Location, Any]]:
    if field.items and isinstance(node, list):
        for position, item in enumerate(node):
            yield from _section(field, item, location / position)
    elif field.children and isinstance(node, dict):
        yield from _section(field, node, location)
    else:
        yield location, node


def _section(
    field: Field, node: dict[str, Any], location: Location
) -> Iterator[tuple[Location, Any]]:
    for name, inner in node.items():
        yield from _leaves(field.children[name], inner, location / name)
