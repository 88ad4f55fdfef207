"""Deletion: that very object, everything that it owns, and nothing else."""

import pytest

from tests.cluster.controlplane.shapes import LWS, a_set
from tests.support.simulator import MERGE, until
from workloads.cluster import NotFound, Raced, Ref

LEFT = (
    ("v1", "Pod"),
    ("v1", "Service"),
    ("v1", "ConfigMap"),
    ("v1", "PersistentVolumeClaim"),
    ("apps/v1", "StatefulSet"),
    (LWS, "LeaderWorkerSet"),
    ("scheduling.run.ai/v2alpha2", "PodGroup"),
)
PROVIDED = ("ConfigMap", "kube-root-ca.crt")
"""What the control plane itself puts into every namespace."""


def a_map(namespace, name, owner=None, **reference):
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace},
    }
    if owner:
        body["metadata"]["ownerReferences"] = [owned_by(owner) | reference]
    return body


def owned_by(owner):
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "blockOwnerDeletion": True,
    }


def gone(cluster, ref):
    try:
        cluster.get(ref)
    except NotFound:
        return True
    return False


def left(cluster, namespace):
    found = [
        (kind, item["metadata"]["name"])
        for api, kind in LEFT
        for item in cluster.list(api, kind, namespace=namespace)[0]
    ]
    return [each for each in found if each != PROVIDED]


def remove(cluster, item, how="Foreground"):
    cluster.delete(Ref.of(item), uid=item["metadata"]["uid"], propagation=how)


def test_only_that_very_object_is_deleted(cluster, namespace):
    made = cluster.apply(a_map(namespace, "a"))

    with pytest.raises(Raced, match="the UID in the precondition"):
        cluster.delete(Ref.of(made), uid="00000000-0000-4000-8000-000000000000")

    assert cluster.get(Ref.of(made)) == made


def test_what_is_not_there_cannot_be_deleted(cluster, namespace):
    with pytest.raises(NotFound):
        cluster.delete(
            Ref("v1", "ConfigMap", "a", namespace),
            uid="00000000-0000-4000-8000-000000000000",
        )


def test_a_dry_deletion_deletes_nothing(http, cluster, namespace):
    made = cluster.apply(a_map(namespace, "a"))

    path = f"/api/v1/namespaces/{namespace}/configmaps/a"
    answer = http("DELETE", f"{path}?dryRun=All")

    assert answer.code == 200
    assert cluster.get(Ref.of(made)) == made


@pytest.mark.parametrize("how", ["Background", "Foreground"])
def test_what_an_object_owns_goes_with_it_and_the_rest_stays(cluster, namespace, how):
    anchor = cluster.apply(a_map(namespace, "anchor"))
    child = cluster.apply(a_map(namespace, "child", anchor))
    cluster.apply(a_map(namespace, "grandchild", child))
    foreign = cluster.apply(a_map(namespace, "foreign"))

    remove(cluster, anchor, how)

    until(lambda: left(cluster, namespace) == [("ConfigMap", "foreign")])
    assert cluster.get(Ref.of(foreign)) == foreign


def test_orphans_stay_without_their_owner(cluster, namespace):
    anchor = cluster.apply(a_map(namespace, "anchor"))
    child = cluster.apply(a_map(namespace, "child", anchor))

    remove(cluster, anchor, "Orphan")

    until(lambda: gone(cluster, Ref.of(anchor)))
    assert "ownerReferences" not in cluster.get(Ref.of(child))["metadata"]


def test_an_object_with_another_owner_stays_until_that_goes_too(cluster, namespace):
    one, two = (cluster.apply(a_map(namespace, name)) for name in ("one", "two"))
    child = a_map(namespace, "child", one)
    child["metadata"]["ownerReferences"].append(owned_by(two))
    child = cluster.apply(child)

    remove(cluster, one, "Background")
    until(lambda: len(owners(cluster, child)) == 1)
    assert [owner["name"] for owner in owners(cluster, child)] == ["two"]

    remove(cluster, two, "Background")
    until(lambda: gone(cluster, Ref.of(child)))


def owners(cluster, item):
    return cluster.get(Ref.of(item))["metadata"].get("ownerReferences") or ()


def test_what_names_an_owner_that_never_was_is_removed(cluster, namespace):
    anchor = cluster.apply(a_map(namespace, "anchor"))
    lost = a_map(namespace, "lost", anchor, uid="00000000-0000-4000-8000-000000000000")

    made = cluster.apply(lost)

    until(lambda: gone(cluster, Ref.of(made)))
    assert cluster.get(Ref.of(anchor))


def test_an_owner_waits_in_sight_for_what_blocks_it(cluster, http, namespace):
    anchor = cluster.apply(a_map(namespace, "anchor"))
    held = a_map(namespace, "held", anchor)
    held["metadata"]["finalizers"] = ["example.org/hold"]
    cluster.apply(held)

    remove(cluster, anchor)

    def waits():
        found = cluster.get(Ref.of(anchor))["metadata"]
        child = cluster.get(Ref.of(held))["metadata"]
        return "deletionTimestamp" in child and found

    waiting = until(waits)
    assert waiting["finalizers"] == ["foregroundDeletion"]
    assert waiting["deletionTimestamp"]

    path = f"/api/v1/namespaces/{namespace}/configmaps/held"
    http("PATCH", path, {"metadata": {"finalizers": None}}, MERGE)
    until(lambda: gone(cluster, Ref.of(anchor)))


def test_nothing_new_can_be_held_onto_what_is_going(cluster, http, namespace):
    body = a_map(namespace, "going")
    body["metadata"]["finalizers"] = ["example.org/hold"]
    made = cluster.apply(body)
    remove(cluster, made, "Background")

    path = f"/api/v1/namespaces/{namespace}/configmaps/going"
    more = {"metadata": {"finalizers": ["example.org/hold", "example.org/more"]}}
    answer = http("PATCH", path, more, MERGE)

    assert answer.code == 422
    assert answer.causes[0][0] == "metadata.finalizers"
    http("PATCH", path, {"metadata": {"finalizers": None}}, MERGE)
    until(lambda: gone(cluster, Ref.of(made)))


def test_a_deleted_workload_leaves_nothing(cluster, queue):
    anchor = cluster.apply(a_map(queue.name, "anchor"))
    body = a_set("one", queue.name, replicas=2)
    body["metadata"]["ownerReferences"] = [owned_by(anchor)]
    cluster.apply(body)
    until(lambda: queue.available("one"))

    remove(cluster, anchor)

    until(lambda: gone(cluster, Ref.of(anchor)), 30)
    until(lambda: not left(cluster, queue.name))


def test_a_pod_that_was_replaced_is_not_deleted_for_the_old_one(cluster, queue):
    queue.apply("one", size=1)
    until(lambda: queue.available("one"))
    old = queue.pod("one-0")
    was = old["metadata"]["uid"]
    cluster.delete(Ref.of(old), uid=was)
    until(lambda: queue.uids().get("one-0", was) != was)

    with pytest.raises(Raced):
        cluster.delete(Ref.of(old), uid=was)


def test_a_namespace_goes_with_all_that_is_in_it(cluster, http, namespace):
    cluster.apply(a_map(namespace, "a"))

    http("DELETE", f"/api/v1/namespaces/{namespace}")
    going = http("GET", f"/api/v1/namespaces/{namespace}")
    refused = http.apply(
        f"/api/v1/namespaces/{namespace}/configmaps/b", a_map(namespace, "b")
    )

    until(lambda: http("GET", f"/api/v1/namespaces/{namespace}").code == 404, 30)
    assert going.code == 404 or going.body["status"]["phase"] == "Terminating"
    assert refused.code in (403, 404)
    if refused.code == 403:
        assert "because it is being terminated" in refused.body["message"]


def test_a_pod_that_is_removed_by_force_is_told_as_going_and_then_as_gone(
    cluster, http, queue
):
    queue.apply("one", size=1)
    until(lambda: queue.available("one"))
    uid = queue.uids()["one-0"]
    _, since = cluster.list("v1", "Pod", selector=f"kai.scheduler/queue={queue.name}")

    path = f"/api/v1/namespaces/{queue.name}/pods/one-0?gracePeriodSeconds=0"
    assert http("DELETE", path).code == 200

    told = [
        ("deletionTimestamp" in change.manifest["metadata"], change.gone)
        for change in cluster.watch("v1", "Pod", since=since, seconds=1)
        if change.manifest and change.manifest["metadata"]["uid"] == uid
    ]
    assert told[-2:] == [(True, False), (True, True)]
