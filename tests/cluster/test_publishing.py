"""What is seen is published at once and soon again, by whoever saw most."""

from threading import Event, Thread

import pytest
from django.utils.timezone import now

from tests.cluster.conftest import eventually, phase
from tests.cluster.test_races import a_pod, an_event, submit
from tests.cluster.test_sync import reload
from workloads.models import Workload
from workloads.sync import outcome, publish, publisher
from workloads.sync.evidence import live, with_evidence
from workloads.sync.observe import Seen, take_in
from workloads.sync.publisher import PAUSE, Publisher


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self):
        self.at = 1_000.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(publisher, "monotonic", made)
    return made


def test_news_come_at_once_and_of_the_same_workload_after_a_pause(clock):
    waiting = Publisher()
    waiting.touch(["busy"])
    assert waiting.due() == ["busy"]

    waiting.touch(["busy"])
    waiting.touch(["quiet"])
    assert waiting.due() == ["quiet"]
    assert waiting.due() == []
    clock.at += PAUSE + 0.01

    assert waiting.due() == ["busy"]


def test_what_could_not_be_published_is_tried_again(org, monkeypatch):
    monkeypatch.setattr(publisher, "AFTER_FAILURE", 0.01)
    workload = submit(org, "again")
    Workload.objects.filter(pk=workload.pk).update(refused=True, last_error="no")
    real, failed = publisher.refresh_all, []

    def broken(pks):
        if not failed:
            failed.append(pks)
            raise OSError("disk full")
        real(pks)

    monkeypatch.setattr(publisher, "refresh_all", broken)
    works, stopping = Publisher(), Event()
    works.touch([str(workload.pk)])
    thread = Thread(target=works.run, args=[stopping])
    thread.start()

    eventually(lambda: phase(workload) == "Failed")
    stopping.set()
    thread.join()
    assert failed


def test_who_missed_a_pod_does_not_write_after_who_saw_it_and_wrote_nothing(
    org, monkeypatch
):
    workload = submit(org, "missed")
    Workload.objects.filter(pk=workload.pk).update(applied_generation=1)
    pod = a_pod(workload, workload.namespace, spec={"nodeName": "n"})
    take_in(org.cluster, "Pod", [Seen(pod)])
    publish.refresh(workload.pk)
    take_in(org.cluster, "Pod", [Seen(pod, gone=True)])
    real, before = outcome.status, reload(workload)

    def meanwhile(*known):
        monkeypatch.setattr(outcome, "status", real)
        take_in(org.cluster, "Pod", [Seen(pod)])
        publish.refresh(workload.pk)
        return real(*known)

    monkeypatch.setattr(outcome, "status", meanwhile)
    publish.refresh(workload.pk)

    row = reload(workload)
    assert before.groups[0]["pods"]
    assert (row.phase, row.groups) == (before.phase, before.groups)


def test_an_odd_workload_is_written_to_the_log_and_the_others_are_published(
    org, caplog
):
    rows = [submit(org, name) for name in ("oddest", "evenx", "eveny")]
    Workload.objects.filter(pk=rows[0].pk).update(resolved={"replicas": "many"})
    others = Workload.objects.filter(pk__in=[row.pk for row in rows[1:]])
    others.update(refused=True, last_error="no")

    publish.refresh_all([row.pk for row in rows])

    assert [phase(row) for row in rows[1:]] == ["Failed", "Failed"]
    assert str(rows[0].pk) in caplog.text


def test_a_change_of_many_rows_is_one_change_of_their_project(org):
    rows = [submit(org, name) for name in ("manyx", "manyy")]
    Workload.objects.update(refused=True, last_error="no")
    version = reload(rows[0]).project.table_version

    publish.refresh_all([row.pk for row in rows])

    assert reload(rows[0]).project.table_version == version + 1
    assert [row.phase_changes.first().phase for row in rows] == ["Failed", "Failed"]


def test_events_of_pods_that_are_gone_and_routine_ones_are_not_read_again(org):
    workload = submit(org, "narrow")
    about = {"kind": "Pod", "name": "narrow-0", "uid": "p1"}
    told = [
        an_event(workload, minutes=0)
        | {"reason": reason, "type": "Normal"}
        | {"metadata": {"uid": reason}}
        | {"involvedObject": about | {"namespace": workload.namespace}}
        for reason in ("Started", "Pulling", "RecreateGroup")
    ]
    pod = a_pod(workload, workload.namespace)
    take_in(org.cluster, "Pod", [Seen(pod)])
    take_in(org.cluster, "Event", map(Seen, told))

    assert read(workload) == {"Pulling", "RecreateGroup"}
    take_in(org.cluster, "Pod", [Seen(pod, gone=True)])
    assert read(workload) == {"RecreateGroup"}
    assert workload.events.count() == 3


def read(workload):
    """The reasons of the events that a status is worked out from."""
    row = with_evidence(live([workload.pk]), now())[0]
    return {event.manifest["reason"] for event in row.events.all()}
