"""The stages of a pod on its node: what is written next, and when. Pure."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from simulator.podfaults import bad_image, pull_message

Manifest = dict[str, Any]
Told = tuple[str, str, str]
LONGEST_BACK_OFF = 300.0
FIRST_BACK_OFF = 10.0
CONFIG_PAUSE = 10.0
EXIT_CODES = {"crash": (1, "Error"), "oom": (137, "OOMKilled")}


@dataclass(frozen=True)
class Step:
    """What comes next: after so many stages (seconds at speed 1), with these texts.

    ``status`` is the patch; without one the pod is gone from its node.
    """

    after: float
    status: Manifest | None
    events: list[Told] = field(default_factory=list)
    starts: bool = False


def now() -> str:
    """The time as statuses carry it."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def next_step(pod: Manifest, fault: str) -> Step | None:
    """The next step of a pod, None when it may stay as it is."""
    if not pod["spec"].get("nodeName"):
        return None
    status = pod.get("status") or {}
    if pod["metadata"].get("deletionTimestamp"):
        return gone(pod)
    if status.get("phase") in ("Failed", "Succeeded"):
        return None
    containers = status.get("containerStatuses")
    if not containers:
        return creating(pod)
    state = containers[0].get("state") or {}
    if "waiting" in state:
        return after_waiting(pod, containers, state["waiting"]["reason"], fault)
    if "terminated" in state:
        return after_end(pod, containers[0])
    return while_running(pod, containers[0], fault)


def gone(pod: Manifest) -> Step | None:
    """The containers stop, then the pod leaves its node.

    Once it has left, only finalizers keep it, and they are somebody else's.
    """
    if pod["metadata"].get("deletionGracePeriodSeconds") == 0:
        return None
    name = pod["spec"]["containers"][0]["name"]
    return Step(1, None, [("Normal", "Killing", f"Stopping container {name}")])


def creating(pod: Manifest) -> Step:
    """The node has seen the pod and begins to pull."""
    images = [c["image"] for c in pod["spec"]["containers"]]
    status = {
        "phase": "Pending",
        "startTime": now(),
        "hostIP": "127.0.0.1",
        "conditions": conditions(initialized=True, ready=False),
        "containerStatuses": [
            container_status(c, {"waiting": {"reason": "ContainerCreating"}})
            for c in pod["spec"]["containers"]
        ],
    }
    events = [("Normal", "Pulling", f'Pulling image "{image}"') for image in images]
    return Step(0.15, status, events)


def after_waiting(
    pod: Manifest, containers: list[Manifest], reason: str, fault: str
) -> Step:
    """Out of ContainerCreating, ErrImagePull, ImagePullBackOff, CrashLoopBackOff."""
    if fault == "image-pull":
        return cannot_pull(pod, reason)
    if reason == "CreateContainerConfigError":
        return started(pod, containers[0], CONFIG_PAUSE, fault)
    if reason == "CrashLoopBackOff":
        return started(pod, containers[0], back_off(containers[0]), fault)
    return started(pod, containers[0], 1, fault)


def cannot_pull(pod: Manifest, reason: str) -> Step:
    """ErrImagePull and ImagePullBackOff by turns."""
    specs = pod["spec"]["containers"]
    blamed = next((c for c in specs if bad_image(c["image"])), specs[0])
    image = blamed["image"]
    if reason != "ErrImagePull":
        pause = 1 if reason == "ContainerCreating" else 20
        message = pull_message(image)
        waiting = {"reason": "ErrImagePull", "message": message}
        events = [
            ("Warning", "Failed", message),
            ("Warning", "Failed", "Error: ErrImagePull"),
        ]
        return Step(pause, waiting_status(pod, waiting), events)
    message = f'Back-off pulling image "{image}": ErrImagePull: {pull_message(image)}'
    waiting = {"reason": "ImagePullBackOff", "message": message}
    events = [
        ("Normal", "BackOff", f'Back-off pulling image "{image}"'),
        ("Warning", "Failed", "Error: ImagePullBackOff"),
    ]
    return Step(1, waiting_status(pod, waiting), events)


def cannot_configure(pod: Manifest, why: str) -> Step:
    """A Secret or ConfigMap that the containers need is not there."""
    waiting = {"reason": "CreateContainerConfigError", "message": why}
    return Step(
        0, waiting_status(pod, waiting), [("Warning", "Failed", f"Error: {why}")]
    )


def waiting_status(pod: Manifest, waiting: Manifest) -> Manifest:
    """All containers wait for the same reason."""
    return {
        "phase": "Pending",
        "containerStatuses": [
            container_status(c, {"waiting": waiting}) for c in pod["spec"]["containers"]
        ],
    }


def started(pod: Manifest, before: Manifest, after: float, fault: str) -> Step:
    """The containers run; ready at once unless a probe or a fault says no."""
    specs = pod["spec"]["containers"]
    probed = any(c.get("readinessProbe") or c.get("startupProbe") for c in specs)
    ready = not probed and fault not in ("never-ready", *EXIT_CODES)
    restarts = before.get("restartCount", 0)
    again = bool(before.get("lastState")) or before["state"].get("terminated")
    running = {"running": {"startedAt": now()}}
    statuses = [
        container_status(c, running, ready=ready)
        | {"started": True, "restartCount": restarts + (1 if n == 0 and again else 0)}
        for n, c in enumerate(specs)
    ]
    if again:
        last = before["state"].get("terminated") or before["lastState"]["terminated"]
        statuses[0]["lastState"] = {"terminated": last}
    address = address_of(pod)
    status = {
        "phase": "Running",
        "podIP": address,
        "podIPs": [{"ip": address}],
        "conditions": conditions(initialized=True, ready=ready),
        "containerStatuses": statuses,
    }
    if inits := pod["spec"].get("initContainers"):
        status["initContainerStatuses"] = [completed(c) for c in inits]
    return Step(after, status, start_events(specs), starts=True)


def completed(container: Manifest) -> Manifest:
    """An init container that has done its work."""
    ended = {
        "exitCode": 0,
        "reason": "Completed",
        "startedAt": now(),
        "finishedAt": now(),
    }
    return container_status(container, {"terminated": ended}, ready=True)


def start_events(specs: list[Manifest]) -> list[Told]:
    """What the kubelet tells when containers start."""
    events: list[Told] = []
    for container in specs:
        name, image = container["name"], container["image"]
        events += [
            ("Normal", "Pulled", f'Successfully pulled image "{image}" in 1s'),
            ("Normal", "Created", f"Created container: {name}"),
            ("Normal", "Started", f"Started container {name}"),
        ]
    return events


def while_running(pod: Manifest, container: Manifest, fault: str) -> Step | None:
    """Crash as told, become ready, or stay."""
    if fault in EXIT_CODES:
        return ended(pod, container, fault)
    ready = container.get("ready", False)
    if fault == "never-ready":
        return unhealthy(pod) if ready else None
    return None if ready else Step(1, ready_status(pod))


def ready_status(pod: Manifest) -> Manifest:
    """All containers are ready."""
    statuses = [s | {"ready": True} for s in pod["status"]["containerStatuses"]]
    return {
        "conditions": conditions(initialized=True, ready=True),
        "containerStatuses": statuses,
    }


def unhealthy(pod: Manifest) -> Step:
    """The probe fails at once."""
    statuses = [s | {"ready": False} for s in pod["status"]["containerStatuses"]]
    status = {
        "conditions": conditions(initialized=True, ready=False),
        "containerStatuses": statuses,
    }
    return Step(0, status, [UNHEALTHY])


UNHEALTHY = (
    "Warning",
    "Unhealthy",
    "Readiness probe failed: dial tcp: connect: connection refused",
)


def ended(pod: Manifest, container: Manifest, fault: str) -> Step:
    """The first container exits."""
    code, reason = EXIT_CODES[fault]
    run = container["state"].get("running") or {}
    terminated = {
        "exitCode": code,
        "reason": reason,
        "startedAt": run.get("startedAt", now()),
        "finishedAt": now(),
    }
    first, *others = pod["status"]["containerStatuses"]
    fallen = {
        "ready": False,
        "started": False,
        "state": {"terminated": terminated},
    }
    status = {
        "conditions": conditions(initialized=True, ready=False),
        "containerStatuses": [first | fallen, *others],
    }
    return Step(1, status)


def after_end(pod: Manifest, container: Manifest) -> Step:
    """The first exit is followed by a restart, later ones by a back-off."""
    if container.get("restartCount", 0) == 0:
        return started(pod, container, 1, "crash")
    name = container["name"]
    text = f"back-off restarting failed container {name} in pod "
    text += pod["metadata"]["name"]
    first, *others = pod["status"]["containerStatuses"]
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": text}}
    last = {"terminated": container["state"]["terminated"]}
    status = {
        "containerStatuses": [first | {"state": waiting, "lastState": last}, *others]
    }
    event = ("Warning", "BackOff", text[0].upper() + text[1:])
    return Step(0.2, status, [event])


def back_off(container: Manifest) -> float:
    """Seconds before the next start: 10, doubling, at most 300."""
    count = max(container.get("restartCount", 1) - 1, 0)
    return min(FIRST_BACK_OFF * 2 ** min(count, 8), LONGEST_BACK_OFF)


def container_status(
    container: Manifest, state: Manifest, *, ready: bool = False
) -> Manifest:
    """The status of one container in a state."""
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": "",
        "ready": ready,
        "started": False,
        "restartCount": 0,
        "state": state,
        "lastState": {},
    }


def conditions(*, initialized: bool, ready: bool) -> list[Manifest]:
    """The three conditions that the kubelet writes."""
    values = {
        "Initialized": initialized,
        "ContainersReady": ready,
        "Ready": ready,
    }
    return [
        {"type": name, "status": str(value), "lastTransitionTime": now()}
        for name, value in values.items()
    ]


def address_of(pod: Manifest) -> str:
    """An address of the pod's own, the same for its whole life."""
    number = int(pod["metadata"]["uid"][:6], 16)
    return f"10.{64 + number // 65536 % 64}.{number // 256 % 256}.{number % 256}"
