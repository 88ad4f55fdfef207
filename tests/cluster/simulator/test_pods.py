"""The kubelet: stages, failures, logs and events of pods."""

import pytest

from tests.cluster.simulator.conftest import Space
from tests.support.simulator import MERGE, until

SERVING = {
    "ports": [{"name": "http", "containerPort": 8000}],
    "readinessProbe": {"tcpSocket": {"port": 8000}},
}


def waiting(space: Space, name: str):
    pod = space.pods().get(name, {})
    for container in pod.get("status", {}).get("containerStatuses", ()):
        return container["state"].get("waiting") or {}
    return {}


def log(space: Space, name: str, query: str = ""):
    return space.http("GET", f"{space.path('pods', name)}/log?{query}")


def test_a_pod_passes_all_its_stages(space: Space):
    space.apply(space.workload("chat", size=1, container=SERVING))
    space.available("chat")

    status = space.pods()["chat-0"]["status"]

    assert status["phase"] == "Running"
    assert status["podIP"]
    state = {c["type"]: c["status"] for c in status["conditions"]}
    assert state == dict.fromkeys(
        ("PodScheduled", "Initialized", "ContainersReady", "Ready"), "True"
    )
    until(
        lambda: (
            {"Scheduled", "Pulling", "Pulled", "Created", "Started"}
            <= space.reasons("Pod")
        )
    )


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("registry/does-not-exist:1", "not found"),
        ("registry/unauthorized:1", "401 Unauthorized"),
    ],
)
def test_an_image_that_cannot_be_pulled_says_why(space: Space, image, said):
    space.apply(space.workload("chat", size=1, image=image))

    found = until(
        lambda: (
            (state := waiting(space, "chat-0")).get("reason") == "ImagePullBackOff"
            and state
        )
    )

    assert said in found["message"]
    until(lambda: {"Failed", "BackOff"} <= space.reasons("Pod"))
    answer = log(space, "chat-0")
    assert answer.code == 400
    assert "trying and failing to pull image" in answer.body["message"]


def test_a_pull_error_heals_when_it_is_healed(space: Space, simulator):
    annotations = {"simulator/fail": "image-pull"}
    space.apply(space.workload("chat", size=1, annotations=annotations))
    until(lambda: waiting(space, "chat-0").get("reason") == "ImagePullBackOff")

    simulator.heal(space.name, "chat-0")

    space.available("chat")


def test_memory_that_ran_out_is_told_by_exit_code_and_log(space: Space, simulator):
    group = {"restartPolicy": "None"}
    space.apply(space.workload("chat", size=1, container=SERVING, group=group))
    space.available("chat")

    simulator.fail(space.name, "chat-0", "oom")

    def ended():
        status = space.pods()["chat-0"]["status"]["containerStatuses"][0]
        return (status.get("lastState") or {}).get("terminated")

    terminated = until(ended)
    assert (terminated["exitCode"], terminated["reason"]) == (137, "OOMKilled")
    lines = log(space, "chat-0", "previous=true").body.splitlines()
    assert lines[-1] == "Killed"


def test_a_workload_may_fail_in_one_role_until_it_is_healed(space: Space, simulator):
    group = {"restartPolicy": "None"}
    space.apply(space.workload("chat", group=group))
    space.available("chat")

    simulator.fail(space.name, "chat", "worker:crash")

    until(lambda: waiting(space, "chat-0-1").get("reason") == "CrashLoopBackOff")
    assert waiting(space, "chat-0") == {}
    simulator.heal(space.name, "chat")
    space.available("chat")


def test_a_pod_that_is_never_ready_runs_all_the_same(space: Space):
    annotations = {"simulator/fail": "never-ready"}
    space.apply(space.workload("chat", size=1, annotations=annotations))

    until(lambda: space.pods().get("chat-0", {}).get("status", {}).get("podIP"))

    status = space.pods()["chat-0"]["status"]
    assert status["containerStatuses"][0]["ready"] is False


def test_failing_a_pod_that_is_not_there_is_refused(space: Space, simulator):
    with pytest.raises(LookupError, match="no pod or workload"):
        simulator.fail(space.name, "nobody", "crash")
    with pytest.raises(ValueError, match="none of"):
        simulator.fail(space.name, "nobody", "boredom")


def test_a_log_tells_the_start_of_a_server(space: Space):
    space.apply(space.workload("chat", container=SERVING))
    space.available("chat")

    def listening():
        lines = log(space, "chat-0", "tailLines=1&timestamps=true").body
        return "listening on 0.0.0.0:8000" in lines and lines

    line = until(listening)
    time, _, text = line.partition(" ")
    assert text.strip() == "INFO server: listening on 0.0.0.0:8000"
    assert log(space, "chat-0", f"sinceTime={time}").body.strip() == text.strip()
    worker = log(space, "chat-0-1", "container=worker").body
    assert f"joining chat-0.chat.{space.name}" in worker


def test_a_log_of_several_containers_wants_a_name(space: Space):
    body = {
        "metadata": {"name": "two"},
        "spec": {"containers": [{"name": n, "image": "i"} for n in ("a", "b")]},
    }
    space.http("POST", space.path("pods"), body)

    answer = log(space, "two")

    assert answer.code == 400
    assert "choose one of: [a b]" in answer.body["message"]


def test_a_pod_without_a_scheduler_of_ours_is_bound_too(space: Space):
    body = {
        "metadata": {"name": "plain"},
        "spec": {"containers": [{"name": "a", "image": "i"}]},
    }
    space.http("POST", space.path("pods"), body)

    until(lambda: space.pods()["plain"]["status"]["phase"] == "Running")


def test_a_deleted_pod_terminates_before_it_is_gone(space: Space):
    body = {
        "metadata": {"name": "plain", "finalizers": ["example/hold"]},
        "spec": {"containers": [{"name": "a", "image": "i"}]},
    }
    space.http("POST", space.path("pods"), body)
    until(lambda: space.pods()["plain"]["status"]["phase"] == "Running")

    answer = space.http("DELETE", space.path("pods", "plain"))

    assert answer.body["metadata"]["deletionGracePeriodSeconds"] == 30
    until(lambda: "Killing" in space.reasons("Pod"))
    patch = {"metadata": {"finalizers": None}}
    space.http("PATCH", space.path("pods", "plain"), patch, MERGE)
    until(lambda: space.http("GET", space.path("pods", "plain")).code == 404)


def test_a_missing_secret_keeps_the_containers_from_starting(space: Space):
    source = {"secretKeyRef": {"name": "keys", "key": "token"}}
    container = {"env": [{"name": "TOKEN", "valueFrom": source}]}
    space.apply(space.workload("chat", size=1, container=container))

    def trouble(text: str):
        found = waiting(space, "chat-0")
        right = found.get("reason") == "CreateContainerConfigError"
        return right and found["message"] == text

    until(lambda: trouble('secret "keys" not found'))
    secret = {"metadata": {"name": "keys"}, "stringData": {"other": "x"}}
    space.http("POST", space.path("secrets"), secret)
    until(lambda: trouble(f"couldn't find key token in Secret {space.name}/keys"))
    patch = {"data": {"token": "eA=="}}
    space.http("PATCH", space.path("secrets", "keys"), patch, MERGE)
    space.available("chat")


@pytest.mark.parametrize(
    ("storage_class", "reason", "text"),
    [
        ("nowhere", "ProvisioningFailed", 'storageclass.storage.k8s.io "nowhere" not'),
        ("", "FailedBinding", "no persistent volumes available for this claim"),
    ],
)
def test_a_claim_that_cannot_be_bound_keeps_its_pod_waiting(
    space: Space, storage_class, reason, text
):
    claim = {
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": storage_class,
            "resources": {"requests": {"storage": "1G"}},
        },
    }
    space.http("POST", space.path("persistentvolumeclaims"), claim)
    volume = {"name": "v", "persistentVolumeClaim": {"claimName": "data"}}
    space.apply(space.workload("chat", size=1, pod={"volumes": [volume]}))

    events = until(lambda: space.events("PersistentVolumeClaim"))
    assert (events[0]["reason"], text in events[0]["message"]) == (reason, True)
    assert "unbound immediate PersistentVolumeClaims" in until(space.reason)["message"]


def test_the_volume_goes_with_its_claim(space: Space):
    claim = {
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1G"}},
        },
    }
    made = space.http("POST", space.path("persistentvolumeclaims"), claim).body
    volume = f"/api/v1/persistentvolumes/pvc-{made['metadata']['uid']}"
    path = space.path("persistentvolumeclaims", "data")
    until(lambda: space.http("GET", path).body["status"]["phase"] == "Bound")
    assert space.http("GET", volume).code == 200

    space.http("DELETE", path)

    until(lambda: space.http("GET", volume).code == 404)
