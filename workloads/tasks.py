"""Bells. Lost or doubled they change nothing: the rows say what is due."""

from celery import shared_task

from workloads.sync.forget import forget
from workloads.sync.poll import poll_silent_clusters
from workloads.sync.work import work_on_workload


@shared_task
def apply_workload(pk: str) -> None:
    """Work on the workload now. Without this, the sweep would in a few seconds."""
    work_on_workload(pk)


@shared_task
def poll_clusters() -> None:
    """Do the follower's work for clusters whose follower has gone silent."""
    poll_silent_clusters()


@shared_task
def forget_old() -> None:
    """Drop idle drafts, and deleted workloads after their 14 days."""
    forget()
