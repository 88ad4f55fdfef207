"""One field as a page draws it: finished values, nothing left to decide."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from workloads.spec.paths import FieldPath
from workloads.spec.schema import SCHEMA
from workloads.wizard import words
from workloads.wizard.kinds import KINDS, Choice, Flag, Kind, Words

NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


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
    suffix: str
    options: tuple[tuple[str, words.Called], ...]
    help: words.Help | None


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
    named: bool = False
    """Whether it is the name of something, which is text without any lock."""

    reason: str = ""
    range: str = ""
    limits: tuple[tuple[str, str], ...] = ()
    """The range again, as attributes of an input for numbers."""

    source: str = ""
    source_kind: str = ""
    reset: str = ""
    differs: str = ""
    theirs: str = ""
    mono: bool = False
    placeholder: str = ""
    suggestions: tuple[str, ...] = ()
    """Texts to choose from, or to do without."""

    unchecked: bool = False
    """Whether it names something that nobody has seen yet."""

    @property
    def label(self) -> str:
        return self.about.label

    @property
    def hint(self) -> str:
        return self.about.hint

    @property
    def help(self) -> words.Help | None:
        return self.about.help

    @property
    def noted(self) -> bool:
        """Whether more than a hint stands below it."""
        notes = (self.reason, self.range, self.issues, self.warnings, self.differs)
        return any(notes) or bool(self.theirs)

    @property
    def template(self) -> str:
        """The template of its input."""
        if self.reason:
            return "fixed"
        if self.options and type(self.about.kind) in (Choice, Words):
            return "select"
        return self.about.kind.template

    @property
    def type(self) -> str:
        """The type of its input. A number's takes no text, so a typed one is none."""
        typed = self.text and not NUMBER.fullmatch(self.text)
        return "number" if self.limits and not typed else "text"

    @property
    def marked(self) -> bool:
        """Whether it says who set it where there is little room for that."""
        return self.source_kind not in ("", "default") or bool(self.reset)

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
            ("unchecked", self.unchecked),
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
    elif "" in called and getattr(kind, "optional", False):
        values = ("", *values)
    options = tuple(
        (value, called.get(value) or words.Called(value)) for value in values
    )
    label = words.LABELS.get(path) or field.info.title or str(path[-1])
    hint = words.HINTS.get(path, field.info.description or "")
    help = words.HELP.get(path)
    return About(kind, label, hint, words.UNITS.get(path[-1], ""), options, help)


def dashed(name: str) -> str:
    """Return the id of an input: names have dots, and ids may not."""
    return name.replace(".", "-").replace("[", "-").replace("]", "").replace(":", "-")
