"""Saving and deleting assets. Every door leads through here."""

from typing import TypeVar

from django.db import IntegrityError, transaction

from access.models import User
from assets.compliance import faults
from assets.errors import Imposed, NameTaken, NotAllowed, NotWhole
from assets.models import Asset, DataSource
from policies.checking import read
from policies.errors import Finding
from policies.imposed import imposing
from policies.models import UnitPolicy
from policies.services import hold, unit_of
from policies.stored import policies_of
from policies.units import chain_of, may
from projects.services import record

A = TypeVar("A", bound=Asset)


def save_asset(*, by: User, asset: A) -> A:
    """Save an asset as a new revision; it stays in the unit that it was made for.

    Whoever loaded it keeps what it was. Policies that impose it mean the new one: a
    submission under way notices. Raises NotAllowed, NotWhole, NameTaken or Imposed;
    then nothing is recorded.
    """
    _allowed(by, "create" if asset._state.adding else "update", asset)
    asset.name = " ".join(asset.name.split())
    if found := faults(asset):
        raise NotWhole(found)
    try:
        return _saved(by, asset)
    except IntegrityError:
        taken = f"{asset.unit_name} has {_a(asset)} called {asset.name} already."
        raise NameTaken(taken) from None


def delete_asset(*, by: User, asset: Asset) -> None:
    """Delete an asset; what was loaded from it stays in its workloads.

    Raises NotAllowed, or Imposed while a policy in force imposes it.
    """
    _allowed(by, "delete", asset)
    with transaction.atomic():
        hold(asset.unit, raised=0)
        if policies := _imposing(asset):
            raise Imposed(
                f"{asset} is imposed by {_named(policies)}: change that first."
            )
        record(by, f"{_slug(asset)}.delete", asset, unit=asset.unit_name)
        asset.delete()


@transaction.atomic
def _saved(by: User, asset: A) -> A:
    hold(asset.unit, raised=0)
    before = type(asset)._default_manager.filter(pk=asset.pk).first()
    if before is None:
        asset.created_by = by
    elif before.place != asset.place:
        raise NotAllowed(f"{before} stays in {before.unit_name}: make a new one.")
    else:
        asset.revision = before.revision + 1
    asset.save()
    _still_fits(asset)
    what = {"unit": asset.unit_name, "revision": asset.revision}
    record(by, f"{_slug(asset)}.save", asset, **what)
    return asset


def _still_fits(asset: Asset) -> None:
    """Refuse what a policy that imposes it could not be saved with; else tell of it."""
    policies = _imposing(asset)
    for policy in policies:
        unit = unit_of(policy)
        found = read(unit, policy.current.text if policy.current else "")
        above = policies_of(chain_of(unit)[:-1])
        wrong = [found] if isinstance(found, Finding) else found.findings(above)
        if wrong:
            raise Imposed(
                f"{asset} is imposed by {policy.unit_name}, whose policy would not "
                f"hold any more: {wrong[0].issue.text}."
            )
    if policies:
        hold(asset.unit)


def _imposing(asset: Asset) -> list[UnitPolicy]:
    return imposing(asset) if isinstance(asset, DataSource) else []


def _named(policies: list[UnitPolicy]) -> str:
    return " and ".join(f"the policy of {each.unit_name}" for each in policies)


def _allowed(by: User, action: str, asset: Asset) -> None:
    if not may(by, action, asset.unit, asset.entity):
        raise NotAllowed(f"You may not {action} {asset.noun}s of {asset.unit_name}.")


def _a(asset: Asset) -> str:
    return f"an {asset.noun}" if asset.noun[0] in "aeiou" else f"a {asset.noun}"


def _slug(asset: Asset) -> str:
    return asset.noun.replace(" ", "-")
