"""What the server says that it serves."""

import pytest

from workloads.cluster.kinds import KINDS
from workloads.cluster.kinds import LWS as LWS_API

LWS = f"/apis/{LWS_API}"
VERBS = {"create", "delete", "get", "list", "patch", "update", "watch"}


def resources(http, api):
    path = f"/apis/{api}" if "/" in api else f"/api/{api}"
    return {each["name"]: each for each in http("GET", path).body["resources"]}


@pytest.mark.parametrize(("api", "kind"), KINDS, ids=[kind for _, kind in KINDS])
def test_every_kind_that_the_portal_speaks_of_is_served(http, api, kind):
    told = KINDS[(api, kind)]

    found = resources(http, api)[told.plural]

    assert (found["kind"], found["namespaced"]) == (kind, told.namespaced)
    assert set(found["verbs"]) >= VERBS


def test_groups_name_their_preferred_version(http):
    groups = {each["name"]: each for each in http("GET", "/apis").body["groups"]}

    wanted = {api.split("/")[0]: api for api, _ in KINDS if "/" in api}
    wanted.pop("scheduling.run.ai")
    told = {name: groups[name]["preferredVersion"]["groupVersion"] for name in wanted}
    assert told == wanted


def test_sets_have_a_scale_and_pods_have_logs(http):
    assert "leaderworkersets/scale" in resources(http, LWS_API)
    assert {"pods/log", "pods/binding", "pods/eviction"} <= set(resources(http, "v1"))


def test_short_names_are_told(http):
    assert resources(http, LWS_API)["leaderworkersets"]["shortNames"] == ["lws"]
    assert resources(http, "v1")["pods"]["shortNames"] == ["po"]


def test_the_version_is_one_that_the_client_knows(cluster):
    assert cluster.version().startswith("v1.36.3")


@pytest.mark.parametrize("path", ["/apis/example.org/v1/things", f"{LWS}/things"])
def test_what_is_not_served_is_not_found(http, path):
    answer = http("GET", path)

    assert (answer.code, answer.body) == (404, "404 page not found\n")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/livez"])
def test_it_says_that_it_is_well(http, path):
    assert (http("GET", path).code, http("GET", path).body) == (200, "ok")


def test_a_stranger_is_nobody(server):
    answer = server.http(token="nobody")("GET", "/api/v1/pods")

    assert (answer.code, answer.body["message"]) == (401, "Unauthorized")


def test_the_inventory_is_the_same(cluster):
    found = cluster.inventory()

    assert found["lws"] is True
    assert {"partition", "volumeClaimTemplates"} <= set(found["lwsFeatures"])
    assert found["storageClasses"] == ["fast", "standard"]
    assert found["pools"]["h100"] == {"nodes": 6, "gpus": 48}
