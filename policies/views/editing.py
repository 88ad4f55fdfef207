"""Writing a policy: a text, what stands against it, and nothing that is lost."""

from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from access.carried import carries_posts
from access.requests import Request
from policies.amending import amended
from policies.checking import Below
from policies.errors import ChangedMeanwhile, Finding, NotAllowed, NotSaved
from policies.imposed import imposable
from policies.models import PolicyVersion, UnitPolicy
from policies.services import policy_of, save_policy, validate
from policies.units import OrgUnit, named
from policies.views.consequences import Consequences, consequences
from policies.views.difference import Line, difference
from policies.views.doors import (
    Choice,
    choice_of,
    choices,
    demand,
    number_in,
    picked,
    policy_for,
    readers_only,
)
from policies.views.reference import reference

ask = require_http_methods(["GET", "HEAD", "POST"])
FIRST_TEXT = (
    "# What {unit} suggests (defaults) and demands (rules).\ndefaults:\nrules:\n"
)
FEWEST_LINES = 24
WRITTEN = "{place} was changed in the text. It is not saved yet."
BY_HAND = "The text is written so that {place} has to be changed by hand."
MOST_NUMBERS = 2000
"""Lines beyond have no number beside them."""


@dataclass
class Editor:
    """The editor of one unit's policy, as it stands."""

    unit: Choice
    policy: UnitPolicy | None
    text: str
    based_on: int
    reason: str = ""
    unsaved: bool = False
    checked: bool = False
    findings: tuple[Finding, ...] = ()
    below: tuple[Below, ...] = ()
    warnings: tuple[Finding, ...] = ()
    consequences: Consequences | None = None
    offered: str = ""
    """What was just written into the text, because it was asked for."""

    theirs: PolicyVersion | None = None
    conflict: str = ""
    status: int = 200
    changes: list[Line] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """The height of the text, in lines."""
        return max(self.text.count("\n") + 1, FEWEST_LINES)

    @property
    def numbers(self) -> list[tuple[int, str]]:
        """The numbers beside the text, and how those are marked of which is spoken."""
        marks = {finding.mark.line: "is-wait" for finding in self.warnings}
        marks |= {finding.mark.line: "is-bad" for finding in self.findings}
        last = min(self.rows, MOST_NUMBERS)
        return [(number, marks.get(number, "")) for number in range(1, last + 1)]

    @property
    def over(self) -> int:
        """The version that is replaced by saving in spite of a conflict."""
        return self.theirs.number if self.theirs else 0


@ask
@carries_posts
def new(request: Request) -> HttpResponse:
    """Pick a unit, then write its policy."""
    readers_only(request)
    units = choices(request.user, "create")
    if not units:
        raise PermissionDenied
    address = request.POST.get("unit") or request.GET.get("unit")
    if not address:
        return render(request, "policies/new.html", {"units": units})
    chosen = picked(units, address)
    policy = policy_of(chosen.unit)
    if policy and policy.current and request.method != "POST":
        return redirect("policies:edit", policy.pk)
    first = FIRST_TEXT.format(unit=named(chosen.unit))
    return _answered(request, chosen.unit, Editor(chosen, policy, first, 0))


@ask
@carries_posts
def edit(request: Request, pk: UUID) -> HttpResponse:
    """Write a policy anew; ``from`` begins with the text of an old version."""
    policy = policy_for(request, pk)
    unit = demand(request.user, "update" if policy.current else "create", policy)
    current = policy.current
    editor = Editor(
        choice_of(unit),
        policy,
        current.text if current else "",
        current.number if current else 0,
    )
    number = number_in(request.GET.get("from", ""))
    if number is not None:
        old = policy.versions.filter(number=number, deletion=False).first()
        editor.text, editor.unsaved = (old.text, True) if old else (editor.text, False)
    return _answered(request, unit, editor)


@cache
def drawn_reference() -> SafeString:
    """Return the reference as it stands on every page: drawing takes long."""
    return render_to_string("policies/reference.html", {"chapters": reference()})


def _answered(request: Request, unit: OrgUnit, editor: Editor) -> HttpResponse:
    if request.method == "POST":
        _typed(request, editor)
        try:
            if (done := _done(request, unit, editor)) is not None:
                return done
        except NotAllowed as refused:
            raise PermissionDenied from refused
    context = {
        "editor": editor,
        "reference": drawn_reference(),
        "imposable": imposable(unit, request.user),
    }
    return render(request, "policies/editor.html", context, status=editor.status)


def _typed(request: Request, editor: Editor) -> None:
    """Take over what was posted, whatever becomes of it."""
    said = request.POST
    editor.text = said.get("text", editor.text).replace("\r\n", "\n")
    editor.reason = said.get("reason", "")
    editor.unsaved = True
    based_on = number_in(said.get("over") or said.get("based_on") or "")
    editor.based_on = editor.based_on if based_on is None else based_on


def _done(request: Request, unit: OrgUnit, editor: Editor) -> HttpResponse | None:
    """Validate, download or save; return nothing where the editor stays."""
    if request.POST.get("do") == "download":
        return _download(editor)
    if wanted := request.POST.get("offer"):
        _take(request, unit, editor, wanted)
        return None
    if request.POST.get("do") != "save" and "over" not in request.POST:
        _validate(request, unit, editor)
        return None
    try:
        saved = save_policy(
            by=request.user,
            unit=unit,
            text=editor.text,
            based_on=editor.based_on,
            reason=editor.reason,
        )
    except NotSaved as refused:
        editor.findings, editor.status = refused.findings, 422
    except ChangedMeanwhile as refused:
        _conflict(editor, refused)
    else:
        return after_saving(request, saved.version, saved.below)
    return None


def _validate(request: Request, unit: OrgUnit, editor: Editor) -> None:
    found = validate(by=request.user, unit=unit, text=editor.text)
    editor.checked, editor.findings = True, found.findings
    editor.below, editor.warnings = found.below, found.warnings
    if not found.findings:
        editor.consequences = consequences(unit, found.policy)


def _take(request: Request, unit: OrgUnit, editor: Editor, wanted: str) -> None:
    """Write what a warning offers into the text, if the warning still stands."""
    found = validate(by=request.user, unit=unit, text=editor.text)
    for finding in found.warnings:
        if finding.offer and finding.wanted == wanted:
            new = amended(editor.text, finding.offer)
            how = WRITTEN if new != editor.text else BY_HAND
            editor.text = new
            editor.offered = how.format(place=finding.offer.target)
    _validate(request, unit, editor)


def _download(editor: Editor) -> HttpResponse:
    response = HttpResponse(editor.text, content_type="application/yaml")
    name = f"policy-{editor.unit.address}.yaml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _conflict(editor: Editor, refused: ChangedMeanwhile) -> None:
    editor.theirs, editor.conflict, editor.status = refused.current, str(refused), 409
    theirs = refused.current.text if refused.current else ""
    editor.changes = difference(theirs, editor.text)


def after_saving(
    request: Request, version: PolicyVersion, below: tuple[Below, ...]
) -> HttpResponse:
    """Go to the policy's page and say what was done, and what breaks below."""
    messages.success(request, f"Version {version.number} is in force.")
    warn(request, below)
    return redirect(reverse("policies:detail", args=[version.policy_id]))


def warn(request: Request, below: tuple[Below, ...]) -> None:
    """Name the units below whose own policies no longer fit."""
    if below:
        names = ", ".join(str(each.unit) for each in below)
        text = f"The policies of these units contradict it now: {names}."
        messages.warning(request, text)
