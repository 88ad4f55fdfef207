"""Replicas: which pods belong together, and how each of them is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workloads.status.answer import Group, GroupWord, PodState
from workloads.status.signals import Signal


@dataclass(frozen=True)
class Shape:
    """What a replica is expected to be."""

    size: int
    leader_first: bool
    """Workers are made only once the leader is ready."""


def current(pods: Iterable[PodState]) -> list[PodState]:
    """Return the pod of each place that stays, the newest where there are two.

    In a rollout the old workers still leave while the new leader is there already.
    """
    staying: dict[int, PodState] = {}
    for pod in sorted(pods, key=_age):
        if pod.state not in {"Terminating", "Gone"}:
            staying[pod.index] = pod
    return [staying[index] for index in sorted(staying)]


def _age(pod: PodState) -> tuple[str, str]:
    return (pod.created.isoformat() if pod.created else "", pod.uid)


def group(
    index: int, pods: Iterable[PodState], shape: Shape, refused: Signal | None
) -> Group:
    """Return a replica with the word that its pods give it."""
    every = list(pods)
    here = [pod for pod in current(every) if pod.index < shape.size]
    broken = [pod for pod in here if pod.state == "Error"]
    refused = refused if len(here) < expected(here, shape) else None
    state = _word(here, shape, bool(broken or refused))
    told = [f"{pod.who} {pod.message}" for pod in broken]
    if refused and not broken:
        told = [refused.message]
    leaving = [pod for pod in every if pod not in here]
    return Group(index, state, (*here, *leaving), told[0] if told else "")


def _word(here: list[PodState], shape: Shape, broken: bool) -> GroupWord:
    if sum(pod.state == "Ready" for pod in here) == shape.size:
        return "Ready"
    if broken:
        return "Error"
    present = [pod for pod in here if pod.index < expected(here, shape)]
    waiting = any(pod.state == "Unscheduled" for pod in present)
    if waiting or len(present) < expected(here, shape):
        return "Pending"
    return "Starting"


def expected(here: Iterable[PodState], shape: Shape) -> int:
    """Return how many pods there should be by now."""
    leader_ready = any(pod.index == 0 and pod.state == "Ready" for pod in here)
    return 1 if shape.leader_first and not leader_ready else shape.size


def groups(
    wanted: int,
    pods: Iterable[PodState],
    shape: Shape,
    refused: Mapping[int, Signal],
) -> tuple[Group, ...]:
    """Return every replica that is wanted or has pods."""
    found: dict[int, list[PodState]] = {index: [] for index in range(wanted)}
    for pod in pods:
        found.setdefault(pod.group, []).append(pod)
    return tuple(
        group(index, found[index], shape, refused.get(index)) for index in sorted(found)
    )
