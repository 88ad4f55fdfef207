"""A draft of a policy, held against assets: what could not be loaded any more."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from assets.compliance import ANYWHERE, objections_to
from assets.models import Asset, ComputeResource, DataSource, Environment
from policies.engine.effective import EffectivePolicy
from policies.stored import place_of
from policies.units import OrgUnit, chain_of
from workloads.models import ImpactRun
from workloads.spec.issues import Issue
from workloads.sync.bounds import demanded, value_at

Both = tuple[EffectivePolicy, EffectivePolicy]
"""What holds in a unit now, and with the draft."""

ASSETS: tuple[type[Asset], ...] = (Environment, ComputeResource, DataSource)
ROLES = ("leader", "worker")


def assets_refused(
    run: ImpactRun, policies_of: Callable[[OrgUnit], Both]
) -> list[dict[str, Any]]:
    """Return what a draft newly forbids in assets that the author sees.

    An asset of a unit below is judged there, one from above in the draft's unit.
    """
    found: list[dict[str, Any]] = []
    for model in ASSETS:
        for asset in model.objects.visible_to(run.by).with_units():
            if (unit := _nearer(asset.unit, run.unit)) is not None:
                both = policies_of(unit)
                found += [_told(asset, *each, *both) for each in _new(asset, *both)]
    return found


def _nearer(one: OrgUnit, other: OrgUnit) -> OrgUnit | None:
    """Return the one that lies in the other; nothing where neither does."""
    places = [[place_of(each) for each in chain_of(unit)] for unit in (one, other)]
    if place_of(other) in places[0]:
        return one
    return other if place_of(one) in places[1] else None


def _new(
    asset: Asset, before: EffectivePolicy, after: EffectivePolicy
) -> Iterator[tuple[str, Issue]]:
    for role in ROLES:
        known = objections_to(asset, role, replace(ANYWHERE, policy=before))
        old = {(issue.location, issue.rule) for issue in known}
        for issue in objections_to(asset, role, replace(ANYWHERE, policy=after)):
            if (issue.location, issue.rule) not in old:
                yield role, issue


def _told(
    asset: Asset,
    role: str,
    issue: Issue,
    before: EffectivePolicy,
    after: EffectivePolicy,
) -> dict[str, Any]:
    path = issue.location.path
    return {
        "id": str(asset.pk),
        "noun": asset.noun,
        "name": asset.name,
        "unit": asset.unit_name,
        "location": str(issue.location),
        "rule": issue.rule,
        "text": issue.text,
        "before": demanded(before.rules.get(path), issue.rule),
        "after": demanded(after.rules.get(path), issue.rule),
        "value": value_at(issue.location, asset.document(role)),
    }
