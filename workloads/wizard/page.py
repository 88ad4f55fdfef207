"""What the template of a step is given: finished values."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString

from policies.engine.completed import Context
from policies.engine.judge import Verdict
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.spec.pod import PodSettings
from workloads.wizard.around import NOTHING, Around
from workloads.wizard.deeds import Told
from workloads.wizard.drawing import Drawing
from workloads.wizard.fixed import Fixed, fixed
from workloads.wizard.parts import Step
from workloads.wizard.sections import Sections
from workloads.wizard.steps import STEPS, WIZARD, WORKER
from workloads.wizard.summary import Summary, counted
from workloads.wizard.view import dashed


class StepLink(NamedTuple):
    """A step in the list of steps."""

    number: int
    title: str
    state: str
    """done, current, bad or todo."""

    href: str
    note: str
    current: bool
    parts: list[tuple[str, str, bool]]
    """Sections of the current step: id, title, whether something is wrong."""


class Problem(NamedTuple):
    """A line of the error summary."""

    href: str
    text: str


NOTHING_TOLD = Told()
TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Opened:
    """An opened page: its editor, how often it posted, what others saved meanwhile."""

    editor: str
    count: int = 0
    theirs: dict[str, Any] = field(default_factory=dict)
    told: Told = NOTHING_TOLD
    refused: bool = False
    """Whether CONTINUE was pressed here and there are problems."""

    stale: str = ""
    """Which policies changed since the page was opened, if that is the problem."""


@dataclass(frozen=True)
class StepPage:
    """One step of one draft."""

    draft: Any
    step: Step
    verdict: Verdict
    context: Context
    opened: Opened
    summary: Summary | None = None
    around: Around = NOTHING

    basics: Sequence[Problem] = ()
    """What is wrong in Basics, which holds no field of the spec."""

    @cached_property
    def drawing(self) -> Drawing:
        """Draws the fields of this page."""
        return Drawing(
            self.verdict,
            self.context,
            self.draft.controls,
            self.tried(self.step),
            self.opened.theirs,
            self.draft.document,
        )

    @cached_property
    def sections(self) -> Sections:
        """Draws the sections of this page."""
        return Sections(
            self.step,
            self.drawing,
            self.draft,
            self.around,
            self.opened.told.focus,
        )

    @cached_property
    def body(self) -> SafeString:
        """The form's sections."""
        return self.sections.drawn()

    @property
    def fixed(self) -> list[Fixed]:
        """What policies fix: each with its value, and whose rule it is."""
        return list(fixed(self.verdict, self.around.imposed))

    @property
    def copies_all(self) -> bool:
        """Whether the leader's settings can be copied here."""
        return self.step.root == WORKER and self.drawing.shown("workers") != 0

    @property
    def alone(self) -> bool:
        """Whether the step is that of workers, and there are none."""
        return self.step.root == WORKER and self.drawing.shown("workers") == 0

    @property
    def title(self) -> str:
        return self.step.title

    @property
    def url(self) -> str:
        return self.href(self.step)

    def href(self, step: Step) -> str:
        """Return the address of a step of this draft."""
        return address(self.draft.pk, step.slug)

    @cached_property
    def issues(self) -> list[Issue]:
        """What is wrong here; what is missing, only once CONTINUE was tried."""
        return self.issues_of(self.step)

    def issues_of(self, step: Step) -> list[Issue]:
        """Return the issues that a step shows."""
        tried = self.tried(step)
        held = (i for i in self.verdict.issues if step.holds(i.location))
        return [issue for issue in held if tried or issue.kind != "missing"]

    def tried(self, step: Step) -> bool:
        """Whether somebody tried to go on from the step."""
        return step.slug in self.draft.tried

    @cached_property
    def problems(self) -> list[Problem]:
        """The error summary: the same words as at the fields."""
        if self.step.slug == "basics":
            return list(self.basics)
        if self.step.slug == "review":
            return [line for _, _, lines in self.by_step for line in lines]
        found = [self.problem(issue) for issue in self.issues]
        return sorted(found, key=self.place_of)

    def place_of(self, problem: Problem) -> int:
        """Return how far down the page the place of a problem is."""
        return self.body.find(f'id="{problem.href.removeprefix("#")}"')

    def problem(self, issue: Issue) -> Problem:
        """Return a line that leads to the field, the row or the section."""
        drawn = self.drawn_name(issue.location)
        section = self.step.section_of(issue.location)
        place = (
            dashed(drawn)
            if drawn in self.ids
            else f"s-{section.slug}"
            if section
            else ""
        )
        return Problem(f"#{place}", self.drawing.sentence(issue))

    @cached_property
    def ids(self) -> frozenset[str]:
        """The names that stand on the page."""
        _ = self.body
        rows = {row.name for each in self.sections.lists for row in each.rows}
        return frozenset({view.name for view in self.drawing.drawn} | rows)

    def drawn_name(self, location: Location) -> str:
        """Turn a place in the document into the name under which it is drawn."""
        _ = self.body
        for each in self.sections.lists:
            told = [
                Location((place,))
                if isinstance(place, int)
                else Location.parse(f"[{key}]")
                for place, key in json.loads(each.places)
            ]
            path = Location.parse(each.name)
            if location[: len(path)] == path and len(location) > len(path):
                row = Location((location[len(path)],))
                if row in told:
                    rest = location[len(path) + 1 :]
                    return str(Location((*path, told.index(row), *rest)))
        return str(location)

    @cached_property
    def shown(self) -> str:
        """What the inputs show, for the post to be compared with."""
        _ = self.body
        shown = dict(pair for view in self.drawing.drawn for pair in view.posted)
        return json.dumps(shown | self.sections.extra)

    @property
    def theirs(self) -> str:
        """Values that other pages saved over this one's, for the next post."""
        return json.dumps(self.opened.theirs)

    @property
    def focus(self) -> str:
        """The id that a redraw moves the focus to."""
        if self.opened.refused:
            return "problems"
        told = self.opened.told.focus
        if not told or ":" in told or f'id="{dashed(told)}"' in self.body:
            return dashed(told)
        section = self.step.section_of(Location.parse(told))
        return f"s-{section.slug}" if section else ""

    @cached_property
    def steps(self) -> list[StepLink]:
        """The list of steps."""
        return [self.link(number, step) for number, step in enumerate(WIZARD, start=1)]

    def link(self, number: int, step: Step) -> StepLink:
        """Return one entry of the list of steps."""
        current = step is self.step
        visited = current or step.slug in self.draft.visited
        count = len(self.issues_of(step)) + (
            len(self.basics) if step.slug == "basics" and self.tried(step) else 0
        )
        state = "bad" if count and visited else "current" if current else ""
        state = state or ("done" if visited and step.slug != "review" else "todo")
        note = counted(count, "problem") if state == "bad" else self.note(step, visited)
        parts = (
            [
                (f"s-{section.slug}", section.title, self.is_bad(section))
                for section in self.sections.sections()
            ]
            if current
            else []
        )
        href = self.href(step) if visited else ""
        return StepLink(number, step.title, state, href, note, current, parts)

    def is_bad(self, section: Any) -> bool:
        """Whether a section of this step holds an issue."""
        return any(self.step.section_of(i.location) is section for i in self.issues)

    def note(self, step: Step, visited: bool) -> str:
        """Say in a few words what a step holds."""
        if not visited:
            return "Not started"
        spec, worker = self.verdict.spec, self.verdict.spec.worker
        whole = not (self.verdict.issues or self.basics)
        notes = {
            "basics": str(self.draft.name),
            "environment": (spec.leader.image or "").rpartition("/")[2],
            "leader": devices(spec.leader),
            "workers": f"{spec.workers} {TIMES} {devices(worker)}"
            if worker
            else "No workers",
            "setup": counted(spec.replicas, "replica"),
            "review": "Nothing is missing" if whole else "",
        }
        return notes[step.slug]

    @property
    def previous(self) -> str:
        """The address of the step before."""
        place = WIZARD.index(self.step)
        return self.href(WIZARD[place - 1]) if place else ""

    @property
    def before(self) -> str:
        """The name of the step before."""
        return WIZARD[max(0, WIZARD.index(self.step) - 1)].slug

    @cached_property
    def by_step(self) -> list[tuple[Step, str, list[Problem]]]:
        """Everything that stands against a submission, by step."""
        found = []
        for step in WIZARD:
            lines = [
                Problem(f"#{dashed(str(i.location))}", self.drawing.sentence(i))
                for i in self.verdict.issues
                if step.holds(i.location)
            ]
            if step.slug == "basics":
                lines = list(self.basics)
            if lines:
                found.append((step, self.href(step) + "?back=review", lines))
        return found

    @property
    def next(self) -> Step:
        """The step that CONTINUE leads to."""
        return WIZARD[min(WIZARD.index(self.step) + 1, len(WIZARD) - 1)]


def address(draft: UUID, slug: str) -> str:
    """Return the address of a step."""
    return reverse("workloads:step", args=[draft, STEPS[slug].slug])


def devices(pod: PodSettings) -> str:
    """Say how many GPUs a pod has."""
    return counted(pod.compute.gpu_devices_request or 0, "GPU")
