"""What projects and clusters have in Kubernetes, and what of others is left alone."""

import pytest

from projects import services
from projects.models import (
    AuditEntry,
    Cluster,
    Department,
    DepartmentQuota,
    NodePool,
    Project,
    ProjectQuota,
)
from tests.cluster.conftest import eventually
from workloads.cluster import KubernetesCluster, Ref
from workloads.sync.clusters import found
from workloads.sync.mend import mend
from workloads.sync.work import sweep

QUEUE = "scheduling.run.ai/v2"


@pytest.fixture
def cluster(simulator):
    return KubernetesCluster(simulator.url, simulator.token)


@pytest.fixture
def made(cluster):
    """Objects of somebody else, gone after the test."""
    found = []

    def make(manifest):
        found.append(cluster.create(manifest))
        return Ref.of(found[-1])

    yield make
    for item in found:
        cluster.delete(Ref.of(item), uid=item["metadata"]["uid"])


def a_namespace(name, **labels):
    meta = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}


def a_queue(name):
    spec = {"resources": {"gpu": {"quota": 4, "limit": -1, "overQuotaWeight": 1}}}
    return {
        "apiVersion": QUEUE,
        "kind": "Queue",
        "metadata": {"name": name},
        "spec": spec,
    }


def saved(org, name):
    project = Project(department=org.department, name=name)
    services.save_project(by=org.admin, project=project)
    pool = NodePool.objects.get(name="h100")
    quota = ProjectQuota(project=project, pool=pool, gpus=3)
    services.save_quota(by=org.admin, quota=quota)
    sweep()
    project.refresh_from_db()
    return project


@pytest.mark.parametrize(
    "labels",
    [{}, {"app.kubernetes.io/managed-by": "runai-portal", "runai-portal/project": "1"}],
    ids=["of somebody", "of another project"],
)
def test_a_namespace_that_is_not_the_projects_is_left_alone(org, cluster, made, labels):
    ref = made(a_namespace("runai-taken", **labels))
    before = cluster.get(ref)

    project = saved(org, "taken")

    assert project.refused
    assert "runai-taken" in project.last_error
    assert cluster.get(ref) == before


def test_a_queue_that_is_not_the_projects_is_left_alone(org, cluster, made):
    ref = made(a_queue("queued-h100"))

    project = saved(org, "queued")

    assert project.refused
    assert "queued-h100" in project.last_error
    assert cluster.get(ref)["spec"]["resources"]["gpu"]["quota"] == 4


def test_a_changed_quota_reaches_the_projects_own_queue(org, cluster):
    project = saved(org, "grows")
    quota = project.quotas.get()
    quota.gpus = 7

    services.save_quota(by=org.admin, quota=quota)
    sweep()

    found = cluster.get(Ref(QUEUE, "Queue", "grows-h100"))
    assert found["spec"]["resources"]["gpu"]["quota"] == 7


def test_two_projects_of_one_name_have_two_namespaces(org, cluster):
    other = Department(cluster=org.cluster, name="product")
    services.save_department(by=org.admin, department=other)
    twin = Project(department=other, name="llm-serving")

    services.save_project(by=org.admin, project=twin)
    sweep()

    twin.refresh_from_db()
    assert twin.namespace != org.project.namespace
    assert twin.is_applied()
    first = cluster.get(Ref("v1", "Namespace", org.project.namespace))
    assert first["metadata"]["labels"]["runai-portal/project"] == str(org.project.pk)


def removed_by_hand(cluster, ref):
    cluster.delete(ref, uid=cluster.get(ref)["metadata"]["uid"])
    eventually(lambda: found(cluster, ref) is None)


@pytest.mark.parametrize(
    "ref",
    [
        Ref("v1", "Namespace", "runai-loses"),
        Ref(QUEUE, "Queue", "loses-h100"),
        Ref(QUEUE, "Queue", "research-h100"),
    ],
    ids=lambda ref: ref.name,
)
def test_what_somebody_removed_by_hand_is_made_again(org, cluster, ref):
    project = saved(org, "loses")
    removed_by_hand(cluster, ref)

    mend(org.cluster, cluster)
    sweep()

    assert found(cluster, ref) is not None
    project.refresh_from_db()
    assert not project.last_error
    entry = AuditEntry.objects.get(action="project.mended", target=str(project.pk))
    assert entry.details["objects"] == [str(ref)]


def test_where_nothing_is_missing_nothing_is_written(org, cluster):
    saved(org, "whole")

    mend(org.cluster, cluster)

    assert not Project.objects.filter(due_at__isnull=False).exists()
    assert not AuditEntry.objects.filter(action="project.mended").exists()


def test_the_queue_of_a_quota_that_was_taken_away_goes(org, cluster):
    project = saved(org, "shrinks")
    services.delete_quota(by=org.admin, quota=project.quotas.get())

    mend(org.cluster, cluster)

    assert found(cluster, Ref(QUEUE, "Queue", "shrinks-h100")) is None
    assert found(cluster, Ref(QUEUE, "Queue", "research-h100")) is not None
    assert AuditEntry.objects.filter(action="queue.delete").count() == 1
    assert not org.cluster.removed_queues.exists()


def test_a_queue_that_a_pod_names_stays_until_the_pod_is_gone(org, cluster, made):
    project = saved(org, "busy")
    services.delete_quota(by=org.admin, quota=project.quotas.get())
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "uses",
            "namespace": project.namespace,
            "labels": {"kai.scheduler/queue": "busy-h100"},
        },
        "spec": {"containers": [{"name": "main", "image": "busybox"}]},
    }
    ref = Ref.of(cluster.create(pod))

    mend(org.cluster, cluster)
    while_used = found(cluster, Ref(QUEUE, "Queue", "busy-h100"))
    removed_by_hand(cluster, ref)
    mend(org.cluster, cluster)

    assert while_used is not None
    assert found(cluster, Ref(QUEUE, "Queue", "busy-h100")) is None


def test_a_departments_queue_stays_while_queues_are_below_it(org, cluster):
    department = Department(cluster=org.cluster, name="alone")
    services.save_department(by=org.admin, department=department)
    pool = NodePool.objects.get(name="h100")
    quota = DepartmentQuota(department=department, pool=pool, gpus=4)
    services.save_quota(by=org.admin, quota=quota)
    project = Project(department=department, name="below")
    services.save_project(by=org.admin, project=project)
    services.save_quota(
        by=org.admin, quota=ProjectQuota(project=project, pool=pool, gpus=4)
    )
    sweep()
    services.delete_quota(by=org.admin, quota=quota)

    mend(org.cluster, cluster)
    with_a_child = found(cluster, Ref(QUEUE, "Queue", "alone-h100"))
    sweep()
    mend(org.cluster, cluster)

    assert with_a_child is not None
    assert found(cluster, Ref(QUEUE, "Queue", "alone-h100")) is None


def test_a_foreign_queue_of_a_removed_name_is_left_alone(org, cluster, made):
    ref = made(a_queue("strange-h100"))
    project = saved(org, "strange")
    services.delete_quota(by=org.admin, quota=project.quotas.get())

    mend(org.cluster, cluster)

    assert found(cluster, ref) is not None


def test_a_quota_that_is_given_back_keeps_the_queue_and_no_other_gets_it(org, cluster):
    project = saved(org, "returns")
    services.delete_quota(by=org.admin, quota=project.quotas.get())
    pool = NodePool.objects.get(name="h100")
    other = Department(cluster=org.cluster, name="product")
    services.save_department(by=org.admin, department=other)
    twin = Project(department=other, name="returns")
    services.save_project(by=org.admin, project=twin)
    theirs = ProjectQuota(project=twin, pool=pool, gpus=1)
    services.save_quota(by=org.admin, quota=theirs)
    again = ProjectQuota(project=project, pool=pool, gpus=2)
    services.save_quota(by=org.admin, quota=again)

    sweep()
    mend(org.cluster, cluster)

    assert again.queue == "returns-h100"
    assert theirs.queue != again.queue
    assert found(cluster, Ref(QUEUE, "Queue", "returns-h100")) is not None


def test_saving_a_row_that_was_read_before_keeps_what_workers_wrote(org):
    project, row = Project.objects.get(pk=org.project.pk), Cluster.objects.get()
    rows = Project.objects.filter(pk=project.pk)
    rows.update(applied_generation=7, table_version=50)
    Cluster.objects.update(inventory={"lws": True}, follower="somebody")

    project.description, row.domain = "Serves", "cluster.example"
    services.save_project(by=org.admin, project=project)
    services.save_cluster(by=org.admin, cluster=row)

    assert (rows.get().applied_generation, rows.get().table_version) == (7, 51)
    assert rows.get().description == "Serves"
    row.refresh_from_db()
    assert row.inventory == {"lws": True}
    assert (row.follower, row.domain) == ("somebody", "cluster.example")
