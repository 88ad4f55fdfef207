"""Volumes and what else a workload may leave behind."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from projects.models import AuditEntry
from tests.cluster.conftest import eventually
from tests.cluster.test_sync import a_group, reload
from workloads.cluster import KubernetesCluster, NotFound, Ref
from workloads.models import Workload
from workloads.services import delete_workload
from workloads.sync.leftovers import clear_leftovers

CLAIM = "PersistentVolumeClaim"
ID = "runai-portal/workload-id"
NAMESPACE = "runai-llm-serving"
CLASS = {"storageClass": "standard"}


@pytest.fixture
def cluster(simulator):
    return KubernetesCluster(simulator.url, simulator.token)


def with_volumes(**more):
    """Both pods get a volume of their own: a template; the leader's alone is one."""
    volume = {"name": "Cache", "path": "/cache", "claimInfo": {"size": "10G"} | CLASS}
    pods = {"image": "a/b:1", "storage": {"pvc": [volume]}}
    return a_group(workers=2, gpus=0) | {"leader": pods, "worker": pods} | more


def claims(cluster, workload):
    found, _ = cluster.list("v1", CLAIM, namespace=NAMESPACE)
    return {
        item["metadata"]["name"]: item["metadata"]
        for item in found
        if workload.name in item["metadata"]["name"]
    }


def owners(meta):
    return [owner["name"] for owner in meta.get("ownerReferences") or []]


def test_volumes_that_pods_got_belong_to_the_workload_once_seen(submitted, cluster):
    workload = submitted(with_volumes())
    anchor = f"{workload.name}-anchor"

    eventually(
        lambda: all(
            owners(meta) == [anchor] for meta in claims(cluster, workload).values()
        )
    )
    found = claims(cluster, workload)
    assert len(found) >= 3
    assert {meta["labels"][ID] for meta in found.values()} == {str(workload.pk)}
    eventually(lambda: len(reload(workload).observed["claims"]) == len(found))


def test_a_deleted_workload_takes_the_volumes_of_its_pods_with_it(
    org, submitted, cluster
):
    workload = submitted(with_volumes())
    assert claims(cluster, workload)

    delete_workload(by=org.admin, workload=workload)

    eventually(lambda: reload(workload).deleted_at)
    assert claims(cluster, workload) == {}


def test_kept_volumes_stay_and_nothing_of_the_workload_finds_them(
    org, submitted, cluster
):
    workload = submitted(with_volumes())
    before = claims(cluster, workload)

    delete_workload(by=org.admin, workload=workload, keep_volumes=True)

    eventually(lambda: reload(workload).deleted_at)
    after = claims(cluster, workload)
    assert after.keys() == before.keys()
    assert all(owners(meta) == [] for meta in after.values())
    assert all(ID not in meta["labels"] for meta in after.values())
    Workload.objects.update(deleted_at=now() - timedelta(hours=1))
    clear_leftovers(org.cluster, cluster)
    assert claims(cluster, workload).keys() == before.keys()
    for name, meta in after.items():
        cluster.delete(Ref("v1", CLAIM, name, NAMESPACE), uid=meta["uid"])


@pytest.fixture
def left(org, submitted, cluster):
    """A Service that outlived its workload; returns whether it is there."""
    workload = submitted(a_group(), until="")
    marks = {ID: str(workload.pk), "app.kubernetes.io/managed-by": "runai-portal"}
    made = cluster.create(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "left", "namespace": NAMESPACE, "labels": marks},
            "spec": {"ports": [{"port": 1}]},
        }
    )
    ref = Ref("v1", "Service", "left", NAMESPACE)

    def there():
        try:
            return cluster.get(ref)
        except NotFound:
            return None

    yield workload, there
    if there():
        cluster.delete(ref, uid=made["metadata"]["uid"])


def test_what_outlived_its_workload_is_deleted_after_ten_minutes(org, left, cluster):
    workload, there = left
    rows = Workload.objects.filter(pk=workload.pk)
    rows.update(desired="deleted", deleted_at=now() - timedelta(minutes=9))
    clear_leftovers(org.cluster, cluster)
    assert there()

    rows.update(deleted_at=now() - timedelta(minutes=11))
    clear_leftovers(org.cluster, cluster)

    assert not there()
    entry = AuditEntry.objects.filter(action="workload.leftover")
    assert "Service left" in {row.details["object"] for row in entry}


def test_objects_of_a_workload_that_lives_or_that_nobody_knows_stay(org, left, cluster):
    workload, there = left
    clear_leftovers(org.cluster, cluster)
    assert there()

    Workload.objects.filter(pk=workload.pk).delete()
    clear_leftovers(org.cluster, cluster)

    assert there()
