"""The table asks for news; the server says when there is none, and how often to ask."""

import re

import pytest
from django.db.models import F

from projects.models import Project
from tests.support.rows import a_workload, names

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def alice(client, org):
    client.force_login(org.alice)
    a_workload(org.project, org.alice, passing=False)
    return client


def poll(page):
    """Where the page asks, and how often."""
    found = re.search(
        r'hx-get="(/workloads/rows/[^"]*)" hx-trigger="every (\w+),', page
    )
    return found[1].replace("&amp;", "&"), found[2]


def test_while_nothing_changes_the_answer_is_204(alice):
    address, _ = poll(alice.get("/").text)

    response = alice.get(address, headers=HTMX)

    assert (response.status_code, response.content) == (204, b"")


def test_a_poll_without_news_asks_five_questions_at_most(
    alice, django_assert_max_num_queries
):
    address, _ = poll(alice.get("/").text)

    with django_assert_max_num_queries(5):
        alice.get(address, headers=HTMX)


def test_what_changed_comes_with_the_next_version(alice, org):
    address, _ = poll(alice.get("/").text)
    a_workload(org.project, org.alice, "newer")
    Project.objects.filter(pk=org.project.pk).update(
        table_version=F("table_version") + 1
    )

    response = alice.get(address, headers=HTMX)

    assert names(response.text) == ["newer", "chat"]
    assert "<html" not in response.text
    assert alice.get(poll(response.text)[0], headers=HTMX).status_code == 204


def test_a_change_that_the_reader_may_not_see_is_no_news(alice, org):
    address, _ = poll(alice.get("/").text)
    Project.objects.filter(pk=org.other.pk).update(table_version=F("table_version") + 1)

    assert alice.get(address, headers=HTMX).status_code == 204


def test_a_row_in_a_passing_phase_is_asked_for_more_often(alice, org):
    calm = poll(alice.get("/").text)[1]
    a_workload(org.project, org.alice, "new", "Creating", passing=True)

    assert (calm, poll(alice.get("/").text)[1]) == ("2s", "500ms")


def test_a_page_that_nobody_touched_asks_seldom_until_somebody_does(alice):
    address, _ = poll(alice.get("/").text)

    slow = alice.get(f"{address}&idle=1", headers=HTMX)
    address, interval = poll(slow.text)
    still = alice.get(f"{address}&idle=1", headers=HTMX)
    awake = alice.get(address, headers=HTMX)

    assert interval == "10s"
    assert still.status_code == 204
    assert poll(awake.text)[1] == "2s"


def test_a_poll_keeps_filters_order_and_page(alice):
    query = "search=ch&sortBy=name&sortOrder=asc&limit=20&columns=name,phase"

    address, _ = poll(alice.get(f"/?{query}").text)

    assert address.startswith(f"/workloads/rows/?{query}&version=")
