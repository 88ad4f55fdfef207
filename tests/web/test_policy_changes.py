"""What a save or a deletion changes is shown before it is done, unit by unit."""

import pytest
from django.urls import reverse

from policies.services import save_policy
from policies.views.consequences import consequences
from projects.models import Project
from tests.support.policies import in_force
from tests.support.tables import tables

pytestmark = pytest.mark.django_db
LOW = "rules: {priorityClass: {options: [{value: low}]}}"


@pytest.fixture
def bob(client, org):
    """The browser of the department's administrator."""
    client.force_login(org.bob)
    return client


def test_a_deletion_shows_for_each_unit_what_holds_then(bob, org):
    saved = in_force(
        org,
        "department",
        {"replicas": 2},
        {"replicas": {"max": 4}, "workers": {"max": 9}},
    )
    in_force(org, "cluster", rules={"workers": {"max": 5}})
    in_force(org, "project", {"replicas": 3})

    page = bob.get(reverse("policies:delete", args=[saved.version.policy.pk]))

    assert tables(page) == {
        "Department research, project eval-lab": [
            "Number of replicas replicas Default: 2 (department research) "
            "Rule: at most 4 (department research) no policy",
            "Number of workers workers Rule: at most 9 (department research) "
            "Rule: at most 5 (cluster gpu-west-1)",
        ],
        "Project llm-serving": [
            "Number of replicas replicas Default: 3 (project llm-serving) "
            "Rule: at most 4 (department research) "
            "Default: 3 (project llm-serving)",
            "Number of workers workers Rule: at most 9 (department research) "
            "Rule: at most 5 (cluster gpu-west-1)",
        ],
    }


def test_what_a_save_would_change_below_is_shown_by_validate(bob, org):
    in_force(org, "department", rules={"replicas": {"max": 4}})
    in_force(org, "project", rules={"replicas": {"max": 3}})
    address = f"{reverse('policies:new')}?unit=department-{org.department.pk}"

    page = bob.post(address, {"text": "rules: {replicas: {max: 2}}", "do": "validate"})

    assert tables(page) == {
        "Department research, project eval-lab": [
            "Number of replicas replicas Rule: at most 4 (department research) "
            "Rule: at most 2 (department research)"
        ]
    }


def test_a_policy_without_effect_changes_nothing(bob, org):
    saved = in_force(org, "project", rules={"leader.compute.cpuCoreLimit": {"max": 9}})
    in_force(org, "cluster", rules={"leader.compute.cpuCoreLimit": {"max": 4}})

    page = bob.get(reverse("policies:delete", args=[saved.version.policy.pk]))

    assert tables(page) == {}
    assert "no rule comes out differently" in page.text


def test_many_units_are_named_in_part_and_many_changes_counted(org):
    department = org.department
    in_force(org, "department", rules={"workers": {"max": 9}, "replicas": {"max": 9}})
    for number in range(10):
        Project.objects.create(department=department, name=f"without-{number}")
    for number in range(26):
        project = Project.objects.create(department=department, name=f"with-{number}")
        save_policy(by=org.admin, unit=project, text=LOW)

    found = consequences(department, None)

    assert found.units == 38
    assert sum(len(group.changes) for group in found.groups) == 50
    assert found.left_out == 2 + 26 * 2 - 50
    assert found.groups[0].named.endswith(" and 5 more")


def test_a_restore_shows_what_holds_then(bob, org):
    saved = in_force(org, "project", rules={"replicas": {"max": 4}})
    in_force(org, "project", rules={"replicas": {"max": 6}})

    page = bob.get(reverse("policies:restore", args=[saved.version.policy.pk, 1]))

    assert tables(page) == {
        "Project llm-serving": [
            "Number of replicas replicas Rule: at most 6 (project llm-serving) "
            "Rule: at most 4 (project llm-serving)"
        ]
    }
