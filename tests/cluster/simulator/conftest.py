"""A namespace of its own for every test, in one running cluster."""

import itertools
from dataclasses import dataclass
from typing import Any

import pytest

from simulator import Simulator
from tests.support.simulator import Answer, Http, simulator, until

__all__ = ["simulator"]
LWS = "/apis/leaderworkerset.x-k8s.io/v1"
QUEUES = "/apis/scheduling.run.ai/v2/queues"
PODGROUPS = "/apis/scheduling.run.ai/v2alpha2"
numbers = itertools.count(1)


@pytest.fixture
def http(simulator: Simulator) -> Http:
    return Http(simulator.url, simulator.token)


@dataclass
class Space:
    """One project: a namespace, and a queue of the same name."""

    http: Http
    name: str

    def path(self, plural: str, name: str = "", base: str = "/api/v1") -> str:
        tail = f"/{name}" if name else ""
        return f"{base}/namespaces/{self.name}/{plural}{tail}"

    def lws(self, name: str = "") -> str:
        return self.path("leaderworkersets", name, LWS)

    def apply(self, body: dict[str, Any], **query: Any) -> Answer:
        return self.http.apply(self.lws(body["metadata"]["name"]), body, **query)

    def get(self, name: str) -> dict[str, Any]:
        return self.http("GET", self.lws(name)).body

    def pods(self, name: str = "") -> dict[str, dict[str, Any]]:
        query = f"?labelSelector=leaderworkerset.sigs.k8s.io/name={name}"
        found = self.http.items(self.path("pods") + (query if name else ""))
        return {pod["metadata"]["name"]: pod for pod in found}

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        query = f"?fieldSelector=involvedObject.kind={kind}" if kind else ""
        return self.http.items(self.path("events") + query)

    def reasons(self, kind: str) -> set[str]:
        return {event["reason"] for event in self.events(kind)}

    def groups(self) -> list[dict[str, Any]]:
        return self.http.items(self.path("podgroups", base=PODGROUPS))

    def reason(self) -> dict[str, Any] | None:
        """The reason on the first pod group that has one."""
        for group in self.groups():
            for found in (group.get("status") or {}).get("schedulingConditions") or ():
                for reason in found.get("reasons") or ({"reason": ""},):
                    return {**reason, "condition": found}
        return None

    def available(self, name: str) -> dict[str, Any]:
        return until(lambda: (item := self.get(name)) and holds(item) and item)

    def queue(
        self, name: str, gpu: int = -1, limit: int = -1, parent: str = ""
    ) -> None:
        resources = {
            unit: {"quota": gpu if unit == "gpu" else -1, "limit": -1}
            for unit in ("gpu", "cpu", "memory")
        }
        resources["gpu"]["limit"] = limit
        spec: dict[str, Any] = {"resources": resources}
        if parent:
            spec["parentQueue"] = parent
        body = {
            "apiVersion": "scheduling.run.ai/v2",
            "kind": "Queue",
            "metadata": {"name": name},
            "spec": spec,
        }
        assert self.http.apply(f"{QUEUES}/{name}", body).code < 300

    def workload(self, name: str, **said: Any) -> dict[str, Any]:
        return workload(self.name, name, **({"queue": self.name} | said))


def holds(item: dict[str, Any], condition: str = "Available") -> bool:
    status = item.get("status") or {}
    if status.get("observedGeneration") != item["metadata"]["generation"]:
        return False
    return any(
        found["type"] == condition and found["status"] == "True"
        for found in status.get("conditions") or ()
    )


def workload(space: str, name: str, **said: Any) -> dict[str, Any]:
    """A LeaderWorkerSet; what is said goes into both templates or the spec."""
    labels = {
        "kai.scheduler/queue": said.get("queue", space),
        "priorityClassName": said.get("priority", "inference"),
        **said.get("labels", {}),
    }
    container = {
        "image": said.get("image", "registry/server:1"),
        "resources": {"limits": {"nvidia.com/gpu": said.get("gpu", 1)}},
        **said.get("container", {}),
    }
    template = {
        "metadata": {"labels": labels, "annotations": said.get("annotations", {})},
        "spec": {"schedulerName": "kai-scheduler", **said.get("pod", {})},
    }

    def role(word: str) -> dict[str, Any]:
        containers = [{"name": word, **container, **said.get(word, {})}]
        return template | {"spec": template["spec"] | {"containers": containers}}

    size = said.get("size", 2)
    return {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "metadata": {"name": name, "namespace": space, "labels": labels},
        "spec": {
            "replicas": said.get("replicas", 1),
            "leaderWorkerTemplate": {
                "size": size,
                "leaderTemplate": role("leader"),
                "workerTemplate": role("worker"),
                **said.get("group", {}),
            },
            **said.get("spec", {}),
        },
    }


@pytest.fixture
def space(http: Http):
    name = f"project-{next(numbers)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    assert http.apply(f"/api/v1/namespaces/{name}", body).code == 201
    found = Space(http, name)
    found.queue(name)
    yield found
    http("DELETE", f"/api/v1/namespaces/{name}")
    http("DELETE", f"{QUEUES}/{name}")
