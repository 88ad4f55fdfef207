"""A workload: what was submitted, what is wanted, what was observed."""

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q, Sum
from django.utils.timezone import now

from projects.models import Outbox, Project
from projects.models.outbox import OutboxQuerySet
from workloads.models.draft import Draft
from workloads.status import Phase

KEPT_FOR = timedelta(days=14)
SORTED = (
    "name", "image", "phase", "phase_since", "message", "project_name",
    "department_name", "cluster_name", "running_pods", "requested_pods",
    "allocated_gpus", "requested_gpus", "pools", "address", "access", "priority",
    "preemptible", "created_at", "submitted_by", "pending_seconds",
    "running_seconds", "requested_cpu", "requested_memory", "allocated_cpu",
    "allocated_memory", "category", "data_sources",
)  # fmt: skip
"""Columns that the table can be sorted by. Each has an index with the id."""


class WorkloadQuerySet(OutboxQuerySet):
    """Workloads, as far as somebody sees them."""

    def visible_to(self, user) -> Self:
        """Workloads of the projects that the user reaches."""
        if user.reach().everything:
            return self
        return self.filter(project__in=Project.objects.visible_to(user))

    def live(self) -> Self:
        """Workloads that the cluster still has, or should have."""
        return self.filter(deleted_at__isnull=True)

    def deleted(self) -> Self:
        """Deleted workloads, kept for 14 days."""
        return self.filter(deleted_at__gt=now() - KEPT_FOR)

    def due(self) -> Self:
        """Rows to work on; one whose project is not applied waits for it."""
        return (
            super()
            .due()
            .filter(
                Q(project__applied_generation__isnull=False) | ~Q(desired="running")
            )
        )


class Workload(Outbox):
    """A distributed inference workload. The row is the outbox."""

    class Desired(models.TextChoices):
        """What the cluster is to be made to match."""

        RUNNING = "running"
        STOPPED = "stopped"
        DELETED = "deleted"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="workloads"
    )
    draft = models.OneToOneField(
        Draft, null=True, on_delete=models.SET_NULL, related_name="workload"
    )
    name = models.CharField(max_length=47)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(default=now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    document = models.JSONField(default=dict)
    """What was said."""

    resolved = models.JSONField(default=dict)
    sources = models.JSONField(default=dict)
    controls = models.JSONField(default=dict)
    """The draft's: a copy shows its form as it was."""

    policy_versions = models.JSONField(default=list)
    """Pairs of unit and version that it was accepted under."""

    desired = models.CharField(
        max_length=7, choices=Desired.choices, default=Desired.RUNNING
    )
    keep_volumes = models.BooleanField(default=False)
    claims = models.JSONField(default=dict)
    """Names of its volumes, stored when made."""

    objections = models.JSONField(default=list)
    """What the cluster has against it, by place: ``[{place, text, value}]``."""

    applied_at = models.DateTimeField(null=True)
    lws_seen = models.BooleanField(default=False)

    phase = models.CharField(max_length=15, default=Phase.CREATING)
    phase_since = models.DateTimeField(default=now)
    message = models.CharField(max_length=500, blank=True)
    hint = models.CharField(max_length=500, blank=True)
    phase_reason = models.CharField(max_length=63, blank=True)
    passing = models.BooleanField(default=True)
    """Whether the phase is one that passes by itself."""

    recheck_at = models.DateTimeField(null=True, db_index=True)
    """When the phase may change by time alone."""

    known_phase = models.CharField(max_length=15, default=Phase.CREATING)
    """The last one while the cluster reported."""

    known_since = models.DateTimeField(default=now)
    ever_running = models.BooleanField(default=False)
    last_ready_replicas = models.PositiveIntegerField(default=0)
    last_spec_replicas = models.PositiveIntegerField(default=0)
    observed = models.JSONField(default=dict)
    """Reduced objects: ``{lws, podGroups, claims}``."""

    sightings = models.PositiveBigIntegerField(default=0)
    """How often something was seen of it: what is worked out is of one of them."""

    groups = models.JSONField(default=list)
    """Replicas as the pages draw them."""

    project_name = models.CharField(max_length=40)
    department_name = models.CharField(max_length=40)
    cluster_name = models.CharField(max_length=63)
    submitted_by = models.CharField(max_length=150)
    image = models.CharField(max_length=4096, blank=True)
    replicas = models.PositiveIntegerField(default=1)
    workers = models.PositiveIntegerField(default=0)
    running_pods = models.PositiveIntegerField(default=0)
    requested_pods = models.PositiveIntegerField(default=0)
    ready_replicas = models.PositiveIntegerField(default=0)
    pools = models.CharField(max_length=500, blank=True)
    """Node pools in use; before that the requested ones."""

    requested_gpus = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    allocated_gpus = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    requested_cpu = models.PositiveBigIntegerField(default=0)
    """Millicores."""

    requested_memory = models.PositiveBigIntegerField(default=0)
    """Bytes."""

    allocated_cpu = models.PositiveBigIntegerField(default=0)
    """Millicores of the pods that have a node."""

    allocated_memory = models.PositiveBigIntegerField(default=0)
    """Bytes of the pods that have a node."""

    category = models.CharField(max_length=63, default="Deploy")
    data_sources = models.CharField(max_length=500, blank=True)
    """What is mounted, by name."""

    priority = models.PositiveIntegerField(default=150)
    """The value of its PriorityClass."""

    preemptible = models.BooleanField(default=False)
    address = models.CharField(max_length=300, blank=True)
    access = models.CharField(max_length=63, blank=True)
    pending_seconds = models.PositiveIntegerField(default=0)
    running_seconds = models.PositiveIntegerField(default=0)
    """Accumulated until `phase_since`."""

    objects = WorkloadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=Q(deleted_at__isnull=True),
                name="one_live_workload_a_name",
            )
        ]
        indexes = [
            # A full index would match "not deleted" first, and then sort every row.
            models.Index(
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="workload_deleted",
            ),
            *(
                models.Index(
                    fields=[column, "id"],
                    condition=Q(deleted_at__isnull=True),
                    name=f"live_by_{column}"[:30],
                )
                for column in SORTED
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def removed_outside(self) -> bool:
        """Whether its LeaderWorkerSet was there, and somebody removed it."""
        there = self.observed.get("lws") is not None
        return self.lws_seen and not there and self.desired == self.Desired.RUNNING

    @property
    def namespace(self) -> str:
        """Of its objects."""
        return self.project.namespace


def table_version(user) -> str:
    """What the user's table shows, in one word: it differs when anything changed."""
    found = Project.objects.visible_to(user).aggregate(
        projects=Count("pk"), changes=Sum("table_version")
    )
    return f"{found['projects']}.{found['changes'] or 0}"
