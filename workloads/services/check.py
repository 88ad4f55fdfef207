"""What a cluster has against a draft, asked by the review and answered by a task."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import now

from policies.engine.judge import Verdict
from workloads.models import Draft
from workloads.spec.issues import CLUSTER, Issue
from workloads.spec.paths import Location
from workloads.tasks import ring_for

PATIENCE = timedelta(seconds=10)
FRESH = timedelta(seconds=60)
SILENT = "The cluster has not answered: it checks again on creation"
WELCOME = "The cluster has nothing against it"
CHECKING = "The cluster is asked whether it takes this"


def ask(draft: Draft, verdict: Verdict) -> None:
    """Have the cluster asked about this revision, unless it just was.

    What is not complete is not asked about. The answer comes into ``cluster_check``.
    """
    if verdict.issues or not draft.name:
        draft.cluster_check = {}
    elif current(draft) and age(draft) < FRESH:
        return
    else:
        draft.cluster_check = {
            "revision": draft.revision,
            "project": draft.project_id,
            "state": "asked",
            "asked_at": now().isoformat(),
            "spec": verdict.resolved,
        }
    Draft.objects.filter(pk=draft.pk).update(cluster_check=draft.cluster_check)
    if draft.cluster_check:
        ring_for(draft)


def answered(draft: Draft, findings: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a question with its answer, such as a submission's."""
    return {
        "revision": draft.revision,
        "project": draft.project_id,
        "state": "done",
        "asked_at": draft.created_at.isoformat(),
        "findings": findings,
    }


def current(draft: Draft) -> bool:
    """Whether the last question was about the draft as it is."""
    asked = draft.cluster_check
    here = asked.get("revision"), asked.get("project")
    return here == (draft.revision, draft.project_id)


def age(draft: Draft) -> timedelta:
    """Return how long ago the cluster was asked."""
    return now() - datetime.fromisoformat(draft.cluster_check["asked_at"])


def waits(draft: Draft) -> bool:
    """Whether an answer may still come."""
    asked = draft.cluster_check.get("state") == "asked"
    return asked and current(draft) and age(draft) < PATIENCE


def told(draft: Draft) -> str:
    """Say how the check of this revision went, in one line. Nothing without one."""
    if not current(draft):
        return ""
    match draft.cluster_check["state"]:
        case "asked":
            return CHECKING if waits(draft) else SILENT
        case "skipped":
            return str(draft.cluster_check["note"])
        case _:
            return "" if draft.cluster_check["findings"] else WELCOME


def with_objections(verdict: Verdict, draft: Draft) -> Verdict:
    """Add what the cluster has against values that stand as they were asked about."""
    if draft.cluster_check.get("project") != draft.project_id:
        return verdict
    found = tuple(_standing(verdict, draft.cluster_check.get("findings") or ()))
    return replace(verdict, warnings=(*verdict.warnings, *found)) if found else verdict


def _standing(verdict: Verdict, findings: Any) -> Iterator[Issue]:
    for finding in findings:
        place = Location.parse(finding["place"])
        if place.value_in(verdict.resolved) == finding["value"]:
            at = verdict.in_document(place)
            yield Issue(at, CLUSTER, finding["text"], kind="warning")
