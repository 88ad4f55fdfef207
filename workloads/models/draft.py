"""A workload that somebody is still describing."""

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.timezone import now

from projects.models import Cluster, Project

KEPT_FOR = timedelta(days=30)


class DraftQuerySet(models.QuerySet):
    """Drafts are their owner's."""

    def owned_by(self, user) -> Self:
        """The user's own."""
        return self.filter(owner=user)

    def unfinished(self) -> Self:
        """Drafts that became no workload yet, the newest first."""
        return self.filter(workload__isnull=True).order_by("-updated_at")

    def idle(self) -> Self:
        """Drafts that nobody touched for 30 days."""
        return self.unfinished().filter(updated_at__lt=now() - KEPT_FOR)


class Draft(models.Model):
    """What was said so far (architecture.md §5.1). Saved on every change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    name = models.CharField(max_length=253, blank=True)
    cluster = models.ForeignKey(Cluster, null=True, on_delete=models.SET_NULL)
    project = models.ForeignKey(Project, null=True, on_delete=models.SET_NULL)
    document = models.JSONField(default=dict)
    controls = models.JSONField(default=dict)
    """What is no field of the spec: ``<path>:unit``, ``<path>:auto`` …"""

    sources = models.JSONField(default=dict)
    """``asset:<id>@<version>``, ``copy`` or ``clone`` by path; "you" has no entry."""

    loaded = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    editors = models.JSONField(default=dict)
    """The number of the last post of each opened page."""

    edits = models.JSONField(default=dict)
    """By path: which editor saved it last, and at which revision."""

    seen = models.JSONField(default=dict)
    """By step: the policy versions that it was shown."""

    visited = models.JSONField(default=list)
    tried = models.JSONField(default=list)
    """Steps where CONTINUE was tried: they show what is missing too."""

    cluster_check = models.JSONField(default=dict)
    """What the cluster said of a revision: ``{revision, state, findings}``."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    objects = DraftQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or "Unnamed draft"
