"""A workload that somebody is still describing."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.timezone import now

from projects.models import Cluster, Project
from workloads.wizard.deeds import Told
from workloads.wizard.editing import Post
from workloads.wizard.parts import Step
from workloads.wizard.saving import Saving, saving

TRIES = 20
"""How often a save that lost is merged again."""

KEPT_FOR = timedelta(days=30)


class Overtaken(Exception):
    """Others saved again and again while this save was merged."""


class DraftQuerySet(models.QuerySet):
    """Drafts are their owner's."""

    def owned_by(self, user) -> Self:
        """The user's own."""
        return self.filter(owner=user)

    def open(self) -> Self:
        """Drafts that became no workload."""
        return self.filter(workload__isnull=True)

    def unfinished(self) -> Self:
        """Those to go on with, the newest first; none in which nothing was said."""
        return self.open().exclude(revision=1, name="").order_by("-updated_at")

    def idle(self) -> Self:
        """Drafts that nobody touched for 30 days."""
        return self.open().filter(updated_at__lt=now() - KEPT_FOR)


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
    """By opened page: the number of its last post."""

    edits = models.JSONField(default=dict)
    """By path: which editor saved it last, and at which revision."""

    seen = models.JSONField(default=dict)
    """By step: the project and the policy versions under which it was last opened."""

    visited = models.JSONField(default=list)
    tried = models.JSONField(default=list)
    """Steps where CONTINUE was tried: they show what is missing too."""

    cluster_check = models.JSONField(default=dict)
    """What the cluster was asked and said, as `services.check` writes it.

    ``{revision, project, state: asked | done | skipped, asked_at, spec, note,
    findings: [{place, text, value}]}``
    """

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    objects = DraftQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or "Unnamed draft"

    @property
    def became(self) -> Any:
        """The workload that was made of it, if one was."""
        return getattr(self, "workload", None)

    def keep(self, step: Step, post: Post, do: str = "", **columns: Any) -> Saving:
        """Save what a step posted, and what its button does.

        A save that another one overtook is merged again; a post that is older than
        the last of its page is dropped.
        """
        row = self
        for _ in range(TRIES):
            found = saving(row, step, post, do)
            if found is None:
                break
            if row.won(**found.columns, **columns):
                self.take(row, found.columns | columns)
                return found
            row = Draft.objects.get(pk=self.pk)
        else:
            raise Overtaken
        self.refresh_from_db()
        return Saving({}, Told(), {})

    def take(self, row: Self, columns: Mapping[str, Any]) -> None:
        """Be what was saved, without reading it again where this was the row itself."""
        if row is not self:
            self.refresh_from_db()
        for name, value in columns.items():
            setattr(self, name, value)

    def won(self, **columns: Any) -> bool:
        """Write the columns, unless somebody wrote since this row was read."""
        rows = Draft.objects.filter(pk=self.pk, revision=self.revision)
        return rows.update(**columns, updated_at=now()) == 1

    def note(self, column: str, slug: str) -> None:
        """Remember that a step was visited, or that CONTINUE was tried there.

        What another page remembers at the same time is kept.
        """
        slugs = getattr(self, column)
        for _ in range(TRIES):
            if slug in slugs:
                break
            known, slugs = slugs, [*slugs, slug]
            rows = Draft.objects.filter(pk=self.pk, **{column: known})
            if rows.update(**{column: slugs}):
                break
            kept = Draft.objects.filter(pk=self.pk).values_list(column, flat=True)
            slugs = kept.first() or []
        setattr(self, column, slugs)
