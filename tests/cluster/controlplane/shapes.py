"""LeaderWorkerSets and queues for these tests, and words to ask after them."""

from contextlib import suppress
from typing import Any

from workloads.cluster import KubernetesCluster, NotFound, Ref

Manifest = dict[str, Any]
LWS = "leaderworkerset.x-k8s.io/v1"
POD_GROUP = "scheduling.run.ai/v2alpha2"
QUEUE = "scheduling.run.ai/v2"
QUEUES = f"/apis/{QUEUE}/queues"
UNLIMITED = {"quota": -1, "limit": -1, "overQuotaWeight": 1}


def a_queue(name: str, parent: str = "", **gpu: Any) -> Manifest:
    """A queue; ``quota`` and ``limit`` are of GPUs."""
    resources = {"gpu": UNLIMITED | gpu, "cpu": UNLIMITED, "memory": UNLIMITED}
    spec: Manifest = {"resources": resources}
    if parent:
        spec["parentQueue"] = parent
    return {
        "apiVersion": QUEUE,
        "kind": "Queue",
        "metadata": {"name": name},
        "spec": spec,
    }


def a_set(name: str, namespace: str, **changes: Any) -> Manifest:
    """A LeaderWorkerSet whose pods ask for GPUs.

    ``labels`` are those of KAI on all of it; ``gpus``, ``size``, ``scheduler``,
    ``container`` and ``template`` are what they say, the rest goes into the spec.
    """
    labels = {"kai.scheduler/queue": namespace} | changes.pop("labels", {})
    gpus = {"nvidia.com/gpu": changes.pop("gpus", 1)}
    container = {"name": "c", "image": "a/b:1", "resources": {"limits": gpus}}
    pod = {
        "schedulerName": changes.pop("scheduler", "kai-scheduler"),
        "containers": [container | changes.pop("container", {})],
    }
    template = {"metadata": {"labels": labels}, "spec": pod}
    group = {"size": changes.pop("size", 2), "workerTemplate": template}
    group |= changes.pop("template", {})
    return {
        "apiVersion": LWS,
        "kind": "LeaderWorkerSet",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"replicas": 1, "leaderWorkerTemplate": group} | changes,
    }


class Namespace:
    """What is in one namespace of the real cluster."""

    def __init__(self, cluster: KubernetesCluster, name: str) -> None:
        self.cluster, self.name = cluster, name

    def apply(self, name: str, **changes: Any) -> Manifest:
        return self.cluster.apply(a_set(name, self.name, **changes))

    def clear(self) -> None:
        """Remove every set; not waited for."""
        for found in self.items(LWS, "LeaderWorkerSet"):
            with suppress(NotFound):
                self.cluster.delete(Ref.of(found), uid=found["metadata"]["uid"])

    def items(self, api: str, kind: str) -> list[Manifest]:
        return self.cluster.list(api, kind, namespace=self.name)[0]

    def conditions(self, name: str) -> dict[str, str]:
        found = self.cluster.get(Ref(LWS, "LeaderWorkerSet", name, self.name))
        status = found.get("status") or {}
        return {c["type"]: c["status"] for c in status.get("conditions", ())}

    def available(self, name: str) -> bool:
        return self.conditions(name).get("Available") == "True"

    def pods(self) -> dict[str, Manifest]:
        return {pod["metadata"]["name"]: pod for pod in self.items("v1", "Pod")}

    def pod(self, name: str) -> Manifest | None:
        try:
            return self.cluster.get(Ref("v1", "Pod", name, self.name))
        except NotFound:
            return None

    def uids(self) -> dict[str, str]:
        return {name: pod["metadata"]["uid"] for name, pod in self.pods().items()}

    def group(self, name: str) -> Manifest:
        """The PodGroup of the first group of a set; empty where there is none."""
        return next(
            (
                group
                for group in self.items(POD_GROUP, "PodGroup")
                if group["metadata"]["name"].startswith(f"pg-{name}-")
            ),
            {},
        )

    def reasons(self, name: str) -> list[Manifest]:
        """Why KAI does not schedule the first group of a set."""
        status = self.group(name).get("status") or {}
        return [
            reason
            for condition in status.get("schedulingConditions") or ()
            for reason in condition.get("reasons") or ()
        ]

    def told(self, reason: str, about: str = "") -> list[str]:
        """The messages of the events with a reason, about what begins so."""
        return [
            event["message"]
            for event in self.items("v1", "Event")
            if event["reason"] == reason
            if event["involvedObject"]["name"].startswith(about)
        ]

    def scheduled(self, pod: str) -> Manifest:
        """The pod's condition PodScheduled."""
        status = (self.pod(pod) or {}).get("status") or {}
        found = status.get("conditions") or ()
        return next((c for c in found if c["type"] == "PodScheduled"), {})
