"""What the scheduler knows: mirrors turned into gangs, books and boards."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from simulator.amounts import Amount, added, amount, request_of
from simulator.client import key_of
from simulator.gangs import Gang
from simulator.ledger import Entry, Ledger, limits_of
from simulator.lwsnames import NAME, annotations_of, labels_of
from simulator.placement import AFFINITY, POOL, Board
from simulator.podfaults import fault_of
from simulator.podgrouper import GROUP_NAME, VERSION

Manifest = dict[str, Any]
Key = tuple[str, str]
Seen = Callable[[str, Manifest], None]
KAI = "kai-scheduler"
TRAIN = 50
UNBOUND = "pod has unbound immediate PersistentVolumeClaims"
SHIPPED = {"train": 50, "build-preemptible": 75, "build": 100, "inference": 125}


class View:
    """The scheduler's picture of the cluster; ``bell`` rings with every change."""

    def __init__(self) -> None:
        self.bell = asyncio.Event()
        self.nodes: dict[str, Manifest] = {}
        self.capacity: dict[str, Amount] = {}
        self.pods: dict[Key, Manifest] = {}
        self.queues: dict[str, Manifest] = {}
        self.groups: dict[Key, Manifest] = {}
        self.workloads: dict[Key, Manifest] = {}
        self.classes: dict[str, int] = {}
        self.claims: dict[Key, Manifest] = {}
        self.first: dict[str, float] = {}
        self.members: dict[Key, set[Key]] = defaultdict(set)
        self.marks: dict[Key, str] = {}
        self.page = 0
        self.waiting: set[Key] = set()
        self.touched: set[Key] = set()
        self.changed: set[Key] = set()
        self.leaving: dict[str, Manifest] = {}
        self.ledger = Ledger()

    def watches(self) -> dict[str, Seen]:
        """Which lists to follow, in this order, and what to do with a change."""
        return {
            "/apis/leaderworkerset.x-k8s.io/v1/leaderworkersets": self._workload,
            "/apis/scheduling.k8s.io/v1/priorityclasses": self._class,
            "/apis/scheduling.run.ai/v2/queues": self._queue,
            "/api/v1/nodes": self._node,
            "/api/v1/persistentvolumeclaims": self._claim,
            f"/apis/{VERSION}/podgroups": self._group,
            "/api/v1/pods": self.see_pod,
        }

    def _workload(self, word: str, item: Manifest) -> None:
        key, mark = key_of(item), mark_of(item)
        keep(self.workloads, key, word, item)
        known = self.marks.get(key)
        keep(self.marks, key, word, mark)
        if known is None:
            self.bell.set()
        elif known != mark:
            self.turn_page()

    def _class(self, word: str, item: Manifest) -> None:
        keep(self.classes, item["metadata"]["name"], word, item["value"])
        self.turn_page()

    def _claim(self, word: str, item: Manifest) -> None:
        keep(self.claims, key_of(item), word, item)
        self.turn_page()

    def turn_page(self) -> None:
        """Note that who was refused before may be taken now."""
        self.page += 1
        self.bell.set()

    def _queue(self, word: str, item: Manifest) -> None:
        name = item["metadata"]["name"]
        before = self.queues.get(name)
        keep(self.queues, name, word, item)
        self.ledger.parent(name, item["spec"].get("parentQueue", ""))
        if before is None or before["spec"] != item["spec"] or word == "DELETED":
            self.turn_page()

    def _node(self, word: str, item: Manifest) -> None:
        name = item["metadata"]["name"]
        keep(self.nodes, name, word, item)
        has = (item.get("status") or {}).get("allocatable") or {}
        self.capacity[name] = {"pods": 110, **amount(has)}
        self.turn_page()

    def _group(self, word: str, item: Manifest) -> None:
        if not (item.get("spec") or {}).get("queue"):
            return
        before = self.groups.get(key_of(item))
        keep(self.groups, key_of(item), word, item)
        if before is None or word == "DELETED" or matters(before) != matters(item):
            self.touched.add(key_of(item))
            self.bell.set()

    def see_pod(self, word: str, pod: Manifest) -> None:
        """Follow one change of a pod."""
        key, uid = key_of(pod), pod["metadata"]["uid"]
        before = self.pods.get(key)
        if before and before["metadata"]["uid"] != uid:
            self.see_pod("DELETED", before)
        if word == "DELETED" and before and before["metadata"]["uid"] != uid:
            return
        keep(self.pods, key, word, pod)
        self._members(word, pod)
        self._book(word, pod)
        bound_now = before is None or not before["spec"].get("nodeName")
        if bound_now or word == "DELETED":
            self.bell.set()

    def _members(self, word: str, pod: Manifest) -> None:
        key, group = key_of(pod), group_key(pod)
        going = word == "DELETED" or pod["metadata"].get("deletionTimestamp")
        if group:
            self._member(group, key, going=bool(going))
        if going or pod["spec"].get("nodeName"):
            self.waiting.discard(key)
            self.first.pop(uid_of(pod), None)
        else:
            self.waiting.add(key)
            now = asyncio.get_running_loop().time()
            self.first.setdefault(uid_of(pod), now)

    def _member(self, group: Key, key: Key, *, going: bool) -> None:
        self.touched.add(group)
        self.changed.add(group)
        if not going:
            self.members[group].add(key)
            return
        self.members[group].discard(key)
        if not self.members[group]:
            del self.members[group]

    def _book(self, word: str, pod: Manifest) -> None:
        uid = pod["metadata"]["uid"]
        phase = (pod.get("status") or {}).get("phase")
        if word == "DELETED" or phase in ("Failed", "Succeeded"):
            self.page += 1
            self.leaving.pop(uid, None)
            self.ledger.strike(uid)
            return
        if pod["metadata"].get("deletionTimestamp"):
            self.page += uid not in self.leaving
            self.leaving[uid] = pod
        if node := pod["spec"].get("nodeName"):
            self.book(pod, node)

    def book(self, pod: Manifest, node: str) -> None:
        """Enter a pod into the books, also one that is only about to be bound."""
        group = self.groups.get(group_key(pod) or ("", ""))
        gang = Gang(group, self.priority(group)) if group else None
        wanted = tuple(sorted(request_of(pod).items()))
        queue = gang.queue if gang else ""
        entry = Entry(node, wanted, queue, bool(gang and gang.firm))
        self.ledger.enter(pod["metadata"]["uid"], entry)

    def priority(self, group: Manifest) -> int:
        """The value of the group's class; an unknown name counts as ``train``."""
        name = group["spec"].get("priorityClassName", "train")
        return self.classes.get(name, SHIPPED.get(name, TRAIN))

    def workload_of(self, pod: Manifest) -> Manifest | None:
        name = labels_of(pod).get(NAME)
        return self.workloads.get((pod["metadata"]["namespace"], name or ""))

    def gang(self, key: Key) -> Gang | None:
        """The gang of a PodGroup, without the pods that are going."""
        group = self.groups.get(key)
        if group is None:
            return None
        keys = self.members.get(key, ())
        pods = [self.pods[k] for k in keys if k in self.pods]
        gang = Gang(group, self.priority(group), pods)
        gang.faulty = {
            pod["metadata"]["uid"]: why
            for pod in gang.waiting
            if (why := self._fault(pod))
        }
        return gang

    def _fault(self, pod: Manifest) -> str:
        """Why no node at all may take the pod, if that is so."""
        if fault_of(pod, self.workloads) == "unschedulable":
            return AFFINITY
        namespace = pod["metadata"]["namespace"]
        for volume in pod["spec"].get("volumes") or ():
            name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
            if name and not is_bound(self.claims.get((namespace, name))):
                return UNBOUND
        return ""

    def young(self, gang: Gang, age: float) -> float:
        """Seconds until every waiting pod of the gang has waited for a time."""
        now = asyncio.get_running_loop().time()
        since = max(self.first.get(uid_of(pod), now) for pod in gang.waiting)
        return since + age - now

    def soft_gangs(self) -> list[Gang]:
        """The gangs that may be preempted."""
        gangs = (self.gang(key) for key in list(self.members))
        return [gang for gang in gangs if gang and gang.bound and not gang.firm]

    def board(self, pool: str | None) -> Board:
        """The free places of a pool; None for all nodes."""
        nodes = [
            node
            for node in self.nodes.values()
            if pool is None or labels_of(node).get(POOL, "") == pool
        ]
        free = {
            node["metadata"]["name"]: self.free(node["metadata"]["name"])
            for node in nodes
        }
        return Board(nodes, free)

    def free(self, node: str) -> Amount:
        taken = self.ledger.nodes.get(node, {})
        return added(self.capacity[node], taken, -1)

    def over_quota(self) -> set[str]:
        """The queues that hold more GPUs than their quota."""
        found = set()
        for name, queue in self.queues.items():
            quota = limits_of(queue, "quota")["gpu"]
            held = self.ledger.allocated.get(name, {}).get("gpu", 0)
            if quota != -1 and held > quota:
                found.add(name)
        return found


def mark_of(workload: Manifest) -> str:
    """A text that changes with what a workload's groups are made from."""
    metadata = workload["metadata"]
    labels, annotations = labels_of(workload), annotations_of(workload)
    return f"{metadata['uid']} {metadata.get('generation')} {labels} {annotations}"


def uid_of(item: Manifest) -> str:
    """The uid."""
    return item["metadata"]["uid"]


def is_bound(claim: Manifest | None) -> bool:
    """Whether the claim is there and has its volume."""
    return claim is not None and (claim.get("status") or {}).get("phase") == "Bound"


def keep(table: dict[Any, Any], key: Any, word: str, value: Any) -> None:
    """Follow one change in a table."""
    if word == "DELETED":
        table.pop(key, None)
    else:
        table[key] = value


def matters(group: Manifest) -> tuple[Any, Any]:
    """The part of a PodGroup that the scheduler acts on."""
    return group["spec"], labels_of(group)


def group_key(pod: Manifest) -> Key | None:
    """The PodGroup that the pod says it is in."""
    name = annotations_of(pod).get(GROUP_NAME)
    return (pod["metadata"]["namespace"], name) if name else None
