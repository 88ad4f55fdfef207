"""The rolling update of groups: how many there are, and from which index on."""

import math
from dataclasses import dataclass

from simulator.answers import Manifest
from simulator.lwsgroups import Group
from simulator.lwsnames import REVISION, revision_of


@dataclass(frozen=True)
class Plan:
    """What the set of the leaders is to say now."""

    replicas: int
    partition: int
    updating: int | None = None


def amount(said: int | str, replicas: int, *, up: bool) -> int:
    """A number of groups from a number or a percentage."""
    if isinstance(said, int):
        return said
    if not said.endswith("%"):
        return int(said)
    part = int(said[:-1]) * replicas / 100
    return math.ceil(part) if up else math.floor(part)


def plan(item: Manifest, leaders: Manifest | None, parts: dict[int, Group]) -> Plan:
    """Decide the next step; without an update everything is simply there."""
    replicas = item["spec"]["replicas"]
    lowest = min(setting(item, "partition"), replicas)
    if leaders is None:
        return Plan(replicas, lowest)
    revision = revision_of(item)
    spec = leaders["spec"]
    old = [n for n in range(lowest, replicas) if is_old(parts.get(n), revision)]
    if not old:
        groups = (parts.get(number) for number in range(lowest, replicas))
        waiting = any(part is None or not part.ready for part in groups)
        surged = replicas < spec["replicas"] <= replicas + setting(item, "maxSurge")
        return Plan(spec["replicas"] if surged and waiting else replicas, lowest)
    total = replicas + min(setting(item, "maxSurge"), len(old))
    if spec["template"]["metadata"]["labels"].get(REVISION) != revision:
        return Plan(total, replicas)
    partition = spec["updateStrategy"]["rollingUpdate"]["partition"]
    partition = max(min(partition, replicas), lowest)
    following = lowered(item, parts, total, partition, lowest)
    return Plan(total, following, following if following < partition else None)


def lowered(
    item: Manifest, parts: dict[int, Group], total: int, partition: int, lowest: int
) -> int:
    """The partition after as many more groups as may be away at once."""
    may_be_away = setting(item, "maxUnavailable") + setting(item, "maxSurge")
    away = {n for n in range(total) if n not in parts or not parts[n].ready}
    while partition > lowest and len(away | {partition - 1}) <= may_be_away:
        partition -= 1
        away.add(partition)
    return partition


def setting(item: Manifest, name: str) -> int:
    """A number of the rollout's settings, percentages counted out."""
    update = item["spec"]["rolloutStrategy"]["rollingUpdateConfiguration"]
    return amount(update[name], item["spec"]["replicas"], up=name == "maxSurge")


def is_old(part: Group | None, revision: str) -> bool:
    """Whether there is a leader that was made from another revision."""
    return (
        part is not None and part.leader is not None and not part.leader_has(revision)
    )
