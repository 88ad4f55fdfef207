"""The LeaderWorkerSet controller: the sets behind a workload, group by group."""

from simulator.answers import Manifest, Refusal
from simulator.controllers import Controller
from simulator.kinds import LEADER_WORKER_SET, POD, SERVICE, STATEFUL_SET
from simulator.lwsgroups import Group, broken, groups
from simulator.lwsnames import (
    NAME,
    controlled_by,
    is_ready,
    labels_of,
    revision_of,
)
from simulator.lwsobjects import (
    headless_service,
    leader_set,
    worker_set,
)
from simulator.lwsrollout import Plan, plan
from simulator.lwsstatus import Observed, status_of
from simulator.recorder import new_event, record
from simulator.registry import Deletion
from simulator.selectors import Requirement, Selector
from simulator.store import Change, Record

COMPONENT = "leaderworkerset"


class LeaderWorkerSets(Controller):
    """Keyed by namespace and name of the LeaderWorkerSet."""

    def start(self) -> None:
        self.store.listeners[LEADER_WORKER_SET].append(self._notice_set)
        for kind in (POD, STATEFUL_SET):
            self.store.listeners[kind].append(self._notice_part)
        for key in list(self.store.records[LEADER_WORKER_SET]):
            self.ring(key)

    def _notice_set(self, change: Change) -> None:
        self.ring(change.record.key)

    def _notice_part(self, change: Change) -> None:
        if name := labels_of(change.record.item).get(NAME):
            self.ring((change.record.key[0], name))

    def reconcile(self, key: tuple[str, str]) -> None:
        found = self.store.get(LEADER_WORKER_SET, *key)
        if found is None or found.item["metadata"].get("deletionTimestamp"):
            return
        try:
            parts = self._groups(found)
            steps = self._leaders(found, parts)
        except Refusal as refusal:
            self._complain(found, refusal)
            self.retry(key)
            return
        for part in self._groups(found).values():
            try:
                self._recreate_or_fill(found, part)
            except Refusal as refusal:
                self._complain_workers(found, part, refusal)
                self.retry(key)
        self._status(found, steps)

    def _groups(self, found: Record) -> dict[int, Group]:
        chosen = Selector(
            found.key[0], (Requirement(NAME, "in", frozenset({found.key[1]})),)
        )
        pods = [record_.item for record_ in self.store.find(POD, chosen)]
        sets = [record_.item for record_ in self.store.find(STATEFUL_SET, chosen)]
        return groups(found.item, pods, sets)

    def _leaders(self, found: Record, parts: dict[int, Group]) -> Plan:
        """Bring the set of the leaders to what the rollout says is next."""
        item, namespace = found.item, found.key[0]
        if item["spec"]["networkConfig"]["subdomainPolicy"] == "Shared":
            self._service(found, item["metadata"]["name"])
        before = self.store.get(STATEFUL_SET, *found.key)
        if before and controlled_by(before.item) != item["metadata"]["uid"]:
            raise taken(found.key[1])
        steps = plan(item, before.item if before else None, parts)
        wanted = leader_set(item, steps)
        if before is None:
            self._tell(
                found,
                "Normal",
                "CreatingRevision",
                f"Creating revision with key {revision_of(item)} for a new LWS",
            )
            self.registry.create(STATEFUL_SET, namespace, wanted)
            text = f"Created leader statefulset {found.key[1]}"
            self._tell(found, "Normal", "GroupsProgressing", text)
        else:
            self.registry.change(
                STATEFUL_SET, found.key, lambda live: overlaid(live, wanted)
            )
        if steps.updating is not None:
            text = f"Updating replica {steps.updating}"
            self._tell(found, "Normal", "GroupsUpdating", text)
        return steps

    def _service(
        self, found: Record, name: str, leader: Manifest | None = None
    ) -> None:
        namespace = found.key[0]
        if self.store.get(SERVICE, namespace, name) is None:
            body = headless_service(found.item, name, leader)
            self.registry.create(SERVICE, namespace, body)

    def _recreate_or_fill(self, found: Record, part: Group) -> None:
        if part.leader is None or part.leader["metadata"].get("deletionTimestamp"):
            return
        if pod := broken(found.item, part):
            self._recreate(found, part, pod)
        elif part.workers_set is None and part.size > 1:
            self._workers(found, part.leader)

    def _recreate(self, found: Record, part: Group, pod: Manifest) -> None:
        leader = part.leader
        assert leader is not None
        name, failed = leader["metadata"]["name"], pod["metadata"]["name"]
        text = f"Worker pod {failed} failed, deleted leader pod {name} to recreate "
        how = Deletion("Foreground", uid=leader["metadata"]["uid"])
        self.registry.delete(POD, found.key[0], name, how)
        self._tell(found, "Normal", "RecreateGroup", f"{text}group {part.index}")

    def _workers(self, found: Record, leader: Manifest) -> None:
        """Make the workers of one group, once the startup policy lets them."""
        waits = found.item["spec"]["startupPolicy"] == "LeaderReady"
        if waits and not is_ready(leader):
            return
        namespace, name = found.key[0], leader["metadata"]["name"]
        if found.item["spec"]["networkConfig"]["subdomainPolicy"] != "Shared":
            self._service(found, name, leader)
        if self.store.get(STATEFUL_SET, namespace, name) is None:
            body = worker_set(found.item, leader)
            self.registry.create(STATEFUL_SET, namespace, body)

    def _status(self, found: Record, steps: Plan) -> None:
        parts = self._groups(found)
        leaders = self.store.get(STATEFUL_SET, *found.key)
        replicas = ((leaders.item if leaders else {}).get("status") or {}).get(
            "replicas", 0
        )
        observed = Observed(replicas, revision_of(found.item), parts)
        status, turned = status_of(found.item, observed)
        self.registry.set_status(LEADER_WORKER_SET, found.key, status)
        if turned:
            self._tell(found, "Normal", *turned)

    def _complain(self, found: Record, refusal: Refusal) -> None:
        there = self.store.get(STATEFUL_SET, *found.key)
        word, reason = (
            ("update", "FailedUpdate") if there else ("create", "FailedCreate")
        )
        text = f"Failed to {word} leader statefulset {found.key[1]}: {refusal.message}"
        self._tell(found, "Warning", reason, text)

    def _complain_workers(self, found: Record, part: Group, refusal: Refusal) -> None:
        leader = f"{found.key[1]}-{part.index}"
        text = f"Failed to create worker statefulset for leader pod {leader}: "
        self._tell(found, "Warning", "FailedCreate", f"{text}{refusal.message}")

    def _tell(self, found: Record, sort: str, reason: str, text: str) -> None:
        record(self.registry, new_event(found.item, sort, reason, text, COMPONENT))


def taken(name: str) -> Refusal:
    """The leaders' set belongs to another workload."""
    text = (
        f'StatefulSet.apps "{name}" is invalid: metadata.ownerReferences: Invalid value'
        ": Only one reference can have Controller set to true"
    )
    return Refusal(422, "Invalid", text)


def overlaid(live: Manifest, wanted: Manifest) -> Manifest:
    """The set of the leaders with what the controller says about it."""
    live["spec"] = live["spec"] | wanted["spec"]
    for name in ("labels", "annotations"):
        live["metadata"][name] = wanted["metadata"][name]
    return live
