"""LeaderWorkerSets become groups of pods, as the real controller makes them."""

from tests.cluster.simulator.conftest import Space, holds
from tests.support.simulator import MERGE, until

PREFIX = "leaderworkerset.sigs.k8s.io/"


def test_a_workload_becomes_leaders_workers_sets_and_a_service(space: Space):
    space.apply(space.workload("chat", replicas=2, size=3))

    item = space.available("chat")

    pods = space.pods("chat")
    assert sorted(pods) == [
        *("chat-0", "chat-0-1", "chat-0-2"),
        *("chat-1", "chat-1-1", "chat-1-2"),
    ]
    sets = space.http.items(space.path("statefulsets", base="/apis/apps/v1"))
    assert sorted(found["metadata"]["name"] for found in sets) == [
        "chat",
        "chat-0",
        "chat-1",
    ]
    service = space.http("GET", space.path("services", "chat")).body
    assert service["spec"]["clusterIP"] == "None"
    status = item["status"]
    assert (status["replicas"], status["readyReplicas"]) == (2, 2)
    assert status["updatedReplicas"] == 2


def test_every_container_knows_its_place_in_the_group_first(space: Space):
    mine = {"env": [{"name": "LWS_GROUP_SIZE", "value": "9"}, {"name": "A"}]}
    space.apply(space.workload("chat", container=mine))
    space.available("chat")

    worker = space.pods()["chat-0-1"]

    env = worker["spec"]["containers"][0]["env"]
    assert env[:3] == [
        {"name": "LWS_LEADER_ADDRESS", "value": f"chat-0.chat.{space.name}"},
        {"name": "LWS_GROUP_SIZE", "value": "2"},
        {"name": "LWS_WORKER_INDEX", "value": "1"},
    ]
    assert [entry["name"] for entry in env[3:]] == ["A"]
    labels = worker["metadata"]["labels"]
    assert labels[f"{PREFIX}group-index"] == "0"
    assert labels[f"{PREFIX}worker-index"] == "1"


def test_workers_belong_to_the_leader_pod(space: Space):
    space.apply(space.workload("chat"))
    space.available("chat")

    workers = space.http("GET", space.path("statefulsets", "chat-0", "/apis/apps/v1"))

    leader = space.pods()["chat-0"]["metadata"]["uid"]
    assert workers.body["metadata"]["ownerReferences"][0]["uid"] == leader


def test_with_leader_ready_workers_wait_for_the_leader(space: Space):
    annotations = {"simulator/fail": "never-ready"}
    spec = {"startupPolicy": "LeaderReady"}
    space.apply(space.workload("slow", annotations=annotations, spec=spec))

    until(lambda: space.pods().get("slow-0", {}).get("status", {}).get("podIP"))
    assert sorted(space.pods()) == ["slow-0"]

    patch = {"metadata": {"annotations": {"simulator/fail": None}}}
    space.http("PATCH", space.path("pods", "slow-0"), patch, MERGE)
    until(lambda: "slow-0-1" in space.pods())


def test_a_restarted_container_recreates_the_whole_group(space: Space, simulator):
    space.apply(space.workload("chat", size=3))
    space.available("chat")
    before = {pod["metadata"]["uid"] for pod in space.pods().values()}

    simulator.fail(space.name, "chat-0-1", "crash")

    until(lambda: "RecreateGroup" in space.reasons("LeaderWorkerSet"))
    until(
        lambda: (
            before.isdisjoint(pod["metadata"]["uid"] for pod in space.pods().values())
            and holds(space.get("chat"))
        )
    )
    texts = [event["message"] for event in space.events("LeaderWorkerSet")]
    said = "Worker pod chat-0-1 failed, deleted leader pod chat-0 to recreate group 0"
    assert said in texts


def test_without_a_restart_policy_a_crash_loop_is_visible(space: Space, simulator):
    space.apply(space.workload("chat", group={"restartPolicy": "None"}))
    space.available("chat")
    uid = space.pods()["chat-0-1"]["metadata"]["uid"]

    simulator.fail(space.name, "chat-0-1", "crash")

    def looping():
        status = space.pods()["chat-0-1"]["status"]["containerStatuses"][0]
        waiting = status["state"].get("waiting") or {}
        return waiting.get("reason") == "CrashLoopBackOff" and status

    status = until(looping)
    assert status["lastState"]["terminated"]["exitCode"] == 1
    assert space.pods()["chat-0-1"]["metadata"]["uid"] == uid
    simulator.heal(space.name, "chat-0-1")
    space.available("chat")


def test_a_new_template_rolls_groups_from_the_highest_down(space: Space):
    space.apply(space.workload("chat", replicas=3))
    space.available("chat")
    old = space.pods()

    space.apply(space.workload("chat", replicas=3, image="registry/server:2"))

    item = space.available("chat")
    fresh = space.pods()
    images = {pod["spec"]["containers"][0]["image"] for pod in fresh.values()}
    assert images == {"registry/server:2"}
    assert old["chat-0"]["metadata"]["uid"] != fresh["chat-0"]["metadata"]["uid"]
    events = sorted(space.events("LeaderWorkerSet"), key=lambda e: e["eventTime"])
    texts = [event["message"] for event in events]
    assert [t for t in texts if t.startswith("Updating")] == [
        "Updating replica 2",
        "Updating replica 1",
        "Updating replica 0",
    ]
    assert item["status"]["updatedReplicas"] == 3


def test_a_partition_keeps_the_lower_groups(space: Space):
    def rollout(image: str):
        update = {"rollingUpdateConfiguration": {"partition": 1}}
        spec = {"rolloutStrategy": update}
        return space.workload("chat", replicas=2, image=image, spec=spec)

    space.apply(rollout("registry/server:1"))
    space.available("chat")

    space.apply(rollout("registry/server:2"))
    space.available("chat")

    pods = space.pods()
    images = [pods[name]["spec"]["containers"][0]["image"] for name in sorted(pods)]
    assert [image[-1] for image in images] == ["1", "1", "2", "2"]


def test_a_surge_group_exists_only_during_the_update(space: Space):
    update = {"maxUnavailable": 0, "maxSurge": 1}
    spec = {"rolloutStrategy": {"rollingUpdateConfiguration": update}}
    space.apply(space.workload("chat", spec=spec))
    space.available("chat")

    space.apply(space.workload("chat", spec=spec, image="registry/server:2"))

    until(lambda: "chat-1" in space.pods())
    space.available("chat")
    until(lambda: sorted(space.pods()) == ["chat-0", "chat-0-1"])


def test_scaling_down_removes_the_highest_groups(space: Space):
    space.apply(space.workload("chat", replicas=3))
    space.available("chat")
    kept = space.pods()["chat-0"]["metadata"]["uid"]

    space.apply(space.workload("chat", replicas=1))

    until(lambda: sorted(space.pods()) == ["chat-0", "chat-0-1"])
    assert space.pods()["chat-0"]["metadata"]["uid"] == kept


def test_without_replicas_it_is_available_and_counts_are_absent(space: Space):
    space.apply(space.workload("none", replicas=0))

    status = space.available("none")["status"]

    assert "replicas" not in status
    assert "readyReplicas" not in status


def test_a_foreign_service_of_that_name_is_left_alone(space: Space):
    service = {"metadata": {"name": "chat"}, "spec": {"ports": [{"port": 80}]}}
    space.http("POST", space.path("services"), service)

    space.apply(space.workload("chat"))
    space.available("chat")

    found = space.http("GET", space.path("services", "chat")).body
    assert "ownerReferences" not in found["metadata"]


def test_names_that_collide_are_told_and_the_first_stays_healthy(space: Space):
    space.apply(space.workload("x"))
    space.available("x")

    space.apply(space.workload("x-0"))

    until(lambda: "FailedUpdate" in space.reasons("LeaderWorkerSet"))
    assert "status" not in space.get("x-0")
    assert holds(space.get("x"))


def test_claims_are_made_for_every_pod_and_bound(space: Space):
    claim = {
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1G"}},
        },
    }
    space.apply(space.workload("chat", group={"volumeClaimTemplates": [claim]}))
    space.available("chat")

    def phases():
        found = space.http.items(space.path("persistentvolumeclaims"))
        return {c["metadata"]["name"]: c["status"]["phase"] for c in found}

    until(lambda: phases() == {"data-chat-0": "Bound", "data-chat-0-1": "Bound"})
