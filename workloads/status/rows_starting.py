"""Rows 23 to 26: nothing serves yet; it starts, fails, or nobody knows."""

from dataclasses import dataclass
from datetime import datetime

from workloads.status.answer import Answer, PodState
from workloads.status.ends import Culprit, culprit, flapping
from workloads.status.events import NOISE
from workloads.status.phase import Phase
from workloads.status.reading import moment, table
from workloads.status.rows_life import SOON, beginning
from workloads.status.rows_life import pods as in_words
from workloads.status.rows_waiting import LATELY, missing_pods
from workloads.status.scene import Scene


@dataclass(frozen=True)
class Trouble:
    """A hard error, and since when it lasts."""

    message: str
    hint: str
    since: datetime | None


def failing(scene: Scene) -> Answer | None:
    """Rows 23 and 24: a hard error is a failure once it lasts, or comes back often."""
    if scene.ready:
        return None
    errors = troubles(scene)
    again = flapping(scene)
    late = [
        error
        for error in errors
        if scene.clock.passed(error.since, scene.profile.fail_after)
    ]
    if late:
        return Answer(Phase.FAILED, late[0].message, late[0].hint)
    if again is not None:
        return _flaps(scene, again, errors)
    if errors:
        return Answer(Phase.INITIALIZING, errors[0].message, errors[0].hint)
    return None


def troubles(scene: Scene) -> list[Trouble]:
    """Return the hard errors, those of leaders first."""
    of_pods = [
        Trouble(_sentence(pod, scene), pod.hint, pod.since)
        for pod in sorted(scene.staying, key=lambda p: (p.index > 0, p.group, p.index))
        if pod.state == "Error"
    ]
    of_groups = [
        Trouble(f"Replica {g.index}: {g.message}", signal.hint, since)
        for g in scene.replicas
        if g.state == "Error" and (signal := scene.refusals.get(g.index))
        for since in (scene.refused_since(g.index),)
        if not any(pod.state == "Error" for pod in g.pods)
    ]
    return [*of_pods, *of_groups]


def _sentence(pod: PodState, scene: Scene) -> str:
    who = f"{pod.who[0].upper()}{pod.who[1:]} of replica {pod.group}"
    lines = [e.last_line for e in scene.terminations if e.pod == pod.name]
    last = f". Last line: {lines[-1]}" if lines and lines[-1] else ""
    return f"{who}: {pod.message}{last}"


def _flaps(scene: Scene, group: int, errors: list[Trouble]) -> Answer:
    minutes = max(1, int(scene.profile.flap_window.total_seconds() // 60))
    span = "a minute" if minutes == 1 else f"{minutes} minutes"
    often = f"Replica {group} was rebuilt at least three times within {span}"
    if found := culprit(scene, group):
        return Answer(Phase.FAILED, f"{_blame(found)}. {often}", found.hint)
    if errors:
        return Answer(Phase.FAILED, f"{errors[0].message}. {often}", errors[0].hint)
    return Answer(Phase.FAILED, often, "Look at the logs of its pods.")


def _blame(found: Culprit) -> str:
    who = f"{found.who[0].upper()}{found.who[1:]} of replica {found.group}"
    if found.end is None:
        return f"{who} {found.what}"
    where = f"{found.end.pod}, container {found.end.container}"
    line = f". Last line: {found.end.last_line}" if found.end.last_line else ""
    return f"{who} ({where}): {found.what}{line}"


def starting(scene: Scene) -> Answer | None:
    """Row 25: every pod has its node, and its container comes up."""
    if not scene.replicas or any(g.state != "Starting" for g in scene.replicas):
        return None
    every = len(scene.staying)
    coming = [pod for pod in scene.staying if pod.state == "Starting"]
    if pulling := sum(pod.reason == "Pulling" for pod in coming):
        return Answer(
            Phase.INITIALIZING, f"Pulling image on {pulling} of {in_words(every)}"
        )
    told = [pod for pod in scene.staying if pod.told and pod.state != "Ready"]
    why = f": {_why(told[0])}" if told else ""
    hint = told[0].hint if told else ""
    if coming:
        message = f"Starting {len(coming)} of {in_words(every)}{why}"
        return Answer(Phase.INITIALIZING, message, hint)
    port = scene.observed.serving_port
    where = f" (port {port})" if port else ""
    return Answer(Phase.INITIALIZING, f"Waiting for readiness{where}{why}", hint)


def _why(pod: PodState) -> str:
    return f"{pod.who}'s {pod.message}" if pod.reason == "Unhealthy" else pod.told


def otherwise(scene: Scene) -> Answer:
    """Row 26: all that is left."""
    if scene.unsent:
        failed = scene.observed.last_error
        error = f": {failed}" if failed else ""
        return Answer(beginning(scene), f"Sending to the cluster{error}")
    message, hint = _newest(scene)
    if _young(scene) and scene.pod_groups and scene.unscheduled:
        return Answer(Phase.PENDING, "Waiting for the scheduler")
    if _young(scene):
        return Answer(beginning(scene), message, hint)
    return Answer(Phase.PENDING, message, hint)


def _young(scene: Scene) -> bool:
    """Whether it was sent, or woken, moments ago."""
    if scene.phase_before(Phase.STOPPED, Phase.STOPPING) and not scene.pods:
        return True
    sent = scene.observed.applied_at
    began = sent or moment(scene.observed.lws, "metadata", "creationTimestamp")
    if scene.phase_before(Phase.RESUMING) and scene.before and not scene.pods:
        began = scene.before.since
    return began is not None and scene.clock.within(began, SOON)


def _newest(scene: Scene) -> tuple[str, str]:
    warnings = [
        e
        for e in scene.events
        if e.warning and e.reason not in NOISE and scene.clock.within(e.last, LATELY)
    ]
    if warnings:
        return warnings[-1].message or warnings[-1].reason, ""
    told = [pod.message for pod in scene.unscheduled if pod.message]
    if told:
        return told[0], ""
    if message := missing_pods(scene):
        idle = not table(scene.observed.lws, "status")
        hint = "Ask an administrator whether the LeaderWorkerSet controller runs."
        return message, hint if idle else ""
    if scene.unscheduled:
        hint = "Ask an administrator whether the node pool has a scheduler."
        return "The scheduler has said nothing yet", hint
    return "", ""


ROWS = (failing, starting)
