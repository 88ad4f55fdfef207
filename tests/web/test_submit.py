"""Submitting a workload, whatever the door."""

import pytest

from projects.models import AuditEntry, Cluster
from workloads.models import Draft, Workload
from workloads.services import (
    HasIssues,
    NameTaken,
    Refusal,
    StalePolicy,
    delete_workload,
    retry_workload,
    scale_workload,
    submit_workload,
)

pytestmark = pytest.mark.django_db
V1 = {
    "workers": 1,
    "leader": {"image": "a/b:1", "compute": {"gpuDevicesRequest": 8}},
    "worker": {"image": "a/b:1", "compute": {"gpuDevicesRequest": 8}},
    "servingPort": {"port": 8000},
}


def submit(org, name="chat", **more):
    return submit_workload(
        by=org.alice,
        **{"project": org.project, "name": name, "document": V1} | more,
    )


def test_what_was_accepted_is_a_row_that_is_due_with_an_audit_entry(org):
    workload = submit(org)

    row = Workload.objects.get(pk=workload.pk)
    assert (row.name, row.phase, row.generation) == ("chat", "Creating", 1)
    assert row.due_at is not None
    assert row.applied_generation is None
    assert (row.requested_pods, row.requested_gpus, row.workers) == (2, 16, 1)
    entry = AuditEntry.objects.get(action="workload.create")
    assert (entry.actor, entry.target) == (org.alice, str(row.pk))


def test_a_document_with_issues_is_refused_and_nothing_is_kept(org):
    with pytest.raises(HasIssues) as refused:
        submit(org, document={"workers": 1})

    found = {(str(issue.location), issue.rule) for issue in refused.value.issues}
    assert {("leader.image", "required"), ("worker.image", "required")} <= found
    assert not Workload.objects.exists()
    assert not AuditEntry.objects.filter(action="workload.create").exists()


@pytest.mark.parametrize("name", ["a-0", "a-ep", "a-np", "x" * 48, "Chat", "1chat", ""])
def test_a_name_that_the_cluster_cannot_have_is_refused(org, name):
    with pytest.raises(HasIssues) as refused:
        submit(org, name)

    assert "name" in {str(issue.location) for issue in refused.value.issues}


def test_a_taken_name_is_refused_and_says_whose_it_is(org):
    first = submit(org)

    with pytest.raises(NameTaken) as refused:
        submit(org)

    assert refused.value.holder == str(first.pk)
    assert "Choose another name" in str(refused.value)


def test_a_name_is_free_again_in_another_project(org):
    submit(org)

    second = submit_workload(by=org.bob, project=org.other, name="chat", document=V1)

    assert second.name == "chat"


def test_a_draft_becomes_one_workload_however_often_it_is_submitted(org):
    draft = Draft.objects.create(owner=org.alice, project=org.project, document=V1)

    first = submit(org, draft=draft)
    second = submit(org, draft=draft)

    assert first.pk == second.pk
    assert Workload.objects.count() == 1


def test_who_may_not_create_in_the_project_is_refused(org):
    with pytest.raises(Refusal):
        submit_workload(by=org.charlie, project=org.project, name="x", document=V1)

    assert not Workload.objects.exists()


def test_a_policy_that_changed_since_it_was_shown_is_named(org):
    shown = {"cluster gpu-west-1": org.cluster.policy_version}
    Cluster.objects.update(policy_version=99)

    with pytest.raises(StalePolicy) as refused:
        submit(org, versions=shown)

    assert refused.value.units == ("cluster gpu-west-1",)


def test_the_last_scale_wins_and_each_makes_a_generation(org):
    workload = submit(org)

    scale_workload(by=org.alice, workload=workload, replicas=2)
    workload.refresh_from_db()
    scale_workload(by=org.alice, workload=workload, replicas=5)

    workload.refresh_from_db()
    assert (workload.replicas, workload.generation) == (5, 3)
    assert (workload.requested_pods, workload.requested_gpus) == (10, 80)
    assert workload.document["replicas"] == 5


def test_scaling_beyond_the_range_is_an_issue_at_replicas(org):
    workload = submit(org)

    with pytest.raises(HasIssues) as refused:
        scale_workload(by=org.alice, workload=workload, replicas=1001)

    assert [str(i.location) for i in refused.value.issues] == ["replicas"]
    workload.refresh_from_db()
    assert workload.replicas == 1


def test_a_workload_on_its_way_out_is_not_scaled(org):
    workload = submit(org)
    delete_workload(by=org.alice, workload=workload)
    workload.refresh_from_db()

    with pytest.raises(Refusal, match="being deleted"):
        scale_workload(by=org.alice, workload=workload, replicas=2)


def test_deleting_shows_at_once_and_twice_is_once(org):
    workload = submit(org)

    delete_workload(by=org.alice, workload=workload)
    workload.refresh_from_db()
    delete_workload(by=org.alice, workload=workload)

    workload.refresh_from_db()
    assert (workload.desired, workload.phase) == ("deleted", "Deleting")
    assert AuditEntry.objects.filter(action="workload.delete").count() == 1


def test_only_what_failed_is_retried(org):
    workload = submit(org)

    with pytest.raises(Refusal, match="failed"):
        retry_workload(by=org.alice, workload=workload)
