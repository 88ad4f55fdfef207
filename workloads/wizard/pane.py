"""The pane of assets that can be loaded into a section: finished values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from policies.engine.effective import EffectivePolicy
from workloads.spec.issues import Issue
from workloads.spec.schema import SCHEMA, Field
from workloads.wizard.items import told
from workloads.wizard.loaded import Change
from workloads.wizard.sentences import allowed, called_at, spoken
from workloads.wizard.view import about
from workloads.wizard.words import STORAGE_KINDS

ROLES = ("leader", "worker")
BOUNDS = frozenset({"min", "max", "step", "options", "prefixes"})
RULES = {
    "canEdit": "The policy fixes the value",
    "canAdd": "Only the policy's own rows",
    "blocked": "No value",
    "guard": "Only what a tenant or cluster policy names",
}


class Reason(NamedTuple):
    """A row of the table that says why an asset cannot be loaded."""

    label: str
    path: str
    rule: str
    value: str
    allowed: str
    source: str


@dataclass(frozen=True)
class Card:
    """An asset, drawn."""

    id: str
    name: str
    text: str
    scope: str
    author: str
    says: list[str]
    """Its values in a few words, the first the most telling."""

    reasons: list[Reason]
    imposed: str = ""
    """Who imposes it; it is there then and cannot be loaded."""

    in_use: bool = False

    @property
    def blocked(self) -> bool:
        """Whether it cannot be loaded here."""
        return bool(self.reasons)

    @property
    def broken(self) -> str:
        """How many rules it breaks, and whose."""
        count = len(self.reasons)
        sources = ", ".join(dict.fromkeys(each.source for each in self.reasons))
        return f"Breaks {count} {'rule' if count == 1 else 'rules'} of {sources}."


@dataclass(frozen=True)
class Pane:
    """What can be loaded into a section."""

    noun: str
    many: str
    section: str
    cards: list[Card]
    at_stake: list[Change]
    """Values of the user that loading would replace."""

    url: str
    back: str

    @property
    def loadable(self) -> bool:
        """Whether there is anything to choose."""
        return any(not (card.blocked or card.imposed) for card in self.cards)

    @property
    def closed(self) -> bool:
        """Whether there are assets, and the policies forbid every one."""
        return bool(self.cards) and not self.loadable


def says(document: Any) -> list[str]:
    """Return what a document says, field by field; what is a role's stands first."""
    parts = sorted(document.items(), key=lambda part: part[0] not in ROLES)
    return [text for name, value in parts for text in _says(SCHEMA, {name: value})]


def _says(section: Field, document: Any) -> Iterator[str]:
    for name, field in section.children.items():
        value = document.get(name) if isinstance(document, dict) else None
        if value in (None, [], {}):
            continue
        if field.items:
            rows = [row for row in value if isinstance(row, dict)]
            yield f"{_title(field)}: {told(field.path, rows)}"
        elif field.children:
            yield from _says(field, value)
        elif field.adapter:
            known = about(field.path)
            yield f"{known.label}: {spoken(known, value)}"


def _title(field: Field) -> str:
    name = field.path[-1]
    if name in STORAGE_KINDS:
        return STORAGE_KINDS[name].label
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in name)
    return field.info.title or words.capitalize()


def reasons(
    issues: Sequence[Issue], document: Any, policy: EffectivePolicy
) -> list[Reason]:
    """Return the rows that say what stands against an asset."""
    return [_reason(issue, document, policy) for issue in issues]


def _reason(issue: Issue, document: Any, policy: EffectivePolicy) -> Reason:
    path = issue.location.path
    field, rules = SCHEMA.at(path), policy.rules.get(path)
    value = issue.location.value_in(document)
    text = RULES.get(issue.rule, "") or issue.text
    if rules and issue.rule in BOUNDS:
        text = allowed(path, rules)
    if issue.rule == "canEdit" and path in policy.defaults:
        text = f"only {spoken(about(path), policy.defaults[path].value)}"
    return Reason(
        called_at(issue.location, document),
        str(path),
        issue.rule,
        _value(field, value),
        text[:1].upper() + text[1:],
        issue.source,
    )


def _value(field: Field, value: Any) -> str:
    if field.items:
        return told(field.path, [value] if isinstance(value, dict) else value or [])
    return spoken(about(field.path), value) if field.adapter else ""
