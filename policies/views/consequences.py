"""What a policy, or its deletion, changes in a unit and in those below it."""

from collections.abc import Iterable
from typing import NamedTuple

from policies.engine.effective import EffectivePolicy
from policies.engine.policy import Policy
from policies.engine.rules import Unit
from policies.models import UnitPolicy
from policies.stored import Known, in_force, place_of, policies_of
from policies.units import OrgUnit, chain_of, named, units_below
from policies.views.parameters import Change, changed
from projects.models import GeneralSettings

MOST_ROWS = 50
MOST_NAMES = 8


class Group(NamedTuple):
    """Units for which the same changes."""

    units: list[Unit]
    changes: list[Change]

    @property
    def named(self) -> str:
        """The units in words: the first of them, and how many there are else."""
        names = ", ".join(map(str, self.units[:MOST_NAMES]))
        more = len(self.units) - MOST_NAMES
        return f"{names} and {more} more" if more > 0 else names


class Consequences(NamedTuple):
    """What changes, unit by unit; units alike stand together."""

    groups: list[Group]
    left_out: int
    """Changes that are not shown."""

    units: int
    """How many are below the one whose policy it is."""


def consequences(unit: OrgUnit, policy: Policy | None) -> Consequences:
    """Return what changes once the policy is in force; None stands for none."""
    tenant = GeneralSettings.current()
    known, depth = in_force(UnitPolicy.objects.all()), len(chain_of(unit, tenant)) - 1
    alike: dict[tuple[object, ...], list[OrgUnit]] = {}
    for each in (unit, *units_below(unit)):
        own = map(place_of, chain_of(each, tenant)[depth + 1 :])
        alike.setdefault(tuple(p for p in own if p in known), []).append(each)
    groups = []
    for units in alike.values():
        chain = chain_of(units[0], tenant)
        if changes := _changes(chain, depth, policy, known):
            groups.append(Group([named(each) for each in units], changes))
    shown, left_out = _bounded(groups)
    return Consequences(shown, left_out, sum(map(len, alike.values())) - 1)


def _changes(
    chain: tuple[OrgUnit, ...], depth: int, policy: Policy | None, known: Known
) -> list[Change]:
    new = (policy,) if policy else ()
    farther = policies_of(chain[:depth], known)
    nearer = policies_of(chain[depth + 1 :], known)
    before = EffectivePolicy.of(policies_of(chain, known))
    return changed(before, EffectivePolicy.of((*farther, *new, *nearer)))


def _bounded(groups: Iterable[Group]) -> tuple[list[Group], int]:
    """Cut what is too much to be read, and count it."""
    shown: list[Group] = []
    left, left_out = MOST_ROWS, 0
    for group in groups:
        if kept := group.changes[:left]:
            shown.append(group._replace(changes=kept))
        left_out += len(group.changes) - len(kept)
        left -= len(kept)
    return shown, left_out
