"""Bells. Lost or doubled they change nothing: the rows say what is due."""

import logging

from celery import shared_task
from django.db import transaction

from workloads.models import Workload
from workloads.sync.forget import forget
from workloads.sync.poll import poll_silent_clusters
from workloads.sync.work import work_on_workload

logger = logging.getLogger(__name__)


@shared_task
def apply_workload(pk: str) -> None:
    """Work on the workload now. Without this, the sweep would in a few seconds."""
    work_on_workload(pk)


def ring(workload: Workload) -> None:
    """Ring the bell for a workload, once its row is safe. A deaf broker is borne."""
    transaction.on_commit(lambda: _ring(str(workload.pk)))


def _ring(pk: str) -> None:
    try:
        apply_workload.delay(pk)
    except Exception:
        logger.exception("The broker does not take a message; the sweep will do it.")


@shared_task
def poll_clusters() -> None:
    """Do the follower's work for clusters whose follower has gone silent."""
    poll_silent_clusters()


@shared_task
def forget_old() -> None:
    """Drop idle drafts, and deleted workloads after their 14 days."""
    forget()
