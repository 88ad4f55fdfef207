"""What a draft policy would refuse of the workloads that exist."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from access.models import AccessRule, User
from access.roles import Role
from assets.models import ComputeResource
from assets.services import save_asset
from policies.errors import NotAllowed, NotSaved
from policies.services import policy_of
from projects.models import Cluster, Department, GeneralSettings, Project
from tests.support.assets import a_compute_resource
from tests.support.documents import a_document
from tests.support.policies import a_text, in_force
from tests.support.wizard import Page
from workloads import tasks
from workloads.models import ImpactFinding, ImpactRun, Workload
from workloads.services import submit_workload
from workloads.services.impact import start_impact, stop_impact
from workloads.sync import impact
from workloads.sync.forget import forget
from workloads.sync.work import free_leases, work_on_impact

pytestmark = pytest.mark.django_db
State = ImpactRun.State
GPUS = "leader.compute.gpuDevicesRequest"
AT_MOST_2 = a_text(rules={"replicas": {"max": 2}})


def submitted(org, name, said=None, project=None, by=None):
    """A workload that was accepted."""
    base = {"leader.image": "a/b:1", "servingPort.port": 8000}
    return submit_workload(
        by=by or org.admin,
        project=project or org.project,
        name=name,
        document=a_document(base | (said or {})),
    )


def checked(org, text, unit=None, by=None):
    """A check that was carried out to its end."""
    run = start_impact(by=by or org.admin, unit=unit or org.project, text=text)
    work_on_impact(run.pk)
    run.refresh_from_db()
    return run


def listed(run):
    return [
        (
            each.workload.name,
            each.location,
            each.rule,
            each.before,
            each.after,
            each.value,
        )
        for each in run.findings.select_related("workload")
    ]


def test_what_the_draft_newly_refuses_is_listed_with_both_bounds(org):
    in_force(org, "project", rules={"replicas": {"max": 8}})
    submitted(org, "small")
    submitted(org, "large", {"replicas": 6})

    run = checked(org, AT_MOST_2)

    assert listed(run) == [("large", "replicas", "max", "at most 8", "at most 2", "6")]
    assert (run.state, run.total, run.done, run.found) == (State.DONE, 2, 2, 1)
    assert run.ended_at


def test_what_is_refused_already_is_not_counted(org):
    submitted(org, "old", {"replicas": 6, GPUS: 4})
    in_force(org, "project", rules={"replicas": {"max": 3}})

    run = checked(org, a_text(rules={"replicas": {"max": 2}, GPUS: {"max": 1}}))

    assert listed(run) == [("old", GPUS, "max", "", "at most 1", "4")]
    assert run.found == 1


def test_the_draft_stands_in_the_place_of_its_unit_between_all_others(org):
    in_force(org, "cluster", rules={GPUS: {"max": 4}})
    in_force(org, "project", rules={"replicas": {"max": 9}})
    submitted(org, "chat", {"replicas": 6, GPUS: 4})
    draft = a_text(rules={"replicas": {"max": 2}, GPUS: {"max": 2}})

    run = checked(org, draft, org.department)

    assert not run.findings.exists(), "the project's and the cluster's rules hold"


@pytest.mark.parametrize(
    ("said", "rules", "defaults", "expected"),
    [
        ({"priorityClass": "high"}, {"priorityClass": {"canEdit": False}},
         {"priorityClass": "low"}, ("priorityClass", "canEdit", "locked", "high")),
        ({"leader.workingDir": "/a"}, {"leader.workingDir": {"blocked": True}}, {},
         ("leader.workingDir", "blocked", "no value", "/a")),
        ({}, {"leader.workingDir": {"required": True}}, {},
         ("leader.workingDir", "required", "required", "")),
        ({"leader.labels": [{"name": "a", "value": "b"}]},
         {"leader.labels": {"instances": {"canAdd": False}}}, {},
         ("leader.labels.0", "canAdd", "none may be added", "a")),
        ({"leader.image": "c:1"}, {"leader.image": {"options": [{"value": "d"}]}}, {},
         ("leader.image", "options", "one of d", "c:1")),
    ],
)  # fmt: skip
def test_every_kind_of_rule_is_told_in_words(org, said, rules, defaults, expected):
    submitted(org, "chat", said)

    run = checked(org, a_text(defaults, rules))

    (found,) = listed(run)
    assert (found[1], found[2], found[4], found[5]) == expected


def test_a_workload_of_a_form_is_judged_as_a_forms(org):
    submitted(org, "api")
    made = submitted(org, "form", {"workers": 1, "worker.image": "a/b:1"})
    Workload.objects.filter(pk=made.pk).update(
        document=made.document | {"workers": None}
    )
    from_form = Workload.objects.get(pk=made.pk)
    from_form.draft = a_draft_of(org, from_form)
    from_form.save(update_fields=["draft"])

    run = checked(org, a_text(rules={"workers": {"min": 1}}))

    assert [each[0] for each in listed(run)] == ["api"]


def a_draft_of(org, workload):
    return workload._meta.get_field("draft").related_model.objects.create(
        owner=org.admin, project=org.project, name=workload.name
    )


def test_only_workloads_of_the_unit_that_stay_are_checked(org):
    submitted(org, "here", {"replicas": 6})
    submitted(org, "beside", {"replicas": 6}, org.other)
    gone = submitted(org, "gone", {"replicas": 6})
    Workload.objects.filter(pk=gone.pk).update(desired="deleted")

    assert [each[0] for each in listed(checked(org, AT_MOST_2))] == ["here"]
    assert checked(org, AT_MOST_2, org.department).total == 2
    assert checked(org, AT_MOST_2, org.cluster).total == 2
    assert checked(org, AT_MOST_2, GeneralSettings.current()).total == 2


def test_nothing_of_the_draft_is_saved(org):
    submitted(org, "large", {"replicas": 6})

    checked(org, AT_MOST_2)

    assert policy_of(org.project) is None


def test_a_draft_that_could_not_be_saved_is_not_checked(org):
    with pytest.raises(NotSaved):
        start_impact(
            by=org.admin, unit=org.project, text="rules: {replicas: {most: 1}}"
        )

    assert not ImpactRun.objects.exists()


def test_whoever_may_not_change_the_policy_checks_nothing(org):
    other = Department.objects.create(cluster=org.cluster, name="sales")
    for by, unit in (
        (org.alice, org.project),
        (org.charlie, org.project),
        (org.bob, org.cluster),
        (org.bob, other),
    ):
        with pytest.raises(NotAllowed):
            start_impact(by=by, unit=unit, text=AT_MOST_2)

    assert not ImpactRun.objects.exists()


def test_it_goes_on_where_a_killed_worker_was(org, monkeypatch):
    for number in range(5):
        submitted(org, f"w{number}", {"replicas": 6})
    monkeypatch.setattr(impact, "BATCH", 2)
    monkeypatch.setattr(impact, "_keep", dying_after(1))
    run = start_impact(by=org.admin, unit=org.project, text=AT_MOST_2)
    with pytest.raises(Killed):
        work_on_impact(run.pk)
    run.refresh_from_db()
    assert (run.done, run.findings.count()) == (2, 2)
    monkeypatch.undo()
    assert not work_on_impact(run.pk), "the dead worker's lease holds for a while"

    free_leases()
    work_on_impact(run.pk)

    run.refresh_from_db()
    assert (run.state, run.done, run.found) == (State.DONE, 5, 5)
    assert run.findings.values("workload").distinct().count() == 5


class Killed(BaseException):
    """No handler of the product sees it, as with a signal."""


def dying_after(times):
    """Write so many batches, then end as a killed process does."""
    left, keep = [times], impact._keep

    def kept(*arguments):
        if not left[0]:
            raise Killed
        left[0] -= 1
        keep(*arguments)

    return kept


def test_it_lets_other_work_in_and_stays_due(org, monkeypatch):
    for number in range(3):
        submitted(org, f"w{number}", {"replicas": 6})
    monkeypatch.setattr(impact, "BATCH", 1)
    monkeypatch.setattr(impact, "LONGEST", 0.0)
    run = start_impact(by=org.admin, unit=org.project, text=AT_MOST_2)
    turns = 0

    while ImpactRun.objects.due().filter(pk=run.pk).exists():
        turns += 1
        work_on_impact(run.pk)

    run.refresh_from_db()
    assert (turns, run.state, run.done) == (4, State.DONE, 3)


def test_the_clock_rings_for_what_is_due(org, monkeypatch):
    run = start_impact(by=org.admin, unit=org.project, text=AT_MOST_2)
    rung = []
    monkeypatch.setattr(tasks, "_rung", lambda task, pk: rung.append(pk))

    tasks.check_impact()

    assert rung == [str(run.pk)]
    tasks.check_impact(str(run.pk))
    assert rung == [str(run.pk)], "it is done: nobody is rung for"


def test_stopped_between_two_batches_it_writes_no_more(org, monkeypatch):
    for number in range(4):
        submitted(org, f"w{number}", {"replicas": 6})
    monkeypatch.setattr(impact, "BATCH", 2)
    run = start_impact(by=org.admin, unit=org.project, text=AT_MOST_2)
    keep = impact._keep

    def stopped_after(*arguments):
        keep(*arguments)
        stop_impact(by=org.admin, run=run)

    monkeypatch.setattr(impact, "_keep", stopped_after)
    work_on_impact(run.pk)

    run.refresh_from_db()
    assert (run.state, run.done, run.found) == (State.STOPPED, 2, 2)
    assert not work_on_impact(run.pk)


def test_a_new_check_ends_an_earlier_one_of_the_same_author(org):
    first = start_impact(by=org.admin, unit=org.project, text=AT_MOST_2)
    theirs = start_impact(by=org.bob, unit=org.project, text=AT_MOST_2)

    start_impact(by=org.admin, unit=org.project, text=AT_MOST_2)

    first.refresh_from_db()
    theirs.refresh_from_db()
    assert (first.state, theirs.state) == (State.STOPPED, State.QUEUED)


def test_what_breaks_again_and_again_is_given_up(org, monkeypatch):
    submitted(org, "chat")
    run = start_impact(by=org.admin, unit=org.project, text=AT_MOST_2)
    monkeypatch.setattr(impact.Judging, "of", lambda *_: 1 / 0)

    for _ in range(impact.TRIES + 1):
        ImpactRun.objects.filter(pk=run.pk).update(due_at=now() - timedelta(1))
        work_on_impact(run.pk)

    run.refresh_from_db()
    assert (run.state, run.due_at) == (State.FAILED, None)


def test_a_thousand_findings_are_kept_and_the_rest_is_counted(org, monkeypatch):
    monkeypatch.setattr(impact, "KEPT", 3)
    for number in range(5):
        submitted(org, f"w{number}", {"replicas": 6})

    run = checked(org, AT_MOST_2)

    assert (run.found, run.unkept, run.findings.count()) == (5, 2, 3)


def test_facts_and_policies_are_read_once_for_a_project_and_its_submitter(
    org, django_assert_max_num_queries
):
    for number in range(20):
        submitted(org, f"w{number}", {"replicas": 6})
    few = start_impact(by=org.admin, unit=org.project, text=AT_MOST_2)

    with django_assert_max_num_queries(40):
        work_on_impact(few.pk)


def assets_in(run):
    return [
        (each["name"], each["location"], each["rule"], each["before"], each["after"])
        for each in run.assets
    ]


def test_assets_that_could_not_be_loaded_any_more_are_listed_by_role(org):
    a_compute_resource(org, "department", "half", gpuDevicesRequest=4)
    a_compute_resource(org, "project", "small", gpuDevicesRequest=1)
    in_force(org, "cluster", rules={GPUS: {"max": 6}})

    run = checked(org, a_text(rules={GPUS: {"max": 2}}), org.cluster)

    assert assets_in(run) == [("half", GPUS, "max", "at most 6", "at most 2")]
    assert (run.assets_found, run.assets[0]["unit"]) == (1, "department research")
    assert run.assets[0]["value"] == "4"


def test_assets_are_judged_where_the_draft_holds(org):
    a_compute_resource(org, "tenant", "of-all", gpuDevicesRequest=4)
    other = Department.objects.create(cluster=org.cluster, name="sales")
    bots = Project.objects.create(department=other, name="bots")
    elsewhere = {"gpuDevicesRequest": 4}
    resource = ComputeResource(scope="project", project=bots, name="x", piece=elsewhere)
    save_asset(by=org.admin, asset=resource)

    run = checked(org, a_text(rules={GPUS: {"max": 2}}), org.department)

    assert [each[0] for each in assets_in(run)] == ["of-all"]


def test_what_is_forbidden_in_assets_already_is_not_listed(org):
    a_compute_resource(org, "project", "half", gpuDevicesRequest=4)
    in_force(org, "project", rules={GPUS: {"max": 3}})

    assert checked(org, a_text(rules={GPUS: {"max": 2}})).assets == []


def test_the_page_lists_assets_that_the_reader_may_see(org, bob):
    a_compute_resource(org, "department", "half", gpuDevicesRequest=4)
    begun = begin(bob, org, a_text(rules={GPUS: {"max": 2}}))
    work_on_impact(ImpactRun.objects.get().pk)
    page = Page(bob.get(begun["Location"]))
    assert f"half Compute resource Department research {GPUS} max" in page.top.text
    other = Department.objects.create(cluster=org.cluster, name="sales")

    AccessRule.objects.filter(user=org.bob).update(department=other)

    assert "half" not in Page(bob.get(begun["Location"])).top.text


def test_old_checks_are_forgotten(org):
    submitted(org, "large", {"replicas": 6})
    old, new = checked(org, AT_MOST_2), checked(org, AT_MOST_2)
    ImpactRun.objects.filter(pk=old.pk).update(created_at=now() - timedelta(days=2))

    forget()

    assert list(ImpactRun.objects.all()) == [new]
    assert set(ImpactFinding.objects.values_list("run", flat=True)) == {new.pk}


@pytest.fixture
def bob(client, org):
    """The browser of the department's administrator."""
    client.force_login(org.bob)
    return client


def begin(client, org, text=AT_MOST_2):
    unit = f"project-{org.project.pk}"
    said = {"unit": unit, "text": text, "based_on": 0, "reason": ""}
    return client.post("/policies/impact/", said)


def test_the_editor_has_the_button(org, bob):
    editor = Page(bob.get(f"/policies/new/?unit=project-{org.project.pk}"))

    (button,) = [
        each
        for each in editor.elements
        if each.attributes.get("formaction") == "/policies/impact/"
    ]
    assert button.text == "Check running workloads"


def test_from_the_editor_to_the_result(org, bob):
    made = submitted(org, "large", {"replicas": 6})

    begun = begin(bob, org)

    assert begun.status_code == 302
    waiting = Page(bob.get(begun["Location"]))
    assert "0 of 1 workload checked" in waiting.top.text
    assert waiting.by_id("impact").attributes["hx-get"].startswith(begun["Location"])
    work_on_impact(ImpactRun.objects.get().pk)
    done = Page(bob.get(begun["Location"]))
    assert "hx-get" not in done.by_id("impact").attributes
    assert f"/workloads/{made.pk}/" in done.html
    assert "large llm-serving replicas max no rule at most 2 6" in done.top.text
    assert done.inputs["text"] == [AT_MOST_2], "the text goes back to the editor"


def test_that_nothing_would_be_refused_is_said(org, bob):
    submitted(org, "small")
    begun = begin(bob, org)
    work_on_impact(ImpactRun.objects.get().pk)

    page = Page(bob.get(begun["Location"]))

    assert "No running workload would be refused" in page.top.text


def test_a_text_that_is_wrong_goes_back_to_the_editor_with_all_that_was_typed(org, bob):
    begun = begin(bob, org, "rules: {replicas: {most: 2}}")
    assert (begun.status_code, begun["Location"]) == (307, "/policies/new/")
    said = {"unit": f"project-{org.project.pk}", "text": "rules: {replicas: {most: 2}}"}

    page = Page(bob.post(begun["Location"], said))

    assert page.inputs["text"] == ["rules: {replicas: {most: 2}}"]
    assert "1 problem" in page.top.text


def test_a_text_that_was_sent_when_the_session_had_ended_is_carried_over(org, client):
    page = Page(begin(client, org))

    assert "max: 2" in page.inputs["carried"][0]


def test_a_check_is_stopped_by_its_button(org, bob):
    begun = begin(bob, org)

    stopped = bob.post(f"{begun['Location']}stop/")

    assert ImpactRun.objects.get().state == State.STOPPED
    assert "Stopped" in bob.get(stopped["Location"]).content.decode()


def test_a_check_is_its_authors_alone(org, bob, client):
    begun = begin(bob, org)
    client.force_login(org.admin)

    assert client.get(begun["Location"]).status_code == 404
    assert client.post(f"{begun['Location']}stop/").status_code == 404
    assert ImpactRun.objects.get().state == State.QUEUED


def test_what_the_author_may_not_see_any_more_is_counted_and_not_shown(org, bob):
    submitted(org, "secret-name", {"replicas": 6})
    begun = begin(bob, org)
    work_on_impact(ImpactRun.objects.get().pk)
    AccessRule.objects.filter(user=org.bob).update(department=None, project=org.other)

    page = Page(bob.get(begun["Location"]))

    assert "secret-name" not in page.html
    assert "1 more that you may not see." in page.top.text


def test_what_the_author_may_not_see_is_not_even_kept(org):
    submitted(org, "hidden", {"replicas": 6})
    run = start_impact(by=org.bob, unit=org.project, text=AT_MOST_2)
    AccessRule.objects.filter(user=org.bob).update(department=None, project=org.other)

    work_on_impact(run.pk)

    run.refresh_from_db()
    assert (run.found, run.unseen, run.findings.count()) == (1, 1, 0)


def test_another_units_policy_is_not_there_for_who_may_not_change_it(org, client):
    cluster = Cluster.objects.create(name="other")
    sales = Department.objects.create(cluster=cluster, name="sales")
    bots = Project.objects.create(department=sales, name="bots")
    dora = User.objects.create_user("dora")
    AccessRule.objects.create(user=dora, role=Role.VIEWER, project=org.project)

    mine, theirs = f"project-{org.project.pk}", f"project-{bots.pk}"
    for user, unit in ((org.bob, theirs), (org.alice, "tenant"), (dora, mine)):
        client.force_login(user)
        answer = client.post("/policies/impact/", {"unit": unit, "text": AT_MOST_2})
        assert answer.status_code == 404

    assert not ImpactRun.objects.exists()
