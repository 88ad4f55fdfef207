"""The last words of what ended: the newest first, and of the pod that said them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.cluster.test_races import submit
from workloads.models import Termination
from workloads.sync.endings import KEPT, Endings
from workloads.sync.pile import Ending, Pile

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def at(number):
    return NOON + timedelta(seconds=number)


def an_ending(number, pod="chat-0", container="leader", **more):
    return Ending(
        workload=uuid4(),
        pod_uid=f"u{number}",
        pod=pod,
        namespace="n",
        container=container,
        at=at(number),
        reason="Error",
        exit_code=1,
        previous=False,
    )._replace(**more)


def a_pod(workload, number, uid="u1", **more):
    """A pod whose instance of that number ended."""
    ended = {"exitCode": 1, "reason": "Error", "finishedAt": at(number).isoformat()}
    container = {"name": "leader", "restartCount": 1, "state": {"terminated": ended}}
    labels = {"runai-portal/workload-id": str(workload.pk)}
    meta = {"uid": uid, "name": "chat-0", "namespace": "n", "labels": labels}
    return {"metadata": meta, "status": {"containerStatuses": [container]}}


class Logs:
    """A cluster whose containers all say the same."""

    def __init__(self):
        self.asked = []

    def logs(self, pod, namespace, container, **options):
        self.asked.append((pod, container))
        return ["12:00 exited with code 1"]


def kept(endings):
    """Fetch and store what is to be fetched, as the thread does."""
    while ending := endings.pile.take(timeout=0):
        endings.keep(ending)


def test_the_newest_ending_is_asked_for_first_and_what_it_superseded_not_at_all():
    pile = Pile()
    old, other, new = an_ending(1), an_ending(2, pod="chat-0-1"), an_ending(3)

    for ending in (old, other, new):
        pile.put(ending)

    assert [pile.take(0), pile.take(0), pile.take(0)] == [new, other, None]


def test_an_ending_is_stored_with_its_last_words_and_told_of(org):
    workload, told = submit(org, "words"), []
    endings = Endings(Logs(), told.extend)

    endings.look_at("Pod", [a_pod(workload, 1)])
    kept(endings)

    row = Termination.objects.get()
    assert (row.exit_code, row.log) == (1, "12:00 exited with code 1")
    assert told == [str(workload.pk)]


def test_another_pod_of_that_name_does_not_answer_for_one_that_is_gone(org):
    workload, cluster = submit(org, "namesake"), Logs()
    endings = Endings(cluster, lambda pks: None)
    endings.look_at("Pod", [a_pod(workload, 1, uid="old")])
    alive = a_pod(workload, 2, uid="new") | {"status": {}}

    endings.look_at("Pod", [alive])
    kept(endings)

    assert cluster.asked == []
    assert Termination.objects.get().log == ""


def test_a_pod_that_is_gone_is_not_asked(org):
    workload, cluster = submit(org, "gonepod"), Logs()
    endings = Endings(cluster, lambda pks: None)

    endings.look_at("Pod", [a_pod(workload, 1)], gone=True)
    kept(endings)

    assert cluster.asked == []
    assert Termination.objects.get().exit_code == 1


def test_of_a_container_the_newest_endings_are_kept(org):
    workload = submit(org, "loopx")
    endings = Endings(Logs(), lambda pks: None)

    for number in range(KEPT + 3):
        endings.look_at("Pod", [a_pod(workload, number)])
        kept(endings)

    ends = list(workload.terminations.values_list("at", flat=True))
    assert ends == [at(number) for number in range(KEPT + 2, 2, -1)]
