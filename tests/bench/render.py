"""How long rendering takes: both roles with 50 variables and a dozen volumes."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from workloads.manifests import (
    Identity,
    Target,
    demand,
    manifests,
    probe_pods,
    yaml_text,
)
from workloads.spec.workload import WorkloadSpec

TIMES = 200


def pod(rows: int) -> dict[str, Any]:
    """A role with that many variables."""
    names = [{"name": f"V{n}", "value": f"value {n}"} for n in range(rows)]
    access = {"readWriteMany": True}
    return {
        "image": "registry.example.org/team/server:1",
        "command": "python3 -m server --port 8000 --tensor-parallel-size 8",
        "args": " ".join(f"--option-{n} 'value {n}'" for n in range(20)),
        "environmentVariables": names,
        "labels": [{"name": f"label-{n}", "value": str(n)} for n in range(10)],
        "annotations": [{"name": f"note-{n}", "value": str(n)} for n in range(10)],
        "compute": {
            "gpuDevicesRequest": 8,
            "cpuCoreRequest": 16,
            "cpuMemoryRequest": "256G",
            "cpuMemoryLimit": "512G",
            "largeShmRequest": True,
        },
        "nodeType": "dgx",
        "tolerations": [{"key": f"t{n}", "operator": "Exists"} for n in range(5)],
        "storage": {
            "pvc": [
                {
                    "name": f"p{n}",
                    "path": f"/p{n}",
                    "claimInfo": {"size": "1G", "accessModes": access},
                }
                for n in range(4)
            ],
            "configMapVolume": [
                {"configMap": f"c{n}", "mountPath": f"/c{n}"} for n in range(4)
            ],
            "emptyDirVolume": [{"path": f"/e{n}"} for n in range(4)],
        },
        "probes": {"startup": {"handler": {"httpGet": {"port": 8000, "path": "/"}}}},
    }


def spec(rows: int = 50) -> WorkloadSpec:
    """A workload with everything that big ones have."""
    document = {
        "replicas": 4,
        "workers": 7,
        "leader": pod(rows),
        "worker": pod(rows),
        "servingPort": {"port": 8000},
    }
    return WorkloadSpec.model_validate(document)


def median(call: Callable[[], object]) -> float:
    """Return the milliseconds of the usual call."""
    spent = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        call()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent) * 1000


def parts() -> dict[str, Callable[[], object]]:
    """What is measured, by name."""
    big = spec()
    who = Identity("0123abcd-4567", "chat", "7", "p1", "alice")
    where = Target("runai-p1", {"default": "p1"})
    whole = manifests(big, who, where)
    return {
        "manifests": lambda: manifests(big, who, where),
        "bare pods": lambda: probe_pods(big, who, where),
        "demand": lambda: demand(big),
        "yaml": lambda: yaml_text(whole),
    }


def measure() -> dict[str, float]:
    """Return the milliseconds of each part."""
    return {name: round(median(call), 3) for name, call in parts().items()}


if __name__ == "__main__":
    for name, spent in measure().items():
        print(f"{name:32}{spent:7.3f} ms")
