"""The demo cluster: nodes in three pools, and storage classes."""

import ssl
from dataclasses import dataclass
from typing import Any

from simulator.admin import Admin


@dataclass
class Furnisher(Admin):
    """Writes the demo objects through the API."""

    url: str
    token: str
    trust: ssl.SSLContext | None = None
    kubelet_port: int = 0
    """Where the API server finds logs; 0 where it knows them itself."""

    def ensure(self, path: str, body: dict[str, Any]) -> None:
        """Make an object that is not there."""
        name = body["metadata"]["name"]
        if self.call("GET", f"{path}/{name}", missing=True) is None:
            self.call("POST", path, body)

    def node(self, pool: "Pool", number: int) -> None:
        """Make a node and report it ready."""
        name = f"{pool.prefix}-{number}"
        self.ensure("/api/v1/nodes", node_body(pool, name, number))
        status = node_status(pool)
        if self.kubelet_port:
            endpoint = {"Port": self.kubelet_port}
            status["daemonEndpoints"] = {"kubeletEndpoint": endpoint}
        self.call("PATCH", f"/api/v1/nodes/{name}/status", {"status": status})


@dataclass(frozen=True)
class Pool:
    """A kind of node: how many there are and what each has."""

    prefix: str
    label: str
    type: str
    nodes: int
    cpu: int
    memory_gib: int
    gpu_memory_mib: int
    gpus: int = 8


POOLS = (
    Pool("gpu-l40s", "", "l40s", 4, 96, 768, 46068),
    Pool("gpu-h100", "h100", "dgx-h100", 6, 192, 2048, 81559),
    Pool("gpu-a100", "a100", "dgx-a100", 4, 128, 1024, 81920),
)
ZONES = ("zone-a", "zone-b")


def furnish(
    url: str, token: str, trust: ssl.SSLContext | None = None, kubelet_port: int = 0
) -> None:
    """Make the demo nodes and storage classes; safe to run again."""
    furnisher = Furnisher(url, token, trust, kubelet_port)
    for pool in POOLS:
        for number in range(1, pool.nodes + 1):
            furnisher.node(pool, number)
    for name, default in (("standard", "true"), ("fast", "false")):
        annotation = "storageclass.kubernetes.io/is-default-class"
        body = {
            "metadata": {"name": name, "annotations": {annotation: default}},
            "provisioner": "simulator/disks",
            "reclaimPolicy": "Delete",
            "volumeBindingMode": "Immediate",
        }
        furnisher.ensure("/apis/storage.k8s.io/v1/storageclasses", body)


def node_body(pool: Pool, name: str, number: int) -> dict[str, Any]:
    """One node with the labels of its pool."""
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/zone": ZONES[number % len(ZONES)],
        "run.ai/type": pool.type,
        "nvidia.com/gpu.memory": str(pool.gpu_memory_mib),
        "nvidia.com/gpu.count": str(pool.gpus),
    }
    if pool.label:
        labels["kai.scheduler/node-pool"] = pool.label
    return {"metadata": {"name": name, "labels": labels}, "spec": {}}


def node_status(pool: Pool) -> dict[str, Any]:
    """What a node of the pool reports: resources, address, readiness."""
    resources = {
        "cpu": str(pool.cpu),
        "memory": f"{pool.memory_gib}Gi",
        "pods": "110",
        "ephemeral-storage": "2Ti",
        "nvidia.com/gpu": str(pool.gpus),
    }
    return {
        "capacity": resources,
        "allocatable": resources,
        "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
        "conditions": [
            {"type": "Ready", "status": "True", "reason": "KubeletReady"},
        ],
        "nodeInfo": {"kubeletVersion": "v1.36.3+simulator"},
    }
