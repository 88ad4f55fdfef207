"""The API as clients see it: objects, lists, patches, apply, deletion."""

import pytest

from tests.cluster.simulator.conftest import LWS, Space
from tests.support.simulator import APPLY, MERGE, Http, until

JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


def config(name: str = "a", **data: str):
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name},
        "data": data,
    }


def test_without_a_token_nothing_is_answered(simulator):
    answer = Http(simulator.url, "wrong")("GET", "/api/v1/nodes")

    assert (answer.code, answer.body["message"]) == (401, "Unauthorized")


def test_the_token_may_stand_in_the_path_for_kubectl(simulator):
    http = Http(f"{simulator.url}/token/{simulator.token}", "wrong")

    assert http("GET", "/version").body["minor"] == "36"


def test_discovery_lists_kinds_short_names_and_the_scale(http: Http):
    resources = {r["name"]: r for r in http("GET", LWS).body["resources"]}

    assert resources["leaderworkersets"]["shortNames"] == ["lws"]
    assert resources["leaderworkersets/scale"]["kind"] == "Scale"
    assert "status" in " ".join(resources)


def test_the_definition_tells_the_version_of_the_leader_worker_set(http: Http):
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    body = http("GET", f"{path}/leaderworkersets.leaderworkerset.x-k8s.io").body

    schema = body["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    spec = schema["spec"]["properties"]
    assert "volumeClaimTemplates" in spec["leaderWorkerTemplate"]["properties"]
    update = spec["rolloutStrategy"]["properties"]["rollingUpdateConfiguration"]
    assert "partition" in update["properties"]
    assert "observedGeneration" in schema["status"]["properties"]


def test_an_object_gets_uid_version_and_time(space: Space):
    made = space.http("POST", space.path("configmaps"), config())

    assert made.code == 201
    assert {"uid", "resourceVersion", "creationTimestamp"} <= made.body[
        "metadata"
    ].keys()
    again = space.http("POST", space.path("configmaps"), config())
    assert (again.code, again.body["reason"]) == (409, "AlreadyExists")


def test_a_name_may_be_generated(space: Space):
    body = {"metadata": {"generateName": "run-"}}

    name = space.http("POST", space.path("configmaps"), body).body["metadata"]["name"]

    assert name.startswith("run-")
    assert len(name) > 4


def test_nothing_is_made_in_a_namespace_that_is_not_there(http: Http):
    answer = http("POST", "/api/v1/namespaces/nowhere/configmaps", config())

    assert answer.code == 404
    assert answer.body["message"] == 'namespaces "nowhere" not found'


def test_a_stale_write_is_a_conflict(space: Space):
    made = space.http("POST", space.path("configmaps"), config()).body
    path = space.path("configmaps", "a")
    space.http("PATCH", path, {"data": {"k": "1"}}, MERGE)

    answer = space.http("PUT", path, made)

    assert (answer.code, answer.body["reason"]) == (409, "Conflict")


def test_only_the_spec_makes_a_new_generation(space: Space):
    space.apply(space.workload("chat", replicas=0))
    first = space.get("chat")["metadata"]["generation"]

    space.http("PATCH", space.lws("chat"), {"metadata": {"labels": {"a": "b"}}}, MERGE)
    second = space.get("chat")["metadata"]["generation"]
    space.http("PATCH", space.lws("chat"), {"spec": {"replicas": 1}}, MERGE)

    third = space.get("chat")["metadata"]["generation"]
    assert (first, second, third) == (1, 1, 2)


def test_status_and_spec_are_written_apart(space: Space):
    pool = {"metadata": {"name": "g"}, "spec": {"a": 1}, "status": {"b": 1}}
    base = space.path("podgroups", base="/apis/scheduling.run.ai/v2alpha2")
    space.http("POST", base, pool)

    patch = {"spec": {"a": 2}, "status": {"b": 2}}
    space.http("PATCH", f"{base}/g/status", patch, MERGE)

    body = space.http("GET", f"{base}/g").body
    assert (body["spec"], body["status"]) == ({"a": 1}, {"b": 2})


@pytest.mark.parametrize(
    ("content_type", "patch", "env"),
    [
        (MERGE, {"spec": {"containers": [{"name": "x"}]}}, [["x"]]),
        (STRATEGIC, {"spec": {"containers": [{"name": "b"}]}}, [["a", "b"]]),
        (
            STRATEGIC,
            {"spec": {"containers": [{"$patch": "delete", "name": "a"}]}},
            [[]],
        ),
        (
            JSON_PATCH,
            [{"op": "add", "path": "/spec/containers/0", "value": {"name": "z"}}],
            [["z", "a"]],
        ),
    ],
    ids=["merge replaces", "strategic adds", "strategic deletes", "json inserts"],
)
def test_a_patch_treats_lists_as_its_kind_does(space: Space, content_type, patch, env):
    body = {
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "a", "image": "i"}]},
    }
    space.http("POST", space.path("pods"), body)

    answer = space.http(
        "PATCH", f"{space.path('pods', 'p')}?dryRun=All", patch, content_type
    )

    assert [[c["name"] for c in answer.body["spec"]["containers"]]] == env


def test_labels_and_fields_select(space: Space):
    for name, tier in (("a", "x"), ("b", "y"), ("c", "")):
        body = config(name)
        body["metadata"]["labels"] = {"tier": tier} if tier else {}
        space.http("POST", space.path("configmaps"), body)

    def names(query: str):
        found = space.http.items(f"{space.path('configmaps')}?{query}")
        return [item["metadata"]["name"] for item in found]

    assert names("labelSelector=tier=x") == ["a"]
    assert names("labelSelector=tier%20in%20(x,y)") == ["a", "b"]
    assert names("labelSelector=tier!=x") == ["b", "c"]
    assert names("labelSelector=!tier") == ["c"]
    assert names("fieldSelector=metadata.name=b") == ["b"]


def test_a_list_comes_in_pages_and_an_old_page_is_gone(space: Space, simulator):
    for number in range(5):
        space.http("POST", space.path("configmaps"), config(f"c{number}"))

    page = space.http("GET", f"{space.path('configmaps')}?limit=2").body
    token = page["metadata"]["continue"]
    rest = space.http("GET", f"{space.path('configmaps')}?limit=9&continue={token}")

    names = [item["metadata"]["name"] for item in page["items"] + rest.body["items"]]
    assert names == ["c0", "c1", "c2", "c3", "c4"]
    assert page["metadata"]["remainingItemCount"] == 3
    space.http("POST", space.path("configmaps"), config("more"))
    simulator.fault(do="expire")
    old = space.http("GET", f"{space.path('configmaps')}?continue={token}")
    assert (old.code, old.body["reason"]) == (410, "Expired")


def test_secrets_may_be_listed_without_their_values(space: Space):
    body = {"metadata": {"name": "s"}, "stringData": {"key": "hidden"}}
    space.http("POST", space.path("secrets"), body)

    accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    answer = space.http.send(
        space.path("secrets"), None, "", method="GET", accept=accept
    )

    assert answer.body["kind"] == "PartialObjectMetadataList"
    assert set(answer.body["items"][0]) == {"kind", "apiVersion", "metadata"}


def test_apply_owns_what_it_says_and_removes_what_it_no_longer_says(space: Space):
    path = space.path("configmaps", "a")
    first = space.http.apply(path, config(x="1", y="1"))
    same = space.http.apply(path, config(x="1", y="1"))

    second = space.http.apply(path, config(x="1"))

    assert (first.code, same.code) == (201, 200)
    assert (
        same.body["metadata"]["resourceVersion"]
        == (first.body["metadata"]["resourceVersion"])
    )
    assert second.body["data"] == {"x": "1"}


def test_apply_names_the_manager_of_a_contested_field_and_force_takes_it(space: Space):
    path = space.path("configmaps", "a")
    space.http.apply(path, config(x="1"), fieldManager="other")

    refused = space.http.apply(path, config(x="2"))
    forced = space.http.apply(path, config(x="2"), force="true")

    assert refused.code == 409
    assert refused.causes == [(".data.x", 'conflict with "other"')]
    assert forced.body["data"] == {"x": "2"}
    managers = {entry["manager"] for entry in forced.body["metadata"]["managedFields"]}
    assert managers == {"runai-portal"}


def test_applying_the_same_again_writes_nothing_whoever_else_wrote(space: Space):
    path = space.path("configmaps", "a")
    space.http.apply(path, config(x="1"))
    written = space.http("PATCH", path, {"data": {"y": "1"}}, MERGE).body

    again = space.http.apply(path, config(x="1")).body

    assert again == written


def test_what_two_managers_say_alike_stays_when_one_lets_go(space: Space):
    path = space.path("configmaps", "a")
    space.http.apply(path, config(x="1", y="1"))
    space.http.apply(path, config(y="1"), fieldManager="other")

    left = space.http.apply(path, config(x="1"))

    assert left.body["data"] == {"x": "1", "y": "1"}


def test_a_write_through_scale_conflicts_with_a_later_apply(space: Space):
    space.apply(space.workload("chat", replicas=0))
    scale = space.http("GET", f"{space.lws('chat')}/scale").body
    patch = {"spec": {"replicas": 2}}
    query = "?fieldManager=scaler"
    space.http("PATCH", f"{space.lws('chat')}/scale{query}", patch, MERGE)

    refused = space.apply(space.workload("chat", replicas=1))
    alike = space.apply(space.workload("chat", replicas=2))

    assert scale["spec"] == {"replicas": 0}
    assert refused.causes == [
        (
            ".spec.replicas",
            'conflict with "scaler" with subresource "scale" using '
            "leaderworkerset.x-k8s.io/v1",
        )
    ]
    assert alike.code == 200


def test_apply_merges_containers_by_name(space: Space):
    space.apply(space.workload("chat", replicas=0))
    extra = {"name": "side", "image": "registry/side:1"}
    body = {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "metadata": {"name": "chat"},
        "spec": {
            "leaderWorkerTemplate": {
                "workerTemplate": {"spec": {"containers": [extra]}}
            }
        },
    }
    space.http.apply(space.lws("chat"), body, fieldManager="other")

    again = space.apply(space.workload("chat", replicas=0, image="registry/server:2"))

    template = again.body["spec"]["leaderWorkerTemplate"]["workerTemplate"]
    images = {c["name"]: c["image"] for c in template["spec"]["containers"]}
    assert images == {"worker": "registry/server:2", "side": "registry/side:1"}


def test_apply_with_a_uid_makes_no_object_again(space: Space):
    body = config(x="1")
    body["metadata"]["uid"] = "11111111-1111-1111-1111-111111111111"

    answer = space.http.apply(space.path("configmaps", "a"), body, force="true")

    assert (answer.code, answer.body["reason"]) == (409, "Conflict")


def test_a_dry_run_changes_nothing(space: Space):
    answer = space.apply(space.workload("chat"), dryRun="All")

    assert answer.code == 201
    assert space.http("GET", space.lws("chat")).code == 404


def test_deleting_an_owner_takes_its_dependents(space: Space):
    owner = space.http("POST", space.path("configmaps"), config("anchor")).body
    child = config("child")
    child["metadata"]["ownerReferences"] = [reference(owner)]
    space.http("POST", space.path("configmaps"), child)

    answer = space.http("DELETE", space.path("configmaps", "anchor"))

    assert answer.body["status"] == "Success"
    until(lambda: space.http("GET", space.path("configmaps", "child")).code == 404)


def test_orphans_stay_and_forget_their_owner(space: Space):
    owner = space.http("POST", space.path("configmaps"), config("anchor")).body
    child = config("child")
    child["metadata"]["ownerReferences"] = [reference(owner)]
    space.http("POST", space.path("configmaps"), child)

    options = {"propagationPolicy": "Orphan"}
    space.http("DELETE", space.path("configmaps", "anchor"), options)

    until(lambda: space.http("GET", space.path("configmaps", "anchor")).code == 404)
    child = space.http("GET", space.path("configmaps", "child")).body
    assert "ownerReferences" not in child["metadata"]


def test_in_foreground_the_anchor_goes_last(space: Space):
    owner = space.http("POST", space.path("configmaps"), config("anchor")).body
    body = space.workload("chat", size=3)
    body["metadata"]["ownerReferences"] = [reference(owner)]
    space.apply(body)
    space.available("chat")

    options = {"propagationPolicy": "Foreground"}
    answer = space.http("DELETE", space.path("configmaps", "anchor"), options)

    assert answer.body["metadata"]["finalizers"] == ["foregroundDeletion"]
    until(lambda: space.http("GET", space.path("configmaps", "anchor")).code == 404)
    assert space.http("GET", space.lws("chat")).code == 404
    assert space.pods() == {}


def test_a_finalizer_holds_an_object_until_it_is_taken_away(space: Space):
    body = config("held")
    body["metadata"]["finalizers"] = ["example/hold"]
    space.http("POST", space.path("configmaps"), body)
    path = space.path("configmaps", "held")

    space.http("DELETE", path)

    assert "deletionTimestamp" in space.http("GET", path).body["metadata"]
    space.http("PATCH", path, {"metadata": {"finalizers": None}}, MERGE)
    assert space.http("GET", path).code == 404


def test_a_precondition_protects_another_object_of_that_name(space: Space):
    space.http("POST", space.path("configmaps"), config())

    options = {"preconditions": {"uid": "another"}}
    answer = space.http("DELETE", space.path("configmaps", "a"), options)

    assert answer.code == 409
    assert space.http("GET", space.path("configmaps", "a")).code == 200


def test_a_namespace_goes_with_everything_in_it(http: Http):
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "brief"}}
    http.apply("/api/v1/namespaces/brief", body)
    http("POST", "/api/v1/namespaces/brief/configmaps", config())

    http("DELETE", "/api/v1/namespaces/brief")

    until(lambda: http("GET", "/api/v1/namespaces/brief").code == 404)
    assert http.items("/api/v1/namespaces/brief/configmaps") == []


def test_an_access_review_is_allowed(http: Http):
    body = {"spec": {"resourceAttributes": {"verb": "list", "resource": "pods"}}}
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

    assert http("POST", path, body).body["status"]["allowed"] is True


def test_yaml_is_read_as_well(space: Space):
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y}\ndata: {a: b}\n"

    where = space.path("configmaps", "y") + "?fieldManager=tests"
    answer = space.http.send(where, text, APPLY)

    assert answer.body["data"] == {"a": "b"}


def test_a_body_in_protobuf_is_not_taken(space: Space):
    answer = space.http.send(
        space.path("configmaps"),
        "k8s",
        "application/vnd.kubernetes.protobuf",
        method="POST",
    )

    assert (answer.code, answer.body["reason"]) == (415, "UnsupportedMediaType")


def reference(owner):
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": False,
        "blockOwnerDeletion": True,
    }
