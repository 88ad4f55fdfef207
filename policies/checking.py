"""What is said of a policy before it is saved, and of those below it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from policies.engine.lint import lint
from policies.engine.lint_below import lint_below
from policies.engine.policy import Policy
from policies.engine.rules import Unit
from policies.engine.saving import refusals
from policies.errors import Finding
from policies.imposed import as_assets, shelf_for
from policies.models import UnitPolicy
from policies.places import mark_of
from policies.reading import Mark, NotReadable, Reading, reading
from policies.stored import Known, in_force, place_of, policies_of
from policies.typed import typed
from policies.units import OrgUnit, chain_of, named, units_below
from projects.models import GeneralSettings
from workloads.spec.issues import Issue
from workloads.spec.paths import Location


@dataclass(frozen=True)
class Below:
    """A unit below whose stored policy becomes contradictory."""

    unit: Unit
    issues: tuple[Issue, ...]


@dataclass(frozen=True)
class Checked:
    """A text that was read, with all that stands against it."""

    policy: Policy
    document: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    below: tuple[Below, ...] = ()
    warnings: tuple[Finding, ...] = ()
    """Neither forbids to save; they are not looked for while something does."""


@dataclass(frozen=True)
class Read:
    """A text as a policy, before anything above is looked at."""

    policy: Policy
    document: dict[str, Any]
    reading: Reading
    untyped: tuple[Issue, ...]

    def findings(self, above: Sequence[Policy]) -> list[Finding]:
        """Return what is wrong with it under these policies, in the text's order."""
        issues = list(self.untyped)
        known = {issue.location for issue in issues}
        issues += [i for i in refusals(self.policy, above) if i.location not in known]
        found = [Finding(issue, self.mark(issue)) for issue in issues]
        return sorted(dict.fromkeys(found), key=lambda each: each.mark)

    def warnings(
        self, above: Sequence[Policy], below: Sequence[Policy]
    ) -> list[Finding]:
        """Return what may not be meant in it, in the text's order."""
        advice = lint(self.policy, above, self.document)
        advice = (*advice, *lint_below(self.policy, below))
        found = [Finding(issue, self.mark(issue), offer) for issue, offer in advice]
        return sorted(found, key=lambda each: each.mark)

    def mark(self, issue: Issue) -> Mark:
        """Return where the text has what an issue is about."""
        return mark_of(issue.location, self.reading)


def read(unit: OrgUnit, text: str) -> Read | Finding:
    """Return the text as a policy of the unit, or why it cannot be read at all."""
    try:
        found = reading(text)
    except NotReadable as refused:
        issue = Issue(Location(), "yaml", str(refused), str(named(unit)))
        return Finding(issue, refused.mark)
    document, untyped = typed(found.document)
    assets = as_assets(shelf_for(unit, document))
    policy = Policy.read(named(unit), document, assets)
    return Read(policy, document, found, tuple(untyped))


def checked(unit: OrgUnit, text: str) -> Checked:
    """Return everything that a save of the text would meet."""
    found = read(unit, text)
    if isinstance(found, Finding):
        return Checked(Policy(named(unit)), findings=(found,))
    above = policies_of(chain_of(unit)[:-1])
    if findings := tuple(found.findings(above)):
        return Checked(found.policy, found.document, findings)
    below = tuple(impact(unit, found.policy))
    return Checked(found.policy, found.document, (), below, warned(unit, found))


def warned(unit: OrgUnit, found: Read) -> tuple[Finding, ...]:
    """Return the warnings about a text as the policy of a unit."""
    known = in_force(UnitPolicy.objects.all())
    above = policies_of(chain_of(unit)[:-1], known)
    below = [own for _, own in _policies_below(unit, known)]
    return tuple(found.warnings(above, below))


def impact(unit: OrgUnit, policy: Policy | None) -> Iterator[Below]:
    """Yield the units below that a policy, or its deletion, makes contradictory.

    A unit is contradictory when saving its stored policy again would be refused.
    """
    tenant = GeneralSettings.current()
    above = len(chain_of(unit, tenant)) - 1
    new = (policy,) if policy else ()
    known = in_force(UnitPolicy.objects.all())
    for each, own in _policies_below(unit, known):
        chain = chain_of(each, tenant)[:-1]
        farther = policies_of(chain[:above], known)
        nearer = policies_of(chain[above + 1 :], known)
        issues = refusals(own, (*farther, *new, *nearer))
        if issues:
            before = refusals(own, policies_of(chain, known))
            issues = [issue for issue in issues if issue not in before]
        if issues:
            yield Below(named(each), tuple(issues))


def _policies_below(unit: OrgUnit, known: Known) -> Iterator[tuple[OrgUnit, Policy]]:
    for each in units_below(unit):
        if place_of(each) in known:
            (own,) = policies_of([each], known)
            yield each, own
