"""The outbox: what a row wants is brought to its cluster.

One `work_once` for every kind of row, called by the task, by the sweep, at start and
by tests. Safe to run twice and by several processes: the lease lets one in, and a
result is kept only for the generation that it was worked out from.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import close_old_connections
from django.utils.timezone import now

from projects.models import Cluster, Project
from workloads.cluster import Conflict, Refused, Unavailable
from workloads.models import Workload
from workloads.sync.carry import NotYet, carry_out
from workloads.sync.organization import apply_cluster, apply_project
from workloads.sync.publish import refresh

Kind = type[Cluster] | type[Project] | type[Workload]
LEASE = timedelta(seconds=60)
LONGEST_PAUSE = 60.0
SETTLED: dict[str, Any] = {"lease_until": None, "due_at": None, "attempts": 0}
"""Nothing more to do before the next change."""

logger = logging.getLogger(__name__)


def work_on_workload(pk: Any) -> bool:
    """Bring a workload to its cluster, and publish what follows from it."""
    worked = work_once(Workload, pk, carry_out)
    if worked:
        refresh(pk)
    return worked


def work_on_project(pk: int) -> bool:
    """Bring a project's namespace and queues to its cluster."""
    worked = work_once(Project, pk, apply_project)
    if worked:
        for waiting in Workload.objects.live().filter(
            project=pk, applied_generation__isnull=True
        ):
            refresh(waiting.pk)
    return worked


def work_on_cluster(pk: Any) -> bool:
    """Bring a cluster its priority classes."""
    return work_once(Cluster, pk, apply_cluster)


def work_once(model: Kind, pk: Any, carry: Callable[[Any], dict[str, Any]]) -> bool:
    """Work on a due row. Return whether there was work."""
    until = now() + LEASE
    if not model.objects.due().filter(pk=pk).update(lease_until=until):
        return False
    row = model.objects.get(pk=pk)
    ours = model.objects.filter(pk=pk, lease_until=until)
    result = attempt(row, carry)
    if not ours.filter(generation=row.generation).update(**result):
        ours.update(lease_until=None)  # changed meanwhile, and due again
    return True


def attempt(row: Any, carry: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Carry out what the row wants; return the columns that say how it went."""
    try:
        columns = carry(row)
    except NotYet as waiting:
        return waited(row, waiting.seconds)
    except (Refused, Conflict) as refusal:
        return SETTLED | {"last_error": str(refusal), "refused": True}
    except Unavailable as error:
        return later(row, str(error), error.retry_after)
    except Exception:
        logger.exception("Working on %s %s failed", type(row).__name__, row.pk)
        return later(row, "Something broke in the portal; it tries again.", None)
    return SETTLED | {
        "applied_generation": row.generation,
        "last_error": "",
        "refused": False,
        **columns,
    }


def waited(row: Any, seconds: float) -> dict[str, Any]:
    """Look again soon: nothing failed, something takes its time."""
    return {
        "lease_until": None,
        "due_at": now() + timedelta(seconds=seconds),
        "attempts": row.attempts + 1,
        "last_error": "",
    }


def later(row: Any, text: str, retry_after: float | None) -> dict[str, Any]:
    """Try again, after a pause that doubles up to a minute."""
    doubled: float = min(0.5 * 2 ** min(row.attempts, 10), LONGEST_PAUSE)
    pause = retry_after if retry_after is not None else doubled
    return {
        "lease_until": None,
        "due_at": now() + timedelta(seconds=min(pause, LONGEST_PAUSE)),
        "attempts": row.attempts + 1,
        "last_error": text,
    }


def sweep(until: datetime | None = None) -> int:
    """Work on everything that is due: clusters, projects, then workloads.

    Return how many rows were worked on. The broker may be deaf: this is what counts.
    """
    worked = 0
    kinds: list[tuple[Kind, Callable[[Any], bool]]] = [
        (Cluster, work_on_cluster),
        (Project, work_on_project),
        (Workload, work_on_workload),
    ]
    for model, work in kinds:
        due = model.objects.due().order_by("due_at")
        for pk in due.values_list("pk", flat=True)[:200]:
            worked += work(pk)
            if until is not None and now() > until:
                return worked
    close_old_connections()
    return worked


def free_leases() -> None:
    """Free every lease: the data folder's lock proves that nobody else works."""
    kinds: list[Kind] = [Cluster, Project, Workload]
    for model in kinds:
        model.objects.filter(lease_until__isnull=False).update(lease_until=None)
    Cluster.objects.update(follower="", follower_until=None)
