"""How long a step takes on the server."""

import gc
import statistics
import time
from typing import Any

from django.test import Client

from tests.support.organization import an_organization
from workloads.models import Draft

TIMES = 60
PROBE = {"handler": {"httpGet": {"port": 8000, "path": "/health"}}, "periodSeconds": 10}


def a_leader(variables: int, volumes: int) -> dict[str, Any]:
    """Return what a leader says whose step draws about 80 fields."""
    return {
        "image": "vllm/vllm-openai:v0.11.0",
        "environmentVariables": [
            {"name": f"NAME_{n}", "value": f"value {n}"} for n in range(variables)
        ],
        "compute": {"gpuDevicesRequest": 2, "cpuCoreRequest": 16},
        "probes": {"readiness": PROBE, "startup": PROBE, "liveness": PROBE},
        "tolerations": [{"name": "toleration-1", "key": "gpu", "value": "yes"}],
        "labels": [{"name": f"label{n}", "value": "x"} for n in range(3)],
        "storage": {
            "pvc": [
                {
                    "name": f"volume-{n}",
                    "path": f"/data{n}",
                    "claimInfo": {"size": "9G"},
                }
                for n in range(volumes)
            ]
        },
    }


def measure() -> dict[str, float]:
    """Return milliseconds at p50 and p95 of a post that redraws the Leader step.

    Needs an empty database.
    """
    made = an_organization()
    found = {}
    for name, leader, slug in (
        ("leader", a_leader(0, 0), "leader"),
        ("leader, 5 volumes", a_leader(20, 5), "leader"),
        ("environment, 20 variables", a_leader(20, 5), "environment"),
    ):
        draft = Draft.objects.create(
            owner=made.alice,
            name="bench",
            project=made.project,
            cluster=made.cluster,
            document={"leader": leader},
        )
        taken = sorted(_times(made.alice, draft, slug))
        found[f"{name}, p50"] = round(statistics.median(taken), 1)
        found[f"{name}, p95"] = round(taken[int(len(taken) * 0.95)], 1)
    return found


def _times(user: Any, draft: Draft, slug: str) -> list[float]:
    client = Client()
    client.force_login(user)
    gc.collect()
    gc.freeze()  # as the server does before it serves
    url = f"/drafts/{draft.pk}/{slug}/"
    taken = []
    for n in range(TIMES):
        post = {
            "editor": "bench",
            "count": str(n + 1),
            "revision": str(n + 1),
            "shown": "{}",
            "leader.compute.gpuDevicesRequest": str(n % 8),
        }
        start = time.perf_counter()
        response = client.post(url, post, headers={"HX-Request": "true"})
        taken.append(1000 * (time.perf_counter() - start))
        assert response.status_code == 200
    return taken[5:]
