"""The follower, over a real API server that dies, freezes and comes back: 500 pods."""

import signal
import time
from collections import Counter

import pytest

from projects.models import Cluster, Project
from simulator.controlplane import ControlPlane
from tests.cluster.conftest import eventually
from tests.cluster.test_sync import a_group
from tests.support.controlplane import SOURCES, connection, http, why_not
from tests.support.organization import an_organization
from tests.support.simulator import until
from workloads.models import Pod, Workload
from workloads.services import scale_workload, submit_workload
from workloads.sync.follow import Follower
from workloads.sync.observe import SELECTOR
from workloads.sync.work import sweep

WORKLOADS, WORKERS, REPLICAS = 5, 9, 10
PODS = WORKLOADS * (WORKERS + 1) * REPLICAS
PATIENCE = 120


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A control plane that may be broken: nobody shares it."""
    why_not()
    plane = ControlPlane(tmp_path_factory.mktemp("own"), sources=SOURCES, speed=50)
    plane.start()
    plane.furnish()
    yield plane
    plane.stop()


@pytest.fixture
def org(transactional_db, own):
    made = an_organization(own.url, own.token, own.ca)
    eventually(
        lambda: not sweep() and not Project.objects.exclude(due_at=None).exists()
    )
    return made


@pytest.fixture
def follower(org):
    running = Follower(Cluster.objects.get(), watch_seconds=3)
    running.start()
    yield running
    running.stop()


def facts(plane):
    """Pods by name with their readiness, as the API server has them."""
    found, _ = connection(plane).list("v1", "Pod", selector=SELECTOR)
    return {each["metadata"]["uid"]: ready(each) for each in found}


def rows():
    """The same, as the rows have it."""
    return {uid: ready(pod) for uid, pod in Pod.objects.values_list("uid", "manifest")}


def ready(manifest):
    conditions = (manifest.get("status") or {}).get("conditions") or []
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def shown():
    return Counter(Workload.objects.values_list("phase", "running_pods"))


def test_five_hundred_pods_and_an_api_server_that_dies_and_freezes(org, own, follower):
    document = a_group(gpus=0, workers=WORKERS) | {"replicas": REPLICAS}
    made = [
        submit_workload(
            by=org.admin, project=org.project, name=f"many-{n}x", document=document
        )
        for n in range(WORKLOADS)
    ]
    whole = {("Running", PODS // WORKLOADS): WORKLOADS}
    eventually(lambda: shown() == whole, PATIENCE)
    assert len(facts(own)) == PODS

    own.parts["apiserver"].kill()
    time.sleep(2)
    own.parts["apiserver"].start()
    own.parts["apiserver"].wait(30)
    scale_workload(by=org.admin, workload=made[0], replicas=REPLICAS + 1)
    more = {("Running", 110): 1, ("Running", 100): WORKLOADS - 1}
    eventually(lambda: shown() == more, PATIENCE)

    own.parts["apiserver"].send(signal.SIGSTOP)
    time.sleep(15)
    during = shown()
    own.parts["apiserver"].send(signal.SIGCONT)
    until(lambda: http(own)("GET", "/readyz").code == 200)
    name = f"{made[1].name}-0-1"
    place = f"/api/v1/namespaces/{made[1].namespace}/pods/{name}"
    own.call("DELETE", place)

    assert during == more
    eventually(lambda: rows() == facts(own), PATIENCE)
    eventually(lambda: shown() == more, PATIENCE)
