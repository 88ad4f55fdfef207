"""What a draft of a policy would refuse of the workloads that exist."""

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils.timezone import now

from policies.units import OrgUnit
from projects.models import Cluster, Department, Outbox, Project
from projects.models.outbox import OutboxQuerySet
from projects.models.scoped import Scoped
from workloads.models.workload import Workload

KEPT_FOR = timedelta(days=1)


class ImpactRunQuerySet(OutboxQuerySet):
    """Checks of drafts are those of their authors."""

    def owned_by(self, user) -> Self:
        """The user's own."""
        return self.filter(by=user)

    def going_on(self) -> Self:
        """Those that wait or are being worked on."""
        return self.filter(state__in=(ImpactRun.State.QUEUED, ImpactRun.State.RUNNING))

    def old(self) -> Self:
        """Those that nobody needs any more."""
        return self.filter(created_at__lt=now() - KEPT_FOR)


class ImpactRun(Scoped, Outbox):
    """A draft of a unit's policy, held against the workloads in the unit.

    The row is the outbox: it is due until it is done, and goes on at the last workload
    that was judged, whoever was killed meanwhile.
    """

    class State(models.TextChoices):
        """How far it is."""

        QUEUED = "queued"
        RUNNING = "running"
        STOPPED = "stopped"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    text = models.TextField()
    """The draft, as it was typed."""

    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    last = models.UUIDField(null=True)
    """The workload that was judged last; they go by their ids."""

    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    """Workloads that would be refused."""

    unseen = models.PositiveIntegerField(default=0)
    """Those of them that the author may not see."""

    unkept = models.PositiveIntegerField(default=0)
    """Findings beyond those that are kept."""

    assets = models.JSONField(default=list)
    """What would be forbidden in assets: ``[{id, noun, name, unit, location, …}]``."""

    assets_found = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now, db_index=True)
    ended_at = models.DateTimeField(null=True)

    objects = ImpactRunQuerySet.as_manager()

    def __str__(self) -> str:
        return f"check of {self.done} of {self.total} workloads"

    @property
    def goes_on(self) -> bool:
        """Whether it waits or is being worked on."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    def workloads(self) -> QuerySet[Workload]:
        """Return those that the unit's policy is about, in the order of their ids."""
        return workloads_in(self.unit).order_by("pk")


class ImpactFinding(models.Model):
    """A field of a workload that the draft would newly refuse."""

    run = models.ForeignKey(
        ImpactRun, on_delete=models.CASCADE, related_name="findings"
    )
    workload = models.ForeignKey(Workload, on_delete=models.CASCADE, related_name="+")
    location = models.CharField(max_length=250)
    rule = models.CharField(max_length=31)
    text = models.CharField(max_length=500)
    before = models.CharField(max_length=250, blank=True)
    """The bound that holds now; empty where there is none."""

    after = models.CharField(max_length=250, blank=True)
    value = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.location}: {self.rule}"


def workloads_in(unit: OrgUnit) -> QuerySet[Workload]:
    """Return the workloads of a unit that are there, and are to stay."""
    rows = Workload.objects.live().exclude(desired=Workload.Desired.DELETED)
    match unit:
        case Cluster():
            return rows.filter(project__department__cluster=unit)
        case Department():
            return rows.filter(project__department=unit)
        case Project():
            return rows.filter(project=unit)
        case _:
            return rows


def found_for(run: ImpactRun, user) -> QuerySet[ImpactFinding]:
    """Return what was found in workloads that the user may see now."""
    seen = Workload.objects.visible_to(user)
    rows = run.findings.select_related("workload")
    return rows.filter(workload__in=seen)
