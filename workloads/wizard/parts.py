"""What steps are made of: sections, and in them fields, choices, rows and pieces."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from workloads.spec.paths import FieldPath, Location
from workloads.spec.schema import SCHEMA
from workloads.wizard.words import Help


@dataclass(frozen=True)
class Fields:
    """Inputs side by side. A name is below the root, or absolute with a slash."""

    names: "tuple[str | Pick, ...]"
    wide: bool = False
    fold: str = ""
    """Folded under this line."""

    def paths(self) -> Iterator[str]:
        for name in self.names:
            yield from (name,) if isinstance(name, str) else name.paths()


@dataclass(frozen=True)
class Pick:
    """A choice by radio buttons; some of them bring inputs of their own."""

    name: str
    brings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    short: bool = False
    """In one line, where the texts are short."""

    def paths(self) -> Iterator[str]:
        yield self.name
        for names in self.brings.values():
            yield from names


@dataclass(frozen=True)
class Rows:
    """A list of items, one row each."""

    name: str
    cells: tuple[str, ...]
    title: str
    add: str
    template: str
    hint: str = ""
    links: tuple[tuple[str, str], ...] = ()
    """Where to read more: text and address."""

    help: Help | None = None
    quiet: bool = False
    """Whether the section says the title already."""

    def paths(self) -> Iterator[str]:
        yield self.name


@dataclass(frozen=True)
class Piece:
    """Something with a template of its own, and the fields that it shows."""

    template: str
    names: tuple[str, ...] = ()

    def paths(self) -> Iterator[str]:
        yield from self.names


Part = Fields | Pick | Rows | Piece
TOP = FieldPath()


@dataclass(frozen=True)
class Section:
    """One card of a step."""

    slug: str
    title: str
    parts: tuple[Part, ...]
    text: str = ""
    fold: bool = False
    also: tuple[str, ...] = ()
    """Not asked for here, but kept, shown and judged here where something said it."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of all that it shows."""
        return tuple(name for part in self.parts for name in part.paths())


@dataclass(frozen=True)
class Step:
    """One page of the wizard. Names are below ``root``, or absolute with a slash."""

    slug: str
    title: str
    sections: tuple[Section, ...] = ()
    root: FieldPath = TOP
    text: str = ""

    def __post_init__(self) -> None:
        for path in self.paths():
            SCHEMA.at(path)

    def paths(self) -> Iterator[FieldPath]:
        """Yield every field that the step holds."""
        for section in self.sections:
            yield from self.paths_of(section)

    def paths_of(self, section: Section) -> Iterator[FieldPath]:
        """Yield the fields of one section."""
        for name in (*section.fields, *section.also):
            yield self.root / name

    def holds(self, location: Location) -> bool:
        """Whether an issue there is shown here. Two steps may share a root."""
        return any(location.below(path) for path in self.paths())

    def section_of(self, location: Location) -> Section | None:
        """Return the section that shows the place."""
        for section in self.sections:
            if any(location.below(path) for path in self.paths_of(section)):
                return section
        return None
