"""Gangs: the pods of one PodGroup, and whether all of them find a place. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from simulator.amounts import Amount, added, request_of
from simulator.lwsnames import labels_of
from simulator.placement import POOL, Board
from simulator.podgrouper import SUBGROUP
from simulator.quotas import Reason

Manifest = dict[str, Any]
FIRM_FROM = 100
Place = tuple[Manifest, str]


@dataclass
class Gang:
    """A PodGroup with its living pods, and what its labels come to."""

    group: Manifest
    priority: int = 50
    pods: list[Manifest] = field(default_factory=list)
    faulty: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return self.group["metadata"]["namespace"], self.group["metadata"]["name"]

    @property
    def queue(self) -> str:
        return self.group["spec"]["queue"]

    @property
    def pool(self) -> str:
        return labels_of(self.group).get(POOL, "")

    @property
    def firm(self) -> bool:
        """Whether it may not be preempted: said so, or by its priority."""
        said = self.group["spec"].get("preemptibility")
        return said == "non-preemptible" or (not said and self.priority >= FIRM_FROM)

    @property
    def waiting(self) -> list[Manifest]:
        return [pod for pod in self.pods if not pod["spec"].get("nodeName")]

    @property
    def bound(self) -> list[Manifest]:
        return [pod for pod in self.pods if pod["spec"].get("nodeName")]

    @property
    def wanted(self) -> Amount:
        """What the pods without a node ask for."""
        total: Amount = {}
        for pod in self.waiting:
            total = added(total, request_of(pod))
        return total

    def least(self) -> dict[str, int]:
        """The least members of every sub-group."""
        parts = self.group["spec"].get("subGroups")
        if not parts:
            return {"": self.group["spec"].get("minMember", 1)}
        return {part["name"]: part["minMember"] for part in parts}

    def short(self) -> tuple[str, int, int] | None:
        """The first sub-group whose pods are not all made: name, wanted, there."""
        there = Counter(self.part(pod) for pod in self.pods)
        for name, least in self.least().items():
            if there[name] < least:
                return name, least, there[name]
        return None

    def part(self, pod: Manifest) -> str:
        name = labels_of(pod).get(SUBGROUP, "")
        return name if name in self.least() else next(iter(self.least()))


def placed(gang: Gang, board: Board) -> tuple[list[Place], Reason | None]:
    """Find a node for every waiting pod; the board keeps what was taken.

    With a reason nothing was taken: fewer places than the gang needs at least.
    """
    places: list[Place] = []
    blocked: dict[str, Manifest] = {}
    for pod in sorted(gang.waiting, key=lambda p: p["metadata"]["name"]):
        node = None
        if pod["metadata"]["uid"] not in gang.faulty:
            node = board.place(pod, request_of(pod))
        if node is None:
            blocked.setdefault(gang.part(pod), pod)
        else:
            places.append((pod, node))
    have = Counter(gang.part(pod) for pod in (*gang.bound, *(p for p, _ in places)))
    for name, least in gang.least().items():
        if have[name] < least:
            reason = shortage(gang, board, name, len(places), blocked.get(name))
            for pod, node in places:
                board.give(node, request_of(pod))
            return [], reason
    return places, None


def shortage(
    gang: Gang, board: Board, name: str, found: int, pod: Manifest | None
) -> Reason:
    """The text for a gang that does not fit."""
    least = gang.least()[name]
    why = "no nodes with enough resources were found: "
    if pod is None:
        why += "0 node(s)"
    elif fault := gang.faulty.get(pod["metadata"]["uid"]):
        why += f"{len(board.nodes)} {fault}"
    else:
        why += board.histogram(pod, request_of(pod))
    part = f"sub-group {name}" if name else "the workload"
    inside = " in this sub-group" if name else ""
    plural = "" if least == 1 else "s"
    text = (
        f"Resources were found for {found} pods from all sub-groups while {part} "
        f"requires {least} pod{plural} for gang scheduling. Additional pods cannot be "
        f"scheduled{inside} due to: {why}."
    )
    return Reason("PodSchedulingErrors", text)


def victims(gang: Gang, others: list[Gang], board: Board, over: set[str]) -> list[Gang]:
    """The groups to evict so that the gang fits; empty when that does not help.

    In its own queue a gang preempts what is preemptible and of lower priority; from
    queues in ``over`` (beyond their quota) it takes back what is preemptible.
    """
    candidates = [
        other
        for other in others
        if other.bound and not other.firm and may_evict(gang, other, over)
    ]
    candidates.sort(key=lambda other: (other.priority, newest_first(other)))
    trial = Board(board.nodes.values(), board.free)
    chosen: list[Gang] = []
    for other in candidates:
        chosen.append(other)
        for pod in other.bound:
            trial.give(pod["spec"]["nodeName"], request_of(pod))
        attempt = Board(trial.nodes.values(), trial.free)
        if placed(gang, attempt)[1] is None:
            return chosen
    return []


def may_evict(gang: Gang, other: Gang, over: set[str]) -> bool:
    """Whether one gang may push another aside."""
    if other.key == gang.key or other.pool != gang.pool:
        return False
    if other.queue == gang.queue:
        return other.priority < gang.priority
    return other.queue in over and gang.queue not in over


def newest_first(gang: Gang) -> float:
    """A sort key: the youngest group goes first."""
    time = gang.group["metadata"]["creationTimestamp"]
    return -float(time.translate(str.maketrans("", "", "-:TZ")) or 0)
