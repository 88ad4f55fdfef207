"""The Workloads table: who sees what, in which order, on which page."""

import re

import pytest
from django.utils.timezone import now

from tests.support.rows import Counted, a_workload, names
from workloads.models import Draft, Workload
from workloads.models.workload import SORTED
from workloads.tables import COLUMNS

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_everybody_sees_the_workloads_in_their_reach_and_no_others(client, org):
    a_workload(org.project, org.alice, "mine")
    a_workload(org.other, org.bob, "theirs")
    seen = {}

    for who in (org.alice, org.bob, org.charlie):
        client.force_login(who)
        seen[who.username] = sorted(names(client.get("/").text))

    assert seen == {"alice": ["mine"], "bob": ["mine", "theirs"], "charlie": []}


def test_without_a_session_the_page_leads_to_the_sign_in_form(client):
    response = client.get("/?search=chat")

    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/%3Fsearch%3Dchat"


def test_a_poll_without_a_session_is_401_and_no_page_to_swap_in(client):
    response = client.get("/workloads/rows/", headers=HTMX)

    assert response.status_code == 401
    assert "<html" not in response.text


def test_the_newest_workload_comes_first(alice, org):
    a_workload(org.project, org.alice, "second", created_at="2026-01-02T00:00Z")
    a_workload(org.project, org.alice, "first", created_at="2026-01-01T00:00Z")

    assert names(alice.get("/").text) == ["second", "first"]


@pytest.mark.parametrize(
    "column", [c for c in COLUMNS if c.field in SORTED], ids=lambda c: c.key
)
def test_every_column_sorts_both_ways(alice, org, column):
    values = {
        "time": ("2026-01-01T00:00Z", "2026-02-01T00:00Z"),
        "yes": (False, True),
        "text": ("aaa", "bbb"),
    }.get(column.kind, (10, 20))
    if column.field == "phase":
        values = ("Failed", "Running")
    for name, value in zip(("low", "top"), values, strict=True):
        made = a_workload(org.project, org.alice, name)
        Workload.objects.filter(pk=made.pk).update(**{column.field: value})
    fallen = names(alice.get(f"/?sortBy={column.key}&sortOrder=desc").text)

    risen = names(alice.get(f"/?sortBy={column.key}&sortOrder=asc").text)

    assert risen == fallen[::-1]
    if column.field != "name":
        assert risen == ["low", "top"]


def test_every_sort_reads_an_index_and_sorts_nothing(org):
    plans = {
        name: Workload.objects.live().order_by(f"-{name}", "-id").values("pk").explain()
        for name in SORTED
    }

    assert [name for name, plan in plans.items() if "TEMP B-TREE" in plan] == []


def test_pages_follow_each_other_by_offset_and_limit(alice, org):
    for number in range(5):
        a_workload(org.project, org.alice, f"chat{number}")

    first = alice.get("/?sortBy=name&sortOrder=asc&limit=2").text
    second = alice.get("/?sortBy=name&sortOrder=asc&limit=2&offset=2").text

    assert names(first) == ["chat0", "chat1"]
    assert names(second) == ["chat2", "chat3"]
    assert "3 to 4 of 5" in second
    assert "sortBy=name&amp;sortOrder=asc&amp;offset=4&amp;limit=2" in second


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=x", "offset=-1", "sortBy=secret", "sortBy=name;"],
)
def test_an_address_that_cannot_be_used_shows_the_table_and_says_so(alice, org, query):
    a_workload(org.project, org.alice)

    page = alice.get(f"/?{query}")

    assert page.status_code == 200
    assert names(page.text) == ["chat"]
    assert query == "limit=0" or 'class="notice notice-slim is-wait"' in page.text


def test_a_page_of_fifty_is_light_and_asks_the_same_few_questions(
    alice, org, django_assert_max_num_queries
):
    for number in range(60):
        a_workload(org.project, org.alice, f"chat{number:02}")

    with django_assert_max_num_queries(12):
        page = alice.get("/").text

    assert len(names(page)) == 50
    assert Counted(page).elements <= 1500


def test_no_page_holds_what_a_strict_policy_forbids(alice, org):
    a_workload(org.project, org.alice)

    assert Counted(alice.get("/").text).live == ["script", "script"]


def test_names_from_a_cluster_are_text_whatever_they_hold(alice, org):
    evil = '"><script>alert(1)</script>'
    a_workload(
        org.project,
        org.alice,
        message=evil,
        image=evil,
        pools=evil,
        address="javascript:alert(1)",
        submitted_by=evil,
    )

    page = alice.get("/").text

    assert Counted(page).live == ["script", "script"]
    assert "javascript:" not in page
    assert "&lt;script&gt;" in page


def test_chosen_columns_are_the_users_and_stand_in_the_address(alice, org):
    a_workload(org.project, org.alice)

    response = alice.post(
        "/workloads/columns/",
        {"column": ["name", "clusterName", "nonsense"], "next": "/?search=chat"},
        follow=True,
    )

    assert response.redirect_chain[0][0] == "/?search=chat&columns=name,clusterName"
    assert "gpu-west-1" in response.text
    assert "c-status" not in response.text
    org.alice.refresh_from_db()
    assert org.alice.table == {"columns": ["name", "clusterName"]}
    assert "c-status" not in alice.get("/").text


@pytest.mark.parametrize("next_page", ["//evil.example", "https://evil.example/"])
def test_choosing_columns_never_leads_to_another_site(alice, next_page):
    response = alice.post("/workloads/columns/", {"column": "name", "next": next_page})

    assert response["Location"] == "/?columns=name"


def test_four_empty_tables_say_what_to_do_next(client, org):
    client.force_login(org.alice)
    nothing = client.get("/").text
    client.force_login(org.charlie)
    nowhere = client.get("/").text
    client.force_login(org.alice)
    a_workload(org.project, org.alice)
    filtered = client.get("/?search=zebra").text
    beyond = client.get("/?offset=50").text

    assert "choose +NEW WORKLOAD" in nothing
    assert "ask an administrator" in nowhere
    assert "NEW WORKLOAD" not in nowhere
    assert "Nothing matches" in filtered
    assert "There is no such page" in beyond


def test_unfinished_drafts_wait_under_new_workload(alice, org):
    seen = ["basics", "environment", "leader"]
    Draft.objects.create(owner=org.alice, name="half-done", visited=seen)
    Draft.objects.create(owner=org.bob, name="of-bob")

    page = alice.get("/").text

    assert "Continue draft <b>half-done</b>" in page
    assert "Leader, saved <time" in page
    assert "of-bob" not in page


def test_deleted_workloads_have_their_own_table(alice, org):
    a_workload(org.project, org.alice, "gone", deleted_at=now())
    a_workload(org.project, org.alice, "here")

    live, gone = alice.get("/").text, alice.get("/workloads/deleted/").text

    assert names(live) == ["here"]
    assert names(gone) == ["gone"]
    assert ">Deleted<" in gone


def test_workloads_that_were_deleted_long_ago_are_gone(alice, org):
    a_workload(org.project, org.alice, "gone", deleted_at="2020-01-01T00:00Z")

    assert names(alice.get("/workloads/deleted/").text) == []


def test_only_orders_of_what_is_shown_are_offered(alice, org):
    a_workload(org.project, org.alice)

    page = alice.get("/?columns=name,phase&sortBy=image&sortOrder=asc").text

    menu = page[page.index('id="sort-menu"') :].partition("</div>")[0]
    assert re.findall(r">([^<]+)</a>", menu) == ["Workload", "Image", "Status"]


@pytest.mark.parametrize(
    ("leader", "worker", "told"),
    [
        ({"gpuRequestType": "memory", "gpuMemoryRequest": "10G"}, {}, "20 GB"),
        (
            {"gpuRequestType": "memory", "gpuMemoryRequest": "10G"},
            {
                "gpuRequestType": "memory",
                "gpuMemoryRequest": "5G",
                "gpuDevicesRequest": 2,
            },
            "80 GB",
        ),
        ({"gpuDevicesRequest": 8}, {}, "Unknown"),
        ({}, {}, "None"),
    ],
    ids=["leader alone", "both", "whole devices", "no GPU"],
)
def test_gpu_memory_is_told_where_it_was_asked_for(alice, org, leader, worker, told):
    said = {
        "replicas": 2,
        "workers": 3,
        "leader": {"image": "a/b:1", "compute": leader},
        "worker": {"image": "a/b:1", "compute": worker},
    }
    a_workload(org.project, org.alice, resolved=said)

    page = alice.get("/?columns=name,requestedGpuMemory").text

    assert f'class="two">{told}</td>' in page
    problem = alice.get("/?filterBy=requestedGpuMemory==10").text
    assert "GPU memory request cannot be compared so" in problem


@pytest.mark.parametrize(
    ("allocated", "requested", "told"), [(0, 0, "None"), (0, 8, "0 of 8")]
)
def test_who_asks_for_no_gpus_has_none(alice, org, allocated, requested, told):
    a_workload(
        org.project, org.alice, allocated_gpus=allocated, requested_gpus=requested
    )

    page = alice.get("/?columns=name,allocatedGPU,requestedGPU").text

    assert f'title="{told}">{told}</td>' in page
