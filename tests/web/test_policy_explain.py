"""The page that says why a field is as it is."""

import re
from html import unescape

import pytest
from django.urls import reverse

from access.models import AccessRule
from access.roles import Role
from tests.support.policies import in_force, made_unreadable
from tests.support.tables import plain, tables

pytestmark = pytest.mark.django_db
GPUS = "leader.compute.gpuDevicesRequest"
ENV = "leader.environmentVariables"


@pytest.fixture
def ask(client, org):
    """Asks, as the department's administrator."""
    client.force_login(org.bob)

    def get(field, unit=None):
        unit = f"project-{org.project.pk}" if unit is None else unit
        return client.get(reverse("policies:explain"), {"unit": unit, "field": field})

    return get


def test_the_whole_chain_is_told_with_its_winner_and_why_the_others_lost(ask, org):
    in_force(org, "tenant", {"replicas": 1})
    in_force(org, "cluster", {"replicas": 2}, {"replicas": {"max": 4}})
    in_force(org, "project", {"replicas": 3}, {"replicas": {"max": 3}})

    found = tables(ask("replicas"))

    assert found["Default"] == [
        "Tenant 1 Does not hold The default of project llm-serving is nearer.",
        "Cluster gpu-west-1 2 Does not hold The default of project llm-serving is "
        "nearer.",
        "Department research says nothing",
        "Project llm-serving 3 Holds",
        "Platform 1 Does not hold The default of project llm-serving comes first.",
    ]
    assert found["Rule"][1].startswith("Cluster gpu-west-1 at most 4 Does not hold")
    assert found["Rule"][3] == "Project llm-serving at most 3 Holds"


def test_what_it_comes_to_stands_first(ask, org):
    in_force(org, "project", {"replicas": 3}, {"replicas": {"max": 3}})

    asked, unsaid = ask("replicas"), ask("leader.image")

    assert outcome(asked) == [
        "Where nothing is said 3 (project llm-serving)",
        "Demanded at most 3 (project llm-serving)",
    ]
    assert outcome(unsaid) == [
        "Where nothing is said nothing stands there",
        "Demanded no demand",
    ]


def outcome(page):
    """The lines above the tables."""
    (found,) = re.findall(r'<dl class="facts">(.*?)</dl>', page.text, re.S)
    return [plain(each) for each in re.findall(r"<dt>.*?</dd>", found, re.S)]


def test_a_list_is_told_item_by_item_with_its_attributes(ask, org):
    toleration = {"name": "gpu", "key": "gpu", "operator": "Exists"}
    in_force(
        org,
        "department",
        {"leader.tolerations": {"instances": [toleration]}},
        {"leader.tolerations": {"attributes": {"effect": {"canEdit": False}}}},
    )

    page = ask("leader.tolerations")

    found = tables(page)
    assert found["gpu"][2] == ("Department research key: gpu, operator: Exists Holds")
    assert "leader.tolerations.effect" in page.text
    assert "Department research locked Holds" in found["Rule"]


def test_an_attribute_leads_to_its_list(ask):
    page = ask("leader.tolerations.effect")

    assert 'field=leader.tolerations"' in page.text


def test_every_row_of_an_effective_policy_leads_to_its_explanation(client, org):
    client.force_login(org.bob)
    in_force(org, "project", rules={"replicas": {"max": 3}})
    unit = f"project-{org.project.pk}"

    page = client.get(reverse("policies:effective"), {"unit": unit})

    link = f"{reverse('policies:explain')}?unit={unit}&amp;field=replicas"
    assert f'href="{link}"' in page.text
    assert client.get(unescape(link)).status_code == 200


@pytest.mark.parametrize("field", ["leader.gpus", "leader", "<b>", "\0", "x" * 3000])
def test_a_field_that_does_not_exist_is_an_error_beside_what_was_typed(ask, field):
    page = ask(field)

    assert page.status_code == 404
    assert "No policy has a field called" in page.text
    assert 'aria-invalid="true"' in page.text
    assert "<b>" not in page.text.split("<main", 1)[1].split("<datalist")[0]


@pytest.mark.parametrize("unit", ["tenant", "project-999", "nonsense"])
def test_a_unit_that_is_not_the_readers_is_not_there(ask, unit):
    assert ask("replicas", unit).status_code == 404


def test_nothing_is_picked_at_first(client, org):
    client.force_login(org.bob)

    page = client.get(reverse("policies:explain"))

    assert page.status_code == 200
    assert '<option value="leader.compute.gpuDevicesRequest">' in page.text
    assert tables(page) == {}


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 200), (None, 403)])
def test_only_who_reads_policies_is_told(client, org, role, status):
    if role:
        AccessRule.objects.create(user=org.charlie, role=role, project=org.project)
    client.force_login(org.charlie)

    page = client.get(
        reverse("policies:explain"),
        {"unit": f"project-{org.project.pk}", "field": GPUS},
    )

    assert page.status_code == status


def test_a_policy_that_cannot_be_read_is_told_too(ask, org):
    made_unreadable(in_force(org, "department"))

    page = ask("replicas")

    assert page.status_code == 200
    assert "Nothing may be submitted here." in page.text
