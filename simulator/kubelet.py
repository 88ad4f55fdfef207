"""The kubelet of every node: a program that knows nothing but the Kubernetes API."""

import asyncio
import datetime
import logging
from typing import Any

from simulator.client import STRATEGIC, Answered, Client, Mirror, guarded, key_of
from simulator.events import COMPONENT, event_of, pod_path
from simulator.lwsnames import annotations_of
from simulator.podfaults import ANNOTATION, fault_of
from simulator.podreferences import missing
from simulator.podstages import Step, cannot_configure, next_step
from simulator.volumes import Volumes

Manifest = dict[str, Any]
RETRY = 0.2
logger = logging.getLogger(__name__)


class Kubelet:
    """Moves pods through their stages; volumes are bound beside it."""

    agent = COMPONENT

    def __init__(self, client: Client, speed: float) -> None:
        self.client = client
        self.speed = speed
        self.timers: dict[str, asyncio.TimerHandle] = {}
        self.since: dict[str, tuple[str, float]] = {}
        self.busy: set[str] = set()
        self.told: dict[tuple[str, str], str] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.pods = Mirror(client, "/api/v1/pods", self._see_pod)
        self.volumes = Volumes(client, speed)
        self.workloads = Mirror(
            client,
            "/apis/leaderworkerset.x-k8s.io/v1/leaderworkersets",
            self._see_workload,
        )

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as group:
            for mirror in (self.workloads, self.pods, self.volumes.claims):
                group.create_task(mirror.run())

    def _see_pod(self, word: str, pod: Manifest) -> None:
        uid = pod["metadata"]["uid"]
        if word == "DELETED":
            self._forget(uid)
        elif uid not in self.busy:
            self._plan(pod)

    def _see_workload(self, word: str, workload: Manifest) -> None:
        """An annotation on the workload may change what happens to its pods."""
        namespace, name = key_of(workload)
        said = annotations_of(workload).get(ANNOTATION, "") if word != "DELETED" else ""
        if self.told.get((namespace, name), "") == said:
            return
        self.told[namespace, name] = said
        for (space, pod_name), pod in list(self.pods.objects.items()):
            if space == namespace and pod_name.startswith(f"{name}-"):
                self._see_pod("MODIFIED", pod)

    def _forget(self, uid: str) -> None:
        self.since.pop(uid, None)
        if timer := self.timers.pop(uid, None):
            timer.cancel()

    def _plan(self, pod: Manifest) -> None:
        """Set the clock for the next step of a pod."""
        uid = pod["metadata"]["uid"]
        if timer := self.timers.pop(uid, None):
            timer.cancel()
        step = next_step(pod, fault_of(pod, self.workloads.objects))
        if step is None:
            return
        due = self._since(pod) + step.after / self.speed
        loop = asyncio.get_running_loop()
        self.timers[uid] = loop.call_later(max(0, due - loop.time()), self._start, pod)

    def _since(self, pod: Manifest) -> float:
        """When the pod came into its present stage, in the time of the loop."""
        uid, mark = pod["metadata"]["uid"], stage_mark(pod)
        known = self.since.get(uid)
        if known and known[0] == mark:
            return known[1]
        loop = asyncio.get_running_loop()
        began = loop.time() if known else loop.time() - age(pod)
        self.since[uid] = (mark, began)
        return began

    def _start(self, pod: Manifest) -> None:
        uid = pod["metadata"]["uid"]
        self.timers.pop(uid, None)
        key = pod["metadata"]["namespace"], pod["metadata"]["name"]
        current = self.pods.objects.get(key)
        if current is None or current["metadata"]["uid"] != uid:
            return
        step = next_step(current, fault_of(current, self.workloads.objects))
        if step is not None and uid not in self.busy:
            self.busy.add(uid)
            self._spawn(self._take(current, step))

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(guarded(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _take(self, pod: Manifest, step: Step) -> None:
        """Write one step, then its events, then plan the next."""
        uid = pod["metadata"]["uid"]
        try:
            if step.starts and (why := await missing(self.client, pod)):
                step = cannot_configure(pod, why)
            made = await self._write(pod, step)
            if made is None:
                await asyncio.sleep(RETRY)
            else:
                if made.get("kind") == "Pod":
                    self.pods.take(made)
                for told in step.events:
                    self.client.tell(event_of(pod, *told))
        except Answered as refusal:
            logger.info("%s: %s", uid, refusal)
            await asyncio.sleep(RETRY)
        finally:
            self.busy.discard(uid)
            self._plan_again(pod)

    async def _write(self, pod: Manifest, step: Step) -> Manifest | None:
        """The write of one step; None when it did not arrive."""
        path, uid = pod_path(pod), {"uid": pod["metadata"]["uid"]}
        if step.status is None:
            body = {"gracePeriodSeconds": 0, "preconditions": uid}
            return await self.client.attempt("DELETE", path, body)
        body = {"metadata": uid, "status": step.status}
        return await self.client.attempt("PATCH", f"{path}/status", body, STRATEGIC)

    def _plan_again(self, pod: Manifest) -> None:
        """Plan from what the mirror says now, if it is still the same pod."""
        current = self.pods.objects.get(key_of(pod))
        if current and current["metadata"]["uid"] == pod["metadata"]["uid"]:
            self._plan(current)


def stage_mark(pod: Manifest) -> str:
    """A text that is the same as long as the pod is in one stage."""
    status = pod.get("status") or {}
    containers = status.get("containerStatuses") or [{}]
    first = containers[0]
    parts = (
        bool(pod["metadata"].get("deletionTimestamp")),
        sorted(first.get("state") or ()),
        ((first.get("state") or {}).get("waiting") or {}).get("reason"),
        first.get("restartCount"),
        first.get("ready"),
    )
    return str(parts)


def age(pod: Manifest) -> float:
    """Seconds since the pod's newest time: how a stage goes on after a restart."""
    status = pod.get("status") or {}
    times = [c.get("lastTransitionTime") for c in status.get("conditions") or ()]
    newest = max(filter(None, times), default=None)
    if newest is None:
        return 0.0
    then = datetime.datetime.fromisoformat(newest)
    return max(0.0, (datetime.datetime.now(datetime.UTC) - then).total_seconds())
