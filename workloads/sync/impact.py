"""A draft of a policy, held against stored workloads, batch by batch.

1. takes the next workloads by their ids, at most two hundred;
2. judges what each one said under the draft and, where something stands against it,
   under the policy that holds: only what is new counts;
3. writes what it found together with how far it came, unless somebody stopped it;
4. goes on for some seconds, then lets other work in; the row stays due.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models.functions import Now
from django.utils.timezone import now

from access.models import User
from policies.checking import read
from policies.engine.context import Context
from policies.engine.effective import EffectivePolicy
from policies.engine.judge import judge
from policies.engine.policy import Policy
from policies.engine.rules import FieldRules
from policies.engine.words import bound_text
from policies.errors import Finding
from policies.models import UnitPolicy
from policies.stored import effective_with, in_force, policies_of
from policies.units import chain_of
from projects.models import GeneralSettings, Project
from workloads.models import ImpactFinding, ImpactRun, Workload
from workloads.models.facts import facts_for, submitted_by
from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.paths import Key, Location
from workloads.spec.platform import FORM_DEFAULTS
from workloads.spec.schema import SCHEMA
from workloads.sync import turn

BATCH = 200
LONGEST = 4.0
"""Seconds of one turn: bells of workloads wait no longer."""

KEPT = 1_000
"""Findings of a run; what goes beyond is counted."""

TRIES = 5
FLAGS = {
    "canEdit": "locked",
    "blocked": "no value",
    "required": "required",
    "canAdd": "none may be added",
    "locked": "locked",
}
State = ImpactRun.State


class Refused(NamedTuple):
    """A workload that the draft refuses, with what is new of it."""

    workload: Workload
    seen: bool
    """Whether the author may see it."""

    findings: list[ImpactFinding]


def judge_on(run: ImpactRun) -> dict[str, Any]:
    """Judge the next workloads for some seconds; return the columns that say so."""
    read_again = read(run.unit, run.text)
    if run.attempts >= TRIES or isinstance(read_again, Finding):
        return {"state": State.FAILED, "ended_at": now()}
    judging, begun = Judging(run, read_again.policy), monotonic()
    while batch := _next(run):
        _keep(run, batch, [found for row in batch if (found := judging.of(row))])
        if monotonic() - begun > LONGEST:
            return {"state": State.RUNNING, "due_at": Now()}
    return {"state": State.DONE, "ended_at": now()}


def _next(run: ImpactRun) -> list[Workload]:
    rows = run.workloads().select_related("created_by", "project__department__cluster")
    if run.last:
        rows = rows.filter(pk__gt=run.last)
    rows = rows.defer("resolved", "observed", "groups", "sources", "controls")
    return list(rows[:BATCH])


@transaction.atomic
def _keep(run: ImpactRun, batch: Sequence[Workload], refused: list[Refused]) -> None:
    """Write what was found and how far it came. Raises NotYet once it is stopped."""
    found = [each for one in refused if one.seen for each in one.findings]
    room = max(KEPT - run.findings.count(), 0)
    columns = {
        "state": State.RUNNING,
        "last": batch[-1].pk,
        "done": run.done + len(batch),
        "found": run.found + len(refused),
        "unseen": run.unseen + sum(not one.seen for one in refused),
        "unkept": run.unkept + len(found[room:]),
    }
    if not turn.kept(run, columns):
        raise turn.NotYet(0)
    ImpactFinding.objects.bulk_create(found[:room])
    turn.go_on(run)
    for name, value in columns.items():
        setattr(run, name, value)


class Judging:
    """What holds in each project now, and with the draft; read once for each."""

    def __init__(self, run: ImpactRun, draft: Policy) -> None:
        self.run, self.unit, self.draft = run, run.unit, draft
        self.tenant = GeneralSettings.current()
        self.known = in_force(UnitPolicy.objects.all())
        self.policies: dict[int, tuple[EffectivePolicy, EffectivePolicy]] = {}
        self.facts: dict[int, Facts] = {}

    def of(self, workload: Workload) -> Refused | None:
        """Judge what a workload said; return what is newly against it, if anything."""
        before, after = self.policies_of(workload.project)
        platform = FORM_DEFAULTS if workload.draft_id else {}
        then = Context(after, self.facts_of(workload), platform)
        issues = judge(workload.document, then).issues
        if not issues:
            return None
        known = judge(workload.document, replace(then, policy=before)).issues
        old = {(issue.location, issue.rule) for issue in known}
        new = [i for i in issues if (i.location, i.rule) not in old]
        if not new:
            return None
        seen = self.run.by.may("read", "workloads", workload.project)
        found = [self.finding(workload, issue, before, after) for issue in new]
        return Refused(workload, seen, found)

    def policies_of(self, project: Project) -> tuple[EffectivePolicy, EffectivePolicy]:
        """Return the effective policy now, and with the draft."""
        if project.pk not in self.policies:
            chain = chain_of(project, self.tenant)
            before = EffectivePolicy.of(policies_of(chain, self.known))
            after = effective_with(self.draft, self.unit, chain, self.known)
            self.policies[project.pk] = before, after
        return self.policies[project.pk]

    def facts_of(self, workload: Workload) -> Facts:
        """Return the surroundings of a workload in its project, by its submitter."""
        user = workload.created_by or User(username=workload.submitted_by)
        place = workload.project_id
        if place not in self.facts:
            found = facts_for(workload.project, user)
            # Names of others are the same under both policies: nothing new comes of it.
            self.facts[place] = replace(found, taken_names=frozenset())
        facts = submitted_by(self.facts[place], user)
        return replace(facts, workload_name=workload.name)

    def finding(
        self,
        workload: Workload,
        issue: Issue,
        before: EffectivePolicy,
        after: EffectivePolicy,
    ) -> ImpactFinding:
        """Return an issue with both bounds, as it is kept."""
        path = issue.location.path
        return ImpactFinding(
            run=self.run,
            workload=workload,
            location=str(issue.location)[:250],
            rule=issue.rule,
            text=issue.text[:500],
            before=demanded(before.rules.get(path), issue.rule)[:250],
            after=demanded(after.rules.get(path), issue.rule)[:250],
            value=value_at(issue.location, workload.document)[:250],
        )


def demanded(rules: FieldRules | None, rule: str) -> str:
    """Return what the rule of this name demands, in words; nothing without one."""
    if rules is None:
        return ""
    holds = {
        "canEdit": rules.can_edit is False,
        "blocked": rules.blocked,
        "required": rules.required,
        "canAdd": not rules.can_add,
        "locked": bool(rules.locked),
    }
    if rule in FLAGS:
        return FLAGS[rule] if holds[rule] else ""
    return next((bound_text(b) for b in rules.bounds if b.name == rule), "")


def value_at(location: Location, document: dict[str, Any]) -> str:
    """Return what the workload said there, in short; an item by its key."""
    found = location.value_in(document)
    if found is None:
        key = next((part.text for part in location if isinstance(part, Key)), "")
        return key and f"item {key}"
    if isinstance(found, dict):
        return str(found.get(SCHEMA.at(location.path).key, ""))
    return ", ".join(_texts(found))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        yield from map(str, value)
    else:
        yield str(value).lower() if isinstance(value, bool) else str(value)
