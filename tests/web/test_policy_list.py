"""The list of policies: searched, filtered and sorted by its address."""

import re
from html import unescape

import pytest
from django.urls import reverse

from tests.support.policies import in_force, made_unreadable

pytestmark = pytest.mark.django_db
LIST = reverse("policies:list")
COLUMNS = {
    "policy": ["eval-lab, research", "gpu-west-1", "llm-serving, research"],
    "scope": ["gpu-west-1", "eval-lab, research", "llm-serving, research"],
    "status": ["llm-serving, research", "eval-lab, research", "gpu-west-1"],
    "createdAt": ["gpu-west-1", "llm-serving, research", "eval-lab, research"],
    "updatedAt": ["llm-serving, research", "eval-lab, research", "gpu-west-1"],
}


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
        rows = re.findall(r'<a class="name"[^>]*>(.*?)</a>', page.text)
        return page, rows

    return get


@pytest.mark.parametrize("key", COLUMNS)
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_every_column_sorts_both_ways(find, key, order):
    _, names = find(sortBy=key, sortOrder=order)

    best = COLUMNS[key] if order == "asc" else COLUMNS[key][::-1]
    ties = {"scope": 2, "status": 2}.get(key, 0)
    assert names == best or (ties and set(names) == set(best))
    page, _ = find(sortBy=key, sortOrder=order)
    assert f'aria-sort="{order}ending"' in page.text


def test_a_head_leads_to_its_order_and_then_to_the_other(find):
    page, _ = find(scope="project")

    heads = re.findall(r'<th scope="col"[^>]*><a href="([^"]*)"', page.text)
    assert len(heads) == 7
    assert all("scope=project" in each for each in heads)
    assert unescape(heads[3]).endswith("sortBy=scope&sortOrder=desc")
    assert unescape(heads[0]).endswith("sortBy=policy&sortOrder=asc")


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"search": "EVAL"}, ["eval-lab, research"]),
        ({"search": "project admin lab"}, ["eval-lab, research"]),
        ({"scope": "cluster"}, ["gpu-west-1"]),
        ({"status": "Failed"}, ["llm-serving, research"]),
        ({"status": "Ready", "scope": "project"}, ["eval-lab, research"]),
        ({"scope": "nonsense", "sortBy": "x"}, COLUMNS["scope"]),
    ],
)
def test_what_is_asked_for_is_listed(find, said, names):
    page, found = find(**said)

    assert found == names
    assert f"{len(names)} of 3" in page.text or len(names) == 3


def test_where_nothing_matches_the_way_back_is_shown(find):
    page, names = find(search="<i>nowhere", scope="project")

    assert names == []
    assert "No policy matches" in page.text
    assert "Clear filters" in page.text
    assert 'value="&lt;i&gt;nowhere"' in page.text


def test_a_policy_that_has_failed_says_why(find):
    page, _ = find(status="Failed")

    assert "rules.replicas.atLeast: json: unknown field" in unescape(page.text)
