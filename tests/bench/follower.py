"""What a burst of changes costs the follower, and an idle portal its machine.

2,500 workloads of 4 pods; 5,000 changes come at once: a pod of each becomes not ready
and says so in an event. They go through the follower's writer and publisher into a
database; parsing the answers of the API server is not part of it.
"""

import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from projects.secrets import keyring
from tests.support.load import load
from tests.support.organization import an_organization
from tests.support.portal import Portal
from workloads.models import Workload
from workloads.sync.follow import Follower, Stock
from workloads.sync.observe import Seen

WORKLOADS, PODS, TOGETHER = 2_500, 4, 2_000
Change = tuple[str, Seen | Stock]
LONGEST = 600.0
SETTLED, WATCHED_FOR = 15.0, 30.0
TICKS = os.sysconf("SC_CLK_TCK")
LWS = "leaderworkerset.sigs.k8s.io/"


def now() -> str:
    """The time as Kubernetes writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def pod(workload: Workload, index: int, *, ready: bool = True) -> dict[str, Any]:
    """A pod of the first replica, as the API server sends it."""
    name = f"{workload.name}-0" + (f"-{index}" if index else "")
    word = "True" if ready else "False"
    container = {"name": "worker", "image": "team/server:1", "imageID": "sha256:0"}
    kinds = ("PodScheduled", "Initialized", "ContainersReady", "Ready")
    return {
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": workload.project.namespace,
            "uid": f"{workload.pk}-{index}",
            "creationTimestamp": now(),
            "labels": {
                "runai-portal/workload-id": str(workload.pk),
                f"{LWS}name": workload.name,
                f"{LWS}group-index": "0",
                f"{LWS}worker-index": str(index),
            },
            "annotations": {"pod-group-name": f"pg-{workload.name}"},
            "managedFields": [{"manager": "kubelet", "fieldsV1": {"f:status": {}}}],
        },
        "spec": {
            "nodeName": "gpu-h100-1",
            "containers": [
                container
                | {"env": [{"name": f"V{n}", "value": "v"} for n in range(20)]}
                | {"resources": {"requests": {"cpu": "1", "nvidia.com/gpu": "1"}}}
            ],
        },
        "status": {
            "phase": "Running",
            "startTime": now(),
            "conditions": [
                {
                    "type": kind,
                    "status": "True" if kinds.index(kind) < 2 else word,
                    "lastTransitionTime": now(),
                }
                for kind in kinds
            ],
            "containerStatuses": [
                container
                | {"ready": ready, "restartCount": 0, "started": True}
                | {"state": {"running": {"startedAt": now()}}}
            ],
        },
    }


def event(workload: Workload, number: int) -> dict[str, Any]:
    """What the kubelet says of a pod that is not ready."""
    namespace = workload.project.namespace
    about = {"kind": "Pod", "name": f"{workload.name}-0-1", "namespace": namespace}
    return {
        "kind": "Event",
        "type": "Warning",
        "reason": "Unhealthy",
        "message": "Readiness probe failed: HTTP probe failed with statuscode: 503",
        "metadata": {"uid": f"event-{number}", "namespace": namespace},
        "involvedObject": about | {"uid": f"{workload.pk}-1"},
        "firstTimestamp": now(),
        "lastTimestamp": now(),
        "count": 1,
    }


def spent(follower: Follower, changes: list[Change]) -> float:
    """Processor seconds until all of it is taken in and published."""
    begun, end = time.process_time(), time.monotonic() + LONGEST
    for start in range(0, len(changes), TOGETHER):
        follower.take(changes[start : start + TOGETHER])
    while not follower.publisher.is_idle():
        time.sleep(0.1)
        if time.monotonic() > end:
            raise RuntimeError("the burst was never published")
    return time.process_time() - begun


def burst() -> dict[str, float]:
    """Seconds for a first list of all pods, and for each 1,000 changes of a burst."""
    keyring.ensure()
    made = an_organization("https://cluster.example.org", token="none")
    load(WORKLOADS, [made.project, made.other], made.admin)
    rows = list(Workload.objects.select_related("project"))
    follower = Follower(made.cluster)
    publisher = Thread(target=follower.publish)
    publisher.start()
    there = [pod(row, index) for row in rows for index in range(PODS)]
    listed = spent(follower, [("Pod", Stock(there))])
    changes: list[Change] = []
    for number, row in enumerate(rows):
        changes += [
            ("Pod", Seen(pod(row, 1, ready=False))),
            ("Event", Seen(event(row, number))),
        ]
    taken = spent(follower, changes)
    follower.stopping.set()
    publisher.join()
    return {
        "list": round(listed, 1),
        "burst": round(1000 * taken / len(changes), 2),
    }


def processor(portal: Portal) -> float:
    """Seconds that the portal's process has used."""
    told = Path(f"/proc/{portal.process.pid}/stat").read_text().rpartition(")")[2]
    user, system = told.split()[11:13]
    return (int(user) + int(system)) / TICKS


def share(portal: Portal) -> float:
    """Percent of a core, once it has settled."""
    time.sleep(SETTLED)
    begun, at = processor(portal), time.monotonic()
    time.sleep(WATCHED_FOR)
    return round(100 * (processor(portal) - begun) / (time.monotonic() - at), 1)


def measure() -> dict[str, float]:
    """Return processor seconds of a list and a burst, and percents of a core."""
    found = burst()
    with tempfile.TemporaryDirectory() as folder:
        portal = Portal(Path(folder) / "data").start()
        found["idle"] = share(portal)
        portal.submit("crashing", fail="crash")
        found["crash loop"] = share(portal)
        portal.stop()
    return found
