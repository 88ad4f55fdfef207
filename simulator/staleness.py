"""Stale gangs: fewer pods at work than the group needs. Pure but for its clock."""

import re

from simulator.gangs import Gang

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
GRACE = 60.0
LEAST = 2.0
TOLD_AFTER = 1.0


def seconds(duration: str) -> float:
    """A duration of the language Go; negative means never."""
    if duration.startswith("-"):
        return -1.0
    return sum(float(n) * UNITS[unit] for n, unit in DURATION.findall(duration))


def grace_of(gang: Gang) -> float:
    """How long the gang may be stale, in seconds; negative means for ever."""
    said = gang.group["spec"].get("stalenessGracePeriod")
    return GRACE if said is None else seconds(said)


def is_stale(gang: Gang) -> bool:
    """Whether some pods are bound, but not as many as each sub-group needs."""
    return bool(gang.bound) and stale_part(gang) is not None


def stale_part(gang: Gang) -> tuple[str, int, int] | None:
    """The first sub-group that is too small: name, least members, at work."""
    active = [gang.part(pod) for pod in gang.bound]
    for name, least in gang.least().items():
        if active.count(name) < least:
            return name, least, active.count(name)
    return None


def text(gang: Gang) -> str:
    """The message of the event ``StaleJob``."""
    name, least, active = stale_part(gang) or ("", 0, 0)
    total = sum(gang.least().values())
    return (
        f"Job is stale. {len(gang.bound)} pods are active, minMember is {total}, "
        f"subGroup {name} minMember is {least} and {active} pods are active"
    )


class StaleClock:
    """Remembers since when a gang is stale, and what was done about it."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self.since: dict[tuple[str, str], float] = {}
        self.told: set[tuple[str, str]] = set()

    def verdict(self, gang: Gang, time: float) -> str:
        """``tell``, ``evict`` or the empty text, for a gang at a time."""
        if not is_stale(gang):
            self.since.pop(gang.key, None)
            self.told.discard(gang.key)
            return ""
        lasted = time - self.since.setdefault(gang.key, time)
        grace = grace_of(gang)
        if grace >= 0 and lasted >= max(grace / self.speed, LEAST):
            del self.since[gang.key]
            return "evict"
        if lasted >= TOLD_AFTER / self.speed and gang.key not in self.told:
            self.told.add(gang.key)
            return "tell"
        return ""
