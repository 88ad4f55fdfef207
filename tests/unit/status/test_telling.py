"""Which events a status is read from."""

import pytest

from tests.unit.status.support import NOW, a_pod, an_event, observe, seen
from tests.unit.status.test_rows import CASES
from workloads.status import Profile, status
from workloads.status.telling import OF_ITS_POD, ROUTINE, only_with_pod, tells


def of_every_pod(known, reasons, uid=None):
    """Such events of each pod and of the set, told just now."""
    pods = [pod["metadata"] for pod in known.get("pods") or [] if "metadata" in pod]
    told = [
        an_event("Pod", pod.get("name", ""), reason, "told", at=NOW)
        | {"involvedObject": {"kind": "Pod", "uid": uid or pod.get("uid", "")}}
        for pod in pods
        for reason in reasons
    ]
    return told + [an_event("LeaderWorkerSet", "chat", r, "told") for r in ROUTINE]


@pytest.mark.parametrize("known", [known for known, _ in CASES.values()], ids=CASES)
def test_what_is_told_of_every_pod_changes_no_status(known):
    extra = of_every_pod(known, ROUTINE) + of_every_pod(known, OF_ITS_POD, "gone")

    more = {**known, "events": [*known.get("events", ()), *extra]}

    assert observe(**more) == observe(**known)


def test_a_routine_event_is_told_to_people_only_and_a_warning_is_not_routine():
    started = an_event("Pod", "chat-0", "Started")

    assert not tells(started | {"type": "Normal"})
    assert tells(started | {"type": "Warning"})
    assert tells(an_event("LeaderWorkerSet", "chat", "RecreateGroup"))


def test_a_pull_is_read_as_long_as_its_pod_exists():
    about = {"involvedObject": {"kind": "Pod", "name": "chat-0", "uid": "u"}}
    pulling = an_event("Pod", "chat-0", "Pulling") | about | {"type": "Normal"}

    assert only_with_pod(pulling) == "u"
    assert only_with_pod(pulling | {"type": "Warning"}) == ""
    assert only_with_pod(an_event("PodGroup", "pg", "Evict")) == ""
    uid = a_pod()["metadata"]["uid"]
    about["involvedObject"]["uid"] = uid
    found = status(seen(pods=[a_pod()], events=[pulling | about]), Profile(), NOW)
    assert found.groups[0].pods[0].reason == "Pulling"
