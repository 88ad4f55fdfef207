"""A pod of the cluster, as one word and one sentence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from workloads.status.answer import PodState
from workloads.status.clock import Clock
from workloads.status.events import NOISE, Event
from workloads.status.obstacles import of_pod
from workloads.status.reading import (
    condition,
    earliest,
    holds,
    maybe_number,
    moment,
    number,
    rows,
    table,
    text,
)
from workloads.status.signals import LOGS, Signal, ended, probe, waiting

LWS = "leaderworkerset.sigs.k8s.io/"
SLOW = timedelta(minutes=2)
STUCK = timedelta(minutes=5)
BLINK = timedelta(seconds=1)
"""Times of a pod are whole seconds."""

MOUNTS = {
    "FailedMount": "a volume cannot be mounted",
    "FailedAttachVolume": "a volume cannot be attached",
    "FailedCreatePodSandBox": "the network of the pod cannot be made",
}
FAILURES = frozenset({"Failed", "BackOff", "FailedMount", "FailedAttachVolume"})
EVICTIONS = ("Evicted", "NodeLost", "UnexpectedAdmissionError", "OutOf")


@dataclass(frozen=True)
class Surroundings:
    """What a pod is read with."""

    name: str
    """Of the workload."""

    clock: Clock
    recent: timedelta
    """How long an end of a container explains a pod that is not ready."""

    events: dict[str, list[Event]] = field(default_factory=dict)
    """By uid, or by name where the event has no uid; oldest first."""


def by_pod(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Return the events of pods by uid or name, without noise."""
    found: dict[str, list[Event]] = {}
    for event in events:
        if event.kind == "Pod" and event.reason not in NOISE:
            found.setdefault(event.uid or event.name, []).append(event)
    return found


def pod_state(pod: Any, around: Surroundings) -> PodState:
    """Return what a pod is doing. Order of the questions: kubernetes.md §4.1."""
    known = _known(pod, around.name)
    told = _told(known, around)
    if text(pod, "metadata", "deletionTimestamp"):
        return replace(known, state="Terminating", ready=False)
    if known.ready:
        return replace(known, state="Ready")
    if signal := _failure(pod, known, told, around):
        return _error(known, signal, _since(pod, told))
    if not known.node:
        return _unscheduled(pod, known)
    if text(pod, "status", "phase") in {"Succeeded", "Failed"}:
        return replace(known, state="Gone")
    return _coming(pod, known, told, around)


def place_of(name: str, workload: str) -> tuple[int, int]:
    """Return group and index that a pod's name says: chat-0, chat-0-1."""
    rest = name.removeprefix(f"{workload}-") if workload else ""
    found = re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", rest, re.ASCII)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def _known(pod: Any, workload: str) -> PodState:
    labels = table(pod, "metadata", "labels")
    name = text(pod, "metadata", "name")
    group, index = place_of(name, workload)
    group = _or(maybe_number(labels, f"{LWS}group-index"), group)
    index = _or(maybe_number(labels, f"{LWS}worker-index"), index)
    running = text(pod, "status", "phase") == "Running"
    return PodState(
        name=name,
        uid=text(pod, "metadata", "uid"),
        role="worker" if index else "leader",
        index=index,
        state="NotReady",
        node=text(pod, "spec", "nodeName"),
        ready=running and holds(pod, "Ready"),
        restarts=sum(number(c, "restartCount") for c in _containers(pod)),
        group=group,
        revision=text(labels, f"{LWS}template-revision-hash"),
        created=moment(pod, "metadata", "creationTimestamp"),
    )


def _or(found: int | None, otherwise: int) -> int:
    return otherwise if found is None or found < 0 else found


def _containers(pod: Any) -> list[dict[str, Any]]:
    return [
        *rows(pod, "status", "initContainerStatuses"),
        *rows(pod, "status", "containerStatuses"),
    ]


def _told(known: PodState, around: Surroundings) -> list[Event]:
    of_uid = around.events.get(known.uid, []) if known.uid else []
    named = [e for e in around.events.get(known.name, []) if not e.uid]
    return [*named, *of_uid]


def _failure(
    pod: Any, known: PodState, told: list[Event], around: Surroundings
) -> Signal | None:
    reason, message = text(pod, "status", "reason"), text(pod, "status", "message")
    if reason.startswith(EVICTIONS):
        hint = "The replica is rebuilt by itself; look at the node if it happens again."
        return Signal("node", reason, f"{reason}: {message}".rstrip(": "), hint)
    for container in rows(pod, "status", "initContainerStatuses"):
        finished = table(container, "state", "terminated")
        if number(finished, "exitCode") == 0 and finished:
            continue
        if signal := _of_container(container, around):
            return signal
    for container in rows(pod, "status", "containerStatuses"):
        if signal := _of_container(container, around):
            return signal
    return _stuck(pod, known, told, around)


def _of_container(status: Any, around: Surroundings) -> Signal | None:
    if signal := waiting(status) or ended(table(status, "state", "terminated")):
        return signal
    last = table(status, "lastState", "terminated")
    if not last or not number(status, "restartCount"):
        return None
    if around.clock.passed(moment(last, "finishedAt"), around.recent):
        return None
    return ended(last)


def _stuck(
    pod: Any, known: PodState, told: list[Event], around: Surroundings
) -> Signal | None:
    reasons = [e for e in told if e.reason in MOUNTS]
    if not reasons or not known.node or not _preparing(pod):
        return None
    if not around.clock.passed(_scheduled_at(pod), STUCK):
        return None
    newest = reasons[-1]
    message = f"{MOUNTS[newest.reason]}: {newest.message}"
    hint = "Check the claim, Secret or ConfigMap that the text names."
    return Signal("volume", newest.reason, message, hint)


def _error(known: PodState, signal: Signal, since: datetime | None) -> PodState:
    return replace(
        known,
        state="Error",
        reason=signal.reason,
        message=signal.message,
        hint=signal.hint,
        since=since,
    )


def _since(pod: Any, told: list[Event]) -> datetime | None:
    failed = earliest(e.first for e in told if e.warning and e.reason in FAILURES)
    changed = moment(condition(pod, "Ready"), "lastTransitionTime")
    return failed or changed or moment(pod, "metadata", "creationTimestamp")


def _unscheduled(pod: Any, known: PodState) -> PodState:
    found = condition(pod, "PodScheduled")
    said = text(found, "message").strip()
    plain = of_pod(pod, said)
    return replace(
        known,
        state="Unscheduled",
        reason=text(found, "reason"),
        message=plain.message if plain else said,
        hint=plain.hint if plain else "",
    )


def _coming(
    pod: Any, known: PodState, told: list[Event], around: Surroundings
) -> PodState:
    if _preparing(pod):
        slow = around.clock.passed(_scheduled_at(pod), SLOW)
        mounts = [e for e in told if e.reason in MOUNTS] if slow else []
        message = f"{MOUNTS[mounts[-1].reason]}: {mounts[-1].message}" if mounts else ""
        last = [e.reason for e in told if e.reason in {"Pulling", "Pulled"}]
        reason = "Pulling" if last[-1:] == ["Pulling"] else "ContainerCreating"
        return replace(known, state="Starting", reason=reason, message=message)
    if holds(pod, "DisruptionTarget"):
        why = condition(pod, "DisruptionTarget")
        reason, message = text(why, "reason"), text(why, "message")
        return replace(known, state="NotReady", reason=reason, message=message)
    return _not_ready(replace(known, lost=_lost(pod)), pod, told)


def _not_ready(known: PodState, pod: Any, told: list[Event]) -> PodState:
    if unhealthy := [e for e in told if e.reason == "Unhealthy"]:
        said = probe(unhealthy[-1].message)
        return replace(known, reason=said.reason, message=said.message, hint=said.hint)
    reason = text(condition(pod, "Ready"), "reason")
    return replace(known, reason=reason, hint=LOGS if known.lost else "")


def _lost(pod: Any) -> bool:
    """Whether it ceased to be ready after its containers had started.

    Of a pod that never was ready, the condition is older than the containers.
    """
    changed = moment(condition(pod, "Ready"), "lastTransitionTime")
    main = rows(pod, "status", "containerStatuses")
    starts = [moment(c, "state", "running", "startedAt") for c in main]
    last = max((start for start in starts if start), default=None)
    return bool(changed and last and changed > last + BLINK)


def _preparing(pod: Any) -> bool:
    """Whether no container runs yet."""
    if text(pod, "status", "phase") != "Running":
        return True
    main = rows(pod, "status", "containerStatuses")
    return bool(main) and not any(table(c, "state", "running") for c in main)


def _scheduled_at(pod: Any) -> datetime | None:
    scheduled = moment(condition(pod, "PodScheduled"), "lastTransitionTime")
    return scheduled or moment(pod, "metadata", "creationTimestamp")
