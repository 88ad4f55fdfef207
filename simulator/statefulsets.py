"""The StatefulSet controller: pods by ordinal, claims, rolling update, status."""

import json
from typing import Any

from simulator.answers import Manifest, Refusal
from simulator.controllers import Controller
from simulator.kinds import CLAIM, POD, STATEFUL_SET
from simulator.lwsnames import (
    controlled_by,
    hashed,
    is_ready,
    labels_of,
    ordinal,
    owner,
)
from simulator.recorder import event, record
from simulator.registry import Deletion
from simulator.store import Change, Record

HASH = "controller-revision-hash"
COMPONENT = "statefulset-controller"
CLAIM_FIELDS = ("accessModes", "storageClassName", "volumeMode", "resources")


class StatefulSets(Controller):
    """Keyed by namespace and name."""

    def start(self) -> None:
        self.store.listeners[STATEFUL_SET].append(self._notice_set)
        self.store.listeners[POD].append(self._notice_pod)
        for key in list(self.store.records[STATEFUL_SET]):
            self.ring(key)

    def _notice_set(self, change: Change) -> None:
        self.ring(change.record.key)

    def _notice_pod(self, change: Change) -> None:
        namespace, name = change.record.key
        if "-" in name and name.rsplit("-", 1)[1].isdigit():
            self.ring((namespace, name.rsplit("-", 1)[0]))

    def reconcile(self, key: tuple[str, str]) -> None:
        found = self.store.get(STATEFUL_SET, *key)
        if found is None:
            return
        if not found.item["metadata"].get("deletionTimestamp"):
            try:
                self._pods(found)
                self.failures.pop(key, None)
            except Refusal as refusal:
                self._complain(found, refusal)
                self.retry(key)
        self._status(found)

    def pods(self, found: Record) -> dict[int, Record]:
        """The set's pods by ordinal."""
        uid = found.item["metadata"]["uid"]
        return {
            ordinal(record.key[1]): record
            for record in self.store.dependents(uid)
            if record.kind is POD and controlled_by(record.item) == uid
        }

    def _pods(self, found: Record) -> None:
        pods, wanted = self.pods(found), ordinals(found.item)
        for number, record_ in pods.items():
            ended = (record_.item.get("status") or {}).get("phase") == "Failed"
            if number not in wanted or ended:
                self._delete(record_)
        for number in wanted:
            if number not in pods:
                self._create(found, number)
        self._roll(found, {n: pod for n, pod in pods.items() if n in wanted})

    def _roll(self, found: Record, pods: dict[int, Record]) -> None:
        """Replace the highest pod of an old revision, one at a time."""
        item = found.item
        update = item["spec"].get("updateStrategy") or {}
        partition = (update.get("rollingUpdate") or {}).get("partition", 0)
        current = revision(item)
        for number in sorted(pods, reverse=True):
            pod = pods[number].item
            if number < partition:
                return
            if pod["metadata"].get("deletionTimestamp"):
                return
            if labels_of(pod).get(HASH) != current:
                self._delete(pods[number])
                return
            if not is_ready(pod):
                return

    def _delete(self, pod: Record) -> None:
        if not pod.item["metadata"].get("deletionTimestamp"):
            self.registry.delete(POD, *pod.key, Deletion())

    def _create(self, found: Record, number: int) -> None:
        namespace, name = found.key
        pod_name = f"{name}-{number}"
        if self.store.get(POD, namespace, pod_name):
            return
        item = pod_of(found.item, number)
        for template in found.item["spec"].get("volumeClaimTemplates") or ():
            self._claim(found.item, template, item)
        self.registry.create(POD, namespace, item)
        text = f"Create Pod {pod_name} in StatefulSet {name} successful"
        self._tell(found, "Normal", "SuccessfulCreate", text)

    def _claim(self, item: Manifest, template: Manifest, pod: Manifest) -> None:
        namespace = item["metadata"]["namespace"]
        volume = template["metadata"]["name"]
        name = f"{volume}-{pod['metadata']['name']}"
        pod["spec"].setdefault("volumes", []).append(
            {"name": volume, "persistentVolumeClaim": {"claimName": name}}
        )
        if self.store.get(CLAIM, namespace, name):
            return
        spec = {
            field: template["spec"][field]
            for field in CLAIM_FIELDS
            if field in template["spec"]
        }
        labels = item["spec"]["selector"].get("matchLabels") or {}
        metadata = {"name": name, "namespace": namespace, "labels": dict(labels)}
        self.registry.create(CLAIM, namespace, {"metadata": metadata, "spec": spec})

    def _complain(self, found: Record, refusal: Refusal) -> None:
        name = found.key[1]
        missing = [n for n in ordinals(found.item) if n not in self.pods(found)]
        pod = f"{name}-{missing[0]}" if missing else name
        text = f"Create Pod {pod} in StatefulSet {name} failed error: {refusal.message}"
        self._tell(found, "Warning", "FailedCreate", text)

    def _tell(self, found: Record, sort: str, reason: str, text: str) -> None:
        record(self.registry, event(found.item, sort, reason, text, COMPONENT))

    def _status(self, found: Record) -> None:
        found = self.store.get(STATEFUL_SET, *found.key) or found
        pods = [record_.item for record_ in self.pods(found).values()]
        current = revision(found.item)
        ready = [pod for pod in pods if is_ready(pod)]
        fresh = [pod for pod in pods if labels_of(pod).get(HASH) == current]
        before = found.item.get("status") or {}
        done = len(fresh) == len(pods)
        status = {
            "observedGeneration": found.item["metadata"]["generation"],
            "replicas": len(pods),
            "readyReplicas": len(ready),
            "availableReplicas": len(ready),
            "currentReplicas": len(pods) - len(fresh) if not done else len(pods),
            "updatedReplicas": len(fresh),
            "currentRevision": current
            if done
            else before.get("currentRevision", current),
            "updateRevision": current,
            "collisionCount": 0,
        }
        self.registry.set_status(STATEFUL_SET, found.key, status)


def ordinals(item: Manifest) -> range:
    """The numbers that the set's pods are to have."""
    start = (item["spec"].get("ordinals") or {}).get("start", 0)
    return range(start, start + item["spec"]["replicas"])


def revision(item: Manifest) -> str:
    """The name of the template's present revision."""
    text = json.dumps(item["spec"]["template"], sort_keys=True)
    return f"{item['metadata']['name']}-{hashed(text)}"


def pod_of(item: Manifest, number: int) -> Manifest:
    """The pod of one ordinal."""
    template: dict[str, Any] = json.loads(json.dumps(item["spec"]["template"]))
    name = f"{item['metadata']['name']}-{number}"
    metadata = template.get("metadata") or {}
    labels = (metadata.get("labels") or {}) | {
        HASH: revision(item),
        "statefulset.kubernetes.io/pod-name": name,
        "apps.kubernetes.io/pod-index": str(number),
    }
    spec = template["spec"] | {"hostname": name}
    if service := item["spec"].get("serviceName"):
        spec.setdefault("subdomain", service)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": item["metadata"]["namespace"],
            "labels": labels,
            "annotations": metadata.get("annotations") or {},
            "ownerReferences": [owner(item)],
        },
        "spec": spec,
    }
