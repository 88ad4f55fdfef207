"""What projects and clusters have in Kubernetes, and what of others is left alone."""

import pytest

from projects import services
from projects.models import Cluster, Department, NodePool, Project, ProjectQuota
from workloads.cluster import KubernetesCluster, Ref
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
