"""The sections of a step, drawn: cards with their fields, rows and pieces."""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString

from workloads.spec.issues import Issue
from workloads.spec.paths import FieldPath, Location
from workloads.spec.schema import SCHEMA
from workloads.wizard.around import Around
from workloads.wizard.drawing import Drawing
from workloads.wizard.forms import StepForm
from workloads.wizard.items import alike, told
from workloads.wizard.kinds import KINDS
from workloads.wizard.layout import Card, Group, Own, Radios, drawn
from workloads.wizard.loaded import Banner, changes, mark
from workloads.wizard.loading import LOADS, named, places
from workloads.wizard.parts import Fields, Part, Pick, Rows, Section, Step
from workloads.wizard.pieces import PIECES
from workloads.wizard.pieces import Part as Given
from workloads.wizard.rows import ListView, RowView, list_view, suggest
from workloads.wizard.sentences import spoken
from workloads.wizard.steps import GROUP, SHARED, WORKER
from workloads.wizard.view import View, about


class Sections:
    """Draws the sections of one step."""

    def __init__(
        self,
        step: Step,
        drawing: Drawing,
        draft: Any,
        around: Around,
        focus: str = "",
    ) -> None:
        self.step, self.drawing = step, drawing
        self.draft, self.document = draft, draft.document
        self.around, self.focus = around, focus
        self.views: list[View] = []
        self.lists: list[ListView] = []
        self.extra: dict[str, str] = {}
        """What further controls show, by the name of their input."""

    def drawn(self) -> SafeString:
        """Return the whole form without its frame."""
        cards = [self.card(section) for section in self.sections()]
        self.mark_loaded()
        return drawn(self.step, StepForm(self.views), cards)

    def mark_loaded(self) -> None:
        """Say at each field what was loaded into it; fields of rows by their keys."""
        if not self.draft.loaded:
            return
        named = {
            cell.name: f"{each.name}[{row.key}]{cell.name.removeprefix(row.name)}"
            for each in self.lists
            for row in each.rows
            for cell in row.cells.values()
        }
        for view in self.drawing.drawn:
            mark(view, named.get(view.name, view.name), self.draft.loaded)

    def sections(self) -> tuple[Section, ...]:
        """Return the sections to draw: without workers, their number alone."""
        if self.step.root == WORKER and self.drawing.shown("workers") == 0:
            return (GROUP,)
        return self.step.sections

    def card(self, section: Section) -> Card:
        """Draw one section."""
        parts = [self.part(part) for part in section.parts]
        kept = list(self.kept(section))
        told = [w for w in self.within(section, self.drawing.warnings) if w.by_cluster]
        there = {view.name for view in self.drawing.drawn}
        context = {
            "copy": self.step.root == WORKER and section in SHARED,
            "kept": kept,
            "summary": self.summary(section) if section.fold else "",
            "bad": bool(told or self.within(section, self.drawing.issues)),
            "open": self.focused(section),
            "load": section.slug in LOADS,
            "pane": f"load/{section.slug}/",
            "loaded": self.banner(section),
            "told": [
                self.drawing.sentence(w) for w in told if str(w.location) not in there
            ],
        }
        return Card(section, context, parts)

    def banner(self, section: Section) -> Banner | None:
        """Say what was loaded into a section, and what changed since."""
        root, load = self.step.root, LOADS.get(section.slug)
        record = self.draft.loaded.get(f"{root}.{section.slug}")
        if load is None or record is None:
            return None
        there = places(load, root, named(record))
        return Banner(record["name"], changes(self.document, record, there))

    def focused(self, section: Section) -> bool:
        """Whether a button was pressed in it: it is open then, without script too."""
        name = self.focus.partition(":")[2] or self.focus
        return self.step.section_of(Location.parse(name)) is section

    def within(self, section: Section, found: Mapping[str, list[Issue]]) -> list[Issue]:
        """Return what is about a place in a section."""
        return [
            each
            for at, several in found.items()
            for each in several
            if self.step.section_of(Location.parse(at)) is section
        ]

    def part(self, part: Part) -> Any:
        """Draw one part."""
        match part:
            case Fields():
                before = len(self.views)
                inside = [self.inside(name) for name in part.names]
                views = self.views[before:]
                filled = any(v.source_kind == "you" or v.issues for v in views)
                return Group(part, inside, filled)
            case Pick():
                return self.radios(part)
            case Rows():
                return Own("rows", {"part": part, "list": self.rows(part)})
        given = Given(self.drawing, self.document, self.step.root, self.around)
        before = len(self.drawing.drawn)
        found = PIECES[part.template](given)
        for view in self.drawing.drawn[before:]:
            self.compare(view)
        self.remember(part.template, found)
        return Own(f"pieces/{part.template}", found)

    def inside(self, part: str | Pick) -> Any:
        """Draw a field, or a choice, that stands in a grid."""
        return self.radios(part) if isinstance(part, Pick) else self.view(part).name

    def radios(self, part: Pick) -> Radios:
        """Draw a choice and what its options bring."""
        view = self.view(part.name)
        brings = {
            value: [self.view(name).name for name in names]
            for value, names in part.brings.items()
        }
        return Radios(part, view.name, brings)

    def view(self, name: str) -> View:
        """Draw a field of a layout."""
        path = self.step.root / name
        choices: tuple[str, ...] = ()
        if path[-1] == "nodeType":
            facts = self.drawing.context.facts
            choices = facts.demanded_node_types or tuple(sorted(facts.node_types or ()))
        view = self.drawing.view(str(path), choices=choices)
        self.compare(view)
        self.views.append(view)
        return view

    def rows(self, part: Rows) -> ListView:
        """Draw a list of a layout."""
        path = Location(self.step.root / part.name)
        view = list_view(self.drawing, self.document, path, part.cells)
        self.compare_list(view)
        self.lists.append(view)
        if part.template == "variable":
            for row in view.rows:
                self.draw_source(row)
        return view

    def draw_source(self, row: RowView) -> None:
        """Say where a variable's value comes from, and what there is to choose."""
        row.chosen = _source(row)
        self.extra[f"{row.name}:source"] = row.chosen
        suggest(row, self.around.config_maps)

    def remember(self, template: str, found: dict[str, Any]) -> None:
        """Keep what the controls of a piece show."""
        if template == "storage":
            self.lists += found["lists"]
            for row in (row for each in found["lists"] for row in each.rows):
                self.name_asset(row)
            for each in found["lists"]:
                self.compare_list(each)
        if template == "probes":
            for probe in found["probes"]:
                if probe["there"]:
                    self.extra[f"{probe['name']}:handler"] = probe["kind"]

    def name_asset(self, row: RowView) -> None:
        """Name the data source that a row came from, and offer it where it changed."""
        path = row.name.rpartition(".")[0]
        place = f"{path}[{row.key}]"
        record = self.draft.loaded.get(place)
        row.asset = self.around.imposed.get(row.key, "")
        if row.said.get("existingPvc"):
            new = ("claimInfo", "existing")
            cells = row.cells.items()
            row.cells = {name: c for name, c in cells if not name.startswith(new)}
        if record and not row.asset:
            row.asset, loaded = record["name"], record["values"][place]
            items = _said(self.document, FieldPath.parse(path))
            row.reset = "" if loaded in items else row.asset
            for cell in row.cells.values():
                if cell.source_kind == "asset":  # the head of the card says it
                    cell.source_kind = cell.source = ""

    def compare_list(self, view: ListView) -> None:
        """Say what the leader has, where a list of the workers differs.

        What differs by policies alone is nobody's doing, and no copy would change it.
        """
        if self.step.root != WORKER:
            return
        path = Location.parse(view.name)
        mine, theirs = (
            self.drawing.shown(str(each)) or [] for each in (path, _leader(path))
        )
        by_hand = _said(self.document, path.path) or _said(
            self.document, _leader(path).path
        )
        if by_hand and not alike(path.path, mine, theirs):
            view.differs = told(path.path, theirs) or "none"

    def compare(self, view: View) -> None:
        """Say what the leader has, where a worker's field differs."""
        if self.step.root != WORKER or not view.name.startswith("worker."):
            return
        place = Location.parse(view.name)
        if any(isinstance(part, int) for part in place):
            return
        by_hand = self.drawing.said(place) or self.drawing.said(_leader(place))
        if view.reason or not by_hand:
            return
        kind = KINDS[place.path]
        mine, theirs = map(self.drawing.shown, (view.name, str(_leader(place))))
        if kind.texts(mine, {}) != kind.texts(theirs, {}):
            view.differs = spoken(about(place.path), theirs) or "not set"

    def kept(self, section: Section) -> Any:
        """Yield what is said and has no input here: shown as text, with a way out."""
        for name in section.also:
            path = self.step.root / name
            value = _said(self.document, path)
            if value not in (None, [], {}):
                title = SCHEMA.at(path).info.title or path[-1]
                yield {"name": str(path), "label": title, "text": _plain(value)}

    def summary(self, section: Section) -> str:
        """Say in one line what is set inside a folded section."""
        found = [
            text
            for name in section.fields
            if (text := self.in_short(self.step.root / name))
        ]
        return " · ".join(found) or "Nothing is set"

    def in_short(self, path: FieldPath) -> str:
        """Say in a few words what is said of a field or a list, or given for it."""
        field, by = SCHEMA.at(path), ""
        value = _said(self.document, path)
        if value in (None, [], {}) and field in self.drawing.context.policy.given:
            value, by = _said(self.drawing.verdict.resolved, path), " by policy"
        if value in (None, [], {}):
            return ""
        if field.items:
            count = len(value) if isinstance(value, list) else 1
            noun = path[-1] if count > 1 or path[-1][-1] != "s" else path[-1][:-1]
            return f"{count} {_spaced(noun)}{by}"
        if field.children:
            return f"{path[-1]} check{by}"
        return f"{about(path).label} {spoken(about(path), value)}{by}"


def _leader(path: Location) -> Location:
    return Location(("leader", *path[1:]))


def _source(row: Any) -> str:
    """Return where a variable's value comes from."""
    kinds = ("configMap", "secret", "userCredential", "podFieldRef")
    for kind in kinds:
        if row.said.get(kind):
            return kind
    if row.said.get("value") is not None:
        return "custom"
    return row.chosen if row.chosen in ("custom", "configMap") else "custom"


def _said(document: Any, path: FieldPath) -> Any:
    node = document
    for part in path:
        node = node.get(part) if isinstance(node, dict) else None
    return node


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "; ".join(map(_plain, value))
    return (
        {True: "yes", False: "no"}.get(value, str(value))
        if isinstance(value, bool)
        else str(value)
    )


def _spaced(name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name)
