"""All that the rows of the table ask about a workload, worked out once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from workloads.status.answer import Group, PodState
from workloads.status.clock import Clock
from workloads.status.events import Event, told
from workloads.status.groups import Shape, expected, groups
from workloads.status.observed import Before, Observed, Profile, Terminated
from workloads.status.pods import Surroundings, by_pod, place_of, pod_state
from workloads.status.reading import holds, maybe_number, table, text
from workloads.status.signals import Signal, refusal

TOLERANCE = timedelta(seconds=2)
"""Kubernetes writes whole seconds."""

SETS = frozenset({"LeaderWorkerSet", "StatefulSet"})
LEADER_OF = re.compile(r"(?:Create Pod|create Pod|leader pod) (\S+?):? ")
HARMLESS = ("already exists", "object is being deleted")


@dataclass(frozen=True)
class Scene:
    """A workload at one moment."""

    observed: Observed
    profile: Profile
    clock: Clock

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Oldest first."""
        return told(self.observed.events)

    @cached_property
    def wanted(self) -> int:
        """The replicas."""
        return max(0, self.observed.replicas)

    @cached_property
    def shape(self) -> Shape:
        """What a replica should be."""
        size = max(0, self.observed.workers) + 1
        return Shape(size, self.observed.startup_policy == "LeaderReady")

    @cached_property
    def pods(self) -> tuple[PodState, ...]:
        """Every pod that exists, one entry for each uid."""
        around = Surroundings(
            self.observed.name,
            self.clock,
            self.profile.flap_window,
            by_pod(self.events),
        )
        return tuple(pod_state(pod, around) for pod in self._raw.values())

    @cached_property
    def _raw(self) -> dict[str, Any]:
        return {
            text(pod, "metadata", "uid") or f"name/{text(pod, 'metadata', 'name')}": pod
            for pod in self.observed.pods
            if isinstance(pod, dict)
        }

    def raw(self, pod: PodState) -> Any:
        """Return the pod as Kubernetes has it."""
        return self._raw.get(pod.uid or f"name/{pod.name}")

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Every replica that is wanted or has pods."""
        return groups(self.wanted, self.pods, self.shape, self.refusals)

    @cached_property
    def replicas(self) -> tuple[Group, ...]:
        """The replicas that are wanted."""
        return tuple(group for group in self.groups if group.index < self.wanted)

    @cached_property
    def ready(self) -> int:
        """How many wanted replicas are ready."""
        return sum(group.state == "Ready" for group in self.replicas)

    @cached_property
    def updating(self) -> bool:
        """Whether the set says that it replaces replicas."""
        return holds(self.observed.lws, "UpdateInProgress")

    @cached_property
    def to_update(self) -> int:
        """How many replicas an update is for; a partition holds the others back."""
        path = ("spec", "rolloutStrategy", "rollingUpdateConfiguration", "partition")
        return max(0, self.wanted - (maybe_number(self.observed.lws, *path) or 0))

    @cached_property
    def updated(self) -> int:
        """How many replicas are of the newest template. Pods go before counts."""
        revisions = {p.revision for p in self.leaders}
        if not self.updating and len(revisions) <= 1:
            return self.wanted
        return maybe_number(self.observed.lws, "status", "updatedReplicas") or 0

    @cached_property
    def leaders(self) -> tuple[PodState, ...]:
        """The leaders of the wanted replicas, without those that leave."""
        return tuple(p for p in self.staying if p.index == 0)

    @cached_property
    def staying(self) -> tuple[PodState, ...]:
        """The pods of the wanted replicas, without those that leave."""
        return tuple(
            pod
            for group in self.replicas
            for pod in group.pods
            if pod.state not in {"Terminating", "Gone"}
        )

    @cached_property
    def newest_revision(self) -> str:
        """The template of the leader that was made last."""
        leaders = sorted(self.leaders, key=lambda p: str(p.created or ""))
        return leaders[-1].revision if leaders else ""

    def missing(self, group: Group) -> int:
        """Return how many expected pods of a replica do not exist."""
        here = [p for p in group.pods if p.state not in {"Terminating", "Gone"}]
        return max(0, expected(here, self.shape) - len(here))

    @cached_property
    def unscheduled(self) -> tuple[PodState, ...]:
        """The expected pods that have no node."""
        return tuple(p for p in self.staying if p.state == "Unscheduled")

    @cached_property
    def behind(self) -> bool:
        """Whether the set has not been worked on since it was written."""
        status = table(self.observed.lws, "status")
        seen = maybe_number(status, "observedGeneration")
        made = maybe_number(self.observed.lws, "metadata", "generation")
        return not status or (seen is not None and made is not None and seen < made)

    @cached_property
    def unsent(self) -> bool:
        """Whether the newest wish has not reached the cluster."""
        return (self.observed.applied_generation or 0) < self.observed.generation

    def phase_before(self, *phases: str) -> bool:
        """Whether one of the phases was published last."""
        before = self.observed.before
        return before is not None and before.phase in phases

    @property
    def before(self) -> Before | None:
        """What was published last."""
        return self.observed.before

    @cached_property
    def refused_pods(self) -> tuple[Event, ...]:
        """What Kubernetes would not make since the workload was applied."""
        applied = self.observed.applied_at
        return tuple(
            event
            for event in self.events
            if event.kind in SETS
            and event.reason in {"FailedCreate", "FailedUpdate"}
            and (applied is None or event.last >= applied - TOLERANCE)
            and not any(words in event.message for words in HARMLESS)
        )

    @cached_property
    def refusals(self) -> dict[int, Signal]:
        """Why pods of a replica cannot be made."""
        return {
            group: refusal(event.message)
            for event in self.refused_pods
            for group in self._groups_of(event)
        }

    def refused_since(self, group: int | None = None) -> datetime | None:
        """Return since when pods cannot be made, of one replica or of any."""
        firsts = [
            event.first
            for event in self.refused_pods
            if group is None or group in self._groups_of(event)
        ]
        applied = self.observed.applied_at
        first = min(firsts, default=None)
        return max(first, applied) if first and applied else first

    def _groups_of(self, event: Event) -> Iterator[int]:
        name = self.observed.name
        if re.fullmatch(rf"{re.escape(name)}-\d{{1,6}}", event.name, re.ASCII):
            yield place_of(event.name, name)[0]
        elif found := LEADER_OF.search(event.message):
            yield place_of(found[1], name)[0]
        else:
            yield from range(min(self.wanted, 2000))

    @cached_property
    def pod_groups(self) -> dict[int, Any]:
        """The scheduler's object of each replica."""
        found: dict[int, Any] = {}
        for pod_group in self.observed.pod_groups:
            name = text(pod_group, "metadata", "name")
            _, marked, index = name.rpartition("-group-")
            if marked and index.isdecimal() and len(index) < 7:
                found[int(index)] = pod_group
        named = {text(g, "metadata", "name"): g for g in self.observed.pod_groups}
        for pod in self.staying:
            notes = table(self.raw(pod), "metadata", "annotations")
            if (name := text(notes, "pod-group-name")) in named:
                found[pod.group] = named[name]
        return found

    @cached_property
    def terminations(self) -> tuple[Terminated, ...]:
        """The recorded ends of containers that still explain something."""
        return tuple(
            sorted(
                (
                    end
                    for end in self.observed.terminations
                    if self.clock.within(end.at, self.profile.flap_window)
                ),
                key=lambda end: end.at,
            )
        )
