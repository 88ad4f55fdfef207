"""Saving policies: who may, what is kept, and what happens to two at once."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from access.models import AccessRule, User
from access.roles import Role
from policies.errors import (
    ChangedMeanwhile,
    NoSuchPolicy,
    NotAllowed,
    NotSaved,
    PolicyRefused,
)
from policies.models import PolicyVersion, UnitPolicy
from policies.services import (
    delete_policy,
    impact_of_deletion,
    policy_of,
    restore,
    save_policy,
    validate,
)
from policies.stored import effective_policy
from projects.models import AuditEntry, Department, GeneralSettings, Project
from tests.support.documents import named
from tests.support.organization import an_organization
from tests.support.policies import a_text, in_force, made_unreadable, unit_in
from tests.support.wizard import Page, Wizard, a_draft
from workloads.models import Workload
from workloads.services import HasIssues, context_for, submit_workload
from workloads.services.submit import take_chain
from workloads.spec.paths import FieldPath

pytestmark = pytest.mark.django_db
SCOPES = ("tenant", "cluster", "department", "project")
AT_MOST_4 = a_text(rules={"replicas": {"max": 4}})
AT_MOST_6 = "# six, agreed in May\nrules: {replicas: {max: 6}}\n"
IMAGE = {"leader.image": "ubuntu"}
REPLICAS = FieldPath(["replicas"])


def save(org, text=AT_MOST_4, scope="project", **more):
    return save_policy(by=org.admin, unit=unit_in(org, scope), text=text, **more)


def versions(org):
    """The policy version of each unit, the broadest first."""
    for unit in (org.cluster, org.department, org.project):
        unit.refresh_from_db()
    units = (GeneralSettings.current(), org.cluster, org.department, org.project)
    return [unit.policy_version for unit in units]


def most(project):
    """The greatest number of replicas; None without a rule."""
    rules = effective_policy(project).rules.get(REPLICAS)
    return rules.bounds[0].bound if rules else None


def test_what_was_typed_is_kept_and_who_saved_it_when_and_why(org):
    saved = save(org, AT_MOST_6, reason="agreed")

    version = PolicyVersion.objects.get(pk=saved.version.pk)
    assert version.text == AT_MOST_6
    assert version.document == {"rules": {"replicas": {"max": 6}}}
    assert (version.number, version.by, version.reason) == (1, org.admin, "agreed")
    assert policy_of(org.project).current == version
    assert str(version.policy) == "Distributed inference policy of project llm-serving"
    entry = AuditEntry.objects.get(action="policy.save")
    assert (entry.actor, entry.target) == (org.admin, str(version.policy_id))
    assert (entry.details["version"], entry.details["replaced"]) == (1, 0)


def test_a_reason_is_cut_to_what_can_be_kept(org):
    saved = save(org, reason="\0" + "x" * 400)

    assert saved.version.reason == "\N{REPLACEMENT CHARACTER}" + "x" * 249


@pytest.mark.parametrize("scope", SCOPES)
def test_a_save_raises_the_version_of_its_own_unit_alone(org, scope):
    GeneralSettings.objects.create()
    before = versions(org)

    save(org, scope=scope)

    raised = [after - was for was, after in zip(before, versions(org), strict=True)]
    assert raised == [int(scope == each) for each in SCOPES]
    assert most(org.project) == 4


def test_the_first_policy_of_a_tenant_is_seen_by_who_was_shown_none(org):
    assert not GeneralSettings.objects.exists()

    save(org, scope="tenant")

    assert GeneralSettings.current().policy_version == 2


@pytest.mark.parametrize(
    ("text", "where", "rule"),
    [
        ("a: &a [*a]", (1, 4), "yaml"),
        ("rules:\n  replicas: {max: 4}\n  replicas: {max: 9}\n", (3, 3), "yaml"),
        ("%" * 256 * 1024, (1, 2), "yaml"),
        ("rules:\n  replicas:\n    max: 012\n", (3, 5), "type"),
        ("rules:\n  replicas:\n    most: 4\n", (3, 5), "unknown"),
        ("- rules\n", (1, 1), "type"),
        ("just a text", (1, 1), "type"),
        ("defaults:\n  replicas: 9\nrules:\n  replicas: {max: 4}\n", (2, 3), "max"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_line_and_nothing_is_stored(
    org, text, where, rule
):
    before = versions(org)

    with pytest.raises(NotSaved) as refused:
        save(org, text)

    (found,) = refused.value.findings
    assert (found.mark, found.issue.rule) == (where, rule)
    assert validate(by=org.admin, unit=org.project, text=text).findings == (found,)
    assert not UnitPolicy.objects.exists()
    assert not AuditEntry.objects.filter(action="policy.save").exists()
    assert versions(org) == before


def test_every_problem_is_told_at_once_in_the_order_of_the_text(org):
    text = "rules:\n  workers: {min: on}\n  replicas: {max: '4', most: 1}\n"

    with pytest.raises(NotSaved) as refused:
        save(org, text)

    found = [(f.mark.line, str(f.issue.location)) for f in refused.value.findings]
    assert found == [
        (2, "rules.workers.min"),
        (3, "rules.replicas.max"),
        (3, "rules.replicas.most"),
    ]


def test_validating_stores_nothing_and_lists_what_breaks_below(org):
    in_force(org, "project", {"replicas": 9})
    before = versions(org)

    found = validate(by=org.admin, unit=org.department, text=AT_MOST_4)

    assert found.findings == ()
    assert [str(below.unit) for below in found.below] == ["project llm-serving"]
    assert policy_of(org.department) is None
    assert versions(org) == before


def test_of_two_who_read_the_same_version_the_second_is_told(org):
    save(org)
    save(org, AT_MOST_6, based_on=1)

    with pytest.raises(ChangedMeanwhile) as refused:
        save(org, "rules: {replicas: {max: 2}}", based_on=1)

    assert refused.value.based_on == 1
    assert refused.value.current.text == AT_MOST_6
    assert most(org.project) == 6
    assert PolicyVersion.objects.count() == 2


def test_who_begins_a_policy_does_not_replace_one_that_was_made_meanwhile(org):
    save(org)

    with pytest.raises(ChangedMeanwhile) as refused:
        save(org, AT_MOST_6, based_on=0)

    assert "made a policy for this unit meanwhile" in str(refused.value)
    assert most(org.project) == 4


def test_who_edits_a_policy_that_was_deleted_meanwhile_is_told(org):
    save(org)
    delete_policy(by=org.admin, unit=org.project)

    with pytest.raises(ChangedMeanwhile) as refused:
        save(org, AT_MOST_6, based_on=1)

    assert refused.value.current is None
    assert most(org.project) is None


def test_a_save_without_a_version_counts_as_made_on_the_current_one(org):
    save(org)

    save(org, AT_MOST_6)

    entry = AuditEntry.objects.filter(action="policy.save").first()
    assert (entry.details["version"], entry.details["replaced"]) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_save_at_once_leave_one_policy():
    org = an_organization()
    save(org)
    together = Barrier(2)

    def saves(number):
        together.wait()
        try:
            text = f"rules: {{replicas: {{max: {number}}}}}"
            return save(org, text, based_on=1).version.number
        except ChangedMeanwhile as refused:
            return refused.current.number
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(saves, (5, 6)))

    assert told == [2, 2], "one made version 2, the other was shown it"
    assert PolicyVersion.objects.count() == 2
    assert most(org.project) in (5, 6)


def test_an_old_version_comes_back_as_a_new_one(org):
    first = save(org, AT_MOST_6).version
    save(org)

    restored = restore(by=org.admin, version=first, based_on=2).version

    assert (restored.number, restored.restored_from) == (3, 1)
    assert restored.text == AT_MOST_6
    assert most(org.project) == 6


def test_an_old_version_that_contradicts_what_stands_above_now_does_not_come_back(org):
    first = save(org, a_text({"replicas": 9})).version
    save(org)
    in_force(org, "department", {"replicas": 2}, {"replicas": {"canEdit": False}})
    save(org, "defaults: {workers: 1}")

    with pytest.raises(NotSaved) as refused:
        restore(by=org.admin, version=first)

    found = named(each.issue for each in refused.value.findings)
    assert found == [("replicas", "canEdit")]
    assert policy_of(org.project).current.number == 3


def test_a_deleted_policy_keeps_its_history_and_numbers_go_on(org):
    first = save(org).version

    gone = delete_policy(by=org.admin, unit=org.project, based_on=1, reason="over")

    assert gone.version.deletion
    assert policy_of(org.project).current is None
    assert most(org.project) is None
    again = restore(by=org.admin, version=first, based_on=0).version
    numbers = policy_of(org.project).versions.values_list("number", "deletion")
    assert list(numbers) == [(3, False), (2, True), (1, False)]
    assert again.text == first.text
    with pytest.raises(NoSuchPolicy):
        restore(by=org.admin, version=gone.version)


def test_what_has_no_policy_cannot_be_deleted(org):
    with pytest.raises(NoSuchPolicy):
        delete_policy(by=org.admin, unit=org.project)

    assert not AuditEntry.objects.filter(action="policy.delete").exists()


def test_a_deletion_lists_what_becomes_contradictory_below(org):
    in_force(org, "cluster", rules={"replicas": {"max": 4}})
    in_force(org, "department", rules={"replicas": {"max": 9}})
    in_force(org, "project", {"replicas": 8})

    expected = impact_of_deletion(by=org.admin, unit=org.department)
    gone = delete_policy(by=org.admin, unit=org.department)

    assert gone.below == expected
    assert [(str(b.unit), named(b.issues)) for b in expected] == [
        ("project llm-serving", [("replicas", "max")])
    ]


def test_what_was_contradictory_before_is_not_listed_again(org):
    in_force(org, "project", {"replicas": 9})
    assert in_force(org, "department", rules={"replicas": {"max": 6}}).below

    assert not in_force(org, "department", rules={"replicas": {"max": 6}}).below
    assert in_force(org, "cluster", rules={"workers": {"max": 6}}).below == ()


def test_units_of_the_same_number_are_told_apart(org):
    assert Department.objects.first().pk in Project.objects.values_list("pk", flat=True)
    assert org.department.pk == org.project.pk

    in_force(org, "department", {"replicas": 9})

    assert policy_of(org.project) is None
    below = in_force(org, "cluster", rules={"replicas": {"max": 6}}).below
    assert [str(each.unit) for each in below] == ["department research"]


MATRIX = [
    (role, scope, unit)
    for role in Role
    for scope in SCOPES
    for unit in SCOPES
]  # fmt: skip
SAVES = {Role.SYSTEM_ADMINISTRATOR, Role.DEPARTMENT_ADMINISTRATOR}


@pytest.mark.parametrize(("role", "scope", "unit"), MATRIX)
def test_policies_are_changed_by_administrators_in_their_scope_alone(
    org, role, scope, unit
):
    saved = save(org, scope=unit)
    user = User.objects.create_user("dora")
    where = {} if scope == "tenant" else {scope: unit_in(org, scope)}
    AccessRule.objects.create(user=user, role=role, **where)
    within = SCOPES.index(unit) >= SCOPES.index(scope)
    target = {"by": user, "unit": unit_in(org, unit)}
    doors = [
        lambda: validate(text=AT_MOST_4, **target),
        lambda: save_policy(text=AT_MOST_6, **target),
        lambda: restore(by=user, version=saved.version),
        lambda: impact_of_deletion(**target),
        lambda: delete_policy(**target),
    ]

    for door in doors:
        if role in SAVES and within:
            door()
        else:
            with pytest.raises(NotAllowed):
                door()

    seen = UnitPolicy.objects.visible_to(user).exists()
    assert seen == (role != Role.PRACTITIONER and within)


def test_a_policy_of_another_scope_is_refused_and_nothing_is_stored(org):
    other = Department.objects.create(cluster=org.cluster, name="sales")
    their_project = Project.objects.create(department=other, name="bots")

    for unit in (other, their_project, org.cluster, GeneralSettings.current()):
        with pytest.raises(NotAllowed):
            save_policy(by=org.bob, unit=unit, text=AT_MOST_4)

    assert not UnitPolicy.objects.exists()
    assert save_policy(by=org.bob, unit=org.project, text=AT_MOST_4).version.number == 1


def test_a_policy_holds_in_its_own_unit_and_below(org):
    sibling = Department.objects.create(cluster=org.cluster, name="sales")
    theirs = Project.objects.create(department=sibling, name="bots")

    in_force(org, "department", rules={"replicas": {"max": 3}})
    in_force(org, "project", rules={"replicas": {"max": 2}})

    assert [most(p) for p in (org.project, org.other, theirs)] == [2, 3, None]


def test_a_renamed_unit_is_named_as_it_is_called_now(org):
    in_force(org, "department", rules={"replicas": {"max": 3}})
    assert effective_policy(org.project).rules[REPLICAS].source == "department research"

    Department.objects.filter(pk=org.department.pk).update(name="science")

    project = Project.objects.get(pk=org.project.pk)
    assert effective_policy(project).rules[REPLICAS].source == "department science"


def test_the_effective_policy_is_worked_out_once(org, django_assert_num_queries):
    for scope in SCOPES:
        save(org, scope=scope)
    first = effective_policy(org.project)

    with django_assert_num_queries(2):
        assert effective_policy(org.project) is first


def test_a_save_that_is_rolled_back_is_in_force_nowhere(org):
    save(org)

    with pytest.raises(PolicyRefused), transaction.atomic():
        save(org, AT_MOST_6)
        assert most(org.project) == 6
        raise PolicyRefused

    assert most(org.project) == 4


def test_a_department_has_an_effective_policy_of_its_own(org):
    in_force(org, "cluster", {"replicas": 2}, {"workers": {"max": 3}})
    in_force(org, "department", {"replicas": 4})
    in_force(org, "project", {"replicas": 5})

    policy = effective_policy(org.department)

    assert policy.defaults[REPLICAS] == (4, "department research", False)
    assert policy.rules[FieldPath(["workers"])].source == "cluster gpu-west-1"


def test_a_project_that_goes_takes_its_policy_along(org):
    save(org)
    save(org, scope="department")

    org.project.delete()

    assert [str(policy.unit_name) for policy in UnitPolicy.objects.all()] == [
        "department research"
    ]
    assert PolicyVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_save_waits_for_the_submission_that_is_judged_at_this_moment():
    org = an_organization()
    document = {"leader": {"image": "a/b:1"}, "servingPort": {"port": 8000}}
    order: list[str] = []

    def saves():
        try:
            save(org, "rules: {replicas: {min: 2}}", "department")
            order.append("saved")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            take_chain(org.project, None)
            later = pool.submit(saves)
            time.sleep(0.2)
            made = submit_workload(
                by=org.alice, project=org.project, name="chat", document=document
            )
            order.append("submitted")
        later.result()

    assert order == ["submitted", "saved"]
    assert ["department research", org_version(org) - 1] in list(
        map(list, made.policy_versions)
    )
    with pytest.raises(HasIssues):
        submit_workload(
            by=org.alice, project=org.project, name="other", document=document
        )


@pytest.mark.django_db(transaction=True)
def test_what_is_locked_above_between_check_and_save_is_not_saved_below():
    org = an_organization()

    def saves():
        try:
            save(org, a_text({"replicas": 9}))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            in_force(org, "cluster", rules={"replicas": {"max": 4}})
            later = pool.submit(saves)
            time.sleep(0.3)
        with pytest.raises(NotSaved) as refused:
            later.result()

    assert named(each.issue for each in refused.value.findings) == [("replicas", "max")]
    assert policy_of(org.project) is None


@pytest.fixture
def ready(client, org):
    """Alice's draft, which could be created."""
    document = {"leader": {"image": "a/b:1"}, "servingPort": {"port": 8000}}
    draft = a_draft(org.alice, org.project, document=document | {"workers": 0})
    return Wizard(client, org.alice, draft)


def test_a_policy_that_changes_between_review_and_creation_is_shown_first(ready, org):
    page = ready.open("review")
    in_force(org, "department", rules={"replicas": {"min": 2}})

    page = Page(ready.post(page, "review", {}, "create"))

    assert "The policy of department research changed meanwhile" in page.top.text
    assert not Workload.objects.exists()
    page = Page(ready.post(page, "review", {}, "create"))
    assert list(page.problems()) == ["replicas"]
    assert not Workload.objects.exists()


def test_a_policy_that_is_deleted_under_an_open_draft_is_told_too(ready, org):
    in_force(org, "department", {"replicas": 3})
    page = ready.open("review")
    delete_policy(by=org.admin, unit=org.department)

    page = Page(ready.post(page, "review", {}, "create"))

    assert "The policy of department research changed meanwhile" in page.top.text
    assert ready.post(page, "review", {}, "create").status_code == 302
    workload = Workload.objects.get()
    assert workload.replicas == 1
    assert ["department research", org_version(org)] in workload.policy_versions


def org_version(org):
    org.department.refresh_from_db()
    return org.department.policy_version


def test_a_policy_that_cannot_be_read_any_more_can_be_mended(org):
    made_unreadable(in_force(org, "department", rules={"replicas": {"max": 3}}))
    assert effective_policy(org.project).unreadable

    save(org, AT_MOST_6, "department")

    assert not effective_policy(org.project).unreadable
    assert context_for(org.project, org.alice).policy is effective_policy(org.project)
