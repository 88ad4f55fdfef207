"""The log of a container: a pure function of what its pod's status says.

Nothing is stored, so a log lives as long as its pod, and through every restart.
"""

import datetime
from dataclasses import dataclass

from simulator.answers import Manifest, bad_request

STEP = datetime.timedelta(milliseconds=40)
BEAT = datetime.timedelta(seconds=10)
MOST_BEATS = 2000


@dataclass(frozen=True)
class Line:
    """One line and when it was written, as a sortable time."""

    at: str
    text: str


def lines(pod: Manifest, container: str, *, previous: bool) -> list[Line]:
    """Everything that a container has written; raises a 400 where nothing runs."""
    status = container_status(pod, container)
    state = status.get("lastState" if previous else "state") or {}
    run = state.get("running") or state.get("terminated")
    if previous and run is None:
        raise bad_request(
            f'previous terminated container "{container}" in pod '
            f'"{pod["metadata"]["name"]}" not found'
        )
    last = (status.get("lastState") or {}).get("terminated")
    if run is None and last and not previous:
        run = last
    if run is None:
        raise bad_request(waiting_text(pod, container, state))
    return written(pod, container, run)


def waiting_text(pod: Manifest, container: str, state: Manifest) -> str:
    """Why there is no log yet."""
    reason = (state.get("waiting") or {}).get("reason", "ContainerCreating")
    name = pod["metadata"]["name"]
    if reason in ("ErrImagePull", "ImagePullBackOff"):
        reason = "trying and failing to pull image"
        return f'container "{container}" in pod "{name}" is waiting to start: {reason}'
    return f'container "{container}" in pod "{name}" is waiting to start: {reason}'


def container_status(pod: Manifest, container: str) -> Manifest:
    """The status of one container, empty before it has one."""
    status = pod.get("status") or {}
    for found in (
        *(status.get("containerStatuses") or ()),
        *(status.get("initContainerStatuses") or ()),
    ):
        if found["name"] == container:
            return found
    return {}


def written(pod: Manifest, container: str, run: Manifest) -> list[Line]:
    """The lines of one run: the start, a beat every ten seconds, the end."""
    started = datetime.datetime.fromisoformat(run["startedAt"])
    ended = run.get("finishedAt")
    until = (
        datetime.datetime.fromisoformat(ended)
        if ended
        else datetime.datetime.now(datetime.UTC)
    )
    told = [
        (started + STEP * number, text)
        for number, text in enumerate(start_texts(pod, container))
        if ended or started + STEP * number <= until
    ]
    beats = min(int((until - started) / BEAT), MOST_BEATS)
    told += [(started + BEAT * n, beat_text(n)) for n in range(1, beats + 1)]
    if ended:
        last = max([until, *(at for at, _ in told)])
        told += [
            (last + STEP * (number + 1), text)
            for number, text in enumerate(end_texts(run))
        ]
    return [Line(shown(at), text) for at, text in told]


def shown(at: datetime.datetime) -> str:
    """A time as log lines carry it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def start_texts(pod: Manifest, container: str) -> list[str]:
    """What a starting server says; workers join, leaders load and listen."""
    spec = pod["spec"]
    described = next(c for c in every_container(spec) if c["name"] == container)
    env = {
        entry["name"]: entry.get("value", "") for entry in described.get("env") or ()
    }
    size, rank = env.get("LWS_GROUP_SIZE", "1"), env.get("LWS_WORKER_INDEX", "0")
    command = " ".join(
        [*(described.get("command") or ()), *(described.get("args") or ())]
    )
    port = next((p["containerPort"] for p in described.get("ports") or ()), None)
    texts = [
        f"INFO launcher: starting {described['image']}",
        f"INFO launcher: command {command}" if command else "INFO launcher: entrypoint",
        f"INFO distributed: rank {rank} of {size} on node {spec.get('nodeName', '?')}",
    ]
    if rank != "0":
        leader = env.get("LWS_LEADER_ADDRESS", "")
        return [
            *texts,
            f"INFO distributed: joining {leader}",
            f"INFO worker: loading weight shard {rank}",
            "INFO worker: ready for requests of the leader",
        ]
    texts += [
        f"INFO distributed: waiting for {int(size) - 1} workers",
        "INFO engine: loading weights",
        "INFO engine: cache blocks allocated",
    ]
    return [*texts, f"INFO server: listening on 0.0.0.0:{port}"] if port else texts


def every_container(spec: Manifest) -> list[Manifest]:
    """Containers first, then init containers."""
    return [*spec["containers"], *spec.get("initContainers", ())]


def beat_text(number: int) -> str:
    """The line that a running server writes from time to time."""
    running = number * 7 % 5
    return f"INFO metrics: {running} requests running, {running * 41} tokens per second"


def end_texts(run: Manifest) -> list[str]:
    """The last words of a run that ended."""
    code = run.get("exitCode", 0)
    if run.get("reason") == "OOMKilled":
        return ["WARNING engine: memory limit reached while loading weights", "Killed"]
    if code:
        return [
            "ERROR engine: cannot allocate the key-value cache",
            "RuntimeError: engine core initialization failed",
            f"ERROR launcher: process exited with code {code}",
        ]
    return ["INFO launcher: stopped"]
