"""No unchecked name reaches the client (quality.md Q-06)."""

import pytest

from workloads.cluster.interface import Ref
from workloads.cluster.kinds import collection, path
from workloads.cluster.names import checked_uid

LWS = "leaderworkerset.x-k8s.io/v1"


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a..b", "A", "a b", "a%2fb", "a\n", "-a", None, 7]
)
def test_a_text_that_no_object_can_have_never_becomes_a_path(name):
    with pytest.raises(ValueError, match="no name"):
        path(Ref(LWS, "LeaderWorkerSet", name, "runai-p"))


@pytest.mark.parametrize("namespace", [".", "..", "a/b", "A"])
def test_a_namespace_is_checked_as_well(namespace):
    with pytest.raises(ValueError, match="no name"):
        path(Ref(LWS, "LeaderWorkerSet", "chat", namespace))


def test_a_namespaced_object_needs_its_namespace():
    with pytest.raises(ValueError, match="needs a namespace"):
        path(Ref("v1", "Pod", "chat-0"))


def test_paths_are_those_of_the_api():
    found = path(Ref(LWS, "LeaderWorkerSet", "chat", "runai-p"))

    assert found == (
        "/apis/leaderworkerset.x-k8s.io/v1/namespaces/runai-p/leaderworkersets/chat"
    )
    assert path(Ref("v1", "Namespace", "runai-p")) == "/api/v1/namespaces/runai-p"
    assert collection("v1", "Pod") == "/api/v1/pods"


@pytest.mark.parametrize("uid", ["", "a/b", "a b", None])
def test_a_deletion_names_one_object(uid):
    with pytest.raises(ValueError, match="no uid"):
        checked_uid(uid)
