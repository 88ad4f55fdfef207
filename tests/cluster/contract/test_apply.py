"""Server-side apply: what is owned, what conflicts, what is kept."""

import pytest

from tests.cluster.controlplane.shapes import LWS, a_set
from tests.support.simulator import APPLY, MERGE, until
from workloads.cluster import Conflict, NotFound, Raced, Ref
from workloads.cluster.kinds import collection

SETS = "leaderworkersets"


def a_map(namespace, name="settings", **data):
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace},
        "data": data,
    }


def maps(namespace, name="settings"):
    return f"/api/v1/namespaces/{namespace}/configmaps/{name}"


def sets(namespace, name="one"):
    return f"{collection(LWS, 'LeaderWorkerSet', namespace)}/{name}"


def idle(name, namespace, **changes):
    """A set without pods."""
    return a_set(name, namespace, **{"replicas": 0} | changes)


def managers(item):
    entries = item["metadata"].get("managedFields") or ()
    return {(e["manager"], e["operation"], e.get("subresource", "")) for e in entries}


def owned(item, manager):
    entries = item["metadata"]["managedFields"]
    return next(e["fieldsV1"] for e in entries if e["manager"] == manager)


def test_an_apply_makes_what_is_not_there(http, namespace):
    first = http.apply(maps(namespace), a_map(namespace, a="1"))
    second = http.apply(maps(namespace), a_map(namespace, a="1"))

    assert (first.code, second.code) == (201, 200)
    same = ("uid", "resourceVersion", "creationTimestamp")
    for word in same:
        assert first.body["metadata"][word] == second.body["metadata"][word]


def test_the_manager_owns_what_it_said(http, namespace):
    made = http.apply(maps(namespace), a_map(namespace, a="1")).body

    assert managers(made) == {("runai-portal", "Apply", "")}
    assert owned(made, "runai-portal") == {"f:data": {"f:a": {}}}


def test_what_is_no_longer_said_goes(http, namespace):
    http.apply(maps(namespace), a_map(namespace, a="1", b="2"))

    http.apply(maps(namespace), a_map(namespace, a="1"))

    assert http("GET", maps(namespace)).body["data"] == {"a": "1"}


def test_what_another_said_stays(http, namespace):
    http.apply(maps(namespace), a_map(namespace, a="1"))
    http.apply(maps(namespace), a_map(namespace, b="2"), fieldManager="other")

    http.apply(maps(namespace), a_map(namespace, a="2"))

    assert http("GET", maps(namespace)).body["data"] == {"a": "2", "b": "2"}


def test_anothers_field_is_a_conflict_that_names_both(http, namespace):
    http.apply(maps(namespace), a_map(namespace, a="1", b="1"), fieldManager="other")

    answer = http.apply(maps(namespace), a_map(namespace, a="2"))

    assert (answer.code, answer.body["reason"]) == (409, "Conflict")
    assert answer.causes == [(".data.a", 'conflict with "other"')]
    assert answer.body["message"] == (
        'Apply failed with 1 conflict: conflict with "other": .data.a'
    )


def test_several_conflicts_are_listed(http, namespace):
    http.apply(maps(namespace), a_map(namespace, a="1", b="1"), fieldManager="other")

    answer = http.apply(maps(namespace), a_map(namespace, a="2", b="2"))

    assert [field for field, _ in answer.causes] == [".data.a", ".data.b"]
    assert answer.body["message"] == (
        'Apply failed with 2 conflicts: conflicts with "other":\n- .data.a\n- .data.b'
    )


def test_force_takes_the_field(http, namespace):
    http.apply(maps(namespace), a_map(namespace, a="1", b="1"), fieldManager="other")

    taken = http.apply(maps(namespace), a_map(namespace, a="2"), force="true").body

    assert taken["data"] == {"a": "2", "b": "1"}
    assert owned(taken, "other") == {"f:data": {"f:b": {}}}
    assert owned(taken, "runai-portal") == {"f:data": {"f:a": {}}}


def test_the_same_value_is_shared_not_contested(http, namespace):
    http.apply(maps(namespace), a_map(namespace, a="1"), fieldManager="other")

    answer = http.apply(maps(namespace), a_map(namespace, a="1"))

    assert answer.code == 200
    assert owned(answer.body, "other") == owned(answer.body, "runai-portal")


def test_a_write_of_another_sort_owns_what_it_changed(http, namespace):
    http.apply(maps(namespace), a_map(namespace, a="1"))
    patched = http(
        "PATCH",
        f"{maps(namespace)}?fieldManager=editor",
        {"data": {"a": "2"}},
        MERGE,
    )

    answer = http.apply(maps(namespace), a_map(namespace, a="3"))

    assert managers(patched.body) == {("editor", "Update", "")}
    ((field, message),) = answer.causes
    assert (field, answer.code) == (".data.a", 409)
    assert message.startswith('conflict with "editor" using v1')


def test_items_of_a_list_are_owned_one_by_one(http, namespace):
    body = idle("one", namespace, container={"env": [{"name": "A", "value": "1"}]})
    http.apply(sets(namespace), body)
    theirs = idle("one", namespace, container={"env": [{"name": "B", "value": "2"}]})
    spec = theirs["spec"]
    template = spec["leaderWorkerTemplate"]["workerTemplate"]
    (container,) = template["spec"]["containers"]
    only = {"name": container["name"], "env": container["env"]}
    group = {"workerTemplate": {"spec": {"containers": [only]}}}
    partial = theirs | {"spec": {"leaderWorkerTemplate": group}}
    partial["metadata"] = {"name": "one", "namespace": namespace}

    answer = http.apply(sets(namespace), partial, fieldManager="other")
    again = http.apply(sets(namespace), body | {"spec": body["spec"]})

    assert answer.code == 200
    (kept,) = again.body["spec"]["leaderWorkerTemplate"]["workerTemplate"]["spec"][
        "containers"
    ]
    assert {each["name"] for each in kept["env"]} == {"A", "B"}


def test_a_scaled_set_conflicts_with_the_next_apply(http, namespace):
    http.apply(sets(namespace), idle("one", namespace, replicas=0))
    scaled = http(
        "PATCH",
        f"{sets(namespace)}/scale?fieldManager=scaler",
        {"spec": {"replicas": 1}},
        MERGE,
    )

    answer = http.apply(sets(namespace), idle("one", namespace, replicas=2))
    same = http.apply(sets(namespace), idle("one", namespace, replicas=1))

    assert (scaled.code, scaled.body["spec"]) == (200, {"replicas": 1})
    assert answer.code == 409
    assert answer.causes == [
        (
            ".spec.replicas",
            f'conflict with "scaler" with subresource "scale" using {LWS}',
        )
    ]
    assert same.code == 200, "the same number is no conflict"


def test_the_client_tells_the_conflicts_apart(cluster, namespace):
    made = cluster.create(a_map(namespace, a="theirs"))

    with pytest.raises(Conflict):
        cluster.apply(a_map(namespace, a="ours"))
    with pytest.raises(Conflict):
        cluster.create(a_map(namespace, a="ours"))

    assert cluster.get(Ref.of(made))["data"] == {"a": "theirs"}


def test_an_apply_by_uid_never_makes_or_takes_another_object(cluster, namespace):
    made = cluster.apply(a_map(namespace, a="1"))
    ref, uid = Ref.of(made), made["metadata"]["uid"]
    cluster.delete(ref, uid=uid)

    with pytest.raises(Raced):
        cluster.apply(a_map(namespace, a="2"), uid=uid, force=True)
    with pytest.raises(NotFound):
        cluster.get(ref)

    cluster.create(a_map(namespace, a="foreign"))
    with pytest.raises(Raced):
        cluster.apply(a_map(namespace, a="2"), uid=uid, force=True)
    assert cluster.get(ref)["data"] == {"a": "foreign"}


def test_a_dry_run_makes_and_changes_nothing(cluster, namespace):
    ref = Ref("v1", "ConfigMap", "settings", namespace)
    dry = cluster.apply(a_map(namespace, a="1"), dry_run=True)
    with pytest.raises(NotFound):
        cluster.get(ref)

    made = cluster.apply(a_map(namespace, a="1"))
    cluster.apply(a_map(namespace, a="2"), uid=made["metadata"]["uid"], dry_run=True)

    assert dry["metadata"]["uid"] != made["metadata"]["uid"]
    assert cluster.get(ref) == made


def test_a_dry_run_finds_conflicts_too(http, namespace):
    http.apply(maps(namespace), a_map(namespace, a="1"), fieldManager="other")

    answer = http.apply(maps(namespace), a_map(namespace, a="2"), dryRun="All")

    assert answer.code == 409


def test_a_generation_counts_changes_of_the_spec_alone(cluster, namespace):
    made = cluster.apply(idle("one", namespace))
    ref = Ref.of(made)

    labelled = cluster.patch(ref, {"metadata": {"labels": {"more": "yes"}}})
    before = cluster.get(ref)["metadata"]["generation"]
    changed = cluster.apply(idle("one", namespace, startupPolicy="LeaderReady"))

    assert labelled["metadata"]["generation"] == made["metadata"]["generation"] == 1
    assert (before, changed["metadata"]["generation"]) == (1, 2)


def test_defaults_are_filled_in(cluster, namespace):
    made = cluster.apply(idle("one", namespace))

    spec = made["spec"]
    assert spec["startupPolicy"] == "LeaderCreated"
    assert spec["networkConfig"] == {"subdomainPolicy": "Shared"}
    rollout = spec["rolloutStrategy"]
    assert rollout == {
        "type": "RollingUpdate",
        "rollingUpdateConfiguration": {
            "maxSurge": 0,
            "maxUnavailable": 1,
            "partition": 0,
        },
    }
    assert spec["leaderWorkerTemplate"]["restartPolicy"] == "RecreateGroupOnPodRestart"


def test_a_stale_write_is_refused(http, namespace):
    made = http.apply(maps(namespace), a_map(namespace, a="1")).body
    http.apply(maps(namespace), a_map(namespace, a="2"))

    answer = http("PUT", maps(namespace), made | {"data": {"a": "3"}})

    assert (answer.code, answer.body["reason"]) == (409, "Conflict")
    assert answer.body["message"] == (
        'Operation cannot be fulfilled on configmaps "settings": the object has been '
        "modified; please apply your changes to the latest version and try again"
    )


def test_a_name_must_be_that_of_the_address(http, namespace):
    answer = http.apply(maps(namespace, "another"), a_map(namespace, a="1"))

    assert answer.code == 400


def test_owned_fields_cannot_be_said(http, namespace):
    body = a_map(namespace, a="1")
    body["metadata"]["managedFields"] = [{"manager": "me"}]

    answer = http.apply(maps(namespace), body)

    assert (answer.code, answer.body["message"]) == (
        400,
        "metadata.managedFields must be nil",
    )


def test_an_apply_needs_a_manager(http, namespace):
    answer = http("PATCH", maps(namespace), a_map(namespace, a="1"), APPLY)

    assert answer.code == 422
    assert [field for field, _ in answer.causes] == ["fieldManager"]


def test_an_unknown_place_is_not_found(http, name):
    answer = http.apply(maps(name), a_map(name, a="1"))

    assert (answer.code, answer.body["message"]) == (
        404,
        f'namespaces "{name}" not found',
    )


def test_secrets_are_listed_by_their_metadata_alone(http, namespace):
    secret = {"metadata": {"name": "s"}, "stringData": {"password": "hidden"}}
    where = f"/api/v1/namespaces/{namespace}/secrets"
    http("POST", where, secret)

    form = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    answer = http.send(where, None, "application/json", method="GET", accept=form)

    assert answer.body["kind"] == "PartialObjectMetadataList"
    assert [each["metadata"]["name"] for each in answer.body["items"]] == ["s"]
    assert "aGlkZGVu" not in str(answer.body)


def test_foreign_objects_keep_what_a_refused_write_would_have_changed(
    cluster, namespace
):
    foreign = cluster.create(a_map(namespace, a="theirs"))
    ref = Ref.of(foreign)

    with pytest.raises(Raced):
        cluster.delete(ref, uid="00000000-0000-4000-8000-000000000000")
    with pytest.raises(Conflict):
        cluster.apply(a_map(namespace, a="ours"))

    until(lambda: cluster.get(ref) == foreign)
