"""A small cluster in words: pods, sets, events, and the moment they are looked at."""

from datetime import UTC, datetime, timedelta
from typing import Any

from workloads.status import Observed, Profile, Status, Terminated, status

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LWS = "leaderworkerset.sigs.k8s.io/"
LWS_UID = "5f0c1a52-6d0f-4b52-9a3e-0c2a5d1f7b10"
NOT_READY = "ContainersNotReady"
PROFILE = Profile()


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def written(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def observe(**known: Any) -> Status:
    """Look at a workload called chat that was applied an hour ago."""
    return status(seen(**known), known.pop("profile", PROFILE), NOW)


def seen(**known: Any) -> Observed:
    known.pop("profile", None)
    usual: dict[str, Any] = {
        "name": "chat",
        "desired": "running",
        "replicas": 1,
        "workers": 1,
        "applied_generation": 1,
        "applied_at": ago(hours=1),
        "lws_seen": True,
        "heard_at": ago(seconds=1),
        "lws": a_set(),
    }
    return Observed(**(usual | known))


def a_set(*true: str, generation: int = 1, seen: int = 1, **status: Any) -> Any:
    """Return a set; the named conditions are True."""
    told = [{"type": kind, "status": "True"} for kind in true or ("Progressing",)]
    return {
        "kind": "LeaderWorkerSet",
        "metadata": {"name": "chat", "generation": generation, "uid": LWS_UID},
        "status": {"observedGeneration": seen, "conditions": told} | status,
    }


def a_pod(group: int = 0, index: int = 0, **changes: Any) -> dict[str, Any]:
    """Return a pod that is bound and whose container is being made."""
    name = f"chat-{group}" + (f"-{index}" if index else "")
    made = changes.pop("made", ago(minutes=1))
    revision = changes.pop("revision", "r1")
    pod: dict[str, Any] = {
        "kind": "Pod",
        "metadata": {
            "name": name,
            "uid": f"uid-{name}-{revision}-{made:%H%M%S}",
            "creationTimestamp": written(made),
            "labels": {
                f"{LWS}name": "chat",
                f"{LWS}group-index": str(group),
                f"{LWS}worker-index": str(index),
                f"{LWS}template-revision-hash": revision,
            },
            "annotations": {},
        },
        "spec": {"nodeName": "n1", "containers": [{"name": "leader"}]},
        "status": {
            "phase": "Pending",
            "conditions": [
                condition("PodScheduled", "True", since=made),
                condition("Ready", "False", since=made),
            ],
            "containerStatuses": [
                {
                    "name": "leader",
                    "state": {"waiting": {"reason": "ContainerCreating"}},
                }
            ],
        },
    }
    return with_changes(pod, changes)


def with_changes(pod: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Read ``spec_nodeName=None`` as a path; None takes a thing away."""
    for path, value in changes.items():
        *above, last = path.split("_")
        place = pod
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
        if value is None:
            del place[last]
    return pod


def condition(kind: str, status: str, *, since: datetime, **more: str) -> Any:
    return {
        "type": kind,
        "status": status,
        "lastTransitionTime": written(since),
    } | more


def ready(group: int = 0, index: int = 0, **changes: Any) -> dict[str, Any]:
    made = changes.get("made", ago(minutes=30))
    return a_pod(
        group,
        index,
        made=made,
        status_phase="Running",
        status_conditions=[condition("Ready", "True", since=made)],
        status_containerStatuses=[a_container(running=True)],
        **{name: value for name, value in changes.items() if name != "made"},
    )


def probing(group: int = 0, index: int = 0, **changes: Any) -> dict[str, Any]:
    """Return a pod that runs and is not ready."""
    return a_pod(
        group,
        index,
        status_phase="Running",
        status_containerStatuses=[a_container(running=True)],
        **changes,
    )


def lost(group: int = 0, index: int = 0) -> dict[str, Any]:
    """Return a pod that runs, was ready, and has not been for some seconds."""
    fell = condition("Ready", "False", since=ago(seconds=20), reason=NOT_READY)
    return probing(group, index, status_conditions=[fell])


def unscheduled(group: int = 0, index: int = 0, **changes: Any) -> dict[str, Any]:
    return a_pod(
        group,
        index,
        spec_nodeName=None,
        status_conditions=[
            condition("PodScheduled", "False", since=NOW, reason="Unschedulable")
        ],
        status_containerStatuses=None,
        **changes,
    )


def leaving(group: int = 0, index: int = 0, **changes: Any) -> dict[str, Any]:
    gone = {"metadata_deletionTimestamp": written(ago(seconds=1))}
    return ready(group, index, **(gone | changes))


def failing(
    group: int = 0, index: int = 0, *, reason: str, message: str = "", **changes: Any
) -> dict[str, Any]:
    """Return a pod whose container waits for this reason."""
    waiting = {"reason": reason, "message": message}
    return a_pod(
        group,
        index,
        status_containerStatuses=[a_container(waiting=waiting)],
        **changes,
    )


def a_container(
    *,
    running: bool = False,
    waiting: Any = None,
    terminated: Any = None,
    last: Any = None,
    restarts: int = 0,
) -> Any:
    state: dict[str, Any] = {}
    if running:
        state["running"] = {"startedAt": written(ago(minutes=1))}
    if waiting:
        state["waiting"] = waiting
    if terminated:
        state["terminated"] = terminated
    return {
        "name": "leader",
        "image": "a/b:1",
        "restartCount": restarts,
        "state": state,
        "lastState": {"terminated": last} if last else {},
    }


def an_event(
    kind: str,
    name: str,
    reason: str,
    message: str = "",
    *,
    at: datetime = NOW,
    warning: bool = False,
    **more: Any,
) -> dict[str, Any]:
    return {
        "involvedObject": {"kind": kind, "name": name},
        "reason": reason,
        "message": message,
        "type": "Warning" if warning else "Normal",
        "lastTimestamp": written(at),
    } | more


def a_pod_group(group: int = 0, *reasons: Any, **more: Any) -> dict[str, Any]:
    """Return the scheduler's object of a replica, with the reasons that it gives."""
    told = {
        "type": "UnschedulableOnNodePool",
        "status": "True",
        "nodePool": "default",
        "message": "\nsomething",
        "reasons": [{"reason": r, "message": m} for r, m in reasons],
    }
    return {
        "kind": "PodGroup",
        "metadata": {"name": f"pg-chat-{LWS_UID}-group-{group}", "labels": {}},
        "spec": {"queue": "team-a"},
        "status": {"schedulingConditions": [told] if reasons else []},
    } | more


def an_end(pod: str, reason: str = "Error", code: int = 1, **more: Any) -> Terminated:
    known: dict[str, Any] = {"at": ago(seconds=30), "container": "worker"}
    return Terminated(pod=pod, reason=reason, exit_code=code, **(known | more))
