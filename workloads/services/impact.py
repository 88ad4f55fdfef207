"""Asking which workloads a draft of a policy would refuse. Nothing is saved of it."""

from django.db.models import F
from django.db.models.functions import Now

from access.models import User
from policies.errors import NotSaved
from policies.services import validate
from policies.units import OrgUnit
from projects.models.scoped import unit_columns
from workloads.models import ImpactRun
from workloads.models.impact import workloads_in
from workloads.tasks import ring_for_impact


def start_impact(*, by: User, unit: OrgUnit, text: str) -> ImpactRun:
    """Begin a check of the text as the unit's policy; an earlier one of theirs ends.

    Raises NotAllowed where the user may not change the unit's policy, and NotSaved
    where the text could not be saved.
    """
    if findings := validate(by=by, unit=unit, text=text).findings:
        raise NotSaved(findings)
    for run in ImpactRun.objects.owned_by(by).going_on():
        stop_impact(by=by, run=run)
    run = ImpactRun.objects.create(
        by=by, text=text, total=workloads_in(unit).count(), **unit_columns(unit)
    )
    ImpactRun.objects.filter(pk=run.pk).update(due_at=Now())
    ring_for_impact(run)
    return run


def stop_impact(*, by: User, run: ImpactRun) -> None:
    """End a check of the user's own; what was found stays."""
    rows = ImpactRun.objects.owned_by(by).going_on().filter(pk=run.pk)
    rows.update(
        state=ImpactRun.State.STOPPED,
        generation=F("generation") + 1,
        due_at=None,
        ended_at=Now(),
    )
