"""The groups of a LeaderWorkerSet as they stand: leader, workers and their set."""

from dataclasses import dataclass, field

from simulator.answers import Manifest
from simulator.lwsnames import (
    GROUP_INDEX,
    REVISION,
    WORKER_INDEX,
    controlled_by,
    is_leader,
    is_ready,
    labels_of,
    ordinal,
)


@dataclass
class Group:
    """One replica: its pods and the set of its workers."""

    index: int
    size: int
    leader: Manifest | None = None
    workers_set: Manifest | None = None
    workers: list[Manifest] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Leader Running and Ready, and the whole set of the workers with it."""
        if self.leader is None or not is_ready(self.leader):
            return False
        if self.leader["metadata"].get("deletionTimestamp"):
            return False
        if self.size == 1:
            return True
        if self.workers_set is None:
            return False
        status = self.workers_set.get("status") or {}
        wanted = self.workers_set["spec"]["replicas"]
        return status.get("availableReplicas") == wanted == self.size - 1

    def leader_has(self, revision: str) -> bool:
        """Whether the leader was made from this revision."""
        return self.leader is not None and (
            labels_of(self.leader).get(REVISION) == revision
        )

    def has_revision(self, revision: str) -> bool:
        """Whether leader and workers were made from this revision."""
        parts = [self.leader] if self.size == 1 else [self.leader, self.workers_set]
        return all(
            part is not None and labels_of(part).get(REVISION) == revision
            for part in parts
        )


def groups(
    item: Manifest, pods: list[Manifest], sets: list[Manifest]
) -> dict[int, Group]:
    """Sort pods and sets of one workload into its groups."""
    size = item["spec"]["leaderWorkerTemplate"]["size"]
    found: dict[int, Group] = {}

    def group(index: int) -> Group:
        return found.setdefault(index, Group(index, size))

    for pod in filter(is_leader, pods):
        group(ordinal(pod["metadata"]["name"])).leader = pod
    for pod in pods:
        index = labels_of(pod).get(GROUP_INDEX, "")
        if not is_leader(pod) and index.isdigit() and WORKER_INDEX in labels_of(pod):
            group(int(index)).workers.append(pod)
    uids = {
        part.leader["metadata"]["uid"]: part for part in found.values() if part.leader
    }
    for workers in sets:
        part = uids.get(controlled_by(workers))
        if part is not None:
            part.workers_set = workers
    for part in found.values():
        uid = part.workers_set["metadata"]["uid"] if part.workers_set else ""
        part.workers = [pod for pod in part.workers if controlled_by(pod) == uid]
    return found


def broken(item: Manifest, part: Group) -> Manifest | None:
    """The pod for whose sake the restart policy recreates the group, if any."""
    policy = item["spec"]["leaderWorkerTemplate"]["restartPolicy"]
    if policy == "None" or part.leader is None:
        return None
    pods = [part.leader, *part.workers]
    waiting = any((pod.get("status") or {}).get("phase") == "Pending" for pod in pods)
    if policy == "RecreateGroupAfterStart" and waiting:
        return None
    return next((pod for pod in pods if restarted(pod)), None)


def restarted(pod: Manifest) -> bool:
    """Whether a container started again, or the pod is going or has failed."""
    status = pod.get("status") or {}
    if pod["metadata"].get("deletionTimestamp"):
        return True
    containers = [
        *(status.get("initContainerStatuses") or ()),
        *(status.get("containerStatuses") or ()),
    ]
    return any(container.get("restartCount", 0) > 0 for container in containers)
