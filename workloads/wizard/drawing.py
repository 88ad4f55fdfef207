"""One field as a page draws it: finished values, nothing left to decide."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from policies.engine.completed import Context
from policies.engine.judge import Verdict
from policies.engine.rules import InSteps, Maximum, Minimum
from workloads.spec.issues import Issue
from workloads.spec.paths import FieldPath, Location
from workloads.spec.schema import SCHEMA
from workloads.wizard import words
from workloads.wizard.gates import closed, refused
from workloads.wizard.kinds import (
    KINDS,
    Amount,
    Choice,
    Cores,
    Flag,
    Kind,
    Several,
    Words,
)


class Option(NamedTuple):
    """One of several choices."""

    value: str
    label: str
    hint: str
    chosen: bool
    reason: str
    """Why it cannot be taken; empty where it can."""


class About(NamedTuple):
    """What is the same of a field on every page."""

    kind: Kind
    label: str
    hint: str
    needed: bool
    options: tuple[tuple[str, words.Called], ...]


@dataclass(slots=True)
class View:
    """One field, drawn."""

    name: str
    id: str
    about: About
    text: str
    values: list[str]
    options: list[Option]
    required: bool
    issues: list[str]
    warnings: list[str]
    unit: str = ""
    units: tuple[tuple[str, str], ...] = ()
    suffix: str = ""
    auto: str = ""
    fixed: str = ""
    reason: str = ""
    range: str = ""
    source: str = ""
    source_kind: str = ""
    reset: str = ""
    differs: str = ""
    theirs: str = ""
    mono: bool = False
    placeholder: str = ""

    @property
    def label(self) -> str:
        return self.about.label

    @property
    def hint(self) -> str:
        return self.about.hint

    @property
    def template(self) -> str:
        """The template of its input."""
        if self.reason:
            return "fixed"
        if self.options and type(self.about.kind) in (Choice, Words):
            return "select"
        return self.about.kind.template

    @property
    def long(self) -> bool:
        """Whether the input has several lines."""
        return self.about.kind.long or "\n" in self.text

    @property
    def lines(self) -> int:
        """How many lines to draw."""
        return min(10, self.text.count("\n") + 1 + (self.template == "lines"))

    @property
    def mode(self) -> str:
        return self.about.kind.mode

    @property
    def described(self) -> str:
        """The ids of what explains it."""
        parts = (
            ("hint", self.hint and not self.reason),
            ("range", self.range),
            ("reason", self.reason),
            ("error", self.issues),
        )
        return " ".join(f"{self.id}-{end}" for end, there in parts if there)

    @property
    def posted(self) -> Iterator[tuple[str, Any]]:
        """Yield the names of its inputs with what they show."""
        if self.reason:
            return
        yield self.name, self.values if self.template == "several" else self.text
        if self.units:
            yield f"{self.name}:unit", self.unit
        if self.auto:
            yield f"{self.name}:auto", self.auto


@cache
def about(path: FieldPath) -> About:
    """Return what is the same of a field on every page."""
    field, kind = SCHEMA.at(path), KINDS[path]
    called = words.OPTIONS.get(path[-1], {})
    values: tuple[str, ...] = getattr(kind, "options", ())
    if isinstance(kind, Flag):
        values = tuple(called) or ("true",)
    elif getattr(kind, "optional", False):
        values = ("", *values)
    options = tuple(
        (value, called.get(value) or words.Called(value or "None")) for value in values
    )
    label = words.LABELS.get(path) or field.info.title or str(path[-1])
    hint = words.HINTS.get(path, field.info.description or "")
    return About(kind, label, hint, field.needed, options)


def dashed(name: str) -> str:
    """Return the id of an input: names have dots, and ids may not."""
    return name.replace(".", "-").replace("[", "-").replace("]", "").replace(":", "-")


class Drawing:
    """Draws the fields of one page."""

    def __init__(
        self,
        verdict: Verdict,
        context: Context,
        controls: Mapping[str, Any],
        tried: bool,
        theirs: Mapping[str, Any],
    ) -> None:
        self.verdict, self.context, self.controls = verdict, context, controls
        self.theirs = theirs
        self.issues: dict[str, list[Issue]] = {}
        for issue in verdict.issues:
            if tried or issue.kind != "missing":
                self.issues.setdefault(str(issue.location), []).append(issue)
        self.warnings: dict[str, list[Issue]] = {}
        for issue in verdict.warnings:
            self.warnings.setdefault(str(issue.location), []).append(issue)
        self.drawn: list[View] = []

    def shown(self, name: str) -> Any:
        """Return the value that a form shows under a drawn name."""
        node: Any = self.verdict.shown
        for part in Location.parse(name):
            if isinstance(node, dict):
                node = node.get(part)
            elif isinstance(node, list) and isinstance(part, int):
                node = node[part] if part < len(node) else None
            else:
                return None
        return node

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
            issues=[sentence(known.label, i) for i in self.issues.get(str(place), ())],
            warnings=[
                sentence(known.label, i)
                for i in self.warnings.get(str(place), ())
                if i.rule not in ("endpoint", "unused")
            ],
            mono=path[-1] in words.MONO,
            suffix=words.UNITS.get(path[-1], ""),
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
        found = [(c, words.Called(c)) for c in choices] or list(options)
        if choices:
            found = [
                ("", words.Called("Choose one" if view.required else "Any")),
                *found,
            ]
        if not found:
            return
        chosen = view.values if isinstance(view.about.kind, Several) else [view.text]
        known = {value for value, _ in found}
        if not isinstance(view.about.kind, Flag):
            found += [(t, words.Called(t)) for t in chosen if t and t not in known]
        view.options = [
            Option(v, c.label, c.hint, v in chosen, self.refused(view, path, v))
            for v, c in found
        ]

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
        if rules:
            view.range = bounds(rules)
        gate = closed(path, facts, policy)
        said = default is not None or source not in ("", "platform")
        locked = rules and (rules.can_edit is False or rules.blocked)
        if gate or locked:
            said_by_user = source in ("you", "copy", "clone")
            view.reason = gate or reason_of(rules)
            view.fixed = spoken(view.about, self.shown(view.name)) or "none"
            if said and said_by_user and not view.reset:
                view.reset = "none"


def reason_of(rules: Any) -> str:
    """Say whose rule locks a field."""
    if rules.blocked:
        return f"Not available under the policy of {rules.source}."
    return f"Locked by {rules.source}. Your administrator can change it."


def bounds(rules: Any) -> str:
    """Say what a policy allows, before anybody breaks it."""
    least = next((str(b.bound) for b in rules.bounds if isinstance(b, Minimum)), "")
    most = next((str(b.bound) for b in rules.bounds if isinstance(b, Maximum)), "")
    steps = next((str(b.step) for b in rules.bounds if isinstance(b, InSteps)), "")
    text = f"{least}–{most}" if least and most else ""
    text = text or (f"{least} or more" if least else f"at most {most}" if most else "")
    if steps:
        text = f"{text}, in steps of {steps}" if text else f"in steps of {steps}"
    return f"{text}, set by {rules.source}" if text else ""


def called(source: str) -> tuple[str, str]:
    """Return the kind of a source and its name on the page."""
    if source == "platform":
        return "default", "Default"
    if source == "you":
        return "you", "You"
    if source in ("copy", "clone"):
        return "copy", "Copied from leader" if source == "copy" else "Copied"
    return "policy", f"Policy · {source}"


def whose(source: str) -> str:
    """Say where a value comes from that a reset brings back."""
    return "the default" if source == "platform" else f"from {source}"


def spoken(known: About, value: Any) -> str:
    """Return a value in the words of the page."""
    if value is None:
        return ""
    texts = known.kind.texts(value, {})
    text = texts[""]
    if isinstance(text, list):
        return ", ".join(text) or "none"
    if isinstance(known.kind, Flag):
        label = dict(known.options).get(text)
        return (
            label.label
            if label and len(known.options) > 1
            else ("on" if text == "true" else "off")
        )
    if label := dict(known.options).get(text):
        return label.label
    unit = texts.get(":unit")
    if unit is None:
        return text
    names = (
        known.kind.units
        if isinstance(known.kind, Cores)
        else (known.kind.units_of(unit) if isinstance(known.kind, Amount) else ())
    )
    return f"{text} {dict(names).get(unit, unit)}" if text else ""


def sentence(label: str, issue: Issue) -> str:
    """Return an issue as a sentence: at the field and on top in the same words."""
    text = issue.text.rstrip(".")
    whole = text if text[:1].isupper() else f"{label} {text}"
    if issue.source not in ("the product", "platform") and issue.source not in whole:
        whole = f"{whole}, set by {issue.source}"
    return f"{whole}."
