"""Why the scheduler does not place a replica, in plain words (kubernetes.md §3.4)."""

import re
from dataclasses import dataclass
from typing import Any

from workloads.status.answer import PhaseReason
from workloads.status.reading import rows, table, text

POOL = "kai.scheduler/node-pool"
QUEUE = "kai.scheduler/queue"
NUMBER = r"(\d+(?:\.\d+)?)"
OVER_QUOTA = re.compile(
    rf"requested {NUMBER} (.+?), but (\S+) quota is {NUMBER} .+?, while {NUMBER} ",
)
OVER_LIMIT = re.compile(
    rf"(\S+) quota has reached the allowable limit of (.+?)\. Limit is {NUMBER} .*?, "
    rf"currently {NUMBER} .*? allocated and workload requested {NUMBER} ",
)
NO_QUEUE = re.compile(r"Queue '([^']*)' does not exist")
NO_TOPOLOGY = re.compile(r"Requested topology (\S+) does not exist")
TOO_SMALL = re.compile(r"topology (\S+), requirement (\S+) couldn't be satisfied")
DOMAIN = re.compile(r"node-group (\S+) can allocate only (\d+) of (\d+) required pods")
GANG = re.compile(r"Resources were found for (\d+) pods?")
NODES = re.compile(r"(\d+) node\(s\) (.+?)(?=, \d+ node\(s\)|\.\s|\.?$)", re.MULTILINE)
SHORT_OF = "didn't have enough resources: "
ORDER = ("NonPreemptibleOverQuota", "OverLimit", "QueueDoesNotExist")
WAIT = "Wait for room, lower the demand, or choose other node pools."
ADMINISTRATOR = "Ask an administrator to set up the project on this node pool."


@dataclass(frozen=True)
class Obstacle:
    """What keeps a replica from its nodes."""

    message: str
    hint: str = WAIT
    reason: PhaseReason | None = None


@dataclass(frozen=True)
class Place:
    """Where a replica waits."""

    queue: str
    pool: str
    moved: bool = False
    """Whether the replica may wait in another queue by now."""

    told: str = ""
    """The pool that the scheduler speaks of: the replica may have left it since."""

    def owner(self, queue: str) -> str:
        """Return whose queue it is: the replica's own is the project's."""
        if self.moved and queue != self.queue:
            return f"queue {queue}"
        name = self.unit(queue)
        level = "project" if name == self.unit(self.queue) else "department"
        return f"{level} {name}"

    def unit(self, queue: str) -> str:
        """Return whose name a queue bears: before the pool's, if that is there."""
        for pool in filter(None, (self.told, self.pool)):
            if queue.endswith(f"-{pool}"):
                return queue.removesuffix(f"-{pool}")
        return queue


def obstacle(pod_group: Any, size: int) -> Obstacle | None:
    """Return what the scheduler says of a replica, or None if it says nothing."""
    stands = _condition(pod_group)
    if stands is None:
        return None
    pool = text(pod_group, "metadata", "labels", POOL)
    told = text(stands, "nodePool")
    place = Place(text(pod_group, "spec", "queue"), pool, told=told)
    reasons = sorted(rows(stands, "reasons"), key=_rank)
    for said in reasons:
        reason, message = text(said, "reason"), text(said, "message").strip()
        if found := _read(reason, message, place, size):
            return found
    rest = [text(said, "message").strip() for said in reasons]
    plain = " ".join(filter(None, rest)) or text(stands, "message").strip()
    if "Unable to schedule podgroup" in plain:
        return Obstacle("The project's queue takes no workloads.", ADMINISTRATOR)
    return Obstacle(plain or "The scheduler finds no place, and does not say why.")


def of_pod(pod: Any, said: str, size: int = 0) -> Obstacle | None:
    """Return the same from a pod's own words: "<reason>: <text>."."""
    reason, colon, message = said.partition(": ")
    if not colon or reason not in ORDER:
        return None
    labels = table(pod, "metadata", "labels")
    place = Place(text(labels, QUEUE), text(labels, POOL), moved=True)
    return _read(reason, message, place, size)


def _condition(pod_group: Any) -> dict[str, Any] | None:
    newest = {
        text(said, "nodePool"): said
        for said in rows(pod_group, "status", "schedulingConditions")
        if text(said, "type") == "UnschedulableOnNodePool"
    }
    standing = [said for said in newest.values() if text(said, "status") == "True"]
    return standing[-1] if standing else None


def _rank(said: Any) -> int:
    reason = text(said, "reason")
    return ORDER.index(reason) if reason in ORDER else len(ORDER)


def _read(reason: str, message: str, place: Place, size: int) -> Obstacle | None:
    match reason:
        case "NonPreemptibleOverQuota":
            return _over_quota(message, place)
        case "OverLimit":
            return _over_limit(message, place)
        case "QueueDoesNotExist":
            named = NO_QUEUE.search(message)
            queue = f": its queue {named[1]} does not exist" if named else ""
            return Obstacle(
                f"The project is not set up on this cluster{queue}.", ADMINISTRATOR
            )
        case _:
            return _topology(message) or _no_room(message, size)


def _over_quota(message: str, place: Place) -> Obstacle:
    hint = "Lower the demand, ask for quota, or make it preemptible."
    said: PhaseReason = "NonPreemptibleOverQuota"
    found = OVER_QUOTA.search(message)
    if not found:
        return Obstacle(message or "Over the quota.", hint, said)
    asked, unit, queue, quota, held = found.groups()
    by = f", {held} of them held by non-preemptible workloads" if held != "0" else ""
    needs = f"Needs {asked} {unit}; {place.owner(queue)} has a quota of {quota}{by}."
    return Obstacle(needs, hint, said)


def _over_limit(message: str, place: Place) -> Obstacle:
    found = OVER_LIMIT.search(message)
    if not found:
        hint = "Lower the demand, or ask for a greater limit."
        return Obstacle(message or "Over the limit.", hint, "OverLimit")
    queue, unit, limit, used, asked = found.groups()
    owner = place.owner(queue)
    if not float(limit):
        none = f"{owner[0].upper()}{owner[1:]} has no quota of {unit} on this node pool"
        hint = f"Ask an administrator for a quota of {unit}, or do not request any."
        return Obstacle(f"{none}, and {asked} are requested.", hint, "OverLimit")
    would = f"Would pass the maximum of {owner}: {limit} {unit}, {used} of them in use"
    hint = "Lower the demand, wait for others to end, or ask for a greater limit."
    return Obstacle(f"{would}, {asked} more needed.", hint, "OverLimit")


def _topology(message: str) -> Obstacle | None:
    if missing := NO_TOPOLOGY.search(message):
        return Obstacle(
            f"The network topology {missing[1]} does not exist on this cluster.",
            "Correct the annotation, or ask an administrator for the topology.",
        )
    hint = "Make the replica smaller, or ask for it to be placed more widely."
    if small := TOO_SMALL.search(message):
        text_ = f"No {small[2]} of the topology {small[1]} has room for a replica."
        return Obstacle(text_, hint)
    if domain := DOMAIN.search(message):
        some, every = domain[2], domain[3]
        return Obstacle(f"{domain[1]} has room for {some} of {every} pods only.", hint)
    return None


def _no_room(message: str, size: int) -> Obstacle | None:
    causes = [_cause(int(count), what) for count, what in NODES.findall(message)]
    gang = GANG.search(message)
    if not causes and not gang:
        return None
    room = (
        f"There is room for {gang[1]} of the {size} pods of a replica" if gang else ""
    )
    why = ", ".join(causes)
    whole = ": ".join(filter(None, (room or "No node has room", why)))
    return Obstacle(f"{whole}.")


def _cause(count: int, what: str) -> str:
    nodes = "1 node" if count == 1 else f"{count} nodes"
    if what.startswith(SHORT_OF):
        verb = "lacks" if count == 1 else "lack"
        return f"{nodes} {verb} {what.removeprefix(SHORT_OF)}"
    return f"{nodes} {what}"
