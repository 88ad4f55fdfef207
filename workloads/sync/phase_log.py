"""The log of phases of some workloads that are written together."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery

from workloads.models import PhaseChange, Workload

PASSED = timedelta(seconds=5)


class PhaseLog:
    """The last line of each, and the new ones until they are written."""

    def __init__(self, workloads: Iterable[Any]) -> None:
        of = PhaseChange.objects.filter(workload=OuterRef("pk")).values("pk")[:1]
        rows = Workload.objects.filter(pk__in=list(workloads))
        newest = rows.annotate(newest=Subquery(of)).values_list("newest", flat=True)
        lines = PhaseChange.objects.filter(pk__in=[pk for pk in newest if pk])
        self.last = {line.workload_id: line for line in lines}
        self.new: list[PhaseChange] = []

    def knows(self, workload: Workload) -> bool:
        """Whether there is a line of the workload."""
        return workload.pk in self.last

    def add(self, workload: Workload, phase: str, message: str, at: datetime) -> None:
        """Add a line. A message that passes at once leaves none of its own."""
        last = self.last.get(workload.pk)
        if last is None or last.phase != phase or at - last.at > PASSED:
            line = PhaseChange(workload=workload, at=at, phase=phase, message=message)
            self.new.append(line)
            return
        PhaseChange.objects.filter(pk=last.pk).update(message=message)

    def write(self) -> None:
        """Write the new lines."""
        if self.new:
            PhaseChange.objects.bulk_create(self.new)
