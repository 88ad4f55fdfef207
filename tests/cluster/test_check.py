"""The cluster is asked before anything is applied, at Review and by the task."""

from html import unescape

import pytest

from tests.cluster.test_sync import a_group, reload
from tests.support.static_files import plain_static_files  # noqa: F401  # a fixture
from tests.support.wizard import Wizard, a_draft
from workloads.cluster import KubernetesCluster, Ref
from workloads.models import Draft
from workloads.services import submit_workload
from workloads.services.check import ask, told, waits
from workloads.services.copies import edit_and_retry
from workloads.services.wizard import page_of
from workloads.sync.check import check_draft
from workloads.sync.work import work_on_workload
from workloads.wizard.page import Opened
from workloads.wizard.steps import STEPS

LEVEL = "pod-security.kubernetes.io/enforce"
BARRED = "the project's namespace enforces the security level restricted"


@pytest.fixture(autouse=True)
def healed(simulator):
    yield
    simulator.clear_faults()


@pytest.fixture
def restricted(org, simulator):
    """The project's namespace allows only pods that keep to the strictest level."""
    cluster = KubernetesCluster(simulator.url, simulator.token)
    place = Ref("v1", "Namespace", org.project.namespace)
    cluster.patch(place, {"metadata": {"labels": {LEVEL: "restricted"}}})
    yield
    cluster.patch(place, {"metadata": {"labels": {LEVEL: None}}})


def reviewed(draft):
    """Ask as the review does, have the task answer, and draw the page again."""
    page = page_of(draft, STEPS["review"], draft.owner, Opened(""))
    assert page.verdict.issues == ()
    ask(draft, page.verdict)
    assert waits(draft)
    check_draft(draft.pk)
    draft = Draft.objects.get(pk=draft.pk)
    verdict = page_of(draft, STEPS["review"], draft.owner, Opened("")).verdict
    found = {str(w.location): w.text for w in verdict.warnings if w.rule == "cluster"}
    return draft, found


def test_a_cluster_that_takes_it_says_so(org):
    draft, found = reviewed(a_draft(org.admin, org.project, document=a_group()))

    assert found == {}
    assert told(draft) == "The cluster has nothing against it"


def test_every_objection_stands_at_its_field_until_that_is_changed(
    client, org, restricted
):
    draft, found = reviewed(a_draft(org.admin, org.project, document=a_group()))

    assert found["leader.security.runAsNonRoot"] == f"must be on: {BARRED}"
    assert "worker.security.allowPrivilegeEscalation" in found
    wizard = Wizard(client, org.admin, draft)
    page = wizard.open("review")
    assert "Run as non-root must be on" in unescape(page.html)
    page = wizard.say("environment", {"leader.security.runAsNonRoot": "true"})
    assert "Run as non-root must be on" not in unescape(page.html)
    assert f"Linux capabilities must all be dropped: {BARRED}" in unescape(page.html)


def test_nothing_is_applied_that_the_cluster_would_refuse(org, simulator, restricted):
    workload = submit_workload(
        by=org.admin, project=org.project, name="barred", document=a_group()
    )

    work_on_workload(workload.pk)

    row = reload(workload)
    assert row.phase == "Failed"
    assert f"Leader: Run as non-root must be on: {BARRED}." in row.last_error
    cluster = KubernetesCluster(simulator.url, simulator.token)
    anchors, _ = cluster.list("v1", "ConfigMap", namespace=org.project.namespace)
    assert "barred-anchor" not in {each["metadata"]["name"] for each in anchors}


def test_edit_and_retry_shows_the_objections_at_their_fields(client, org, restricted):
    workload = submit_workload(
        by=org.admin, project=org.project, name="barred", document=a_group()
    )
    work_on_workload(workload.pk)

    draft = edit_and_retry(by=org.admin, workload=reload(workload))

    page = Wizard(client, org.admin, draft).open("environment")
    assert f"Run as non-root must be on: {BARRED}." in unescape(page.html)


def test_a_quota_that_is_used_up_now_is_told_and_stops_no_submission(org, simulator):
    text = (
        'pods "x" is forbidden: exceeded quota: team, requested: pods=1, '
        "used: pods=9, limited: pods=9"
    )
    simulator.fault(plural="pods", verb="create", code=403, message=text)
    _, found = reviewed(a_draft(org.admin, org.project, document=a_group()))

    workload = submit_workload(
        by=org.admin, project=org.project, name="later", document=a_group()
    )
    work_on_workload(workload.pk)

    assert "team has no room now" in found["leader.compute"]
    assert reload(workload).applied_generation == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"code": 503}, "The cluster does not answer"),
        ({"code": 404, "message": 'namespaces "x" not found'}, "is not made yet"),
        (
            {"code": 403, "message": 'User "portal" cannot create resource "pods"'},
            "may not try pods there",
        ),
    ],
)
def test_what_cannot_be_checked_is_said_and_waits_for_the_creation(
    org, simulator, fault, words
):
    simulator.fault(plural="pods", verb="create", **fault)

    draft, found = reviewed(a_draft(org.admin, org.project, document=a_group()))

    assert found == {}
    assert words in told(draft)


def test_a_change_while_the_cluster_is_asked_is_not_told_as_a_taken_name(
    org, simulator
):
    text = "Operation cannot be fulfilled: the object has been modified"
    simulator.fault(plural="leaderworkersets", verb="patch", code=409, message=text)

    draft, found = reviewed(a_draft(org.admin, org.project, document=a_group()))

    assert found == {}
    assert "Something changed while the cluster was asked" in told(draft)


def test_an_answer_to_an_older_question_is_dropped(org):
    draft = a_draft(org.admin, org.project, document=a_group())
    verdict = page_of(draft, STEPS["review"], draft.owner, Opened("")).verdict
    ask(draft, verdict)
    Draft.objects.filter(pk=draft.pk).update(revision=draft.revision + 1)
    draft.refresh_from_db()

    check_draft(draft.pk)

    draft.refresh_from_db()
    assert told(draft) == ""
