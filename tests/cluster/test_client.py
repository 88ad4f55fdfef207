"""The real client over HTTP, and what it makes of a bad day."""

import time
from threading import Thread

import pytest

from tests.cluster.conftest import eventually
from workloads.cluster import (
    Conflict,
    Expired,
    KubernetesCluster,
    NotFound,
    Ref,
    Refused,
    Unavailable,
)

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "client"}}
MAP = Ref("v1", "ConfigMap", "settings", "client")


@pytest.fixture
def cluster(simulator):
    found = KubernetesCluster(simulator.url, simulator.token)
    found.apply(NAMESPACE, force=True)
    yield found
    simulator.clear_faults()
    for item in found.list("v1", "ConfigMap", namespace="client")[0]:
        found.delete(Ref.of(item), uid=item["metadata"]["uid"])


def a_map(name="settings", **data):
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "client"},
        "data": data,
    }


def test_an_applied_object_is_answered_whole_when_it_is_new_too(cluster):
    made = cluster.apply(a_map(a="1"))
    again = cluster.apply(a_map(a="1"), uid=made["metadata"]["uid"], force=True)

    assert made["metadata"]["uid"] == again["metadata"]["uid"]
    same = again["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    assert same, "applying the same twice changes nothing"


def test_a_dry_run_makes_nothing(cluster):
    cluster.apply(a_map(a="1"), dry_run=True)

    with pytest.raises(NotFound):
        cluster.get(MAP)


def test_a_field_of_somebody_elses_is_a_conflict(cluster):
    made = a_map(a="theirs")
    cluster.create(made)

    with pytest.raises(Conflict):
        cluster.apply(a_map(a="ours"))


def test_applying_by_uid_never_makes_an_object_anew(cluster):
    made = cluster.apply(a_map(a="1"))
    cluster.delete(MAP, uid=made["metadata"]["uid"])

    with pytest.raises(Conflict):
        cluster.apply(a_map(a="1"), uid=made["metadata"]["uid"], force=True)
    with pytest.raises(NotFound):
        cluster.get(MAP)


def test_an_unknown_field_is_refused_and_named(cluster):
    with pytest.raises(Refused) as refused:
        cluster.apply(a_map() | {"dataa": {}})

    assert "dataa" in str(refused.value)


def test_only_the_very_object_is_deleted(cluster):
    cluster.apply(a_map(a="1"))

    with pytest.raises(Conflict):
        cluster.delete(MAP, uid="another")

    assert cluster.get(MAP)["data"] == {"a": "1"}


def test_a_list_is_read_page_by_page(cluster, simulator, monkeypatch):
    monkeypatch.setattr("workloads.cluster.client.PAGE", 3)
    for number in range(8):
        cluster.apply(a_map(f"m{number}"))

    found, version = cluster.list("v1", "ConfigMap", namespace="client")

    assert len({item["metadata"]["name"] for item in found}) == 8
    assert version


def test_a_watch_tells_of_changes_in_order_and_of_what_is_gone(cluster):
    _, since = cluster.list("v1", "ConfigMap")
    made = cluster.apply(a_map(a="1"))
    cluster.apply(a_map(a="2"), force=True)
    cluster.delete(MAP, uid=made["metadata"]["uid"])

    changes = [
        (change.manifest["data"]["a"], change.gone)
        for change in cluster.watch("v1", "ConfigMap", since=since, seconds=1)
        if change.manifest and change.manifest["metadata"]["name"] == "settings"
    ]

    assert changes == [("1", False), ("2", False), ("2", True)]


def test_a_version_that_is_too_old_has_expired(cluster, simulator):
    _, since = cluster.list("v1", "ConfigMap")
    cluster.apply(a_map(a="1"))
    simulator.fault(do="expire")

    with pytest.raises(Expired):
        list(cluster.watch("v1", "ConfigMap", since=since, seconds=1))


def test_a_watch_can_be_hung_up(cluster):
    _, since = cluster.list("v1", "ConfigMap")
    ended = []
    thread = Thread(target=lambda: ended.append(_drained(cluster, since)), daemon=True)
    thread.start()
    time.sleep(0.2)

    cluster.hang_up()

    eventually(lambda: ended, seconds=3)


def _drained(cluster, since):
    try:
        list(cluster.watch("v1", "ConfigMap", since=since, seconds=60))
    except Unavailable:
        return "unavailable"
    return "over"


@pytest.mark.parametrize(
    ("code", "error"),
    [(403, Refused), (422, Refused), (429, Unavailable), (503, Unavailable)],
)
def test_only_a_failure_of_the_server_is_worth_another_try(
    cluster, simulator, code, error
):
    simulator.fault(plural="configmaps", verb="patch", code=code)

    with pytest.raises(error):
        cluster.apply(a_map())


def test_an_answer_that_is_cut_off_after_the_work_leaves_the_object(cluster, simulator):
    simulator.fault(plural="configmaps", verb="patch", drop=True, times=1)

    with pytest.raises(Unavailable):
        cluster.apply(a_map(a="1"))

    assert cluster.get(MAP)["data"] == {"a": "1"}


def test_a_server_that_stays_silent_is_noticed(cluster, simulator, monkeypatch):
    monkeypatch.setattr("workloads.cluster.client.READ", 0.3)
    simulator.fault(plural="configmaps", verb="get", delay=2, times=1)

    begun = time.monotonic()
    with pytest.raises(Unavailable):
        cluster.get(MAP)

    assert time.monotonic() - begun < 1.5


def test_a_cluster_that_is_not_there_is_unavailable():
    with pytest.raises(Unavailable):
        KubernetesCluster("http://127.0.0.1:9").get(MAP)


def test_the_inventory_says_what_a_form_needs(cluster):
    found = cluster.inventory()

    assert found["lws"] is True
    assert "volumeClaimTemplates" in found["lwsFeatures"]
    assert found["storageClasses"] == ["fast", "standard"]
    assert found["pools"]["h100"] == {"nodes": 6, "gpus": 48}
    assert "dgx-h100" in found["nodeTypes"]
