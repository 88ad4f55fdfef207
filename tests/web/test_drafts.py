"""Drafts: begun, kept by two tabs at once, submitted once."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import Cluster
from tests.support.wizard import Page, Wizard, a_draft
from workloads.models import Draft, Workload
from workloads.services import copy_workload, submit_workload
from workloads.wizard.steps import WIZARD

pytestmark = pytest.mark.django_db
NAME = "leader.image"


@pytest.fixture
def ready(client, org):
    pod = {"image": "a/b:1"}
    document = {"leader": pod, "worker": pod, "servingPort": {"port": 8000}}
    return Wizard(client, org.alice, a_draft(org.alice, org.project, document=document))


def test_basics_asks_for_cluster_project_and_name_in_turn(client, org):
    wizard = Wizard(client, org.alice)
    page = wizard.open("basics")
    assert page.inputs["cluster"] == [str(org.cluster.pk)]
    assert page.problems() == {}

    page = wizard.say("basics", {}, "continue")
    assert page.problems() == {
        "project": "Choose a project.",
        "name": "Name is required.",
    }

    values = {"project": org.project.pk, "name": "chat"}
    assert wizard.continued("basics", values) == "environment"


@pytest.mark.parametrize("name", ["70b", "Chat", "chat-2", "chat-ep", "c" * 48])
def test_a_name_that_cannot_be_is_told_at_its_field_and_kept(wizard, name):
    page = wizard.say("basics", {"name": name})

    assert page.inputs["name"] == [name]
    assert page.problems()["name"] == page.by_id("name-error").text


def test_a_taken_name_asks_for_another_and_keeps_all_else(ready, org):
    other = a_draft(org.alice, org.project)
    Workload.objects.create(project=org.project, draft=other, name="chat")

    page = ready.say("basics", {"name": "chat"}, "continue")

    assert "already has a workload named chat" in page.problems()["name"]
    assert ready.draft.document["leader"] == {"image": "a/b:1"}


def test_another_cluster_clears_the_project(client, org):
    other = Cluster.objects.create(name="east", server="http://127.0.0.1:9")
    other.departments.create(name="far").projects.create(name="away")
    wizard = Wizard(client, org.admin, a_draft(org.admin, org.project))

    wizard.say("basics", {"cluster": other.pk})

    assert (wizard.draft.cluster, wizard.draft.project) == (other, None)


def test_a_project_out_of_reach_is_not_there(client, org):
    wizard = Wizard(client, org.alice)

    page = wizard.say("basics", {"project": org.other.pk, "name": "chat"}, "continue")

    assert "project" in page.problems()
    assert org.other.name not in page.top.text


def test_somebody_without_a_project_is_told_whom_to_ask(client, org):
    page = Wizard(client, org.charlie).open("basics")

    assert "You have no project yet" in page.top.text
    assert "continue" not in [
        e.attributes.get("value")
        for e in page.elements
        if "btn-primary" in e.attributes.get("class", "")
    ]


def test_without_leaderworkerset_distributed_cannot_be_chosen(client, org):
    Cluster.objects.update(inventory={"lws": False})
    wizard = Wizard(client, org.alice, a_draft(org.alice, org.project))

    page = wizard.say("basics", {}, "continue")

    (radio,) = page.named("architecture")
    assert "disabled" in radio.attributes
    assert "LeaderWorkerSet is not installed" in page.problems()["architecture"]
    assert "administrator" in page.problems()["architecture"]


def test_a_draft_is_its_owners_alone(client, org, wizard):
    client.force_login(org.bob)

    assert client.get(wizard.url("environment")).status_code == 404
    assert client.post(wizard.url("environment"), {NAME: "x"}).status_code == 404


def test_two_tabs_of_basics_keep_what_each_of_them_said(wizard, org):
    org.alice.access_rules.create(role="ai-practitioner", project=org.other)
    one, two = wizard.open("basics"), wizard.open("basics")
    wizard.post(one, "basics", {"name": "renamed"}, htmx=True)

    wizard.post(two, "basics", {"project": org.other.pk}, htmx=True)

    assert (wizard.draft.name, wizard.draft.project) == ("renamed", org.other)


def test_two_tabs_keep_what_each_of_them_said(wizard):
    one, two = wizard.open("environment"), wizard.open("environment")
    wizard.post(one, "environment", {NAME: "a/b:1"}, htmx=True)

    page = Page(wizard.post(two, "environment", {"leader.workingDir": "/w"}, htmx=True))

    assert wizard.draft.document["leader"] == {"image": "a/b:1", "workingDir": "/w"}
    assert page.inputs[NAME] == ["a/b:1"]


def test_a_value_that_another_tab_saved_stands_beside_ones_own(wizard):
    one, two = wizard.open("environment"), wizard.open("environment")
    wizard.post(one, "environment", {NAME: "theirs:1"}, htmx=True)

    page = Page(wizard.post(two, "environment", {NAME: "mine:1"}, htmx=True))
    assert page.inputs[NAME] == ["mine:1"]
    assert "Another page saved theirs:1" in page.top.text

    page = Page(wizard.post(page, "environment", {}, f"theirs:{NAME}", htmx=True))
    assert page.inputs[NAME] == ["theirs:1"]
    assert "Another page saved" not in page.top.text


def test_a_post_older_than_the_last_of_its_page_is_dropped(wizard):
    page = wizard.open("environment")
    wizard.post(page, "environment", {NAME: "new:1", "count": "2"}, htmx=True)

    answer = wizard.post(page, "environment", {NAME: "old:1", "count": "1"}, htmx=True)

    assert wizard.draft.document["leader"] == {"image": "new:1"}
    assert Page(answer).inputs[NAME] == ["new:1"]


def test_the_same_page_posted_twice_without_script_keeps_what_was_typed(wizard):
    rows = "leader.environmentVariables"
    page = wizard.open("environment")
    wizard.post(page, "environment", {NAME: "a/b:1"}, f"add:{rows}")

    wizard.post(page, "environment", {NAME: "a/b:2"}, f"add:{rows}")

    assert wizard.draft.document["leader"]["image"] == "a/b:2"
    assert len(wizard.draft.document["leader"]["environmentVariables"]) == 1


def test_a_save_that_lost_the_race_is_merged_again(wizard, monkeypatch):
    page = wizard.open("environment")
    won, overtaken = Draft.won, []

    def overtake(self, **columns):
        if not overtaken:
            overtaken.append(True)
            leader = {"leader": {"workingDir": "/w"}}
            Draft.objects.filter(pk=self.pk).update(
                document=leader, revision=self.revision + 1
            )
        return won(self, **columns)

    monkeypatch.setattr(Draft, "won", overtake)
    wizard.post(page, "environment", {NAME: "a/b:1"}, htmx=True)

    assert wizard.draft.document["leader"] == {"workingDir": "/w", "image": "a/b:1"}


def test_create_submits_once_and_the_second_click_lands_on_the_same(ready):
    page = ready.open("review")

    first = ready.post(page, "review", {}, "create")
    second = ready.post(page, "review", {}, "create")

    made = Workload.objects.get()
    assert (made.name, made.created_by) == ("chat", ready.user)
    assert first["Location"] == second["Location"] == f"/?created={made.pk}"
    assert ready.client.get(ready.url("leader"))["Location"] == first["Location"]


def test_what_stands_against_it_is_listed_by_step_on_the_review(client, org):
    document = {"leader": {"compute": {"cpuCoreRequest": "many"}}}
    draft = a_draft(org.alice, org.project, document=document)
    wizard = Wizard(client, org.alice, draft)

    page = Page(wizard.post(wizard.open("review"), "review", {}, "create"))

    assert {"leader-image", "worker-image", "leader-compute-cpuCoreRequest"} <= set(
        page.problems()
    )
    assert "<title>Error: Review" in page.html
    assert not Workload.objects.exists()
    assert wizard.open("workers").problems() == {
        "worker-image": "Image URL is required."
    }


def test_a_name_taken_meanwhile_leads_back_to_basics(ready, org):
    page = ready.open("review")
    Workload.objects.create(project=org.project, name="chat")

    page = Page(ready.post(page, "review", {}, "create"))

    assert "already has a workload named chat" in page.problems()["name"]


def test_a_policy_that_changed_since_the_review_is_shown_first(ready, org):
    page = ready.open("review")
    org.project.policy_version += 1
    org.project.save()

    page = Page(ready.post(page, "review", {}, "create"))

    assert "changed meanwhile" in page.top.text
    assert not Workload.objects.exists()
    assert ready.post(page, "review", {}, "create").status_code == 302


def test_change_links_come_back_to_the_review(ready):
    link = re.search(r'href="([^"]*/setup/\?back=review)"', ready.open("review").html)
    page = Page(ready.client.get(link[1]))

    assert page.inputs["back"] == ["review"]
    answer = ready.post(page, "setup", {"replicas": "2"}, "continue")

    assert answer["Location"] == ready.url("review")


def test_the_review_sets_leader_and_workers_side_by_side(ready):
    ready.say("workers", {"worker.image": "a/b:2"})

    text = ready.open("review").top.text

    assert "Image URL a/b:1 a/b:2" in text
    assert (
        "Pull condition Only if not already on the host (recommended) Default" in text
    )
    assert 'kind: "LeaderWorkerSet"' in text


def test_the_review_says_in_a_whole_sentence_that_there_is_no_endpoint(wizard):
    text = wizard.open("review").top.text

    assert "Worth knowing Container port is not given: without an endpoint" in text


def test_the_yaml_can_be_downloaded(ready):
    answer = ready.client.get(f"/drafts/{ready.draft.pk}/workload.yaml/?download")

    assert answer["Content-Disposition"] == 'attachment; filename="chat.yaml"'
    assert b'kind: "LeaderWorkerSet"' in answer.content


def test_copying_says_for_the_workers_what_the_leader_says(wizard):
    leader = {
        "image": "a/b:1",
        "compute": {"gpuDevicesRequest": 2},
        "environmentVariables": [{"name": "A", "value": "1"}],
    }
    wizard.draft.document = {"leader": leader}
    wizard.draft.save()
    page = wizard.open("workers")
    assert "differs from leader: a/b:1" in page.top.text

    wizard.say("workers", {}, "copy:compute")
    assert wizard.draft.document["worker"] == {"compute": {"gpuDevicesRequest": 2}}
    page = wizard.say("workers", {}, "copy:all")

    assert wizard.draft.document["worker"] == leader
    assert "differs from leader" not in page.top.text
    assert "Copied" in page.top.text
    page = wizard.say("workers", {"worker.image": "a/b:2"})
    assert wizard.draft.sources.get("worker.image") is None
    assert wizard.draft.document["leader"] == leader


def test_discarded_drafts_are_gone_and_unfinished_ones_are_listed(client, org, wizard):
    mine = Draft.objects.owned_by(org.alice)
    assert list(mine.unfinished()) == [wizard.draft]

    client.post(f"/drafts/{wizard.draft.pk}/discard/")

    assert not Draft.objects.exists()


def test_a_draft_in_which_nothing_was_said_is_nothing_to_go_on_with(client, org):
    wizard = Wizard(client, org.alice)
    wizard.open("basics")
    assert "Continue draft" not in client.get("/").text

    wizard.say("basics", {"project": org.project.pk})

    assert "Continue draft" in client.get("/").text


def test_a_draft_without_a_name_goes_on_at_basics_and_its_review_says_so(ready):
    Draft.objects.update(name="", visited=[step.slug for step in WIZARD])

    assert ready.client.get(f"/drafts/{ready.draft.pk}/")["Location"].endswith(
        "/basics/"
    )
    assert ready.open("review").problems()["name"] == "Name is required."


def test_what_another_page_changed_is_shown_before_it_is_created(ready):
    page = ready.open("review")
    ready.say("environment", {NAME: "other:2"})

    page = Page(ready.post(page, "review", {}, "create"))

    assert "changed in another page meanwhile" in page.top.text
    assert "other:2" in page.top.text
    assert not Workload.objects.exists()
    assert ready.post(page, "review", {}, "create").status_code == 302
    assert Workload.objects.get().image == "other:2"


def test_a_project_chosen_in_another_page_is_shown_before_it_is_created(ready, org):
    org.alice.access_rules.create(role="ai-practitioner", project=org.other)
    page = ready.open("review")
    ready.say("basics", {"project": org.other.pk})

    page = Page(ready.post(page, "review", {}, "create"))

    assert "changed in another page meanwhile" in page.top.text
    assert not Workload.objects.exists()


@pytest.mark.parametrize("slug", ["environment", "review"])
def test_a_project_that_one_lost_is_seen_no_more_and_asked_for_anew(ready, org, slug):
    org.alice.access_rules.all().delete()
    org.alice.access_rules.create(role="ai-practitioner", project=org.other)

    page = Page(ready.client.get(ready.url(slug), follow=True))

    assert "You may no longer create workloads in llm-serving" in page.top.text
    assert page.by_id(f"project-{org.project.pk}") is None
    assert ready.continued("basics", {}) == ""
    assert ready.draft.document["leader"] == {"image": "a/b:1"}


def test_only_a_viewer_of_the_project_does_not_describe_workloads_in_it(ready, org):
    org.alice.access_rules.update(role="viewer")

    address = f"/drafts/{ready.draft.pk}/workload.yaml/"

    assert ready.client.get(address)["Location"] == ready.url("basics")


@pytest.mark.parametrize("name", ['a"b', "a\nb", "\N{SNOWMAN}"])
def test_yaml_of_a_draft_with_an_odd_name_can_be_downloaded(ready, name):
    ready.say("basics", {"name": name})

    answer = ready.client.get(f"/drafts/{ready.draft.pk}/workload.yaml/?download")

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert (
        answer["Content-Disposition"].endswith('.yaml"')
        or "utf-8''" in (answer["Content-Disposition"])
    )


def test_basics_asks_the_database_no_more_for_more_projects(
    client, org, django_assert_max_num_queries
):
    wizard = Wizard(client, org.admin, a_draft(org.admin, org.project))
    with CaptureQueriesContext(connection) as few:
        wizard.open("basics")
    for number in range(5):
        project = org.department.projects.create(name=f"more-{number}")
        for pool in org.cluster.node_pools.all():
            project.quotas.create(pool=pool, gpus=3)

    with django_assert_max_num_queries(len(few)):
        page = wizard.open("basics")

    assert "default: 3 of 3 free" in page.top.text


def test_a_copy_of_a_copy_is_marked_as_copied(org):
    document = {"workers": 0, "leader": {"image": "a/b:1"}}
    first = submitted(org, "chat", document=document)
    second = submitted(org, "chat-copy", draft=copied(org, first))

    assert copied(org, second).sources["leader.image"] == "clone"


def copied(org, workload):
    return copy_workload(by=org.alice, workload=workload)


def submitted(org, name, document=None, draft=None):
    return submit_workload(
        by=org.alice,
        project=org.project,
        name=name,
        document=document or draft.document,
        draft=draft,
    )


def test_going_on_with_a_draft_opens_its_first_step_that_is_not_complete(wizard):
    url = f"/drafts/{wizard.draft.pk}/"
    wizard.open("basics")
    wizard.continued("environment", {NAME: "a/b:1"})

    answer = wizard.client.get(url)

    assert answer["Location"] == wizard.url("leader")


def test_back_keeps_what_was_typed(wizard):
    answer = wizard.post(
        wizard.open("leader"),
        "leader",
        {"leader.nodeType": "dgx-a100"},
        "goto:environment",
    )

    assert answer["Location"] == wizard.url("environment")
    assert wizard.draft.document == {"leader": {"nodeType": "dgx-a100"}}


def test_steps_that_two_pages_remember_at_once_are_both_kept(org):
    draft = a_draft(org.alice, org.project)
    one, other = (Draft.objects.get(pk=draft.pk) for _ in range(2))

    one.note("visited", "leader")
    other.note("visited", "workers")

    assert Draft.objects.get(pk=draft.pk).visited == ["leader", "workers"]
    assert other.visited == ["leader", "workers"]
