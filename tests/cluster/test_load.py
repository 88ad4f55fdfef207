"""A burst over many workloads, with an API server that has a bad time meanwhile.

10,000 pods of 2,500 workloads on the simulated cluster; nobody schedules them, the
test says what is ready. What holds here holds for the follower, not for Kubernetes.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from projects.models import Cluster
from simulator import Simulator
from tests.cluster.conftest import eventually
from tests.support.load import load
from tests.support.organization import an_organization
from tests.support.simulator import MERGE, Http
from workloads.models import Pod, Workload
from workloads.sync.follow import Follower

WORKLOADS, PODS = 2_500, 4
SENDERS = 8
LWS = "leaderworkerset.sigs.k8s.io/"
PATIENCE = 120


@pytest.fixture
def crowd(transactional_db, tmp_path):
    """A cluster of its own with all the pods, and the rows of their workloads."""
    cluster = Simulator(tmp_path / "crowd", speed=100)
    cluster.start()
    made = an_organization(cluster.url, cluster.token)
    load(WORKLOADS, [made.project, made.other], made.admin)
    rows = list(Workload.objects.select_related("project"))
    send = Http(cluster.url, cluster.token)
    for project in (made.project, made.other):
        send("POST", "/api/v1/namespaces", {"metadata": {"name": project.namespace}})
    pods = [pod_of(row, index) for row in rows for index in range(PODS)]
    together(lambda pod: said(send("POST", collection(pod), pod), 201), pods)
    yield cluster, rows, send
    cluster.stop()


@pytest.fixture
def following(crowd):
    """The follower, which has seen all of it."""
    running = Follower(Cluster.objects.get(), watch_seconds=2)
    running.start()
    eventually(lambda: Pod.objects.count() == WORKLOADS * PODS, PATIENCE)
    eventually(lambda: len(phases()) == 1, PATIENCE)
    yield running
    running.stop()


def pod_of(workload, index):
    name = f"{workload.name}-0" + (f"-{index}" if index else "")
    labels = {
        "app.kubernetes.io/managed-by": "runai-portal",
        "runai-portal/workload-id": str(workload.pk),
        "runai-portal/role": "worker" if index else "leader",
        f"{LWS}name": workload.name,
        f"{LWS}group-index": "0",
        f"{LWS}worker-index": str(index),
    }
    place = {"name": name, "namespace": workload.project.namespace, "labels": labels}
    main = {"name": "main", "image": "a/b:1"}
    return {"metadata": place, "spec": {"containers": [main], "schedulerName": "none"}}


def collection(pod):
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods"


def turned(ready):
    """The status of a pod that is ready, or no longer is."""
    word = "True" if ready else "False"
    return {
        "status": {
            "phase": "Running",
            "conditions": [
                {"type": "PodScheduled", "status": "True"},
                {"type": "Ready", "status": word},
            ],
            "containerStatuses": [
                {"name": "main", "ready": ready, "restartCount": 0, "image": "a/b:1"}
                | {"imageID": "", "started": True, "state": {"running": {}}}
            ],
        }
    }


def together(work, items):
    """Do it for all, several at a time; the first failure is raised."""
    with ThreadPoolExecutor(SENDERS) as pool:
        for _ in pool.map(work, items):
            pass


def said(answer, code=200):
    assert answer.code == code, answer.body


def ready_in(manifest):
    conditions = (manifest.get("status") or {}).get("conditions") or []
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def phases():
    """What the rows say; all have the same pods, and so the same in the end."""
    return set(Workload.objects.values_list("phase", flat=True))


def as_rows():
    """Which pods are ready, by the rows."""
    rows = Pod.objects.values_list("name", "manifest").iterator()
    return {name: ready_in(manifest) for name, manifest in rows}


def as_cluster(send):
    """Which pods are ready, by the cluster."""
    return {
        each["metadata"]["name"]: ready_in(each) for each in send.items("/api/v1/pods")
    }


def test_a_burst_converges_whatever_the_watches_go_through(crowd, following):
    cluster, rows, send = crowd
    quiet = {row.pk for row in rows[1_500:]}
    before = dict(
        Workload.objects.filter(pk__in=quiet).values_list("pk", "phase_since")
    )

    def change(task):
        number, (row, index, ready) = task
        if number in (1_000, 3_000):
            cluster.fault(do="cut-watches")
        if number == 2_000:
            cluster.fault(do="expire")
        if number == 4_000:
            cluster.fault(verb="list", code=503, times=3)
        name = pod_of(row, index)["metadata"]["name"]
        path = f"{collection(pod_of(row, index))}/{name}/status"
        said(send("PATCH", path, turned(ready), MERGE))

    burst = [
        (row, index, ready)
        for ready in (True, False)
        for row in rows[:1_250]
        for index in (0, 1)
    ]
    together(change, list(enumerate(burst)))
    last = [(row, index, True) for row in rows[:250] for index in range(PODS)]
    together(change, [(-1, each) for each in last])
    cluster.clear_faults()

    wanted = as_cluster(send)
    eventually(lambda: as_rows() == wanted, PATIENCE)
    eventually(following.publisher.is_idle, PATIENCE)
    shown = dict(Workload.objects.values_list("pk", "running_pods"))
    assert {shown[row.pk] for row in rows[:250]} == {PODS}
    assert sum(wanted.values()) == 250 * PODS
    after = Workload.objects.filter(pk__in=quiet).values_list("pk", "phase_since")
    assert dict(after) == before
