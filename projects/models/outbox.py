"""The columns that make a row the record of what is still to be done."""

from typing import NamedTuple, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Reach(NamedTuple):
    """What a user may see: everything, or what lies in these units."""

    everything: bool = False
    clusters: frozenset = frozenset()
    departments: frozenset = frozenset()
    projects: frozenset = frozenset()


class OutboxQuerySet(models.QuerySet):
    """Rows whose cluster does not match them yet."""

    def due(self) -> Self:
        """Rows that somebody should work on now, and nobody does."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
        return self.filter(free, due_at__lte=Now())


class Outbox(models.Model):
    """Desired state with its generation; the work writes what it applied.

    A new generation sets ``due_at``; empty means nothing to do before the next change.
    """

    generation = models.PositiveIntegerField(default=1)
    applied_generation = models.PositiveIntegerField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    refused = models.BooleanField(default=False)
    """Whether the last error is a refusal: nothing is tried before the next change."""

    class Meta:
        abstract = True

    def is_applied(self) -> bool:
        """Whether the cluster has some generation of it."""
        return self.applied_generation is not None


def changed() -> dict:
    """The columns of an UPDATE that makes a new generation due."""
    return {
        "generation": F("generation") + 1,
        "due_at": Now(),
        "attempts": 0,
        "last_error": "",
        "refused": False,
    }
