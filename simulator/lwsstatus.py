"""The status of a LeaderWorkerSet, with the habits of the real controller."""

from dataclasses import dataclass

from simulator.answers import Manifest, timestamp
from simulator.lwsgroups import Group
from simulator.lwsnames import NAME, WORKER_INDEX
from simulator.lwsrollout import is_old

AVAILABLE = ("Available", "AllGroupsReady", "All replicas are ready")
PROGRESSING = ("Progressing", "GroupsProgressing", "Replicas are progressing")
Turned = tuple[str, str] | None
UPDATING = ("UpdateInProgress", "GroupsUpdating", "Rolling Upgrade is in progress")


@dataclass(frozen=True)
class Observed:
    """What the status is made of."""

    replicas: int
    revision: str
    parts: dict[int, Group]

    def done(self, index: int) -> bool:
        part = self.parts.get(index)
        return part is not None and part.ready and part.has_revision(self.revision)

    def ready(self, index: int) -> bool:
        part = self.parts.get(index)
        return part is not None and part.ready


def status_of(item: Manifest, observed: Observed) -> tuple[Manifest, Turned]:
    """The new status, and reason and message of the condition that turned True."""
    before = item.get("status") or {}
    parts = observed.parts.values()
    status: Manifest = {
        "replicas": observed.replicas,
        "readyReplicas": sum(part.ready for part in parts),
        "updatedReplicas": sum(part.has_revision(observed.revision) for part in parts),
    }
    status = {name: count for name, count in status.items() if count}
    name = item["metadata"]["name"]
    status["hpaPodSelector"] = f"{NAME}={name},{WORKER_INDEX}=0"
    status["observedGeneration"] = item["metadata"]["generation"]
    conditions = [dict(found) for found in before.get("conditions") or ()]
    turned: Turned = None
    for sort, reason, message in true_conditions(item, observed):
        if set_true(conditions, (sort, reason, message)):
            turned = (reason, message)
    status["conditions"] = conditions
    return status, turned


def true_conditions(item: Manifest, observed: Observed) -> list[tuple[str, str, str]]:
    """Which conditions hold now."""
    spec = item["spec"]
    partition = spec["rolloutStrategy"]["rollingUpdateConfiguration"]["partition"]
    wanted = range(spec["replicas"])
    fresh = [n for n in wanted if n >= partition]
    if all(map(observed.ready, wanted)) and all(map(observed.done, fresh)):
        return [AVAILABLE]
    old = any(is_old(observed.parts.get(n), observed.revision) for n in fresh)
    return [PROGRESSING, UPDATING] if old else [PROGRESSING]


def set_true(conditions: list[Manifest], new: tuple[str, str, str]) -> bool:
    """Turn one condition True and those that it excludes False."""
    excluded = {
        "Available": ("Progressing", "UpdateInProgress"),
        "Progressing": ("Available",),
        "UpdateInProgress": ("Available",),
    }[new[0]]
    for condition in conditions:
        if condition["type"] in excluded and condition["status"] == "True":
            condition.update(status="False", lastTransitionTime=timestamp())
    body = {"type": new[0], "status": "True", "reason": new[1], "message": new[2]}
    for condition in conditions:
        if condition["type"] == new[0]:
            if condition["status"] == "True":
                return False
            condition.update(body, lastTransitionTime=timestamp())
            return True
    conditions.append(body | {"lastTransitionTime": timestamp()})
    return True
