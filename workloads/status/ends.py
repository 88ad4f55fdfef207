"""Who brought a replica down. Its pods are gone by then, so events and records tell."""

import re
from dataclasses import dataclass

from workloads.status.observed import Terminated
from workloads.status.pods import place_of
from workloads.status.scene import Scene
from workloads.status.signals import crash

FAILED = re.compile(r"pod (\S+) failed")
OF_GROUP = re.compile(r"recreate group (\d{1,6})\b")
MANY = 3
BYSTANDERS = frozenset({137, 143})
"""Exit codes of the pods that are stopped because another one failed."""


@dataclass(frozen=True)
class Culprit:
    """The pod that failed, and how."""

    group: int
    index: int
    what: str
    """Such as: exited with code 1."""

    hint: str
    end: Terminated | None = None

    @property
    def who(self) -> str:
        """The pod's place in its replica."""
        return f"worker {self.index}" if self.index else "leader"


def rebuilds(scene: Scene) -> dict[int, int]:
    """Return how often each replica was rebuilt lately."""
    counts: dict[int, int] = {}
    window = scene.profile.flap_window
    for event in scene.events:
        if event.reason != "RecreateGroup" or scene.clock.passed(event.last, window):
            continue
        found = OF_GROUP.search(event.message)
        group = int(found[1]) if found else 0
        recent = scene.clock.within(event.first, window)
        counts[group] = counts.get(group, 0) + _recent(event.count, recent)
    return counts


def _recent(count: int, all_of_them: bool) -> int:
    """Count a series that began before the window as two: it goes on, no more."""
    return count if all_of_them else min(count, 2)


def flapping(scene: Scene) -> int | None:
    """Return the replica that is rebuilt again and again, if there is one."""
    often = {g: n for g, n in rebuilds(scene).items() if n >= MANY}
    return max(often, key=lambda group: often[group]) if often else None


def culprit(scene: Scene, group: int) -> Culprit | None:
    """Return who failed last in a replica, if that is known."""
    name = scene.observed.name
    blamed = [
        found[1]
        for event in scene.events
        if event.reason == "RecreateGroup"
        and scene.clock.within(event.last, scene.profile.flap_window)
        and (found := FAILED.search(event.message))
        and place_of(found[1], name)[0] == group
    ]
    ends = [e for e in scene.terminations if place_of(e.pod, name)[0] == group]
    of_blamed = [end for end in ends if blamed and end.pod == blamed[-1]]
    causes = [end for end in ends if not _bystander(end)]
    if telling := of_blamed or causes or ends:
        end = telling[-1]
        signal = crash(end.reason, end.exit_code)
        index = place_of(end.pod, name)[1]
        return Culprit(group, index, signal.message, signal.hint, end)
    if blamed:
        hint = "Look at the logs of the pod before it was rebuilt."
        return Culprit(group, place_of(blamed[-1], name)[1], "failed", hint)
    return None


def _bystander(end: Terminated) -> bool:
    return end.exit_code in BYSTANDERS and end.reason != "OOMKilled"
