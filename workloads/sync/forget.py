"""What is old goes."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.timezone import now

from workloads.models import (
    Draft,
    Event,
    ImpactRun,
    PhaseChange,
    Termination,
    Workload,
)
from workloads.models.workload import KEPT_FOR

EVENTS, PHASES, ENDINGS = 500, 500, 100
"""Rows of one workload that are kept."""

SLACK = 50

TOGETHER = 5_000


def forget() -> None:
    """Drop idle drafts, old checks, and deleted workloads after their days."""
    Draft.objects.idle().delete()
    ImpactRun.objects.old().delete()
    old = Workload.objects.filter(deleted_at__lt=now() - KEPT_FOR)
    Draft.objects.filter(workload__in=old).delete()
    old.delete()
    trim_all(Termination, ENDINGS, "-at")
    trim_all(PhaseChange, PHASES, "-at")


def trim_all(model: type[Termination | PhaseChange], keep: int, order: str) -> None:
    """Keep the newest rows of each workload: what crashes for months stays small."""
    counted = model.objects.order_by().values("workload").annotate(rows=Count("pk"))
    many = counted.filter(rows__gt=keep).values_list("workload", flat=True)
    for workload in list(many):
        trim(model.objects.filter(workload=workload).order_by(order), keep)


def trim(rows: QuerySet[Any], keep: int) -> None:
    """Delete all but the first rows."""
    old = list(rows.values_list("pk", flat=True)[keep:])
    for start in range(0, len(old), TOGETHER):
        rows.model.objects.filter(pk__in=old[start : start + TOGETHER]).delete()


def trim_events(workloads: Iterable[Any]) -> None:
    """Keep the newest 500 events of each workload, and let a few more come together."""
    rows = Event.objects.filter(workload__in=workloads).order_by()
    counted = rows.values("workload").annotate(rows=Count("pk"))
    many = counted.filter(rows__gt=EVENTS + SLACK).values_list("workload", flat=True)
    for workload in list(many):
        trim(Event.objects.filter(workload=workload).order_by("-at"), EVENTS)
