"""Draws the fields of a page from a verdict."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from policies.engine.completed import Context
from policies.engine.judge import Verdict
from policies.engine.rules import Options
from workloads.spec.issues import Issue
from workloads.spec.paths import FieldPath, Location
from workloads.spec.schema import SCHEMA
from workloads.wizard import words
from workloads.wizard.gates import closed, refused
from workloads.wizard.kinds import Amount, Choice, Cores, Flag, Kind, Several
from workloads.wizard.sentences import (
    bounds,
    by_hand,
    called,
    called_at,
    limits,
    reason_of,
    sentence,
    spoken,
    whose,
)
from workloads.wizard.view import Option, View, about, dashed


class Drawing:
    """Draws the fields of one page."""

    def __init__(
        self,
        verdict: Verdict,
        context: Context,
        controls: Mapping[str, Any],
        tried: bool,
        theirs: Mapping[str, Any],
        document: Mapping[str, Any],
    ) -> None:
        self.verdict, self.context, self.controls = verdict, context, controls
        self.document = document
        self.theirs = theirs
        self.issues: dict[str, list[Issue]] = {}
        for issue in verdict.issues:
            if tried or issue.kind != "missing":
                self.issues.setdefault(str(issue.location), []).append(issue)
        self.warnings: dict[str, list[Issue]] = {}
        for issue in verdict.warnings:
            self.warnings.setdefault(str(issue.location), []).append(issue)
        self.drawn: list[View] = []

    def sentence(self, issue: Issue) -> str:
        """Return an issue as a sentence: at the field and on top in the same words."""
        return sentence(called_at(issue.location, self.document), issue)

    def shown(self, name: str) -> Any:
        """Return the value that a form shows under a drawn name."""
        return Location.parse(name).value_in(self.verdict.shown)

    def view(
        self,
        name: str,
        place: Location | None = None,
        keyed: str = "",
        choices: tuple[str, ...] = (),
    ) -> View:
        """Draw a field. ``place`` is its location in the document, if not the name."""
        place = Location.parse(name) if place is None else place
        path, keyed = place.path, keyed or name
        known = about(path)
        texts = known.kind.texts(self.shown(name), self.kept_controls(keyed))
        view = View(
            name=name,
            id=dashed(name),
            about=known,
            text=texts[""] if isinstance(texts[""], str) else "",
            values=texts[""] if isinstance(texts[""], list) else [],
            options=[],
            required=self.demanded(path),
            issues=[self.sentence(i) for i in self.issues.get(str(place), ())],
            warnings=[
                self.sentence(i)
                for i in self.warnings.get(str(place), ())
                if i.rule not in ("endpoint", "unused")
            ],
            mono=path[-1] in words.MONO,
            suffix=known.suffix,
            placeholder=words.PLACEHOLDERS.get(path[-1], ""),
        )
        self.add_units(view, texts)
        self.add_options(view, path, known.options, choices)
        self.add_state(view, path, place)
        if keyed in self.theirs:
            view.theirs = spoken(known, self.theirs[keyed])
        self.drawn.append(view)
        return view

    def kept_controls(self, keyed: str) -> dict[str, str]:
        """Return what stands beside the input, by suffix."""
        unit = self.controls.get(f"{keyed}:unit")
        return {":unit": unit} if isinstance(unit, str) else {}

    def demanded(self, path: FieldPath) -> bool:
        """Whether a workload, or a rule, needs the field where it stands now."""
        if SCHEMA.at(path).needed:
            above = SCHEMA.at(path[:-1])
            return not above.optional or self.there(path[:-1])
        rules = self.context.policy.rules.get(path)
        facts = self.context.facts
        if path[-1] == "nodeType" and facts.demanded_node_types:
            return True
        return rules is not None and rules.required

    def there(self, path: tuple[str, ...]) -> bool:
        """Whether an optional part of the workload is there."""
        node: Any = self.verdict.resolved
        for part in path:
            node = node.get(part) if isinstance(node, dict) else None
        return node is not None

    def add_units(self, view: View, texts: Mapping[str, Any]) -> None:
        """Add the unit select, and Auto."""
        kind = view.about.kind
        view.unit = texts.get(":unit", "")
        if isinstance(kind, Amount):
            view.units = kind.units_of(view.unit)
        elif isinstance(kind, Cores):
            view.units = kind.units
        last = view.name.rpartition(".")[2]
        if last in words.AUTO and last != "sizeLimit":
            kept = self.controls.get(f"{view.name}:auto")
            view.auto = "set" if view.text or kept == "set" else "auto"

    def add_options(
        self,
        view: View,
        path: FieldPath,
        options: tuple[tuple[str, words.Called], ...],
        choices: tuple[str, ...],
    ) -> None:
        """Add the choices, and the said one that is none of them."""
        offered = self.offered(path, view.about.kind)
        if offered and not options:
            choices = tuple(offered)
        titled = {v: words.Called(title) for v, title in offered.items() if title}
        found = [(c, titled.get(c, words.Called(c))) for c in choices]
        found = found or [
            (v, c._replace(label=offered.get(v) or c.label)) for v, c in options
        ]
        if choices and not (view.required and view.text):
            none = "Choose one" if view.required else "Any"
            found = [("", words.Called(none)), *found]
        if not found:
            return
        chosen = view.values if isinstance(view.about.kind, Several) else [view.text]
        known = {value for value, _ in found}
        if isinstance(view.about.kind, Choice) and not view.text and "" not in known:
            found = [("", words.Called("Choose one")), *found]
        if not isinstance(view.about.kind, Flag):
            found += [(t, words.Called(t)) for t in chosen if t and t not in known]
        view.options = [
            Option(v, c.label, c.hint, v in chosen, self.refused(view, path, v))
            for v, c in found
        ]

    def offered(self, path: FieldPath, kind: Kind) -> dict[str, str]:
        """Return what a policy lets a single field be, with its name for it, if any."""
        rules = self.context.policy.rules.get(path)
        bounds = rules.bounds if rules and not isinstance(kind, Several) else ()
        return {
            kind.texts(value, {})[""]: "" if title == str(value) else title
            for bound in bounds
            if isinstance(bound, Options)
            for value, title in zip_longest(bound.values, bound.titles, fillvalue="")
        }

    def refused(self, view: View, path: FieldPath, value: str) -> str:
        """Return why a choice cannot be taken."""
        base = view.name.rpartition(".")[0]
        rules, facts = self.context.policy, self.context.facts
        return refused(
            path, value, facts, rules, lambda name: self.shown(f"{base}.{name}")
        )

    def add_state(self, view: View, path: FieldPath, place: Location) -> None:
        """Say who set it, what a reset brings, what the policy allows."""
        facts, policy = self.context.facts, self.context.policy
        source = self.verdict.sources.get(place, "")
        if source:
            view.source_kind, view.source = called(source)
        default = self.verdict.defaults.get(place)
        if default is not None and source != "platform":
            view.reset = f"{spoken(view.about, default.value)}, {whose(default.source)}"
        rules = policy.rules.get(path)
        if rules and rules.bounds:
            view.range = bounds(path, rules)
            view.limits = limits(view.about.kind, rules, view.unit)
        gate = closed(path, facts, policy)
        if gate or (rules and (rules.can_edit is False or rules.blocked)):
            valued = self.fix(view)
            view.reason = gate or reason_of(rules, valued)
            view.range = ""
            if by_hand(source) and not view.reset:
                view.reset = "none"

    def fix(self, view: View, reason: str = "") -> bool:
        """Draw a field as text; return whether it has a value."""
        text = spoken(view.about, self.shown(view.name))
        view.fixed, view.reason = text or "none", reason
        return bool(text)

    def said(self, place: Location) -> bool:
        """Whether somebody said what stands there, rather than a policy or default."""
        return by_hand(self.verdict.sources.get(place, ""))
