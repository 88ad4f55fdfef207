"""The real client over HTTP against the simulated cluster."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from projects.models import Cluster
from tests.support.controlplane import control_plane  # noqa: F401  # a fixture
from tests.support.database import (
    django_db_modify_db_settings,  # noqa: F401  # a fixture
)
from tests.support.organization import an_organization
from tests.support.simulator import simulator  # noqa: F401  # a fixture
from workloads.cluster import KubernetesCluster, NotFound, Ref
from workloads.models import Workload
from workloads.services import submit_workload
from workloads.sync.clusters import cluster_for
from workloads.sync.follow import Follower
from workloads.sync.observe import SELECTOR
from workloads.sync.work import sweep


def eventually(holds: Callable[[], object], seconds: float = 15) -> object:
    """Wait until something holds; return it. Fails after the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.02)
    pytest.fail(f"did not hold within {seconds} s")


@pytest.fixture
def org(transactional_db, simulator):  # noqa: F811  # the fixture of that name
    """The cast and their projects, applied to the simulated cluster."""
    made = an_organization(simulator.url, simulator.token)
    sweep()
    return made


@pytest.fixture
def follower(org):
    """Rows kept true to the cluster, as in production."""
    running = Follower(Cluster.objects.get(), watch_seconds=2)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def submitted(org, follower):
    """Submit a document under a name of its own, and wait for a phase."""
    made = []

    def submit(document, name="", until="Running", project=None):
        workload = submit_workload(
            by=org.admin,
            project=project or org.project,
            name=name or f"w{len(made)}-{int(time.time() * 1000) % 10**6}x",
            document=document,
        )
        made.append(workload)
        if until:
            eventually(lambda: phase(workload) == until)
        workload.refresh_from_db()
        return workload

    yield submit
    clear(cluster_for(org.cluster))


def clear(connection: KubernetesCluster) -> None:
    """Remove every workload from the cluster: the next test begins with full quota."""
    anchors, _ = connection.list("v1", "ConfigMap", selector=SELECTOR)
    for anchor in anchors:
        with suppress(NotFound):
            connection.delete(Ref.of(anchor), uid=anchor["metadata"]["uid"])
    eventually(lambda: not connection.list("v1", "Pod", selector=SELECTOR)[0])


def phase(workload: Workload) -> str:
    return Workload.objects.values_list("phase", flat=True).get(pk=workload.pk)
