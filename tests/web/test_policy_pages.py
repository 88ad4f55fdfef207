"""Pages of policies: what each role sees, and that nothing typed is lost."""

import re
from html import unescape

import pytest
from django.urls import reverse

from access.models import AccessRule
from access.roles import Role
from policies.models import PolicyVersion, UnitPolicy
from policies.services import delete_policy, policy_of, save_policy
from policies.views.reference import reference
from tests.support.assets import a_data_source
from tests.support.policies import in_force, made_unreadable, unit_in
from tests.support.wizard import Page

pytestmark = pytest.mark.django_db
AT_MOST_4 = "rules:\n  replicas: {max: 4}\n"
AT_MOST_6 = "rules:\n  replicas: {max: 6}\n"
WRONG = "rules:\n  replicas: {max: four}\n  leader:\n    compute: {gpus: {max: 1}}\n"


@pytest.fixture
def bob(client, org):
    """The browser of the department's administrator."""
    client.force_login(org.bob)
    return client


@pytest.fixture
def saved(org):
    """The department's policy."""
    unit = org.department
    return save_policy(by=org.bob, unit=unit, text=AT_MOST_4).version.policy


def at(name, policy, *more):
    return reverse(f"policies:{name}", args=[policy.pk, *more])


def post(client, address, text, do="save", **more):
    return client.post(address, {"text": text, "do": do} | more, follow=True)


def now(policy):
    """The text in force."""
    policy.refresh_from_db()
    return policy.current.text


def found(page, tag, mark=""):
    """The text of each element of a tag whose attributes hold the mark."""
    inside = re.findall(rf"<{tag}\b([^>]*)>(.*?)</{tag}>", page.text, re.DOTALL)
    plain = (re.sub("<[^>]*>", " ", html) for names, html in inside if mark in names)
    return [" ".join(unescape(text).split()) for text in plain]


def rows(page):
    """The text of each row below the head of a table."""
    return found(page, "tr")[1:]


def test_without_a_policy_the_list_says_what_one_is(bob):
    page = bob.get(reverse("policies:list"))

    assert "No policies yet" in page.text
    assert "A policy fills in defaults" in page.text
    assert reverse("policies:new") in page.text


def test_the_list_says_whose_policy_it_is_and_who_wrote_it_when(bob, org, saved):
    save_policy(by=org.admin, unit=org.department, text=AT_MOST_6)

    (row,) = rows(bob.get(reverse("policies:list")))

    assert row.startswith("research Distributed inference Ready Department bob")
    assert row.endswith("by admin")


def test_a_policy_that_cannot_be_read_has_failed_and_says_what_that_means(bob, org):
    made_unreadable(in_force(org, "project"))

    (row,) = rows(bob.get(reverse("policies:list")))

    assert "Failed" in row
    assert 'rules.replicas.atLeast: json: unknown field "atLeast"' in row
    assert "Nothing may be submitted" in row


def test_a_department_administrator_sees_no_policy_of_the_cluster(bob, org, saved):
    in_force(org, "cluster", rules={"replicas": {"max": 9}})

    page = bob.get(reverse("policies:list"))

    assert len(rows(page)) == 1
    assert "gpu-west-1" not in rows(page)[0]


@pytest.mark.parametrize(("role", "found"), [("viewer", True), ("alice", False)])
def test_only_roles_that_read_policies_find_them(client, org, saved, role, found):
    if role == "viewer":
        AccessRule.objects.create(
            user=org.charlie, role=Role.VIEWER, project=org.project
        )
    client.force_login(org.charlie if role == "viewer" else org.alice)

    link = f'href="{reverse("policies:list")}"' in client.get("/").text
    page = client.get(reverse("policies:list"))

    assert link is found
    assert (page.status_code == 200) is found


def test_a_viewer_is_offered_no_change(client, org):
    policy = in_force(org, "project").version.policy
    AccessRule.objects.create(user=org.charlie, role=Role.VIEWER, project=org.project)
    client.force_login(org.charlie)

    page = client.get(at("detail", policy))

    assert page.status_code == 200
    assert at("edit", policy) not in page.text
    assert at("delete", policy) not in page.text
    assert client.get(reverse("policies:new")).status_code == 403


def test_a_new_policy_goes_from_its_unit_to_the_editor_into_force(bob, org):
    choice = bob.get(reverse("policies:new"))
    address = f"{reverse('policies:new')}?unit={Page(choice).inputs['unit'][0]}"
    text = Page(bob.get(address)).inputs["text"][0]

    done = post(bob, address, text + "  workers: {min: 1}\n", based_on="0")

    assert found(choice, "option") == [
        "research",
        "eval-lab, research",
        "llm-serving, research",
    ]
    assert "Version 1 is in force." in done.text
    assert policy_of(org.department).current.document == {
        "defaults": None,
        "rules": {"workers": {"min": 1}},
    }


@pytest.mark.parametrize("scope", ["tenant", "cluster"])
def test_a_unit_out_of_scope_is_no_choice_and_no_address(bob, org, scope):
    unit = unit_in(org, scope)
    name = scope if scope == "tenant" else f"{scope}-{unit.pk}"

    page = post(bob, f"{reverse('policies:new')}?unit={name}", AT_MOST_4)

    assert page.status_code == 404
    assert not UnitPolicy.objects.exists()


@pytest.mark.parametrize(("do", "status"), [("validate", 200), ("save", 422)])
def test_errors_stand_at_their_line_and_the_text_is_kept(bob, saved, do, status):
    page = post(bob, at("edit", saved), WRONG, do, reason="why not")
    inputs = Page(page).inputs

    assert page.status_code == status
    first, second, *numbers = found(page, "li", "is-bad")
    assert numbers == ["2", "4"]
    assert first.startswith("Line 2, column 14 rules.replicas.max Must be a whole")
    assert second.startswith("Line 4, column 15 rules.leader.compute.gpus json: ")
    assert (inputs["text"], inputs["reason"]) == ([WRONG], ["why not"])
    assert now(saved) == AT_MOST_4


def test_a_text_that_is_no_yaml_is_answered_with_its_place(bob, saved):
    page = post(bob, at("edit", saved), "rules:\n  replicas: {max: 4\n")

    assert page.status_code == 422
    assert "Line 3, column 1" in page.text


def test_validating_saves_nothing_and_lists_what_would_break_below(bob, org, saved):
    in_force(org, "project", defaults={"replicas": 3})

    page = post(bob, at("edit", saved), "rules: {replicas: {max: 2}}", "validate")

    assert "It can be saved" in page.text
    assert "Project llm-serving" in page.text
    assert "3 is not allowed by department research" in page.text
    assert now(saved) == AT_MOST_4


def test_who_saves_after_somebody_else_sees_both_and_may_save_over_it(bob, org, saved):
    mine = "# mine\nrules:\n  replicas: {max: 2}\n"
    save_policy(by=org.admin, unit=org.department, text=AT_MOST_6)

    page = post(bob, at("edit", saved), mine, based_on="1")

    assert page.status_code == 409
    assert found(page, "del") == ["removed: replicas: {max: 6}"]
    assert found(page, "ins")[0] == "added: # mine"
    assert Page(page).inputs["text"] == [mine]
    assert now(saved) == AT_MOST_6

    (over,) = Page(page).named("over")
    number = over.attributes["value"]
    done = post(bob, at("edit", saved), mine, "", based_on="1", over=number)

    assert "Version 3 is in force." in done.text
    assert now(saved) == mine


def test_saving_over_one_version_is_not_saving_over_the_next(bob, org, saved):
    for text in (AT_MOST_6, "rules: {replicas: {max: 5}}"):
        save_policy(by=org.admin, unit=org.department, text=text)

    page = post(bob, at("edit", saved), AT_MOST_4, "", based_on="1", over="2")

    assert page.status_code == 409
    assert "{max: 5}" in now(saved)


def test_who_makes_a_policy_that_somebody_made_meanwhile_sees_it_first(bob, org):
    address = f"{reverse('policies:new')}?unit=department-{org.department.pk}"
    in_force(org, "department", rules={"replicas": {"max": 6}})

    page = post(bob, address, AT_MOST_4, based_on="0")

    assert page.status_code == 409
    assert "Somebody made a policy for this unit meanwhile" in page.text
    assert Page(page).inputs["text"] == [AT_MOST_4]
    assert policy_of(org.department).current.number == 1


def test_a_draft_that_cannot_be_saved_can_be_downloaded(bob, saved):
    page = post(bob, at("edit", saved), WRONG, "download")

    assert page.text == WRONG
    assert page["Content-Disposition"].endswith('.yaml"')
    assert now(saved) == AT_MOST_4


def test_nonsense_of_any_size_is_answered_and_kept(bob, saved):
    nonsense = "\n" * 200_000 + "[" * 20_000

    page = post(bob, at("edit", saved), nonsense)

    assert page.status_code == 422
    assert Page(page).inputs["text"] == [nonsense]
    assert len(page.content) < 2 * len(nonsense) + 1_000_000
    assert now(saved) == AT_MOST_4


def test_what_was_typed_when_the_session_had_ended_is_carried_over(client, saved):
    page = client.post(at("edit", saved), {"text": AT_MOST_6, "do": "save"})

    assert "rules:" in page.text
    assert 'name="password"' in page.text


def test_the_effective_policy_names_who_won_and_what_was_passed_over(bob, org, saved):
    gpus = "leader.compute.gpuDevicesRequest"
    in_force(org, "cluster", rules={gpus: {"max": 4}})
    in_force(
        org, "project", {"replicas": 3}, {"replicas": {"max": 3}, gpus: {"max": 2}}
    )
    unit = f"project-{org.project.pk}"

    page = bob.get(f"{reverse('policies:effective')}?unit={unit}")

    assert rows(page) == [
        "Workload",
        "Number of replicas replicas whole number 3 at most 3 Project llm-serving"
        " over department research: at most 4",
        "Leader, compute",
        f"GPU devices per pod {gpus} whole number \N{EN DASH} at most 4 "
        "Cluster gpu-west-1 over project llm-serving: at most 2",
    ]
    assert found(page, "ol", "chain") == [
        "Tenant Cluster gpu-west-1 Department research Project llm-serving"
    ]


def test_who_submits_to_a_project_sees_what_holds_there_and_nothing_else(
    client, org, saved
):
    client.force_login(org.alice)
    address = reverse("policies:effective")

    in_force(org, "cluster", rules={"replicas": {"max": 99}})

    page = client.get(f"{address}?unit=project-{org.project.pk}")

    assert any("at most 4 Department research" in row for row in rows(page))
    assert "99" not in " ".join(rows(page))
    assert reverse("policies:explain") not in page.text
    assert f'href="{reverse("policies:list")}"' not in page.text
    assert at("detail", saved) not in page.text
    elsewhere = client.get(f"{address}?unit=department-{org.department.pk}")
    assert elsewhere.status_code == 404
    explained = f"{reverse('policies:explain')}?unit=project-{org.project.pk}"
    assert client.get(explained).status_code == 403


def test_who_may_do_nothing_sees_no_effective_policy(client, org, saved):
    client.force_login(org.charlie)

    assert client.get(reverse("policies:effective")).status_code == 403


def test_a_policy_that_is_not_the_readers_is_named_in_the_chain_without_a_link(
    bob, org, saved
):
    in_force(org, "cluster")

    links = found(bob.get(at("detail", saved)), "a")

    assert "Department research" in links
    assert "Cluster gpu-west-1" not in links


def test_the_history_says_who_changed_what_and_why(bob, org, saved):
    save_policy(
        by=org.admin, unit=org.department, text=AT_MOST_6, reason="agreed in May"
    )

    history = rows(bob.get(at("history", saved)))
    version = bob.get(at("version", saved, 2))

    assert history[0].startswith("Version 2 Saved in force admin")
    assert history[0].endswith("agreed in May")
    assert history[1].startswith("Version 1 Saved bob")
    assert found(version, "del") == ["removed: replicas: {max: 4}"]
    assert found(version, "ins") == ["added: replicas: {max: 6}"]


def test_a_restored_version_is_a_new_one_after_a_question(bob, org, saved):
    save_policy(by=org.admin, unit=org.department, text=AT_MOST_6)

    asked = bob.get(at("restore", saved, 1))
    assert now(saved) == AT_MOST_6
    done = bob.post(at("restore", saved, 1), {"based_on": "2"}, follow=True)

    assert "Restore version 1?" in asked.text
    assert "Version 3 is in force." in done.text
    assert now(saved) == AT_MOST_4
    assert "Version 1 restored" in rows(bob.get(at("history", saved)))[0]


def test_a_version_that_does_not_fit_any_more_is_not_restored_but_edited(bob, org):
    unit, gpus = org.project, "leader.compute.gpuDevicesRequest"
    policy = in_force(org, "project", {gpus: 6}).version.policy
    save_policy(by=org.bob, unit=unit, text=AT_MOST_4)
    in_force(org, "cluster", rules={gpus: {"max": 4}})

    refused = bob.post(at("restore", policy, 1), {"based_on": "2"})
    editor = bob.get(f"{at('edit', policy)}?from=1")

    assert refused.status_code == 422
    assert "6 is not allowed by cluster gpu-west-1" in refused.text.replace("\n", " ")
    assert "gpuDevicesRequest: 6" in editor.text
    assert now(policy) == AT_MOST_4


def test_nobody_restores_over_what_was_not_seen(bob, org, saved):
    save_policy(by=org.admin, unit=org.department, text=AT_MOST_6)

    page = bob.post(at("restore", saved, 1), {"based_on": "1"})

    assert page.status_code == 409
    assert "Somebody changed this policy meanwhile" in page.text
    assert now(saved) == AT_MOST_6


def test_deleting_shows_first_what_changes(bob, org, saved):
    in_force(org, "cluster", rules={"replicas": {"max": 9}})

    asked = bob.get(at("delete", saved))

    assert rows(asked) == [
        "Number of replicas replicas Rule: at most 4 (department research) "
        "Rule: at most 9 (cluster gpu-west-1)"
    ]
    assert now(saved) == AT_MOST_4

    done = bob.post(at("delete", saved), {"based_on": "1"}, follow=True)

    assert "was deleted. Its history stays." in done.text
    saved.refresh_from_db()
    assert saved.current is None
    assert at("history", saved) in bob.get(reverse("policies:list")).text


@pytest.mark.parametrize("number", ["9" * 20, "9" * 5000, "-1", "x"])
def test_a_version_that_cannot_be_is_no_accident(bob, saved, number):
    editor = bob.get(f"{at('edit', saved)}?from={number}")
    asked = bob.get(f"{at('detail', saved)}versions/{number[:20]}/")

    assert Page(editor).inputs["text"] == [AT_MOST_4]
    assert asked.status_code == 404


def test_nobody_deletes_what_was_not_seen(bob, org, saved):
    save_policy(by=org.admin, unit=org.department, text=AT_MOST_6)

    page = bob.post(at("delete", saved), {"based_on": "1"})

    assert page.status_code == 409
    assert now(saved) == AT_MOST_6


def test_a_deleted_policy_can_be_put_in_force_again(bob, org, saved):
    delete_policy(by=org.bob, unit=org.department)

    gone = bob.get(at("detail", saved))
    bob.post(at("restore", saved, 1), {"based_on": "0"})

    assert "This policy was deleted" in gone.text
    assert now(saved) == AT_MOST_4
    assert [v.number for v in PolicyVersion.objects.all()] == [3, 2, 1]


def test_a_text_of_the_user_is_never_markup(bob, saved):
    page = post(bob, at("edit", saved), "# </textarea><b id=x>\nrules: {<i>: 1}")

    assert "<b id=x>" not in page.text
    assert "<i>" not in page.text


ENTRIES = [
    pytest.param(entry.place, id=entry.place)
    for chapter in reference()
    for item in chapter.items
    if item.path.startswith("leader.tolerations") or item.path == "replicas"
    for entry in item.entries
]


def test_the_reference_knows_each_field_with_the_rules_that_it_takes(bob, saved):
    places = {entry.values[0] for entry in ENTRIES}

    assert "rules.replicas.step" in places
    assert "defaults.leader.tolerations.instances" in places
    assert "rules.leader.tolerations.attributes.effect.options" in places
    assert "rules.leader.tolerations.instances.locked" in places
    assert "rules.leader.tolerations.instances.min" not in places
    page = bob.get(at("edit", saved)).text
    assert all(f'data-insert="{place}"' in page for place in places)


def test_the_editor_offers_the_data_sources_that_the_unit_may_impose(bob, org, saved):
    ours = a_data_source(org, "department", name="models")
    wider = a_data_source(org, "cluster", name="datasets")
    theirs = a_data_source(org, "project", name="scratch")
    secret = {"secret": "hub", "mountPath": "/hub"}
    forbidden = a_data_source(org, "department", "keys", "secretVolume", **secret)

    page = bob.get(at("edit", saved))

    for asset in (ours, wider):
        assert f'data-insert="imposedAssets.leader" data-value="[{asset.pk}]"' in (
            page.text
        )
    assert str(theirs.pk) not in page.text
    assert str(forbidden.pk) not in page.text
