"""The queue controller's part: the sums on queues and groups, and stale gangs."""

import asyncio
import logging
from typing import Any

from simulator.amounts import Amount, added, request_of
from simulator.client import MERGE, Client
from simulator.events import event_of, pod_path
from simulator.gangs import Gang
from simulator.podgrouper import VERSION
from simulator.quotas import quantities, queue_status
from simulator.schedulerview import KAI, View
from simulator.staleness import StaleClock, text

Manifest = dict[str, Any]
PERIOD = 0.5
FEWEST = 0.05
logger = logging.getLogger(__name__)
QUEUES = "/apis/scheduling.run.ai/v2/queues"


class Books:
    """Writes what has changed, twice a second."""

    def __init__(self, client: Client, view: View, speed: float) -> None:
        self.client, self.view, self.speed = client, view, speed
        self.clock = StaleClock(speed)
        self.written: dict[Any, Manifest] = {}
        self.totals: dict[Any, tuple[str, Amount]] = {}
        self.requested: dict[str, Amount] = {}

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            await asyncio.sleep(max(PERIOD / self.speed, FEWEST))
            try:
                await self.turn()
            except Exception:
                logger.exception("the books could not be written")

    async def turn(self) -> None:
        """Look at the groups that something has happened to, and at stale ones."""
        touched, self.view.touched = self.view.touched, set()
        queues = self.view.queues.keys() - self.written.keys()
        for key in touched | self.clock.since.keys():
            queues |= self._forget(key)
            gang = self.view.gang(key)
            if gang is None:
                self.written.pop(key, None)
                continue
            await self._stale(gang)
            total = await self._group(gang)
            self.totals[key] = gang.queue, total
            queues |= self._add(gang.queue, total, 1)
        for name in queues & self.view.queues.keys():
            body = queue_status(self.view.ledger, name, self.requested.get(name, {}))
            await self._write(name, f"{QUEUES}/{name}/status", {"status": body})
        for gone in [name for name in self.written if self._is_gone(name)]:
            del self.written[gone]

    def _is_gone(self, name: Any) -> bool:
        return isinstance(name, str) and name not in self.view.queues

    def _add(self, queue: str, total: Amount, sign: int) -> set[str]:
        """Count a group into its queue and all above, or with -1 out of them."""
        chain = self.view.ledger.chain(queue)
        for name in chain:
            self.requested[name] = added(self.requested.get(name, {}), total, sign)
        return set(chain)

    def _forget(self, key: Any) -> set[str]:
        if key not in self.totals:
            return set()
        queue, total = self.totals.pop(key)
        return self._add(queue, total, -1)

    async def _group(self, gang: Gang) -> Amount:
        """Write what the group asks for and has; return what it asks for."""
        held: Amount = {}
        for pod in gang.bound:
            held = added(held, request_of(pod))
        total = added(held, gang.wanted)
        sums = {
            "requested": quantities(total),
            "allocated": quantities(held),
            "allocatedNonPreemptible": quantities(held if gang.firm else {}),
        }
        namespace, name = gang.key
        path = f"/apis/{VERSION}/namespaces/{namespace}/podgroups/{name}/status"
        await self._write(gang.key, path, {"status": {"resourcesStatus": sums}})
        return total

    async def _write(self, key: Any, path: str, body: Manifest) -> None:
        if self.written.get(key) == body:
            return
        replaced = {**body, "status": cleared(self.written.get(key), body["status"])}
        if await self.client.attempt("PATCH", path, replaced, MERGE) is not None:
            self.written[key] = body

    async def _stale(self, gang: Gang) -> None:
        time = asyncio.get_running_loop().time()
        match self.clock.verdict(gang, time):
            case "tell":
                body = event_of(gang.group, "Warning", "StaleJob", text(gang), KAI)
                self.client.tell(body)
            case "evict":
                for pod in gang.bound:
                    uid = {"preconditions": {"uid": pod["metadata"]["uid"]}}
                    await self.client.attempt("DELETE", pod_path(pod), uid)


def cleared(before: Any, after: Any) -> Any:
    """A merge patch that also takes away what is no longer said."""
    if not isinstance(after, dict) or not isinstance(before, dict):
        return after
    old = before.get("status", before)
    gone = {name: None for name in old if name not in after}
    return gone | {name: cleared(old.get(name), value) for name, value in after.items()}
