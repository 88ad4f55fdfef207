"""Saving, deleting and restoring policies. Every door leads through here."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from access.models import User
from policies.checking import Below, Checked, checked, impact, read
from policies.errors import (
    ChangedMeanwhile,
    Finding,
    NoSuchPolicy,
    NotAllowed,
    NotSaved,
)
from policies.models import PolicyVersion, UnitPolicy
from policies.stored import KIND, policies_of
from policies.units import OrgUnit, chain_of, may, named
from projects.models import GeneralSettings
from projects.models.scoped import unit_columns
from projects.services import record
from workloads.spec.text import storable

LONGEST_REASON = 250


@dataclass(frozen=True)
class Saved:
    """What was recorded, and the units below that it makes contradictory."""

    version: PolicyVersion
    below: tuple[Below, ...] = ()


def policy_of(unit: OrgUnit) -> UnitPolicy | None:
    """Return the unit's policy, deleted or not, with its version in force."""
    rows = UnitPolicy.objects.filter(workload_type=KIND).of(unit)
    return rows.select_related("current").first()


def validate(*, by: User, unit: OrgUnit, text: str) -> Checked:
    """Say what a save of the text would meet, and store nothing. Raises NotAllowed."""
    _allowed(by, _action(policy_of(unit)), unit)
    return checked(unit, text)


def save_policy(
    *,
    by: User,
    unit: OrgUnit,
    text: str,
    based_on: int | None = None,
    reason: str = "",
) -> Saved:
    """Put a text in force for the unit, as a new version.

    ``based_on`` is the number of the version that was read, 0 where there was none;
    without it the save counts as made on the current one. Raises NotAllowed, NotSaved
    or ChangedMeanwhile; then nothing is recorded.
    """
    return _saved(by, unit, text, based_on, {"reason": short(reason)})


def restore(
    *, by: User, version: PolicyVersion, based_on: int | None = None, reason: str = ""
) -> Saved:
    """Put the text of an old version in force again, as a new one, checked again."""
    details = {"reason": short(reason), "restored_from": version.number}
    if version.deletion:
        raise NoSuchPolicy("This version is a deletion: there is nothing to restore.")
    return _saved(by, unit_of(version.policy), version.text, based_on, details)


def delete_policy(
    *, by: User, unit: OrgUnit, based_on: int | None = None, reason: str = ""
) -> Saved:
    """Take the unit's policy out of force; its history stays.

    Raises NotAllowed, NoSuchPolicy or ChangedMeanwhile.
    """
    below = impact_of_deletion(by=by, unit=unit)
    with transaction.atomic():
        hold(unit)
        policy = policy_of(unit)
        _unchanged(policy, based_on)
        if policy is None or policy.current is None:
            raise NoSuchPolicy(f"There is no policy of {named(unit)}.")
        details = {"reason": short(reason), "deletion": True}
        return Saved(_recorded(by, unit, policy, details), below)


def impact_of_deletion(*, by: User, unit: OrgUnit) -> tuple[Below, ...]:
    """Say which units below a deletion would make contradictory. Raises NotAllowed."""
    _allowed(by, "delete", unit)
    return tuple(impact(unit, None))


def unit_of(policy: UnitPolicy) -> OrgUnit:
    """Return the unit whose policy it is."""
    unit = policy.cluster or policy.department or policy.project
    return unit or GeneralSettings.current()


def short(reason: str) -> str:
    """Return a reason as it fits its column."""
    return str(storable(reason))[:LONGEST_REASON]


def hold(unit: OrgUnit, raised: int = 1) -> None:
    """Hold the chain's policy versions until the transaction ends; raise the unit's.

    Submissions hold them in the same order, the broadest first.
    """
    GeneralSettings.stored()
    chain = chain_of(unit)
    for each in chain:
        rows: Any = type(each)._default_manager
        more = raised if each == chain[-1] else 0
        rows.filter(pk=each.pk).update(policy_version=F("policy_version") + more)


def _saved(
    by: User,
    unit: OrgUnit,
    text: str,
    based_on: int | None,
    details: dict[str, object],
) -> Saved:
    found = validate(by=by, unit=unit, text=text)
    if found.findings:
        raise NotSaved(found.findings)
    with transaction.atomic():
        hold(unit)
        policy = policy_of(unit)
        _unchanged(policy, based_on)
        _allowed(by, _action(policy), unit)
        _fits(unit, text)
        policy = policy or UnitPolicy(workload_type=KIND, **unit_columns(unit))
        what = {"text": text, "document": found.document}
        return Saved(_recorded(by, unit, policy, what | details), found.below)


def _fits(unit: OrgUnit, text: str) -> None:
    """Look again under what is held: somebody may have saved above meanwhile."""
    again = read(unit, text)
    if isinstance(again, Finding):
        raise NotSaved([again])
    if findings := again.findings(policies_of(chain_of(unit)[:-1])):
        raise NotSaved(findings)


def _recorded(
    by: User, unit: OrgUnit, policy: UnitPolicy, columns: dict[str, object]
) -> PolicyVersion:
    last = policy.versions.first() if not policy._state.adding else None
    replaced = policy.current
    policy.save()
    number = last.number + 1 if last else 1
    version = PolicyVersion(policy=policy, number=number, by=by, **columns)
    version.save(force_insert=True)
    policy.current = None if version.deletion else version
    policy.save(update_fields=["current"])
    record(
        by,
        "policy.delete" if version.deletion else "policy.save",
        policy,
        version=number,
        replaced=replaced.number if replaced else 0,
        reason=version.reason,
        restored_from=version.restored_from,
    )
    return version


def _unchanged(policy: UnitPolicy | None, based_on: int | None) -> None:
    current = policy.current if policy else None
    number = current.number if current else 0
    if based_on is not None and based_on != number:
        raise ChangedMeanwhile(based_on, current)


def _action(policy: UnitPolicy | None) -> str:
    return "update" if policy and policy.current else "create"


def _allowed(by: User, action: str, unit: OrgUnit) -> None:
    if not may(by, action, unit):
        raise NotAllowed(f"You may not change the policy of {named(unit)}.")
