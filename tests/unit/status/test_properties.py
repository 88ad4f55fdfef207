"""What holds whatever a cluster says."""

import copy
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.status.support import (
    NOW,
    PROFILE,
    a_pod,
    a_pod_group,
    a_set,
    ago,
    an_event,
    failing,
    ready,
    seen,
    unscheduled,
)
from tests.unit.status.test_rows import CASES
from workloads.status import Before, Phase, reduced, status

MOMENT = timedelta(microseconds=1)
WORDS = st.sampled_from(
    [
        "metadata", "status", "spec", "name", "reason", "message", "conditions", "type",
        "True", "Ready", "containerStatuses", "state", "waiting", "exitCode", "reasons",
        "RecreateGroup", "Pod", "PodGroup", "chat-0", "2026-11-24T11:59:00Z",
        "Limit is 1.2.3 GPUs", "9" * 50, "\u0660", "chat-0-\u0665",
    ]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | WORDS,
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(WORDS | st.text(max_size=5), inside, max_size=4)
    ),
    max_leaves=10,
)
KINDS = {
    "pods": "Pod",
    "pod_groups": "PodGroup",
    "events": "Event",
    "claims": "PersistentVolumeClaim",
}
SENSIBLE = (
    a_set("UpdateInProgress"),
    a_pod(),
    ready(0, 1),
    unscheduled(1),
    failing(1, 1, reason="CrashLoopBackOff"),
    a_pod_group(1, ("OverLimit", "x quota has reached the allowable limit of y")),
    an_event("LeaderWorkerSet", "chat", "RecreateGroup", "pod chat-0 failed"),
    an_event("StatefulSet", "chat-1", "FailedCreate", "no", warning=True),
)


@st.composite
def damaged(draw):
    """Return a sensible object with something else somewhere in it."""
    whole = copy.deepcopy(draw(st.sampled_from(SENSIBLE)))
    place = whole
    for _ in range(draw(st.integers(1, 5))):
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        inside = place[key]
        if not isinstance(inside, dict | list) or draw(st.booleans()):
            place[key] = draw(JSON)
            break
        place = inside
    return whole


THINGS = st.lists(damaged() | JSON, max_size=4)


@settings(deadline=None)
@given(
    st.none() | damaged() | JSON,
    st.fixed_dictionaries(dict.fromkeys(KINDS, THINGS)),
    st.sampled_from(["running", "stopped", "deleted"]),
    st.sampled_from([None, *(Before(phase, ago(minutes=3), 1, 1) for phase in Phase)]),
)
def test_no_shape_of_the_clusters_answers_stops_a_status(lws, things, desired, before):
    known = seen(
        lws=lws,
        **things,
        desired=desired,
        before=before,
        replicas=2,
        startup_policy="LeaderReady",
    )

    found = status(known, PROFILE, NOW)

    assert found.phase in set(Phase)
    assert 0 <= found.ready_replicas <= 2


@settings(deadline=None)
@given(damaged() | st.dictionaries(WORDS, JSON))
def test_no_shape_of_an_object_stops_its_reduction(manifest):
    assert isinstance(reduced(manifest), dict)


def stored_of(known):
    return {
        name: [reduced(item, KINDS[name]) for item in value] if name in KINDS else value
        for name, value in known.items()
    }


@pytest.mark.parametrize("known", [case[0] for case in CASES.values()], ids=CASES)
def test_what_is_stored_of_objects_says_the_same_as_all_of_them(known):
    stored = stored_of(known)
    if known.get("lws"):
        stored["lws"] = reduced(known["lws"], "LeaderWorkerSet")

    assert status(seen(**stored), PROFILE, NOW) == status(seen(**known), PROFILE, NOW)


@pytest.mark.parametrize("known", [case[0] for case in CASES.values()], ids=CASES)
def test_until_it_is_due_time_alone_changes_nothing(known):
    known = seen(**known)
    found = status(known, PROFILE, NOW)

    before_due = (found.due or NOW + timedelta(hours=1)) - MOMENT
    later = status(known, PROFILE, before_due)

    assert (later.phase, later.message) == (found.phase, found.message)


def test_a_hard_error_is_due_when_it_becomes_a_failure():
    known = seen(
        workers=0,
        heard_at=NOW + timedelta(hours=1),
        pods=[failing(reason="ErrImagePull", made=ago(minutes=1))],
    )

    found = status(known, PROFILE, NOW)
    late = status(known, PROFILE, found.due)

    assert found.due == NOW + timedelta(minutes=9)
    assert (found.phase, late.phase) == ("Initializing", "Failed")


def test_what_is_stored_of_a_pod_holds_no_values_of_variables():
    pod = a_pod()
    pod["spec"]["containers"] = [
        {"name": "leader", "image": "a/b:1", "env": [{"name": "K", "value": "secret"}]}
    ]
    pod["metadata"] |= {"managedFields": [{"manager": "x"}]}
    pod["metadata"]["annotations"] = {"pod-group-name": "pg", "other": "x" * 1000}

    stored = reduced(pod)

    assert stored["spec"]["containers"] == [{"name": "leader", "image": "a/b:1"}]
    assert stored["metadata"]["annotations"] == {"pod-group-name": "pg"}
    assert "managedFields" not in stored["metadata"]


def test_other_kinds_are_stored_whole_but_for_the_field_managers():
    node = {"kind": "Node", "metadata": {"name": "n", "managedFields": []}, "spec": {}}

    assert reduced(node) == {"kind": "Node", "metadata": {"name": "n"}, "spec": {}}
