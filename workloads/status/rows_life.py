"""Rows 0 to 9: the wish, the way to the cluster, and what is there at all."""

from datetime import datetime, timedelta

from workloads.status.answer import Answer
from workloads.status.phase import Phase
from workloads.status.reading import moment, text, words
from workloads.status.scene import Scene
from workloads.status.signals import refusal

SOON = timedelta(seconds=30)
PATIENCE = timedelta(minutes=5)
RETRY = "The portal tries again by itself."
GOING_ON = (Phase.STOPPED, Phase.STOPPING, Phase.RESUMING)
RAN = (Phase.RUNNING, Phase.DEGRADED, Phase.UPDATING)


def sending(scene: Scene) -> Answer | None:
    """Row 0: nothing has reached the cluster yet."""
    seen = scene.observed
    if seen.desired != "running" or seen.applied_generation is not None or seen.refused:
        return None
    if seen.waiting_for:
        return Answer(Phase.CREATING, f"Waiting for {seen.waiting_for}", RETRY)
    return Answer(Phase.CREATING, *_sending(seen.last_error))


def _sending(error: str) -> tuple[str, str]:
    if error:
        return f"Sending to the cluster: {error}", RETRY
    return "Sending to the cluster", ""


def silent(scene: Scene) -> Answer | None:
    """Row 1: the cluster does not report. What it was stays in sight."""
    heard = scene.observed.heard_at
    if heard and scene.clock.within(heard, scene.profile.stale):
        return None
    since = f"since {clock_time(heard, scene.clock.now)}" if heard else "yet"
    was = scene.before.phase if scene.before else ""
    last = "" if was in {"", Phase.UNKNOWN} else f"; it was {was} then"
    hint = "What runs goes on running; ask an administrator about the connection."
    return Answer(Phase.UNKNOWN, f"Cluster not reporting {since}{last}", hint)


def clock_time(time: datetime, now: datetime) -> str:
    """Return a time of today, or one with its day."""
    other_day = time.date() != now.astimezone(time.tzinfo).date()
    return f"{time:%Y-%m-%d %H:%M %Z}" if other_day else f"{time:%H:%M %Z}"


def removing(scene: Scene) -> Answer | None:
    """Row 2: deleted, and the anchor is still there."""
    if scene.observed.desired != "deleted":
        return None
    if held := holder(scene):
        hint = "Ask an administrator to find out who should have removed it."
        return Answer(Phase.DELETING, held, hint)
    if said := scene.observed.last_error:
        hint = "It is tried again by itself; ask an administrator if this stays."
        return Answer(Phase.DELETING, f"The cluster does not remove it: {said}", hint)
    count = len(scene.pods)
    left = f"Removing {pods(count)}" if count else "Removing what is left"
    return Answer(Phase.DELETING, left)


def holder(scene: Scene) -> str:
    """Return who has held a deleted object back for long, or nothing."""
    seen = scene.observed
    for thing in (seen.lws, *seen.claims, *seen.pods):
        since = moment(thing, "metadata", "deletionTimestamp")
        if since is None or scene.clock.within(since, PATIENCE):
            continue
        for name in words(thing, "metadata", "finalizers"):
            if name != "foregroundDeletion":
                kind = text(thing, "kind") or "object"
                return f"{kind} {text(thing, 'metadata', 'name')} is held by {name}"
    return ""


def refused(scene: Scene) -> Answer | None:
    """Row 3: the cluster will not have it."""
    seen = scene.observed
    if seen.desired != "running" or not seen.refused:
        return None
    hint = "Change what the text names and submit it again."
    return Answer(Phase.FAILED, seen.refused, hint)


def removed_by_others(scene: Scene) -> Answer | None:
    """Row 4: it was there, and nobody here deleted it."""
    seen = scene.observed
    sent = seen.applied_generation is not None
    if seen.desired != "running" or not sent or not seen.lws_seen or seen.lws:
        return None
    message = "Removed from the cluster outside the portal"
    return Answer(Phase.FAILED, message, "Recreate it, or delete it here too.")


def stopping(scene: Scene) -> Answer | None:
    """Rows 5 and 6: stopped, with pods and without."""
    if scene.observed.desired != "stopped":
        return None
    if count := len(scene.pods):
        return Answer(Phase.STOPPING, f"{pods(count)} terminating")
    return Answer(Phase.STOPPED)


def unread(scene: Scene) -> Answer | None:
    """Row 7: the set has not been worked on yet, which takes moments."""
    if not scene.behind or scene.clock.passed(scene.observed.applied_at, SOON):
        return None
    return Answer(beginning(scene), "")


def beginning(scene: Scene) -> Phase:
    """Return what a beginning is called: of the first, a further or a new life."""
    if scene.phase_before(*GOING_ON):
        return Phase.RESUMING
    ran = scene.before is not None and scene.before.ever_running
    return Phase.UPDATING if ran or scene.phase_before(*RAN) else Phase.CREATING


def cannot_be_made(scene: Scene) -> Answer | None:
    """Row 8: not even a leader's pod can be made."""
    if not scene.wanted or scene.leaders or not scene.refused_pods:
        return None
    signal = refusal(scene.refused_pods[-1].message)
    late = scene.clock.passed(scene.refused_since(), scene.profile.fail_after)
    phase = Phase.FAILED if late else Phase.CREATING
    return Answer(phase, signal.message, signal.hint)


def nothing_wanted(scene: Scene) -> Answer | None:
    """Row 9: no replicas. The set calls that available."""
    if scene.wanted:
        return None
    hint = "Set the number of replicas to start it."
    return Answer(Phase.PENDING, "0 replicas requested", hint)


def pods(count: int) -> str:
    """Return a number of pods in words."""
    return "1 pod" if count == 1 else f"{count} pods"


ROWS = (
    sending,
    silent,
    removing,
    refused,
    removed_by_others,
    stopping,
    unread,
    cannot_be_made,
    nothing_wanted,
)
