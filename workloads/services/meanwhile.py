"""What became of the policies since the steps of a draft were filled in."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse

from access.models import User
from policies.engine.effective import EffectivePolicy
from policies.engine.judge import judge
from policies.models import PolicyVersion, UnitPolicy
from policies.recalled import as_json, members_in, recalled
from policies.stored import Members
from workloads.models import Draft
from workloads.wizard.changes import changed
from workloads.wizard.page import StepPage
from workloads.wizard.parts import Step
from workloads.wizard.steps import WIZARD


class Saved(NamedTuple):
    """A policy of the chain that was saved or deleted meanwhile, by whom and when."""

    unit: str
    verb: str
    by: str
    at: datetime
    history: str
    """The address of its history; empty for those who may not read it."""


class Affected(NamedTuple):
    """What it comes to in a step."""

    step: Step
    lines: list[str]


class Meanwhile(NamedTuple):
    """What changed since the draft was filled in."""

    saved: list[Saved]
    steps: list[Affected]


NOTHING = Meanwhile([], [])


def see(draft: Draft, step: Step, policy: EffectivePolicy) -> None:
    """Remember under which policies a step was opened.

    A redraw of an open page does not count: it comes while somebody types.
    """
    if draft.project_id is None or step.slug == "basics":
        return
    shown = {"project": draft.project_id, "policies": as_json(policy.versions)}
    if draft.seen.get(step.slug) != shown:
        draft.seen = draft.seen | {step.slug: shown}
        Draft.objects.filter(pk=draft.pk).update(seen=draft.seen)


def meanwhile(page: StepPage, user: User) -> Meanwhile:
    """Say which policies changed since the steps were opened, and what that does."""
    now = page.context.policy.versions
    bases: dict[Members, list[Step]] = {}
    for step in WIZARD:
        base = _seen(page.draft, step)
        if step.sections and base is not None and _ids(base) != _ids(now):
            bases.setdefault(base, []).append(step)
    if not bases:
        return NOTHING
    steps = [
        each for base, held in bases.items() for each in _affected(page, base, held)
    ]
    order = [step.slug for step in WIZARD]
    return Meanwhile(
        list(_saved(bases, now, user)),
        sorted(steps, key=lambda each: order.index(each.step.slug)),
    )


def _seen(draft: Draft, step: Step) -> Members | None:
    """Return what a step was opened under, unless it was that of another project."""
    told: Any = draft.seen.get(step.slug) or draft.seen.get("review") or {}
    if "policies" not in told or told.get("project") != draft.project_id:
        return None
    return members_in(told["policies"])


def _ids(members: Members) -> set[Any]:
    return {version for version, _ in members}


def _affected(page: StepPage, base: Members, steps: list[Step]) -> Iterator[Affected]:
    old = recalled(base)
    if old is None:
        return
    before = judge(page.draft.document, replace(page.context, policy=old))
    for step in steps:
        if lines := list(changed(step, before, page.verdict)):
            yield Affected(step, lines)


def _saved(bases: Iterable[Members], now: Members, user: User) -> Iterator[Saved]:
    """Yield the last version of each policy of which another one is in force now."""
    units = dict([member for base in bases for member in base] + list(now))
    moved = [base_id for base in bases for base_id in _ids(base) ^ _ids(now)]
    policies = UnitPolicy.objects.filter(versions__in=moved).distinct()
    readable = set(policies.visible_to(user).values_list("pk", flat=True))
    rows = PolicyVersion.objects.filter(pk__in=moved).values_list("policy", "pk")
    names = {policy: str(units[version]) for policy, version in rows}
    for policy in policies:
        versions = policy.versions.select_related("by").defer("text", "document")
        last = versions[0]
        yield Saved(
            names[policy.pk],
            "deleted" if last.deletion else "saved",
            str(last.by or "somebody who is gone"),
            last.at,
            reverse("policies:history", args=[policy.pk])
            if policy.pk in readable
            else "",
        )
