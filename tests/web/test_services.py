"""What the services promise beyond a submission: nothing twice, nothing half."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils.timezone import now

from projects.models import AuditEntry, Project
from tests.support.rows import a_workload
from workloads.models import Draft, PhaseChange, Termination, Workload
from workloads.services import (
    HasIssues,
    NameTaken,
    Refusal,
    delete_workload,
    scale_workload,
    submit_workload,
)
from workloads.services import submit as submitting
from workloads.services.submit import take_chain
from workloads.sync import forget
from workloads.sync.observe import Seen, take_in, take_stock
from workloads.sync.sweep import say_fresh, say_stale
from workloads.sync.work import work_on_workload
from workloads.tasks import apply_workload, ring

pytestmark = pytest.mark.django_db
V1 = {"workers": 0, "leader": {"image": "a/b:1"}, "servingPort": {"port": 8000}}


def submit(org, name="chat", **more):
    return submit_workload(
        by=org.alice, project=org.project, name=name, document=V1, **more
    )


def test_of_two_deletions_the_first_says_what_becomes_of_the_volumes(org):
    workload = submit(org)
    stale = Workload.objects.get(pk=workload.pk)

    delete_workload(by=org.alice, workload=workload, keep_volumes=True)
    delete_workload(by=org.bob, workload=stale)

    assert Workload.objects.get(pk=workload.pk).keep_volumes
    assert AuditEntry.objects.filter(action="workload.delete").count() == 1


def test_a_name_taken_in_the_same_moment_is_a_refusal_at_the_name(org, monkeypatch):
    submit(org)
    real, asked = Workload.save, []

    def late(row, **options):
        asked.append(row.name)
        return real(row, **options)

    monkeypatch.setattr(Workload, "save", late)
    monkeypatch.setattr("workloads.services.submit._taken", once_blind())

    with pytest.raises(NameTaken):
        submit(org)

    assert asked == ["chat"]
    assert Workload.objects.count() == 1


def once_blind():
    """The look for a taken name, as another one is taking it: blind the first time."""
    looks, real = [], submitting._taken

    def look(project, name):
        looks.append(name)
        return real(project, name) if len(looks) > 1 else None

    return look


def test_what_breaks_for_another_reason_is_no_taken_name(org, monkeypatch):
    def gone(row, **options):
        raise IntegrityError("FOREIGN KEY constraint failed")

    monkeypatch.setattr(Workload, "save", gone)

    with pytest.raises(Refusal, match="changed meanwhile"):
        submit(org)


def test_the_chain_is_taken_from_the_broadest_to_the_narrowest(org):
    Project.objects.filter(pk=org.project.pk).update(policy_version=7)

    taken = take_chain(org.project, None)

    assert [unit.split()[0] for unit, _ in taken] == [
        "tenant",
        "cluster",
        "department",
        "project",
    ]
    assert dict(taken)["project llm-serving"] == 7


def test_nobody_rings_before_the_row_is_safe(org, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as bells:
        submit(org)

    assert len(bells) == 1


def test_a_broker_that_takes_nothing_stops_nobody(
    org, monkeypatch, django_capture_on_commit_callbacks
):
    def away(*args, **options):
        raise ConnectionError("no broker")

    monkeypatch.setattr(apply_workload, "delay", away)

    with django_capture_on_commit_callbacks(execute=True):
        workload = submit(org)
        ring(workload)

    assert Workload.objects.due().filter(pk=workload.pk).exists() is False  # waits
    assert Workload.objects.get(pk=workload.pk).due_at


def test_a_message_for_a_row_that_has_nothing_to_do_does_nothing(org):
    workload = a_workload(org.project, org.alice)
    Workload.objects.filter(pk=workload.pk).update(due_at=None)

    assert not work_on_workload(workload.pk)
    apply_workload(str(workload.pk))
    apply_workload("00000000-0000-0000-0000-000000000000")

    assert Workload.objects.get(pk=workload.pk).attempts == 0


def test_it_is_not_scaled_below_the_partition_of_its_rollout(org):
    workload = submit_workload(
        by=org.alice,
        project=org.project,
        name="parted",
        document=V1 | {"replicas": 4, "rollout": {"partition": 3}},
    )

    with pytest.raises(HasIssues) as refusal:
        scale_workload(by=org.alice, workload=workload, replicas=2)

    (issue,) = refusal.value.issues
    assert str(issue.location) == "replicas"
    assert issue.text.startswith("must be 3 or more")
    scale_workload(by=org.alice, workload=workload, replicas=3)


def test_a_workload_that_its_cluster_lost_is_not_scaled(org):
    workload = a_workload(org.project, org.alice, lws_seen=True, observed={})

    with pytest.raises(Refusal, match="Recreate"):
        scale_workload(by=org.alice, workload=workload, replicas=3)


def test_the_draft_of_a_forgotten_workload_does_not_come_back(org):
    draft = Draft.objects.create(owner=org.alice, project=org.project, document=V1)
    other = Draft.objects.create(owner=org.alice, project=org.project, document=V1)
    workload = submit(org, draft=draft)
    old = now() - timedelta(days=15)
    Workload.objects.filter(pk=workload.pk).update(deleted_at=old)

    forget.forget()

    assert not Workload.objects.exists()
    assert list(Draft.objects.owned_by(org.alice).open()) == [other]


def test_what_crashes_for_months_stays_small(org, monkeypatch):
    workload = a_workload(org.project, org.alice)
    monkeypatch.setattr(forget, "ENDINGS", 3)
    monkeypatch.setattr(forget, "PHASES", 4)
    PhaseChange.objects.filter(workload=workload).delete()
    for minute in range(6):
        at = now() - timedelta(minutes=minute)
        PhaseChange.objects.create(workload=workload, at=at, phase=f"p{minute}")
        Termination.objects.create(
            workload=workload, pod_uid="u", pod=f"t{minute}", container="c", at=at
        )

    forget.forget()

    kept = workload.terminations.order_by("-at").values_list("pod", flat=True)
    assert list(kept) == ["t0", "t1", "t2"]
    phases = workload.phase_changes.values_list("phase", flat=True)
    assert list(phases) == ["p0", "p1", "p2", "p3"]


def test_following_ten_thousand_pods_costs_no_query_for_each(
    org, django_assert_max_num_queries
):
    rows = [a_workload(org.project, org.alice, f"w{n}x") for n in range(20)]
    pods = [a_pod(row, n) for row in rows for n in range(100)]

    with django_assert_max_num_queries(16):
        take_stock(org.cluster, "Pod", pods)
    with django_assert_max_num_queries(7):
        take_in(org.cluster, "Pod", [Seen(pod) for pod in pods[:500]])
    with django_assert_max_num_queries(4):
        say_stale(org.cluster)
        say_fresh(org.cluster)


def a_pod(row, number):
    meta = {
        "uid": f"{row.pk}-{number}",
        "name": f"{row.name}-{number}",
        "namespace": row.namespace,
        "labels": {"runai-portal/workload-id": str(row.pk)},
    }
    return {"metadata": meta, "spec": {}, "status": {}}


def test_a_manifest_without_a_queue_is_a_sentence(client, org):
    workload = a_workload(org.project, org.alice)
    org.project.quotas.all().delete()
    client.force_login(org.alice)

    answer = client.get(f"/workloads/{workload.pk}/spec.yaml")

    assert answer.status_code == 409
    assert "no queue in node pool" in answer.text
    assert client.get(f"/workloads/{workload.pk}/spec/").status_code == 200
