"""Two at once, and one too late: rows and cluster end as the last one wanted."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from projects.models import Cluster
from tests.cluster.conftest import clear, eventually, phase
from tests.cluster.test_sync import a_group, lws, reload
from workloads.cluster import KubernetesCluster, NotFound, Ref
from workloads.models import Pod, Workload
from workloads.services import (
    Refusal,
    delete_workload,
    retry_workload,
    scale_workload,
    submit_workload,
)
from workloads.sync import outcome, publish, work
from workloads.sync.carry import carry_out
from workloads.sync.observe import Seen, take_in
from workloads.sync.poll import poll_silent_clusters
from workloads.sync.sweep import is_heard, say_fresh, say_stale
from workloads.sync.work import sweep, work_on_workload, work_once

LWS = "leaderworkerset.x-k8s.io/v1"


@pytest.fixture(autouse=True)
def healed(simulator, cluster):
    yield
    simulator.clear_faults()
    clear(cluster)


@pytest.fixture
def cluster(simulator):
    return KubernetesCluster(simulator.url, simulator.token)


def submit(org, name, **more):
    document = a_group(**more)
    return submit_workload(
        by=org.admin, project=org.project, name=name, document=document
    )


def applied(org, name, **more):
    """A workload that the cluster has; nobody follows."""
    workload = submit(org, name, **more)
    assert work_on_workload(workload.pk)
    return reload(workload)


def make_due(workload):
    Workload.objects.filter(pk=workload.pk).update(due_at=now() - timedelta(seconds=1))


def frozen(row, org):
    """While the worker of this row is frozen, its lease ends and another scales."""
    Workload.objects.filter(pk=row.pk).update(lease_until=now() - timedelta(minutes=5))
    scale_workload(by=org.admin, workload=reload(row), replicas=5)
    assert work_on_workload(row.pk)


def test_a_worker_that_was_frozen_writes_nothing_old(org, cluster):
    workload = applied(org, "frozen")
    scale_workload(by=org.admin, workload=workload, replicas=2)

    def late(row):
        frozen(row, org)
        return carry_out(row)

    work_once(Workload, workload.pk, late)

    assert lws(cluster, workload)["spec"]["replicas"] == 5
    assert reload(workload).applied_generation == 3


def test_where_an_old_write_may_have_come_last_the_newest_is_applied_again(
    org, cluster
):
    workload = applied(org, "overtook")
    scale_workload(by=org.admin, workload=workload, replicas=2)

    def late(row):
        frozen(row, org)
        ref = Ref(LWS, "LeaderWorkerSet", row.name, row.namespace)
        cluster.patch(ref, {"spec": {"replicas": 2}})
        return {}

    work_once(Workload, workload.pk, late)
    assert reload(workload).due_at is not None
    sweep()

    assert lws(cluster, workload)["spec"]["replicas"] == 5


def test_who_saw_less_does_not_write_last(org, monkeypatch):
    workload = submit(org, "twice")
    Workload.objects.filter(pk=workload.pk).update(message="old")
    real = outcome.status

    def meanwhile(*seen):
        monkeypatch.setattr(outcome, "status", real)
        rows = Workload.objects.filter(pk=workload.pk)
        rows.update(refused=True, last_error="no such thing")
        publish.refresh(workload.pk)
        return real(*seen)

    monkeypatch.setattr(outcome, "status", meanwhile)
    publish.refresh(workload.pk)

    row = reload(workload)
    assert (row.phase, row.message) == ("Failed", "no such thing")


def test_a_result_is_never_kept_without_the_phase_that_follows(
    org, simulator, monkeypatch
):
    simulator.fault(plural="configmaps", verb="patch", code=422, message="no")
    workload = submit(org, "halfway")

    def killed(pks):
        raise KeyboardInterrupt

    monkeypatch.setattr(work, "refresh_all", killed)
    with pytest.raises(KeyboardInterrupt):
        work_on_workload(workload.pk)
    monkeypatch.undo()
    assert not reload(workload).refused

    work.free_leases()
    work_on_workload(workload.pk)
    assert phase(workload) == "Failed"


def test_an_odd_workload_does_not_stop_the_others(org):
    odd, other = submit(org, "odd"), submit(org, "even")
    Workload.objects.filter(pk=odd.pk).update(resolved={"replicas": "many"})
    Workload.objects.filter(pk=other.pk).update(refused=True, last_error="no")

    publish.refresh_all([odd.pk, other.pk])

    assert phase(other) == "Failed"


def test_what_must_go_is_asked_for_until_it_is_gone(org, simulator):
    workload = applied(org, "leaving")
    simulator.fault(plural="configmaps", verb="delete", code=403)

    delete_workload(by=org.admin, workload=workload)
    work_on_workload(workload.pk)
    assert reload(workload).due_at is not None
    assert phase(workload) == "Deleting"
    simulator.clear_faults()

    def gone():
        make_due(workload)
        sweep()
        return reload(workload).deleted_at

    eventually(gone)


@pytest.mark.parametrize(
    ("code", "text"), [(401, "Unauthorized"), (409, "the object has been modified")]
)
def test_a_changed_token_and_two_writes_that_meet_pass(org, simulator, code, text):
    simulator.fault(plural="services", verb="patch", code=code, message=text, times=1)
    workload = submit(org, f"passes{code}x")

    work_on_workload(workload.pk)
    assert (phase(workload), reload(workload).refused) == ("Creating", False)
    make_due(workload)
    work_on_workload(workload.pk)

    assert reload(workload).applied_generation == 1


def test_a_wish_of_the_cluster_to_wait_is_heard(org, simulator):
    simulator.fault(plural="configmaps", verb="patch", code=429, retry_after=20)
    workload = submit(org, "patient2x")

    work_on_workload(workload.pk)

    assert (reload(workload).due_at - now()).total_seconds() > 15


def test_a_cluster_that_does_not_answer_is_asked_once_a_sweep(org, simulator):
    simulator.fault(plural="configmaps", code=503)
    names = ("onex", "twox", "threex")
    made = [submit(org, name) for name in names]

    sweep()

    assert sum(reload(workload).attempts for workload in made) == 1


def test_what_somebody_removed_is_not_made_again_by_scaling(org, cluster):
    workload = applied(org, "removed")
    Workload.objects.filter(pk=workload.pk).update(lws_seen=True)
    ref = Ref(LWS, "LeaderWorkerSet", workload.name, workload.namespace)
    cluster.delete(ref, uid=lws(cluster, workload)["metadata"]["uid"])
    eventually(lambda: missing(cluster, ref))

    with pytest.raises(Refusal, match="Recreate"):
        scale_workload(by=org.admin, workload=reload(workload), replicas=2)
    Workload.objects.filter(pk=workload.pk).update(observed={"lws": {"kind": "seen"}})
    scale_workload(by=org.admin, workload=reload(workload), replicas=2)
    work_on_workload(workload.pk)

    assert missing(cluster, ref)
    assert phase(workload) == "Failed"
    Workload.objects.filter(pk=workload.pk).update(observed={})
    retry_workload(by=org.admin, workload=reload(workload))
    work_on_workload(workload.pk)
    assert not missing(cluster, ref)


def missing(cluster, ref):
    try:
        cluster.get(ref)
    except NotFound:
        return True
    return False


def test_the_poll_does_not_run_beside_a_follower(org):
    workload = applied(org, "beside")
    Pod.objects.create(uid="u", workload=workload, name="beside-0", manifest={})
    old = now() - timedelta(minutes=2)
    later = now() + timedelta(seconds=15)
    Cluster.objects.update(heard_at=old, follower="other", follower_until=later)

    poll_silent_clusters()
    assert Pod.objects.filter(uid="u").exists()

    Cluster.objects.update(follower_until=now() - timedelta(seconds=1), heard_at=old)
    poll_silent_clusters()
    assert not Pod.objects.filter(uid="u").exists()
    assert Cluster.objects.get().follower == ""


def test_what_a_failed_batch_held_is_listed_again(org, follower, submitted):
    workload = submitted(a_group())
    take, failed = follower.take, []

    def broken(batch):
        if len(failed) < 3:
            failed.append(batch)
            raise OSError("disk full")
        take(batch)

    follower.take = broken
    scale_workload(by=org.admin, workload=workload, replicas=2)

    eventually(lambda: reload(workload).running_pods == 4)
    assert len(failed) == 3


def test_a_cluster_that_is_heard_again_takes_the_doubt_from_every_row(org, simulator):
    simulator.fault(plural="configmaps", verb="patch", code=422, message="no")
    refused, sent = submit(org, "nothere"), applied(org, "sentx")
    simulator.clear_faults()
    work_on_workload(refused.pk)
    make_due(sent)
    work_on_workload(sent.pk)
    Cluster.objects.update(heard_at=now() - timedelta(minutes=2))
    say_stale(org.cluster)
    assert phase(sent) == "Unknown"
    assert not is_heard(org.cluster)

    Cluster.objects.update(heard_at=now())
    say_fresh(org.cluster)

    assert phase(sent) != "Unknown"
    assert phase(refused) != "Unknown"


def a_pod(workload, namespace, **more):
    labels = {"runai-portal/workload-id": str(workload.pk)}
    meta = {"uid": "p1", "name": "x-0", "namespace": namespace, "labels": labels}
    return {"kind": "Pod", "metadata": meta} | more


def test_a_label_in_another_namespace_is_nobodys(org):
    workload = submit(org, "labelled")

    strange = Seen(a_pod(workload, "kube-system"))
    assert take_in(org.cluster, "Pod", [strange]) == set()
    assert not Pod.objects.exists()
    mine = Seen(a_pod(workload, workload.namespace))
    assert take_in(org.cluster, "Pod", [mine]) == {str(workload.pk)}


@pytest.mark.parametrize(
    "odd",
    [
        {"status": {"containerStatuses": None, "conditions": [{}, None]}},
        {"status": [], "spec": {"containers": None}},
        {"spec": "?", "status": {"phase": 7, "containerStatuses": [{"state": 1}]}},
    ],
)
def test_an_odd_pod_spoils_nothing(org, odd):
    workload = submit(org, "oddpod")
    Workload.objects.filter(pk=workload.pk).update(applied_generation=1)

    take_in(org.cluster, "Pod", [Seen(a_pod(workload, workload.namespace, **odd))])
    publish.refresh(workload.pk)

    assert phase(workload)


def an_event(workload, minutes):
    at = (now() - timedelta(minutes=minutes)).isoformat()
    about = {
        "kind": "Pod",
        "name": f"{workload.name}-0",
        "namespace": "runai-llm-serving",
    }
    meta = {"uid": f"e{minutes}", "namespace": "runai-llm-serving"}
    return {"metadata": meta, "involvedObject": about, "lastTimestamp": at}


def test_an_event_of_an_earlier_workload_of_that_name_is_not_its_own(org):
    workload = submit(org, "reused")

    take_in(org.cluster, "Event", [Seen(an_event(workload, 5))])
    take_in(org.cluster, "Event", [Seen(an_event(workload, 0))])

    assert list(workload.events.values_list("uid", flat=True)) == ["e0"]


def test_a_list_of_very_many_strange_events_is_taken_in(org):
    workload = submit(org, "crowd")
    strange = [
        {
            "metadata": {"uid": f"s{n}", "namespace": "x"},
            "involvedObject": {"kind": "Pod", "name": f"a-{n}b", "namespace": "x"},
        }
        for n in range(40_000)
    ]

    touched = take_in(
        org.cluster, "Event", [*map(Seen, strange), Seen(an_event(workload, 0))]
    )

    assert touched == {str(workload.pk)}
