"""The group drawn as it runs: a block a pod, a line a replica."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from workloads.models import Workload
from workloads.status.signals import CONFIG, IMAGE
from workloads.tables import texts
from workloads.tables.looks import POD_WORDS, PODS, REASONS, Look, state_of

ABSENT = Look("pod-absent", "")
SUSPICIOUS = (PODS["Error"], PODS["Lost"])
"""Looks of pods that explain why a workload does not serve, the worst first."""

NEVER_RAN = IMAGE | CONFIG
MOST = 24
"""Replicas that are drawn; of more, the first ones."""


class Block(NamedTuple):
    """One pod of the drawing, or the place of one that is not there yet."""

    title: str
    look: Look
    words: str
    leader: bool
    node: str
    pool: str
    name: str
    why: str
    ran: bool
    """Whether its container ran, so that there is a log."""

    restarts: int


class Line(NamedTuple):
    """One replica."""

    number: int
    words: str
    message: str
    blocks: list[Block]
    ready: bool


def lines(workload: Workload) -> Iterator[Line]:
    """The replicas in order; those that are not there yet are drawn empty."""
    seen = {group["index"]: group for group in workload.groups}
    for index in range(min(MOST, max(workload.replicas, 1 + max(seen, default=-1)))):
        yield line(index, seen.get(index, {}), workload)


def line(index: int, group: dict[str, Any], workload: Workload) -> Line:
    """One replica with its leader first."""
    pods = {pod["index"]: pod for pod in group.get("pods", ())}
    size = max(workload.workers + 1, 1 + max(pods, default=-1))
    blocks = [block(place, pods.get(place)) for place in range(size)]
    return Line(
        index,
        words_of(group),
        group.get("message", ""),
        blocks,
        group.get("state") == "Ready",
    )


def words_of(group: dict[str, Any]) -> str:
    """How a replica is, in a few words."""
    pods = group.get("pods", ())
    if not pods:
        return "not created yet"
    lost = any(pod.get("lost") for pod in pods)
    state = "Lost" if lost and group.get("state") == "Starting" else group.get("state")
    return POD_WORDS.get(state or "", "not ready")


def block(place: int, pod: dict[str, Any] | None) -> Block:
    """A pod, or its empty place."""
    title = "Leader" if place == 0 else f"Worker {place}"
    if pod is None:
        empty = ("not created yet", place == 0, "", "", "", "", False, 0)
        return Block(title, ABSENT, *empty)
    state = state_of(pod)
    return Block(
        title=title,
        look=PODS.get(state, PODS["Gone"]),
        words=POD_WORDS.get(state, state),
        leader=place == 0,
        node=pod.get("node") or "",
        pool=pod.get("pool") or "",
        name=pod.get("name") or "",
        why=why(pod),
        ran=pod.get("reason") not in NEVER_RAN,
        restarts=pod.get("restarts") or 0,
    )


def why(pod: dict[str, Any]) -> str:
    """What is known about the state of a pod beyond its word."""
    reason = pod.get("reason") or ""
    return pod.get("message") or REASONS.get(reason, reason)


def left_out(workload: Workload) -> str:
    """How many replicas are not drawn."""
    more = workload.replicas - MOST
    return f"{texts.plural(more, 'more replica')} not drawn" if more > 0 else ""
