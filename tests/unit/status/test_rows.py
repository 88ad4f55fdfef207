"""The table of kubernetes.md §4, one row after the other."""

import pytest

from tests.unit.status.support import (
    a_pod,
    a_pod_group,
    a_set,
    ago,
    an_end,
    an_event,
    failing,
    leaving,
    observe,
    probing,
    ready,
    unscheduled,
    written,
)
from workloads.status import Before

RAN = Before("Running", ago(hours=1), 1, 1, ever_running=True)
GROUP_OF_2 = (ready(0), ready(0, 1))
THREE = {"replicas": 3}
TWO_OF_THREE = [*GROUP_OF_2, ready(1), ready(1, 1)]
REQUEUED = "Non-preemptible workload is over quota. Workload requested 16 GPUs, but "
CASES = {
    "0 not sent yet": (
        {"applied_generation": None, "lws": None, "lws_seen": False},
        ("Creating", "Sending to the cluster"),
    ),
    "0 not sent yet, and the last try failed": (
        {"applied_generation": None, "last_error": "connection refused"},
        ("Creating", "Sending to the cluster: connection refused"),
    ),
    "0 the project is not there": (
        {
            "applied_generation": None,
            "waiting_for": "the project's namespace: quota refused",
        },
        ("Creating", "Waiting for the project's namespace: quota refused"),
    ),
    "1 the cluster is silent": (
        {"heard_at": ago(minutes=5), "pods": GROUP_OF_2, "before": RAN},
        ("Unknown", "Cluster not reporting since 11:55 UTC; it was Running then"),
    ),
    "1 the cluster was never heard": (
        {"heard_at": None},
        ("Unknown", "Cluster not reporting yet"),
    ),
    "2 deleted": (
        {"desired": "deleted", "pods": [leaving(), leaving(0, 1)]},
        ("Deleting", "Removing 2 pods"),
    ),
    "2 deleted, and held back": (
        {
            "desired": "deleted",
            "lws": {
                "kind": "LeaderWorkerSet",
                "metadata": {
                    "name": "chat",
                    "deletionTimestamp": written(ago(minutes=6)),
                    "finalizers": ["foregroundDeletion", "example.org/hold"],
                },
            },
        },
        ("Deleting", "LeaderWorkerSet chat is held by example.org/hold"),
    ),
    "3 refused": (
        {"refused": "leader.image: must not be empty", "pods": GROUP_OF_2},
        ("Failed", "leader.image: must not be empty"),
    ),
    "3 refused at once": (
        {"refused": "not allowed", "applied_generation": None},
        ("Failed", "not allowed"),
    ),
    "4 taken away by others": (
        {"lws": None},
        ("Failed", "Removed from the cluster outside the portal"),
    ),
    "5 stopping": (
        {"desired": "stopped", "replicas": 2, "pods": [leaving(), leaving(0, 1)]},
        ("Stopping", "2 pods terminating"),
    ),
    "6 stopped": ({"desired": "stopped"}, ("Stopped", "")),
    "7 no status yet": (
        {"lws": {"metadata": {}}, "applied_at": ago(seconds=3)},
        ("Creating", ""),
    ),
    "7 behind, and it ran before": (
        {
            "lws": a_set("Available", generation=2, seen=1),
            "applied_at": ago(seconds=3),
            "before": RAN,
            "pods": GROUP_OF_2,
        },
        ("Updating", ""),
    ),
    "7 behind, and it was stopped before": (
        {
            "lws": a_set("Available", generation=2, seen=1),
            "applied_at": ago(seconds=3),
            "before": Before("Stopped", ago(hours=1), 0, 1, ever_running=True),
        },
        ("Resuming", ""),
    ),
    "8 no leader can be made": (
        {
            "applied_at": ago(minutes=5),
            "events": [
                an_event(
                    "StatefulSet",
                    "chat",
                    "FailedCreate",
                    'create Pod chat-0 in StatefulSet chat failed error: pods "chat-0" '
                    "is forbidden: exceeded quota: gpus",
                    at=ago(minutes=4),
                    warning=True,
                )
            ],
        },
        ("Creating", 'pods "chat-0" is forbidden: exceeded quota: gpus'),
    ),
    "8 no leader can be made for long": (
        {
            "events": [
                an_event(
                    "LeaderWorkerSet",
                    "chat",
                    "FailedCreate",
                    "Failed to create leader statefulset chat: invalid",
                    at=ago(minutes=minutes),
                    warning=True,
                )
                for minutes in (11, 1)
            ],
        },
        ("Failed", "Failed to create leader statefulset chat: invalid"),
    ),
    "9 no replicas": (
        {"replicas": 0, "lws": a_set("Available")},
        ("Pending", "0 replicas requested"),
    ),
    "10 all ready": ({"pods": GROUP_OF_2, "lws": a_set("Available")}, ("Running", "")),
    "10 all ready though the counts lag": (
        {"pods": GROUP_OF_2, "lws": a_set("Progressing", updatedReplicas=0)},
        ("Running", ""),
    ),
    "11 an update begins": (
        {
            **THREE,
            "pods": [*TWO_OF_THREE, ready(2), ready(2, 1)],
            "lws": a_set("UpdateInProgress", "Progressing"),
        },
        ("Updating", "0 of 3 replicas updated"),
    ),
    "12 more replicas were asked for": (
        {
            **THREE,
            "pods": [*TWO_OF_THREE, a_pod(2), a_pod(2, 1)],
            "before": Before("Running", ago(hours=1), 2, 2, ever_running=True),
        },
        ("Running", "Scaling up: 2 of 3 replicas ready. Replica 2: starting"),
    ),
    "13 a worker ran out of memory": (
        {
            **THREE,
            "pods": [*TWO_OF_THREE, a_pod(2), a_pod(2, 1)],
            "before": Before("Running", ago(hours=1), 3, 3, ever_running=True),
            "terminations": [an_end("chat-2-1", "OOMKilled", 137)],
        },
        (
            "Degraded",
            "2 of 3 replicas ready. Replica 2: worker 1 OOMKilled: "
            "ran out of CPU memory",
        ),
    ),
    "13 a worker has no place": (
        {
            "replicas": 2,
            "pods": [*GROUP_OF_2, ready(1), unscheduled(1, 1)],
            "pod_groups": [a_pod_group(1, ("PodSchedulingErrors", "no luck"))],
        },
        ("Degraded", "1 of 2 replicas ready. Replica 1: no luck"),
    ),
    "14 it is coming back": (
        {
            "pods": [a_pod(), a_pod(0, 1)],
            "before": RAN,
            "terminations": [an_end("chat-0-1")],
        },
        ("Degraded", "Replica 0 restarting: worker 1 exited with code 1"),
    ),
    "14 it did not come back": (
        {
            "pods": [a_pod(), a_pod(0, 1)],
            "before": Before("Degraded", ago(minutes=3), 0, 1, ever_running=True),
        },
        ("Initializing", "Starting 2 of 2 pods"),
    ),
    "15 the leader first": (
        {"startup_policy": "LeaderReady", "workers": 3, "pods": [probing()]},
        (
            "Initializing",
            "Waiting for the leader of replica 0 before creating 3 workers",
        ),
    ),
    "16 preempted": (
        {
            "pods": [unscheduled(), unscheduled(0, 1)],
            "events": [
                an_event(
                    "PodGroup",
                    "pg",
                    "Evict",
                    "Pod p1/chat-0 was preempted by higher priority workload "
                    "project-b/pg-job-1-5f0c1a52-6d0f-4b52-9a3e-0c2a5d1f7b10-group-0",
                    at=ago(minutes=2),
                )
            ],
        },
        ("Pending", "Preempted by project-b/job-1"),
    ),
    "16 reclaimed": (
        {
            "pods": [unscheduled()],
            "events": [
                an_event(
                    "PodGroup",
                    "pg",
                    "Evict",
                    at=ago(minutes=2),
                    metadata={
                        "annotations": {
                            "evictor-action-type": "reclaim",
                            "evictor-pod-group-name": "pg-train",
                            "evictor-pod-group-namespace": "b",
                        }
                    },
                )
            ],
        },
        ("Pending", "Its GPUs were reclaimed by b/pg-train"),
    ),
    "17 the scheduler lost patience": (
        {
            "startup_policy": "LeaderReady",
            "pods": [unscheduled()],
            "events": [
                an_event(
                    "PodGroup",
                    "pg",
                    "StaleJob",
                    "Job is stale. 1 pods are active, minMember is 3",
                    at=ago(minutes=1),
                )
            ],
        },
        (
            "Pending",
            "The scheduler removed the leader because its workers came too late",
        ),
    ),
    "18 a volume is not bound": (
        {
            "workers": 0,
            "pods": [
                unscheduled(
                    spec_volumes=[{"persistentVolumeClaim": {"claimName": "models"}}]
                )
            ],
            "claims": [
                {"metadata": {"name": "models"}, "status": {"phase": "Pending"}}
            ],
            "events": [
                an_event(
                    "PersistentVolumeClaim",
                    "models",
                    "ProvisioningFailed",
                    'storageclass "fast" not found',
                    warning=True,
                )
            ],
        },
        ("Pending", 'Volume models is not bound: storageclass "fast" not found'),
    ),
    "19 no scheduler noticed": (
        {"pods": [unscheduled(), unscheduled(0, 1)]},
        ("Pending", "Waiting for the scheduler to pick up the workload"),
    ),
    "20 over quota": (
        {
            "pods": [unscheduled(), unscheduled(0, 1)],
            "pod_groups": [
                a_pod_group(
                    0,
                    (
                        "NonPreemptibleOverQuota",
                        REQUEUED + "team-a quota is 8 GPUs, while 4 GPUs are already "
                        "allocated for non-preemptible pods. Use a preemptible "
                        "workload to go over quota.",
                    ),
                )
            ],
        },
        (
            "Pending",
            "Needs 16 GPUs; project team-a has a quota of 8, 4 of them held by "
            "non-preemptible workloads.",
        ),
    ),
    "21 the gang is not complete": (
        {
            "workers": 3,
            "pods": [unscheduled()],
            "pod_groups": [a_pod_group()],
            "events": [
                an_event(
                    "PodGroup",
                    "pg",
                    "NotReady",
                    "Job is not ready for scheduling. Waiting for 3 pods",
                )
            ],
        },
        ("Pending", "Waiting for 3 of 4 pods to be created"),
    ),
    "22 others are leaving": (
        {
            "pods": [unscheduled(), unscheduled(0, 1)],
            "pod_groups": [a_pod_group()],
            "events": [an_event("Pod", "chat-0", "Pipelined")],
        },
        ("Pending", "Waiting for lower-priority work to leave the node"),
    ),
    "23 an image cannot be pulled": (
        {
            "pods": [
                failing(reason="ImagePullBackOff", message="manifest unknown"),
                a_pod(0, 1),
            ]
        },
        (
            "Initializing",
            "Leader of replica 0: cannot pull image a/b:1: it was not found",
        ),
    ),
    "24 an image cannot be pulled for long": (
        {
            "pods": [
                failing(reason="ErrImagePull", made=ago(minutes=11)),
                a_pod(0, 1, made=ago(minutes=11)),
            ]
        },
        ("Failed", "Leader of replica 0: cannot pull image a/b:1"),
    ),
    "25 pulling": (
        {
            "pods": [a_pod(), a_pod(0, 1)],
            "events": [an_event("Pod", "chat-0-1", "Pulling")],
        },
        ("Initializing", "Pulling image on 1 of 2 pods"),
    ),
    "25 probing": (
        {"pods": [probing(), ready(0, 1)], "serving_port": 8000},
        ("Initializing", "Waiting for readiness (port 8000)"),
    ),
    "26 young": (
        {"applied_at": ago(seconds=5)},
        ("Creating", "Waiting for 2 of 2 pods to be created"),
    ),
    "26 old": (
        {
            "pods": [a_pod()],
            "events": [
                an_event("Pod", "chat-0", "NodeNotReady", "gone away", warning=True)
            ],
        },
        ("Pending", "gone away"),
    ),
}


@pytest.mark.parametrize(("known", "said"), CASES.values(), ids=CASES)
def test_the_first_row_that_fits_names_the_phase(known, said):
    found = observe(**known)

    assert (found.phase, found.message) == said
