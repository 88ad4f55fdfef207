"""The stand-in for KAI: gangs, queues, preemption, and what it says when it cannot."""

from tests.cluster.simulator.conftest import Space, holds
from tests.support.simulator import MERGE, until

PREEMPTIBLE = {"kai.scheduler/preemptibility": "preemptible"}
FIRM = {"kai.scheduler/preemptibility": "non-preemptible"}


def on_pool(name: str):
    return {"kai.scheduler/node-pool": name}


def pool_queue(space: Space, pool: str, **said):
    """Make the project's queue one of a pool."""
    space.queue(space.name, **said)
    path = f"/apis/scheduling.run.ai/v2/queues/{space.name}"
    patch = {"metadata": {"labels": on_pool(pool)}}
    assert space.http("PATCH", path, patch, MERGE).code == 200


def test_a_group_is_one_pod_group_owned_by_the_workload(space: Space):
    space.apply(space.workload("chat", size=3))
    item = space.available("chat")

    group = space.groups()[0]

    uid = item["metadata"]["uid"]
    assert group["metadata"]["name"] == f"pg-chat-{uid}-group-0"
    assert group["metadata"]["ownerReferences"][0]["uid"] == uid
    assert group["spec"]["minMember"] == 3
    assert group["spec"]["subGroups"] == [
        {"name": "leader", "minMember": 1},
        {"name": "workers", "minMember": 2},
    ]
    worker = space.pods()["chat-0-1"]["metadata"]
    assert worker["annotations"]["pod-group-name"] == group["metadata"]["name"]
    assert worker["labels"]["kai.scheduler/subgroup-name"] == "workers"


def test_pods_go_to_the_nodes_of_their_pool(space: Space):
    pool_queue(space, "h100")
    space.apply(space.workload("chat", labels=on_pool("h100")))
    space.available("chat")

    nodes = {pod["spec"]["nodeName"] for pod in space.pods().values()}

    assert all(node.startswith("gpu-h100-") for node in nodes)


def test_firm_work_beyond_the_quota_waits_and_says_why(space: Space):
    space.queue(space.name, gpu=6)
    space.apply(space.workload("first", gpu=2, labels=FIRM))
    space.available("first")

    space.apply(space.workload("second", size=3, gpu=1, labels=FIRM))

    reason = until(space.reason)
    assert reason["reason"] == "NonPreemptibleOverQuota"
    assert reason["message"] == (
        "Non-preemptible workload is over quota. Workload requested 3 GPUs, but "
        f"{space.name} quota is 6 GPUs, while 4 GPUs are already allocated for "
        "non-preemptible pods. Use a preemptible workload to go over quota."
    )
    assert reason["details"]["queueDetails"]["name"] == space.name
    condition = reason["condition"]
    assert condition["type"] == "UnschedulableOnNodePool"
    assert condition["nodePool"] == "default"
    assert condition["message"].startswith("\nNonPreemptibleOverQuota.\n")


def test_the_quota_of_the_department_counts_too(space: Space):
    space.queue(f"{space.name}-dept", gpu=3)
    space.queue(space.name, gpu=10, parent=f"{space.name}-dept")

    space.apply(space.workload("chat", gpu=2, labels=FIRM))

    reason = until(space.reason)
    assert f"but {space.name}-dept quota is 3 GPUs, while 0 GPUs" in reason["message"]


def test_the_limit_holds_for_preemptible_work_too(space: Space):
    space.queue(space.name, limit=3)

    space.apply(space.workload("chat", gpu=2, labels=PREEMPTIBLE))

    reason = until(space.reason)
    assert reason["reason"] == "OverLimit"
    assert reason["message"] == (
        f"{space.name} quota has reached the allowable limit of GPUs. Limit is 3 GPUs, "
        "currently 0 GPUs allocated and workload requested 4 GPUs"
    )
    assert reason["details"]["queueDetails"]["queueResourceLimits"] == {
        "nvidia.com/gpu": "3",
        "cpu": "-1m",
        "memory": "-1",
    }


def test_preemptible_work_may_go_beyond_the_quota(space: Space):
    space.queue(space.name, gpu=1)

    space.apply(space.workload("chat", gpu=2, labels=PREEMPTIBLE))

    assert holds(space.available("chat"))


def test_a_missing_queue_is_named(space: Space):
    space.apply(space.workload("chat", queue="no-such-queue"))

    reason = until(space.reason)
    assert reason["reason"] == "QueueDoesNotExist"
    assert reason["message"] == "Queue 'no-such-queue' does not exist"


def test_a_gang_that_does_not_fit_takes_nothing(space: Space):
    space.apply(space.workload("huge", size=40, gpu=8))

    reason = until(space.reason)
    assert reason["reason"] == "PodSchedulingErrors"
    assert "sub-group workers requires 39 pods for gang scheduling" in reason["message"]
    assert reason["message"].endswith("4 node(s) didn't have enough resources: GPUs.")
    assert all("nodeName" not in pod["spec"] for pod in space.pods().values())
    pod = space.pods()["huge-0"]
    assert pod["status"]["conditions"][0]["reason"] == "Unschedulable"


def test_the_condition_goes_with_the_reason(space: Space):
    space.queue(space.name, gpu=1)
    space.apply(space.workload("chat", labels=FIRM))
    until(space.reason)

    space.queue(space.name, gpu=2)

    space.available("chat")
    until(lambda: space.reason() is None)


def test_a_pool_that_nobody_serves_leaves_no_trace(space: Space):
    pool_queue(space, "nowhere")
    space.apply(space.workload("chat", labels=on_pool("nowhere")))

    until(lambda: space.groups() and len(space.pods()) == 2)
    assert space.reason() is None
    assert "conditions" not in space.pods()["chat-0"]["status"]


def test_higher_priority_evicts_a_whole_group_of_its_queue(space: Space):
    pool_queue(space, "a100")
    labels = PREEMPTIBLE | on_pool("a100")
    space.apply(space.workload("low", size=4, gpu=8, priority="train", labels=labels))
    space.available("low")

    space.apply(space.workload("high", size=2, gpu=8, priority="build", labels=labels))

    space.available("high")
    evictions = [e for e in space.events("PodGroup") if e["reason"] == "Evict"]
    marks = evictions[0]["metadata"]["annotations"]
    assert len(evictions) == 4
    assert marks["evictor-action-type"] == "preempt"
    assert marks["evictor-pod-group-namespace"] == space.name
    assert (
        f"was preempted by higher priority workload {space.name}/pg-high-"
        in (evictions[0]["message"])
    )
    until(lambda: "nodeName" not in space.pods("low")["low-0"]["spec"])


def test_the_group_may_be_moved_to_another_pool(space: Space):
    pool_queue(space, "h100")
    space.queue(f"{space.name}-default")
    space.apply(space.workload("chat", gpu=9, labels=on_pool("h100")))
    until(space.reason)
    group = space.groups()[0]["metadata"]["name"]
    path = space.path("podgroups", group, "/apis/scheduling.run.ai/v2alpha2")

    space.http("PATCH", path, {"spec": {"schedulingBackoff": 1}}, MERGE)
    patch = {
        "metadata": {"labels": {"kai.scheduler/node-pool": None}},
        "spec": {"queue": f"{space.name}-default"},
    }
    space.http("PATCH", path, patch, MERGE)

    def moved():
        found = space.reason()
        return found and found["condition"]["nodePool"] == "default" and found

    message = until(moved)["condition"]["message"]
    assert message.startswith("Node-Pool 'default': \nPodSchedulingErrors.\n")


def test_taints_and_affinity_are_obeyed(space: Space):
    affinity = {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [
                    {
                        "matchExpressions": [
                            {
                                "key": "run.ai/type",
                                "operator": "In",
                                "values": ["dgx-nowhere"],
                            }
                        ]
                    }
                ]
            }
        }
    }
    space.apply(space.workload("chat", pod={"affinity": affinity}))

    message = until(space.reason)["message"]
    assert "4 node(s) didn't match Pod's node affinity/selector" in message


def test_fractions_share_a_device_and_are_counted(space: Space):
    annotations = {"gpu-fraction": "0.25"}
    container = {"resources": {}}
    space.apply(space.workload("half", annotations=annotations, container=container))
    space.available("half")

    def allocated():
        path = f"/apis/scheduling.run.ai/v2/queues/{space.name}"
        status = space.http("GET", path).body.get("status") or {}
        return (status.get("allocated") or {}).get("nvidia.com/gpu")

    until(lambda: allocated() == "500m")


def test_unschedulable_may_be_caused_by_annotation(space: Space):
    annotations = {"simulator/fail": "unschedulable"}
    space.apply(space.workload("chat", annotations=annotations))

    assert until(space.reason)["reason"] == "PodSchedulingErrors"


def test_the_queue_tells_what_is_asked_for_and_what_is_held(space: Space):
    space.queue(space.name, gpu=2)
    space.apply(space.workload("first", labels=FIRM))
    space.available("first")
    space.apply(space.workload("second", labels=FIRM))

    def status():
        path = f"/apis/scheduling.run.ai/v2/queues/{space.name}"
        return space.http("GET", path).body.get("status") or {}

    gpu = "nvidia.com/gpu"
    until(lambda: (status().get("requested") or {}).get(gpu) == "4")
    assert status()["allocated"][gpu] == "2"
    assert status()["allocatedNonPreemptible"][gpu] == "2"


def test_a_leader_whose_workers_never_come_is_called_stale(space: Space):
    annotations = {"simulator/fail": "never-ready"}
    spec = {"startupPolicy": "LeaderReady"}
    space.apply(space.workload("slow", annotations=annotations, spec=spec))

    until(lambda: "StaleJob" in space.reasons("PodGroup"))
    leader = space.pods()["slow-0"]["metadata"]["uid"]
    until(
        lambda: (
            space.pods().get("slow-0", {"metadata": {"uid": leader}})["metadata"]["uid"]
            != leader
        )
    )
