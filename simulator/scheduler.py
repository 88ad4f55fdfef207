"""The scheduler: a program that stands in for KAI and speaks only the Kubernetes API.

Podgrouper, scheduler, binder and queue controller in one, over all node pools.
"""

import asyncio
import logging
from typing import Any

from simulator.amounts import request_of
from simulator.client import MERGE, STRATEGIC, Client, Mirror, key_of
from simulator.events import event_of, pod_path
from simulator.gangs import Gang, Place, placed, victims
from simulator.lwsnames import NAME, annotations_of, labels_of
from simulator.placement import POOL, Board
from simulator.podgrouper import (
    GROUP_NAME,
    SKIP,
    SUBGROUP,
    VERSION,
    membership,
    pod_group,
    renewed,
)
from simulator.quotas import Reason, beyond, missing_queue
from simulator.schedulerbooks import Books
from simulator.schedulerview import KAI, View, group_key, matters, uid_of
from simulator.verdicts import condition, not_ready, pod_condition, pod_text

Manifest = dict[str, Any]
Key = tuple[str, str]
PERIOD = 0.2
FEWEST = 0.004
PENDING = 1.0
RETRY = 0.2
MOST_FORGOTTEN = 2000
COMPONENT = KAI
logger = logging.getLogger(__name__)


class Scheduler:
    """Groups new pods, then decides over the gangs that wait, cycle by cycle."""

    agent = KAI
    serves_stock = True
    """Whether pods of ``default-scheduler`` are its own too: nobody else binds them."""

    def __init__(self, client: Client, speed: float) -> None:
        self.client = client
        self.speed = speed
        self.view = View()
        self.said: dict[str, str] = {}
        self.grouped: dict[str, str] = {}
        self.refused: dict[Key, tuple[int, int, str]] = {}
        self.soft: list[Gang] | None = None
        self.mirrors = [
            Mirror(client, path, seen) for path, seen in self.view.watches().items()
        ]

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as group:
            for mirror in self.mirrors:
                group.create_task(mirror.run())
            for mirror in self.mirrors:
                await mirror.filled.wait()
            group.create_task(self._cycles())
            group.create_task(Books(self.client, self.view, self.speed).run())

    async def _cycles(self) -> None:
        while True:
            await self.view.bell.wait()
            self.view.bell.clear()
            try:
                await self._group_pods()
                await self._cycle()
                self._forget()
            except Exception:
                logger.exception("a scheduling cycle failed")
            await asyncio.sleep(max(PERIOD / self.speed, FEWEST))

    def _forget(self) -> None:
        """Drop what was remembered about pods and groups that are gone."""
        view = self.view
        if len(self.said) < 2 * len(view.pods) + len(view.groups) + MOST_FORGOTTEN:
            return
        alive = {uid_of(item) for item in (*view.pods.values(), *view.groups.values())}
        self.said = {k: v for k, v in self.said.items() if k in alive}
        self.grouped = {k: v for k, v in self.grouped.items() if k in alive}
        self.refused = {k: v for k, v in self.refused.items() if k in view.groups}

    async def _group_pods(self) -> None:
        """The podgrouper's part: every new pod gets its group and its mark."""
        fresh = [
            pod
            for key in list(self.view.waiting)
            if (pod := self.view.pods.get(key)) and self._is_ours(pod)
        ]
        await gathered(self._group_pod(pod) for pod in fresh)
        changed, self.view.changed = self.view.changed, set()
        for key in changed:
            gang = self.view.gang(key)
            if gang and gang.bound:
                pod = gang.bound[0]
                await self._ensure_group(pod, self.view.workload_of(pod), key)

    def _is_ours(self, pod: Manifest) -> bool:
        if pod["spec"].get("schedulerName") != KAI:
            return False
        return annotations_of(pod).get(SKIP) != "true"

    async def _group_pod(self, pod: Manifest) -> None:
        workload = self.view.workload_of(pod)
        if workload is None and NAME in labels_of(pod):
            return
        mark = self.view.marks.get(key_of(workload), "") if workload else "alone"
        if self.grouped.get(uid_of(pod)) == mark:
            return
        member = membership(pod, workload)
        key = pod["metadata"]["namespace"], member.name
        await self._ensure_group(pod, workload, key)
        if annotations_of(pod).get(GROUP_NAME) == member.name:
            self.grouped[uid_of(pod)] = mark
            return
        patch = {
            "metadata": {
                "uid": uid_of(pod),
                "annotations": {GROUP_NAME: member.name},
                "labels": {SUBGROUP: member.part or None},
            }
        }
        made = await self.client.attempt("PATCH", pod_path(pod), patch, MERGE)
        if made:
            self.view.see_pod("MODIFIED", made)
        else:
            self._look_again(RETRY)

    async def _ensure_group(
        self, pod: Manifest, workload: Manifest | None, key: Key
    ) -> None:
        if workload is None and NAME in labels_of(pod):
            return
        gang = self.view.gang(key)
        leader_bound = gang is not None and bool(gang.bound)
        wanted = pod_group(pod, workload, key[1], leader_bound=leader_bound)
        path = f"/apis/{VERSION}/namespaces/{key[0]}/podgroups"
        if gang is None:
            made = await self.client.attempt("POST", path, wanted)
        elif patch := renewed(gang.group, wanted):
            made = await self.client.attempt("PATCH", f"{path}/{key[1]}", patch, MERGE)
        else:
            return
        if made:
            self.view.groups[key] = made
            self.view.touched.add(key)
        else:
            self._look_again(RETRY)

    async def _cycle(self) -> None:
        """Decide over every gang that waits, the most urgent first."""
        keys = {
            group
            for key in self.view.waiting
            if (pod := self.view.pods.get(key)) and (group := group_key(pod))
        }
        self.soft = None
        gangs = [
            gang
            for key in keys
            if not self._is_settled(key) and (gang := self.view.gang(key))
        ]
        over = self.view.over_quota()
        gangs.sort(key=lambda gang: rank(gang, over))
        boards: dict[str, Board] = {}
        work = []
        for gang in gangs:
            if gang.pool not in boards:
                boards[gang.pool] = self.view.board(gang.pool)
            if boards[gang.pool].nodes:
                work.append(self._decide(gang, boards[gang.pool]))
        await gathered([step for step in work if step is not None])
        if self.serves_stock:
            await self._stock()

    def _is_settled(self, key: Key) -> bool:
        """Whether it was refused, and nothing has happened since that could help."""
        return key in self.refused and self.refused[key] == self._page_of(key)

    def _page_of(self, key: Key) -> tuple[int, int, str]:
        view = self.view
        group = view.groups.get(key)
        members = len(view.members.get(key, ()))
        return view.page, members, str(matters(group)) if group else ""

    def _decide(self, gang: Gang, board: Board) -> Any:
        """What to write for one gang; the books already say what was taken."""
        if short := gang.short():
            self._tell_once(gang.group, "Normal", "NotReady", not_ready(short))
            return None
        if (left := self.view.young(gang, PENDING / self.speed)) > 0:
            self._look_again(left)
            return None
        self.refused[gang.key] = self._page_of(gang.key)
        if reason := self._refused_by_queue(gang):
            return self._refuse(gang, reason)
        if gang.queue in self.view.ledger.parents.values():
            return self._refuse(gang, None)
        places, reason = placed(gang, board)
        if reason is None:
            for pod, node in places:
                self.view.book(pod, node)
            return self._bind(gang, places)
        return self._make_room(gang, board, reason)

    def _look_again(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self.view.bell.set)

    def _refused_by_queue(self, gang: Gang) -> Reason | None:
        queues, ledger = self.view.queues, self.view.ledger
        queue = queues.get(gang.queue)
        if queue is None or labels_of(queue).get(POOL, "") != gang.pool:
            return missing_queue(gang.queue)
        for name in ledger.chain(gang.queue):
            if name not in queues:
                return missing_queue(gang.queue)
        return beyond(queues, ledger, gang.queue, gang.wanted, firm=gang.firm)

    def _make_room(self, gang: Gang, board: Board, reason: Reason) -> Any:
        """Wait for those who leave, else evict, else say why not."""
        trial = Board(board.nodes.values(), board.free)
        for pod in self.view.leaving.values():
            trial.give(pod["spec"].get("nodeName", ""), request_of(pod))
        places, still = placed(gang, trial)
        if still is None:
            del self.refused[gang.key]
            for pod, node in places:
                board.give(node, request_of(pod), -1)
            self._pipeline(places)
            return None
        if self.soft is None:
            self.soft = self.view.soft_gangs()
        chosen = victims(gang, self.soft, trial, self.view.over_quota())
        if not chosen:
            return self._refuse(gang, reason)
        return self._evict(gang, chosen)

    async def _bind(self, gang: Gang, places: list[Place]) -> None:
        await gathered(self._bind_pod(gang, pod, node) for pod, node in places)
        self.said.pop(uid_of(gang.group), None)
        if (gang.group.get("status") or {}).get("schedulingConditions"):
            await self._write_group(gang, None)

    async def _bind_pod(self, gang: Gang, pod: Manifest, node: str) -> None:
        name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
        body = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": pod["metadata"]["name"]},
            "target": {"kind": "Node", "name": node},
        }
        made = await self.client.attempt("POST", f"{pod_path(pod)}/binding", body)
        if made is None:
            self.view.ledger.strike(uid_of(pod))
            self.refused.pop(gang.key, None)
            self._look_again(RETRY)
            return
        pool = gang.pool or "default"
        text = f"Successfully assigned pod {name} to node {node} at node-pool {pool}"
        self._tell(pod, "Normal", "Scheduled", text)

    async def _refuse(self, gang: Gang, reason: Reason | None) -> None:
        """Write the reason on group and pods, once."""
        text = pod_text(reason)
        for pod in gang.waiting:
            if self.said.get(uid_of(pod)) == text:
                continue
            self.said[uid_of(pod)] = text
            path = f"{pod_path(pod)}/status"
            body = {"status": pod_condition(text)}
            await self.client.attempt("PATCH", path, body, STRATEGIC)
            self._tell(pod, "Warning", "Unschedulable", text)
        new = condition(gang, reason)
        if self.said.get(uid_of(gang.group)) != new["message"]:
            self.said[uid_of(gang.group)] = new["message"]
            await self._write_group(gang, [new])
            self._tell(gang.group, "Normal", "Unschedulable", new["message"])

    async def _write_group(self, gang: Gang, conditions: list[Manifest] | None) -> None:
        namespace, name = gang.key
        path = f"/apis/{VERSION}/namespaces/{namespace}/podgroups/{name}/status"
        body = {"status": {"schedulingConditions": conditions}}
        await self.client.attempt("PATCH", path, body, MERGE)

    def _pipeline(self, places: list[Place]) -> None:
        for pod, node in places:
            name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
            text = f"Pod {name} was pipelined to node {node}"
            self._tell_once(pod, "Normal", "Pipelined", text)

    async def _evict(self, gang: Gang, chosen: list[Gang]) -> None:
        namespace, name = gang.key
        for other in chosen:
            marks = {
                "evictor-action-type": action(gang, other),
                "evictor-pod-group-name": name,
                "evictor-pod-group-namespace": namespace,
                "num-evicted-pods": str(len(other.bound)),
            }
            for pod in sorted(other.bound, key=key_of, reverse=True):
                who = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
                text = f"Pod {who} was preempted by higher priority workload "
                body = event_of(
                    other.group, "Normal", "Evict", f"{text}{namespace}/{name}", KAI
                )
                body["metadata"]["annotations"] = marks
                self.client.tell(body)
                uid = {"preconditions": {"uid": uid_of(pod)}}
                await self.client.attempt("DELETE", pod_path(pod), uid)

    def _tell_once(self, item: Manifest, sort: str, reason: str, text: str) -> None:
        uid = uid_of(item)
        if self.said.get(uid) != text:
            self.said[uid] = text
            self._tell(item, sort, reason, text)

    def _tell(self, item: Manifest, sort: str, reason: str, text: str) -> None:
        self.client.tell(event_of(item, sort, reason, text, COMPONENT))

    async def _stock(self) -> None:
        """Pods of the stock scheduler: one at a time, on any node."""
        for key in list(self.view.waiting):
            pod = self.view.pods.get(key)
            if pod is None or pod["spec"].get("schedulerName") != "default-scheduler":
                continue
            wanted, board = request_of(pod), self.view.board(None)
            node = board.place(pod, wanted)
            if node:
                self.view.book(pod, node)
                await self._bind_stock(pod, node)
            else:
                count = len(board.nodes)
                why = board.histogram(pod, wanted)
                text = f"0/{count} nodes are available: {why}."
                body = {"status": pod_condition(text)}
                path = f"{pod_path(pod)}/status"
                if self.said.get(uid_of(pod)) != text:
                    await self.client.attempt("PATCH", path, body, STRATEGIC)
                self._tell_once(pod, "Warning", "FailedScheduling", text)

    async def _bind_stock(self, pod: Manifest, node: str) -> None:
        body = {"target": {"kind": "Node", "name": node}}
        await self.client.attempt("POST", f"{pod_path(pod)}/binding", body)
        name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
        text = f"Successfully assigned {name} to {node}"
        self._tell(pod, "Normal", "Scheduled", text)


class KaiScheduler(Scheduler):
    """The same where the stock scheduler serves its own pods."""

    serves_stock = False


async def gathered(work: Any) -> None:
    """Run many small writes together."""
    await asyncio.gather(*work)


def rank(gang: Gang, over: set[str]) -> tuple[Any, ...]:
    """The order of a cycle: queues within their quota, then priority, then age."""
    created = gang.group["metadata"]["creationTimestamp"]
    return gang.queue in over, -gang.priority, created, gang.key


def action(gang: Gang, other: Gang) -> str:
    """KAI's word for an eviction: within a queue, or between queues."""
    return "preempt" if gang.queue == other.queue else "reclaim"
