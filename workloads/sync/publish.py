"""What was worked out becomes what the pages show."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.timezone import now

from projects.models import Project
from workloads.models import Workload
from workloads.sync.evidence import hold, is_unchanged, live, with_evidence
from workloads.sync.outcome import Outcome, worked_out
from workloads.sync.phase_log import PhaseLog

TOGETHER = 25
"""Workloads that are read and written at once: for so long, nobody else writes them."""

SHOWN = frozenset(
    {"phase", "message", "hint", "phase_reason", "passing", "running_pods", "pools"}
    | {"requested_pods", "ready_replicas", "allocated_gpus", "groups", "address"}
    | {"allocated_cpu", "allocated_memory"}
)
"""Columns that pages draw."""

logger = logging.getLogger(__name__)


class News(NamedTuple):
    """A row, and what was worked out from it and its evidence."""

    workload: Workload
    found: Outcome
    at: datetime

    def differs(self) -> bool:
        """Whether there is something to write."""
        return bool(self.found.status.hold or self.changes())

    def changes(self) -> dict[str, Any]:
        """Return the columns that the row has otherwise."""
        return {
            name: value
            for name, value in self.found.columns.items()
            if getattr(self.workload, name) != value
        }


def refresh(pk: Any) -> None:
    """Work out the phase of a workload, and write it where it differs."""
    at = now()
    found = with_evidence(live([pk]), at)
    news = [News(row, worked_out(row, at), at) for row in found]
    _write([each for each in news if each.differs()])
    if not found:
        _gone([pk])


def refresh_all(pks: Iterable[Any]) -> None:
    """Refresh several workloads; an odd one does not stop the others."""
    rest = list(dict.fromkeys(UUID(str(pk)) for pk in pks))
    for start in range(0, len(rest), TOGETHER):
        some = rest[start : start + TOGETHER]
        rows = with_evidence(live(some), now())
        _write([each for each in _news_of(rows) if each.differs()])
        _gone(set(some) - {row.pk for row in rows})


def _news_of(rows: Iterable[Workload]) -> Iterator[News]:
    """Yield what is worked out, but of odd ones."""
    at = now()
    for row in rows:
        try:
            yield News(row, worked_out(row, at), at)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("Working out the phase of workload %s failed", row.pk)


def _write(news: list[News]) -> None:
    """Write what was worked out where it still holds; elsewhere what holds now.

    The rows are held: of two that refresh at the same time, the one that saw less must
    not write last.
    """
    if not news:
        return
    pks = [each.workload.pk for each in news]
    with transaction.atomic():
        hold(pks)
        log = PhaseLog(pks)
        shown = {
            each.workload.project_id
            for each in _still_true(news)
            if not _is_held_back(each) and publish(each, log)
        }
        log.write()
        for project in Project.objects.filter(pk__in=shown):
            project.shows_change()


def _still_true(news: list[News]) -> Iterator[News]:
    rows = {row.pk: row for row in live([each.workload.pk for each in news])}
    old = []
    for earlier, found, at in news:
        row = rows.get(earlier.pk)
        if row is not None and is_unchanged(earlier, row):
            yield News(row, found, at)
        else:
            old.append(earlier.pk)
    if old:
        again = with_evidence(live(old), now())
        yield from _news_of(again)
        _gone(set(old) - {row.pk for row in again})


def _is_held_back(news: News) -> bool:
    """Whether a change for the worse is not stable yet; it is looked at again then."""
    hold, due = news.found.status.hold, news.workload.recheck_at
    if not hold or (due is not None and due <= news.at):
        return False
    if due is None:
        rows = Workload.objects.filter(pk=news.workload.pk)
        rows.update(recheck_at=news.at + hold)
    return True


def publish(news: News, log: PhaseLog) -> bool:
    """Write the columns that differ. Return whether pages draw one of them."""
    workload, columns, changes = news.workload, news.found.columns, news.changes()
    if not changes:
        return False
    Workload.objects.filter(pk=workload.pk).update(**changes)
    if changes.keys() & {"phase", "message"} or not log.knows(workload):
        log.add(workload, columns["phase"], columns["message"], news.at)
    return bool(changes.keys() & SHOWN)


def _gone(pks: Iterable[Any]) -> None:
    """Tell open tables that workloads left, and drop what was observed of them."""
    rows = Workload.objects.filter(pk__in=list(pks), deleted_at__isnull=False)
    for workload in rows.select_related("project"):
        with transaction.atomic():
            workload.pods.all().delete()
            workload.applied.all().delete()
            workload.project.shows_change()
