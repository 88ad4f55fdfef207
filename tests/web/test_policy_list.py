"""The list of policies: searched, filtered and sorted by its address."""

import re
from html import unescape

import pytest
from django.urls import reverse

from policies.services import save_policy
from projects.models import Project
from tests.support.policies import in_force, made_unreadable

pytestmark = pytest.mark.django_db
LIST = reverse("policies:list")
LAB, WEST, SERVING = "eval-lab, research", "gpu-west-1", "llm-serving, research"
SORTED = [
    ("policy", "asc", [LAB, WEST, SERVING]),
    ("policy", "desc", [SERVING, WEST, LAB]),
    ("type", "desc", [LAB, WEST, SERVING]),
    ("status", "asc", [SERVING, LAB, WEST]),
    ("status", "desc", [LAB, WEST, SERVING]),
    ("scope", "asc", [WEST, LAB, SERVING]),
    ("scope", "desc", [LAB, SERVING, WEST]),
    ("createdBy", "asc", [LAB, WEST, SERVING]),
    ("createdAt", "asc", [WEST, SERVING, LAB]),
    ("updatedAt", "asc", [SERVING, LAB, WEST]),
    ("updatedAt", "desc", [WEST, LAB, SERVING]),
]


@pytest.fixture
def find(client, org):
    """The names of the policies that an address shows the administrator."""
    client.force_login(org.admin)
    in_force(org, "cluster")
    made_unreadable(in_force(org, "project"))
    in_force(org, "other")
    in_force(org, "cluster", rules={"replicas": {"max": 4}})

    def get(**said):
        page = client.get(LIST, said)
        return page, names(page)

    return get


@pytest.mark.parametrize(("key", "order", "found"), SORTED)
def test_every_column_sorts_both_ways_and_ties_by_name(find, key, order, found):
    page, listed = find(sortBy=key, sortOrder=order)

    assert listed == found
    assert f'aria-sort="{order}ending"' in page.text


def test_a_head_leads_to_its_order_and_then_to_the_other(find):
    page, _ = find(scope="project")

    heads = re.findall(r'<th scope="col"[^>]*><a href="([^"]*)"', page.text)
    assert len(heads) == 7
    assert all("scope=project" in each for each in heads)
    assert unescape(heads[3]).endswith("sortBy=scope&sortOrder=desc")
    assert unescape(heads[0]).endswith("sortBy=policy&sortOrder=asc")


@pytest.mark.parametrize(
    ("said", "fitting"),
    [
        ({"search": "EVAL"}, [LAB]),
        ({"search": "project admin lab"}, [LAB]),
        ({"scope": "cluster"}, [WEST]),
        ({"status": "Failed"}, [SERVING]),
        ({"status": "Ready", "scope": "project"}, [LAB]),
        ({"scope": "nonsense", "sortBy": "x"}, [WEST, LAB, SERVING]),
    ],
)
def test_what_is_asked_for_is_listed(find, said, fitting):
    page, found = find(**said)

    assert found == fitting
    assert f"{len(fitting)} of 3" in page.text or len(fitting) == 3


def test_where_nothing_matches_the_way_back_is_shown(find):
    page, found = find(search="<i>nowhere", scope="project")

    assert found == []
    assert "No policy matches" in page.text
    assert "Clear filters" in page.text
    assert 'value="&lt;i&gt;nowhere"' in page.text


def test_a_policy_that_has_failed_says_why(find):
    page, _ = find(status="Failed")

    assert "rules.replicas.atLeast: json: unknown field" in unescape(page.text)


def test_many_policies_have_pages_that_keep_what_was_asked(client, org):
    client.force_login(org.admin)
    for number in range(52):
        name = f"project-{number:02}"
        project = Project.objects.create(department=org.department, name=name)
        save_policy(by=org.admin, unit=project, text="rules: {replicas: {max: 4}}")

    first = client.get(LIST, {"scope": "project", "sortBy": "policy"})
    (following,) = re.findall(r'href="([^"]*page=2)"', first.text)
    second = client.get(f"{LIST}{unescape(following)}")

    assert "52 of 52 policies" in first.text
    assert "Page 1 of 2" in first.text
    assert names(first)[0] == "project-00, research"
    assert names(second) == ["project-50, research", "project-51, research"]
    assert names(client.get(LIST, {"page": "x"})) == names(client.get(LIST))


def names(page):
    """The names of the policies on a page."""
    return re.findall(r'<a class="name"[^>]*>(.*?)</a>', page.text)
