"""Bells. Lost or doubled they change nothing: the rows say what is due."""

import logging
from typing import Any

from celery import shared_task
from django.db import transaction

from workloads.models import Draft, ImpactRun, Workload
from workloads.sync.check import check_draft
from workloads.sync.forget import forget
from workloads.sync.poll import poll_silent_clusters
from workloads.sync.work import work_on_impact, work_on_workload

logger = logging.getLogger(__name__)


@shared_task
def apply_workload(pk: str) -> None:
    """Work on the workload now. Without this, the sweep would in a few seconds."""
    work_on_workload(pk)


def ring(workload: Workload) -> None:
    """Ring the bell for a workload, once its row is safe. A deaf broker is borne."""
    transaction.on_commit(lambda: _rung(apply_workload, str(workload.pk)))


def _rung(task: Any, pk: str) -> None:
    try:
        task.delay(pk)
    except Exception:
        logger.exception("The broker does not take a message; it is done without.")


@shared_task
def ask_cluster(pk: str) -> None:
    """Ask the cluster what it has against a draft. Lost, the page says so."""
    check_draft(pk)


def ring_for(draft: Draft) -> None:
    """Ring the bell for a draft's question. A deaf broker is borne."""
    _rung(ask_cluster, str(draft.pk))


@shared_task
def check_impact(pk: str = "") -> None:
    """Hold a draft against the next workloads, then ring for those behind them.

    Without a name it rings for every check that is due: the clock sees to it that one
    whose worker was killed goes on.
    """
    if not pk:
        for due in ImpactRun.objects.due().values_list("pk", flat=True):
            _rung(check_impact, str(due))
    elif work_on_impact(pk) and ImpactRun.objects.due().filter(pk=pk).exists():
        _rung(check_impact, pk)


def ring_for_impact(run: ImpactRun) -> None:
    """Ring the bell for a check, once its row is safe. A deaf broker is borne."""
    transaction.on_commit(lambda: _rung(check_impact, str(run.pk)))


@shared_task
def poll_clusters() -> None:
    """Do the follower's work for clusters whose follower has gone silent."""
    poll_silent_clusters()


@shared_task
def forget_old() -> None:
    """Drop idle drafts, and deleted workloads after their 14 days."""
    forget()
