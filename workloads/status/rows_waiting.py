"""Rows 15 to 22: pods wait, for their leader, a volume or a place."""

import re
from datetime import timedelta

from workloads.status.answer import Answer, PodState
from workloads.status.events import Event
from workloads.status.obstacles import obstacle
from workloads.status.phase import Phase
from workloads.status.reading import rows, text
from workloads.status.rows_life import SOON
from workloads.status.scene import Scene

LATELY = timedelta(minutes=10)
WORKLOAD_OF = re.compile(r"pg-(.+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b.*")
WINNER = re.compile(r"workload (\S+?)/(\S+?)\.?$")
VERBS = {
    "preempt": "Preempted by",
    "reclaim": "Its GPUs were reclaimed by",
    "consolidation": "Moved to make room for",
}


def for_its_leader(scene: Scene) -> Answer | None:
    """Row 15: workers come once the leader is ready."""
    if not scene.shape.leader_first or scene.shape.size == 1:
        return None
    for group in scene.replicas:
        here = [p for p in group.pods if p.state not in {"Terminating", "Gone"}]
        if [p.index for p in here] == [0] and here[0].state in {"Starting", "NotReady"}:
            workers = scene.shape.size - 1
            many = "1 worker" if workers == 1 else f"{workers} workers"
            message = f"Waiting for the leader of replica {group.index}"
            return Answer(Phase.INITIALIZING, f"{message} before creating {many}")
    return None


def evicted(scene: Scene) -> Answer | None:
    """Row 16: somebody else needed the place more."""
    found = _lately(scene, "Evict")
    if not found or _stale(found) or not _lost_place(scene):
        return None
    verb = VERBS.get(found.annotation("evictor-action-type"), "Preempted by")
    winner = winner_of(found)
    if not winner:
        verb = "Evicted by the scheduler"
    hint = "It starts again by itself when there is room; a higher priority helps."
    return Answer(Phase.PENDING, f"{verb} {winner}".strip(), hint)


def winner_of(event: Event) -> str:
    """Return the workload that got the place, as namespace and name."""
    namespace = event.annotation("evictor-pod-group-namespace")
    name = event.annotation("evictor-pod-group-name")
    if not name and (found := WINNER.search(event.message)):
        namespace, name = found[1], found[2]
    plain = WORKLOAD_OF.fullmatch(name)
    return "/".join(filter(None, (namespace, plain[1] if plain else name)))


def stale_gang(scene: Scene) -> Answer | None:
    """Row 17: the scheduler lost patience with a leader without workers (fact 1)."""
    if not scene.shape.leader_first or not _lost_place(scene):
        return None
    evict = _lately(scene, "Evict")
    stale = _lately(scene, "StaleJob") or (evict if evict and _stale(evict) else None)
    if not stale:
        return None
    hint = (
        "Administrators: let the scheduler wait (kai.scheduler/staleness-grace-period "
        "needs KAI 0.17; before that default-staleness-grace-period)."
    )
    message = "The scheduler removed the leader because its workers came too late"
    return Answer(Phase.PENDING, message, hint)


def for_a_volume(scene: Scene) -> Answer | None:
    """Row 18: a claim of a waiting pod is not bound, and not by waiting for the pod."""
    unbound = {
        text(claim, "metadata", "name")
        for claim in scene.observed.claims
        if text(claim, "status", "phase") == "Pending"
    }
    for pod in scene.unscheduled:
        for volume in rows(scene.raw(pod), "spec", "volumes"):
            name = text(volume, "persistentVolumeClaim", "claimName")
            if name not in unbound or not name:
                continue
            said = [e for e in scene.events if _about_claim(e, name)]
            if said and said[-1].reason == "WaitForFirstConsumer":
                continue
            why = f": {said[-1].message}" if said and said[-1].message else ""
            hint = "Check the storage class, the size and the access mode."
            return Answer(Phase.PENDING, f"Volume {name} is not bound{why}", hint)
    return None


def for_the_scheduler(scene: Scene) -> Answer | None:
    """Row 19: the scheduler has not even noticed a leader."""
    if scene.ready or scene.profile.scheduler != "kai":
        return None
    for leader in scene.leaders:
        unnoticed = leader.group not in scene.pod_groups and not leader.node
        if unnoticed and scene.clock.passed(leader.created, SOON):
            message = "Waiting for the scheduler to pick up the workload"
            hint = "Ask an administrator whether the KAI scheduler runs."
            return Answer(Phase.PENDING, message, hint)
    return None


def no_place(scene: Scene) -> Answer | None:
    """Row 20: the scheduler says why there is no place."""
    for pod in scene.unscheduled:
        found = obstacle(scene.pod_groups.get(pod.group), scene.shape.size)
        if found:
            return Answer(Phase.PENDING, found.message, found.hint, found.reason)
    return None


def for_pods(scene: Scene) -> Answer | None:
    """Row 21: the scheduler waits until all pods of a replica exist."""
    said = [e for e in scene.events if e.kind == "PodGroup"]
    if not scene.unscheduled or not said or {e.reason for e in said} != {"NotReady"}:
        return None
    message = missing_pods(scene)
    return Answer(Phase.PENDING, message) if message else None


def missing_pods(scene: Scene) -> str:
    """Say how many pods are still to be made, or nothing."""
    missing = sum(scene.missing(group) for group in scene.replicas)
    expected = missing + len(scene.staying)
    if not missing:
        return ""
    return f"Waiting for {missing} of {expected} pods to be created"


def for_victims(scene: Scene) -> Answer | None:
    """Row 22: a place is chosen, and those who hold it are leaving."""
    for pod in scene.unscheduled:
        told = [e for e in scene.events if e.kind == "Pod" and _about(e, pod)]
        piped = any(e.reason == "Pipelined" for e in told)
        if piped or text(scene.raw(pod), "status", "nominatedNodeName"):
            message = "Waiting for lower-priority work to leave the node"
            return Answer(Phase.PENDING, message)
    return None


def _about(event: Event, pod: PodState) -> bool:
    return event.uid == pod.uid if event.uid else event.name == pod.name


def _about_claim(event: Event, name: str) -> bool:
    return event.kind == "PersistentVolumeClaim" and event.name == name


def _lost_place(scene: Scene) -> bool:
    """Whether a replica lacks pods or places."""
    return any(group.state == "Pending" for group in scene.replicas)


def _lately(scene: Scene, reason: str) -> Event | None:
    found = [e for e in scene.events if e.reason == reason]
    if found and scene.clock.within(found[-1].last, LATELY):
        return found[-1]
    return None


def _stale(event: Event) -> bool:
    gang = "doesn't meet the minimum required number of pods" in event.message
    return gang or event.annotation("evictor-action-type") == "stalegangeviction"


ROWS = (
    for_its_leader,
    evicted,
    stale_gang,
    for_a_volume,
    for_the_scheduler,
    no_place,
    for_pods,
    for_victims,
)
