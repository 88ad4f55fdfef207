"""What the review says when a policy changed since the form was filled in."""

import json
import re
from functools import partial

import pytest

from policies.services import delete_policy
from projects.models import GeneralSettings
from projects.services import save_project
from tests.support.policies import in_force
from tests.support.wizard import Page, Wizard, a_draft
from workloads.models import Workload
from workloads.services import StalePolicy, submit_workload
from workloads.services.submit import take_chain

pytestmark = pytest.mark.django_db
STEPS = ("environment", "leader", "workers", "setup")
VARIABLES = "leader.environmentVariables"
DOCUMENT = {
    "leader": {"image": "a/b:1"},
    "worker": {"image": "a/b:1"},
    "servingPort": {"port": 8000},
}


@pytest.fixture
def policy(org):
    """Save a policy of a unit of the organization."""
    return partial(in_force, org)


@pytest.fixture
def ready(client, org):
    """Alice's draft, which could be created."""
    draft = a_draft(org.alice, org.project, document=DOCUMENT)
    return Wizard(client, org.alice, draft)


def filled(wizard):
    """Go through the steps, as who fills them in does."""
    for step in STEPS:
        wizard.open(step)
    return wizard


def notice(page):
    """What the review says of policies; nothing where it is silent."""
    head = page.by_id("meanwhile")
    return head.parent.text if head else ""


def links(page):
    return [
        e.attributes["href"]
        for e in page.elements
        if e.tag == "a" and "/policies/" in e.attributes.get("href", "")
    ]


def test_where_nothing_changed_nothing_is_said(ready, policy):
    policy("department", {"replicas": 3})

    assert notice(filled(ready).open("review")) == ""


def test_a_changed_default_is_told_with_both_values_who_and_when(ready, policy):
    policy("department", {"replicas": 3})
    filled(ready)
    policy("department", {"replicas": 2})

    text = notice(ready.open("review"))

    assert "A policy changed since you filled this in" in text
    assert re.search(r"Policy of department research: saved by admin, \d+ \w+", text)
    assert (
        "Workload Setup Change in Workload Setup "
        "Number of replicas: default was 3, is now 2 (department research)."
    ) in text


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            {},
            {"defaults": {"replicas": 2}},
            "Number of replicas: default was 1, is now 2 (department research).",
        ),
        (
            {"defaults": {"leader.command": "serve"}},
            {},
            "Command: default was serve, there is none now.",
        ),
        (
            {},
            {"defaults": {"leader.command": "serve"}},
            "Command: there was no default, now it is serve (department research).",
        ),
        (
            {"defaults": {"replicas": 1}},
            {"defaults": {"replicas": 1}, "rules": {"replicas": {"canEdit": False}}},
            "Number of replicas: is locked now (department research).",
        ),
        (
            {"rules": {"priorityClass": {"blocked": True}}},
            {},
            "Priority: there was no default, now it is Very high; can be changed now.",
        ),
        (
            {"rules": {"replicas": {"min": 1, "max": 6}}},
            {"rules": {"replicas": {"max": 4}}},
            "Number of replicas: allowed was 1\N{EN DASH}6, is now at most 4 "
            "(department research).",
        ),
        (
            {"rules": {"replicas": {"max": 6}}},
            {},
            "Number of replicas: at most 6 is not demanded any more.",
        ),
        (
            {},
            {"rules": {"leader.args": {"required": True}}},
            "Arguments: is now required (department research).",
        ),
        (
            {VARIABLES: [("A", "1"), ("B", "1")]},
            {VARIABLES: [("A", "2"), ("C", "1")]},
            "Variables: was A=1, is now A=2 (department research); B=1 is gone; "
            "C=1 is new (department research).",
        ),
        (
            {VARIABLES: [("A", "1")]},
            {
                VARIABLES: [("A", "1")],
                "rules": {VARIABLES: {"instances": {"locked": ["A"]}}},
            },
            "Variables: A is locked now (department research).",
        ),
        (
            {},
            {"rules": {"leader.storage.pvc": {"instances": {"canAdd": False}}}},
            "Volumes: none may be added now (department research).",
        ),
    ],
    ids=str,
)
def test_each_kind_of_change_is_told_in_words(ready, org, before, after, told):
    change(org, before)
    filled(ready)
    change(org, after)

    assert told in notice(ready.open("review"))


def change(org, what):
    """Save what stands there as the department's policy; nothing deletes it."""
    defaults, rules = dict(what.get("defaults", {})), what.get("rules", {})
    if VARIABLES in what:
        items = [{"name": name, "value": value} for name, value in what[VARIABLES]]
        defaults[VARIABLES] = {"instances": items}
    if defaults or rules:
        in_force(org, "department", defaults, rules)
    elif org.department.policies.exists():
        delete_policy(by=org.admin, unit=org.department)


def test_what_the_draft_says_itself_is_no_change_of_a_default(ready, policy):
    policy("department", {"replicas": 3})
    ready.say("setup", {"replicas": "5"})
    filled(ready)
    policy("department", {"replicas": 2})

    text = notice(ready.open("review"))

    assert "Policy of department research: saved" in text
    assert "Nothing in this draft is affected." in text
    assert "default was" not in text


def test_a_value_that_the_new_policy_forbids_is_told_and_kept(ready, policy):
    ready.say("setup", {"replicas": "5"})
    filled(ready)
    policy("department", rules={"replicas": {"max": 4}})

    page = ready.open("review")

    assert "Number of replicas: is now at most 4 (department research)." in notice(page)
    assert "must be at most 4" in page.problems()["replicas"]
    assert ready.draft.document["replicas"] == 5


def test_a_deleted_policy_is_told_and_the_platforms_defaults_are_back(
    ready, policy, org
):
    policy("department", {"replicas": 3})
    filled(ready)
    delete_policy(by=org.admin, unit=org.department)

    text = notice(ready.open("review"))

    assert "Policy of department research: deleted by admin" in text
    assert "Number of replicas: default was 3, is now 1." in text


def test_a_step_that_was_opened_again_since_then_is_not_told(ready, policy):
    policy("department", {"replicas": 3, "leader.command": "serve"})
    filled(ready)
    policy("department", {"replicas": 2, "leader.command": "run"})
    ready.open("setup")

    text = notice(ready.open("review"))

    assert "Command: default was serve, is now run" in text
    assert "Number of replicas" not in text


def test_a_policy_deleted_under_an_open_step_redraws_it_and_is_told_by_the_review(
    ready, policy, org
):
    policy("department", {"replicas": 3}, {"priorityClass": {"blocked": True}})
    filled(ready)
    page = ready.open("setup")
    delete_policy(by=org.admin, unit=org.department)

    page = Page(ready.post(page, "setup", {"replicas": "4"}, htmx=True))

    assert page.inputs["replicas"] == ["4"]
    assert page.inputs["priorityClass"] == ["very-high"]
    assert ready.draft.document == DOCUMENT | {"replicas": 4}
    text = notice(ready.open("review"))
    assert "Policy of department research: deleted by admin" in text
    assert "Priority: there was no default, now it is Very high" in text


def test_what_a_policy_does_to_workers_that_are_not_there_is_not_told(ready, policy):
    ready.say("workers", {"workers": "0"})
    filled(ready)
    policy("department", {"worker.imagePullPolicy": "Always", "replicas": 2})

    text = notice(ready.open("review"))

    assert "Number of replicas" in text
    assert "Pull condition" not in text


def test_who_may_read_the_policy_is_led_to_its_history(client, org, policy):
    draft = a_draft(org.admin, org.project, document=DOCUMENT)
    wizard = filled(Wizard(client, org.admin, draft))
    saved = policy("department", {"replicas": 2})

    page = wizard.open("review")

    address = f"/policies/{saved.version.policy_id}/history/"
    assert address in links(page)
    assert client.get(address).status_code == 200


def test_who_may_not_read_the_policy_is_told_without_a_link(ready, policy):
    filled(ready)
    saved = policy("department", {"replicas": 2})

    page = ready.open("review")

    assert "Policy of department research: saved by admin" in notice(page)
    assert f"/policies/{saved.version.policy_id}/" not in page.html


def test_another_project_is_no_change_of_a_policy(ready, org, policy):
    policy("project", {"replicas": 3})
    filled(ready)

    ready.say("basics", {"project": str(org.other.pk)})

    assert notice(ready.open("review")) == ""


# between the review and CREATE INFERENCE


def test_a_policy_saved_after_the_review_refuses_and_says_what_changed(
    ready, policy, org
):
    policy("department", {"replicas": 3})
    page = filled(ready).open("review")
    policy("department", {"replicas": 2})

    page = Page(ready.post(page, "review", {}, "create"))

    assert "The policy of department research changed meanwhile" in page.top.text
    assert (
        "Number of replicas: default was 3, is now 2 (department research)."
        in notice(page)
    )
    assert not Workload.objects.exists()
    assert ready.draft.document == DOCUMENT
    assert ready.post(page, "review", {}, "create").status_code == 302
    assert Workload.objects.get().replicas == 2


def test_what_changed_is_told_beside_the_problems_that_it_makes(ready, policy):
    page = filled(ready).open("review")
    policy("department", rules={"replicas": {"min": 2}})

    page = Page(ready.post(page, "review", {}, "create"))

    summary = page.by_id("problems").text
    assert "The policy of department research changed meanwhile" in summary
    assert "Number of replicas must be at least 2" in summary


def test_the_review_of_another_tab_does_not_vouch_for_this_one(ready, policy):
    first = filled(ready).open("review")
    policy("department", {"replicas": 2})
    ready.open("review")

    page = Page(ready.post(first, "review", {}, "create"))

    assert "The policy of department research changed meanwhile" in page.top.text
    assert not Workload.objects.exists()


@pytest.mark.parametrize(
    "versions", ["", "{}", "[]", "nonsense", '{"department research": "two"}']
)
def test_a_page_that_does_not_say_what_it_showed_is_shown_again(ready, versions):
    page = filled(ready).open("review")

    answer = ready.post(page, "review", {"versions": versions}, "create")

    assert answer.status_code == 200
    assert "changed" in Page(answer).by_id("problems").text
    assert not Workload.objects.exists()


def test_a_forged_page_is_judged_by_the_policy_that_holds(ready, org, policy):
    page = filled(ready).open("review")
    policy("department", rules={"replicas": {"min": 2}})
    fresh = ready.open("review").inputs["versions"]

    page = Page(ready.post(page, "review", {"versions": fresh[0]}, "create"))

    assert list(page.problems()) == ["replicas"]
    assert not Workload.objects.exists()


def test_a_unit_that_is_called_otherwise_now_is_looked_at_again(ready, org):
    page = filled(ready).open("review")
    org.project.name = "serving"
    save_project(by=org.admin, project=org.project)

    page = Page(ready.post(page, "review", {}, "create"))

    assert "changed meanwhile" in page.top.text
    assert not Workload.objects.exists()


def test_without_settings_the_tenant_is_held_by_a_submission_too(org):
    assert not GeneralSettings.objects.exists()

    taken = take_chain(org.project, {"tenant": 1})

    assert dict(taken)["tenant"] == 1
    assert GeneralSettings.objects.get().policy_version == 1


def test_the_first_policy_of_a_tenant_does_not_slip_past_a_submission(ready, policy):
    page = filled(ready).open("review")
    assert json.loads(page.inputs["versions"][0])["tenant"] == 1
    policy("tenant", rules={"replicas": {"min": 2}})

    page = Page(ready.post(page, "review", {}, "create"))

    assert "The policy of tenant changed meanwhile" in page.top.text
    assert not Workload.objects.exists()


def test_a_service_that_was_shown_another_unit_is_refused(org):
    with pytest.raises(StalePolicy) as refused:
        submit_workload(
            by=org.alice,
            project=org.project,
            name="chat",
            document=DOCUMENT,
            versions={"department gone": 3},
        )

    assert refused.value.units == ("department gone",)
