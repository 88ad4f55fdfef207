"""A row's turn: the lease that lets one worker in, for as long as it works.

By the database's clock, which all processes share.
"""

from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

LENGTH = timedelta(seconds=60)


class NotYet(Exception):
    """Something takes its time; look again after some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


def taken(model: Any, pk: Any) -> Any | None:
    """Take a due row's turn; return the row, or nothing where another worker has it."""
    if not model.objects.due().filter(pk=pk).update(lease_until=Now() + LENGTH):
        return None
    return model.objects.get(pk=pk)


def kept(row: Any, columns: dict[str, Any]) -> bool:
    """Write columns in the row's turn; not once another worker or change has come."""
    return bool(_mine(row).filter(generation=row.generation).update(**columns))


def go_on(row: Any) -> None:
    """Lengthen the turn before a write to the cluster. Raises NotYet when it is over.

    A process that was frozen for minutes must not write what is no longer wanted.
    """
    mine = _mine(row).filter(generation=row.generation, lease_until__gt=Now())
    if not mine.update(lease_until=Now() + LENGTH):
        raise NotYet(0)
    row.refresh_from_db(fields=["lease_until"])


def give_back(row: Any) -> None:
    """End a turn whose result does not count.

    Changed meanwhile, the row is due again as it is. Where another worker took it, the
    cluster may have got an old write last: the newest is applied once more.
    """
    if not _mine(row).update(lease_until=None):
        type(row).objects.filter(pk=row.pk).update(due_at=Now())


def _mine(row: Any) -> Any:
    return type(row).objects.filter(
        pk=row.pk, lease_until=row.lease_until, lease_until__isnull=False
    )
