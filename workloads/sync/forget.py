"""What is old goes."""

from typing import Any

from django.utils.timezone import now

from workloads.models import Draft, Event, Workload
from workloads.models.workload import KEPT_FOR


def forget() -> None:
    """Drop idle drafts, and deleted workloads after their days."""
    Draft.objects.idle().delete()
    Workload.objects.filter(deleted_at__lt=now() - KEPT_FOR).delete()


def trim_events(workload: Any) -> None:
    """Keep the newest 500 events of a workload."""
    rows = Event.objects.filter(workload=workload)
    old = rows.order_by("-at").values_list("pk", flat=True)[500:]
    rows.filter(pk__in=list(old)).delete()
