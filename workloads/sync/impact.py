"""A draft of a policy, held against stored workloads, batch by batch.

1. takes the next workloads by their ids, at most two hundred;
2. judges what each one said under the draft and, where something stands against it,
   under the policy that holds: only what is new counts;
3. writes what it found together with how far it came, unless somebody stopped it;
4. goes on for some seconds, then lets other work in; the row stays due;
5. after the last workload, judges the assets that can be used in the unit.
"""

from collections.abc import Sequence
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
from policies.errors import Finding
from policies.models import UnitPolicy
from policies.stored import effective_with, in_force, place_of, policies_of
from policies.units import OrgUnit, chain_of
from projects.models import GeneralSettings
from workloads.models import ImpactFinding, ImpactRun, Workload
from workloads.models.facts import facts_for, submitted_by
from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.platform import FORM_DEFAULTS
from workloads.sync import turn
from workloads.sync.bounds import demanded, value_at
from workloads.sync.impact_assets import Both, assets_refused

BATCH = 200
LONGEST = 4.0
"""Seconds of one turn: bells of workloads wait no longer."""

KEPT = 1_000
"""Findings of a run; what goes beyond is counted."""

KEPT_ASSETS = 200
TRIES = 5
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
    assets = assets_refused(run, judging.policies_of)
    kept = {"assets": assets[:KEPT_ASSETS], "assets_found": len(assets)}
    return {"state": State.DONE, "ended_at": now(), **kept}


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
        self.policies: dict[tuple[str, Any], Both] = {}
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

    def policies_of(self, unit: OrgUnit) -> Both:
        """Return what holds in a unit now, and with the draft."""
        place = place_of(unit)
        if place not in self.policies:
            chain = chain_of(unit, self.tenant)
            before = EffectivePolicy.of(policies_of(chain, self.known))
            after = effective_with(self.draft, self.unit, chain, self.known)
            self.policies[place] = before, after
        return self.policies[place]

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
