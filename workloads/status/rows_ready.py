"""Rows 10 to 14: some of it serves, or did a moment ago."""

from datetime import timedelta

from workloads.status.answer import Answer, Group
from workloads.status.ends import culprit
from workloads.status.obstacles import obstacle
from workloads.status.phase import Phase
from workloads.status.rows_life import RAN
from workloads.status.scene import Scene

REBUILD = timedelta(minutes=2)


def running(scene: Scene) -> Answer | None:
    """Row 10: every wanted replica is ready, and of the newest template."""
    current = not scene.updating and scene.updated >= scene.to_update
    return Answer(Phase.RUNNING) if scene.ready == scene.wanted and current else None


def updating(scene: Scene) -> Answer | None:
    """Row 11: replicas are being replaced, and the new ones are well."""
    at_work = scene.updating or scene.updated < scene.to_update
    if not scene.ready or not at_work or _new_ones_fail(scene):
        return None
    done = min(scene.updated, scene.to_update)
    message = f"{done} of {scene.to_update} replicas updated"
    return Answer(Phase.UPDATING, message)


def _new_ones_fail(scene: Scene) -> bool:
    return any(
        group.state == "Error"
        and any(p.revision == scene.newest_revision for p in group.pods)
        for group in scene.replicas
    )


def scaling_up(scene: Scene) -> Answer | None:
    """Row 12: what is missing was only just asked for."""
    asked = _asked_before(scene)
    new = [group for group in scene.replicas if group.state != "Ready"]
    if not scene.ready or not 0 < asked < scene.wanted:
        return None
    if any(group.index < asked for group in new):
        return None
    message, hint = trouble(scene, new) if new else ("", "")
    count = f"Scaling up: {_count(scene)}"
    return Answer(Phase.RUNNING, _joined(count, message), hint)


def _asked_before(scene: Scene) -> int:
    """Return the replicas that were asked for, and ready, when it was whole last."""
    before = scene.before
    return min(before.last_ready_replicas, before.last_spec_replicas) if before else 0


def degraded(scene: Scene) -> Answer | None:
    """Row 13: some serve, the rest do not."""
    if not scene.ready:
        return None
    down = [group for group in scene.replicas if group.state != "Ready"]
    message, hint = trouble(scene, down)
    return Answer(Phase.DEGRADED, _joined(_count(scene), message), hint)


def restarting(scene: Scene) -> Answer | None:
    """Row 14: it served a moment ago, and nothing says that it will not again."""
    before = scene.before
    if scene.ready or not before or not scene.phase_before(*RAN):
        return None
    since = before.since if before.phase == Phase.DEGRADED else scene.clock.now
    if any(group.state == "Error" for group in scene.replicas):
        return None
    if scene.clock.passed(since, REBUILD):
        return None
    first = scene.replicas[0].index
    if scene.updating:
        message = f"Replica {first} restarting: it is being updated"
        return Answer(Phase.DEGRADED, message)
    for group in scene.replicas:
        if found := culprit(scene, group.index):
            told = f"Replica {group.index} restarting: {found.who} {found.what}"
            return Answer(Phase.DEGRADED, told, found.hint)
    lost = [g for g in scene.replicas if any(pod.lost for pod in g.pods)]
    if lost:
        message, hint = trouble(scene, lost)
        return Answer(Phase.DEGRADED, _joined(_count(scene), message), hint)
    return Answer(Phase.DEGRADED, f"Replica {first} restarting")


def trouble(scene: Scene, down: list[Group]) -> tuple[str, str]:
    """Return what is known about replicas that are down, and the next step."""
    for group in sorted(down, key=lambda g: (g.state != "Error", g.index)):
        message, hint = _of_group(scene, group)
        if message:
            return f"Replica {group.index}: {message}", hint
    return "", ""


def _of_group(scene: Scene, group: Group) -> tuple[str, str]:
    if group.message:
        hints = [pod.hint for pod in group.pods if pod.state == "Error"]
        refused = scene.refusals.get(group.index)
        return group.message, (hints or [refused.hint if refused else ""])[0]
    if any(pod.state == "Unscheduled" for pod in group.pods) and (
        said := obstacle(scene.pod_groups.get(group.index), scene.shape.size)
    ):
        return said.message, said.hint
    if found := culprit(scene, group.index):
        return f"{found.who} {found.what}", found.hint
    return _coming(group)


def _coming(group: Group) -> tuple[str, str]:
    for pod in sorted(group.pods, key=lambda pod: not pod.lost):
        if pod.state in {"NotReady", "Starting", "Unscheduled"} and pod.told:
            return pod.told, pod.hint
    words = {"Pending": "waiting for a place", "Starting": "starting"}
    return words.get(group.state, ""), ""


def _count(scene: Scene) -> str:
    return f"{scene.ready} of {scene.wanted} replicas ready"


def _joined(count: str, message: str) -> str:
    return f"{count}. {message}" if message else count


ROWS = (running, updating, scaling_up, degraded, restarting)
