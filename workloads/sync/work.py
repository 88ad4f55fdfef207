"""The outbox: what a row wants is brought to its cluster.

One `work_once` for every kind of row, called by the task, by the sweep, at start and
by tests. Safe to run twice and by several processes: the turn lets one in, and a
result is kept only for the generation that it was worked out from.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now

from projects.models import Cluster, Project
from workloads.cluster import Conflict, Raced, Refused, Unavailable
from workloads.models import ImpactRun, SecretCopy, Workload
from workloads.models.credentials import forget_uses
from workloads.sync import turn
from workloads.sync.carry import carry_out
from workloads.sync.impact import judge_on
from workloads.sync.organization import apply_cluster, apply_project
from workloads.sync.publish import refresh_all
from workloads.sync.secrets import bring

Kind = (
    type[Cluster] | type[Project] | type[SecretCopy] | type[Workload] | type[ImpactRun]
)
LONGEST_PAUSE = 60.0
TOGETHER = 200
"""Rows of a kind that one sweep looks at."""

SETTLED: dict[str, Any] = {"lease_until": None, "due_at": None, "attempts": 0}
"""Nothing more to do before the next change."""

BROKE = "Something broke in the portal; it tries again."

logger = logging.getLogger(__name__)


class Worked(Enum):
    """How work on a row went. True where there was some."""

    NOTHING = 0
    DONE = 1
    NO_ANSWER = 2

    def __bool__(self) -> bool:
        return self is not Worked.NOTHING


def work_on_workload(pk: Any) -> Worked:
    """Bring a workload to its cluster, and publish what follows from it."""
    return work_once(Workload, pk, carry_out, lambda row: refresh_all([row.pk]))


def work_on_project(pk: int) -> Worked:
    """Bring a project's namespace and queues to its cluster."""
    return work_once(Project, pk, apply_project, _tell_waiting)


def work_on_secret(pk: int) -> Worked:
    """Bring a credential's Secret to its namespace, or take it away."""
    return work_once(SecretCopy, pk, bring)


def work_on_cluster(pk: Any) -> Worked:
    """Bring a cluster its priority classes."""
    return work_once(Cluster, pk, apply_cluster)


def work_on_impact(pk: Any) -> Worked:
    """Hold a draft of a policy against the next workloads."""
    return work_once(ImpactRun, pk, judge_on)


def _tell_waiting(project: Project) -> None:
    waiting = Workload.objects.live().filter(applied_generation__isnull=True)
    refresh_all(waiting.filter(project=project).values_list("pk", flat=True))


def work_once(
    model: Kind,
    pk: Any,
    carry: Callable[[Any], dict[str, Any]],
    publish: Callable[[Any], None] = lambda row: None,
) -> Worked:
    """Work on a due row. What came of it is written and published together."""
    row = turn.taken(model, pk)
    if row is None:
        return Worked.NOTHING
    went, result = attempt(row, carry)
    with transaction.atomic():
        if not turn.kept(row, result):
            turn.give_back(row)
        publish(row)
    return went


def attempt(
    row: Any, carry: Callable[[Any], dict[str, Any]]
) -> tuple[Worked, dict[str, Any]]:
    """Carry out what the row wants; return the columns that say how it went."""
    try:
        columns = carry(row)
    except turn.NotYet as waiting:
        return Worked.DONE, waited(row, waiting.seconds)
    except Raced as race:
        return Worked.DONE, later(row, str(race), None)
    except (Refused, Conflict) as refusal:
        return Worked.DONE, refused(row, str(refusal))
    except Unavailable as error:
        return Worked.NO_ANSWER, later(row, str(error), error.retry_after)
    except Exception:
        logger.exception("Working on %s %s failed", type(row).__name__, row.pk)
        return Worked.DONE, later(row, BROKE, None)
    return Worked.DONE, SETTLED | {
        "applied_generation": row.generation,
        "last_error": "",
        "refused": False,
        **columns,
    }


def refused(row: Any, text: str) -> dict[str, Any]:
    """Nothing is tried again before a change, but for what must go: that goes on."""
    if getattr(row, "desired", "") == Workload.Desired.DELETED:
        return later(row, text, None)
    return SETTLED | {"last_error": text, "refused": True}


def waited(row: Any, seconds: float) -> dict[str, Any]:
    """Look again soon: nothing failed, something takes its time."""
    return {
        "lease_until": None,
        "due_at": now() + timedelta(seconds=seconds),
        "attempts": row.attempts + 1,
        "last_error": "",
    }


def later(row: Any, text: str, retry_after: float | None) -> dict[str, Any]:
    """Try again, after a pause that doubles up to a minute, or as the cluster asks."""
    pause: float = max(0.5 * 2 ** min(row.attempts, 10), retry_after or 0.0)
    return {
        "lease_until": None,
        "due_at": now() + timedelta(seconds=min(pause, LONGEST_PAUSE)),
        "attempts": row.attempts + 1,
        "last_error": text,
    }


def sweep(cluster: Cluster | None = None) -> int:
    """Work on everything that is due in a cluster, or in all of them.

    Return how many rows were worked on. The broker may be deaf: this is what counts.
    """
    clusters = [cluster] if cluster else list(Cluster.objects.all())
    return sum(_sweep(each) for each in clusters)


def _sweep(cluster: Cluster) -> int:
    """Clusters, projects, Secrets, then workloads; who does not answer is left."""
    forget_uses()
    kinds: list[tuple[QuerySet[Any], Callable[[Any], Worked]]] = [
        (Cluster.objects.due().filter(pk=cluster.pk), work_on_cluster),
        (Project.objects.due().filter(department__cluster=cluster), work_on_project),
        (
            SecretCopy.objects.due().filter(
                project__department__cluster=cluster,
                project__applied_generation__isnull=False,
            ),
            work_on_secret,
        ),
        (
            Workload.objects.due().filter(project__department__cluster=cluster),
            work_on_workload,
        ),
    ]
    worked = 0
    for due, work in kinds:
        for pk in due.order_by("due_at").values_list("pk", flat=True)[:TOGETHER]:
            went = work(pk)
            worked += bool(went)
            if went is Worked.NO_ANSWER:
                return worked
    return worked


def free_leases() -> None:
    """Free every lease: the data folder's lock proves that nobody else works."""
    kinds: list[Kind] = [Cluster, Project, SecretCopy, Workload, ImpactRun]
    for model in kinds:
        model.objects.filter(lease_until__isnull=False).update(lease_until=None)
    Cluster.objects.update(follower="", follower_until=None)
