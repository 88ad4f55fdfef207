"""The details of a workload: tabs, polls, and what they say of pods."""

import html
import json
import re

import pytest
from django.utils.timezone import now

from tests.support.demo import history
from tests.support.rows import Counted, a_workload
from workloads.models import Event

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "section#panel"}
TABS = ("", "events/", "logs/", "pods/", "spec/")
EVIL = '"><img src=x onerror=alert(1)>'


def words(page):
    """The text of the panel, tags left out."""
    panel = page[page.index('id="panel"') :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", panel))


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_has_an_address_and_stands_beside_the_table(alice, chat, tab):
    page = alice.get(f"/workloads/{chat.pk}/{tab}")

    assert page.status_code == 200
    assert 'id="workloads"' in page.text
    assert page.text.count('aria-current="page"') == 2
    assert Counted(page.text).live == ["script", "script"]


@pytest.mark.parametrize(
    "tab", [*TABS, "menu/", "connections/", "spec.yaml", "logs/lines/"]
)
def test_what_is_out_of_reach_looks_like_what_never_was(client, org, chat, tab):
    client.force_login(org.charlie)

    hidden = client.get(f"/workloads/{chat.pk}/{tab}")
    never = client.get(f"/workloads/00000000-0000-0000-0000-000000000000/{tab}")

    assert hidden.status_code == never.status_code == 404
    token = r'"X-CSRFToken":"\w+"'
    assert re.sub(token, "", hidden.text) == re.sub(token, "", never.text)


def test_the_overview_names_pods_endpoint_and_setup(alice, chat):
    text = words(alice.get(f"/workloads/{chat.pk}/").text)

    assert "2 of 2 ready, 4 of 4 pods" in text
    assert "http://chat-ep.runai-llm-serving.svc.cluster.local" in text
    assert "2 groups : ml-platform, chat-frontend" in text.replace(
        "groups:", "groups :"
    )
    assert "4 pods, 8 GPUs, 128 cores, 1 TB" in text
    assert "Very high, non-preemptible" in text


def test_pods_that_are_missing_are_drawn_as_not_created_yet(alice, org):
    chat = a_workload(org.project, org.alice, phase="Pending", groups=[])

    text = words(alice.get(f"/workloads/{chat.pk}/pods/").text)

    assert text.count("Not created yet") == 4
    assert "Replica 1" in text


def test_the_reason_and_its_way_out_stand_on_top(alice, org):
    chat = a_workload(
        org.project, org.alice, phase="Failed", message="Out of memory", hint="Raise it"
    )

    page = alice.get(f"/workloads/{chat.pk}/").text

    assert "<b>Out of memory</b>" in page
    assert "Raise it" in page
    assert "RETRY</button>" in page
    assert "EDIT AND RETRY</button>" in page


def test_history_merges_changes_of_the_phase_and_events(alice, org, chat):
    history(chat)

    everything = words(alice.get(f"/workloads/{chat.pk}/events/").text)
    changes = words(alice.get(f"/workloads/{chat.pk}/events/?kind=phases").text)
    problems = words(alice.get(f"/workloads/{chat.pk}/events/?kind=problems").text)

    assert "Initializing , was Pending" in everything
    assert "BackOff · pod/chat-2-3 · kubelet · 4 times" in everything
    assert "Initializing , was Pending" in changes
    assert "BackOff" not in changes
    assert "BackOff" in problems
    assert "Pulled" not in problems


@pytest.mark.parametrize(
    "manifest",
    [
        {},
        {"message": EVIL, "reason": EVIL, "involvedObject": {"kind": EVIL}},
        {"count": "x"},
    ],
    ids=["empty", "hostile", "odd"],
)
def test_an_event_of_any_shape_is_text(alice, chat, manifest):
    Event.objects.create(uid="e", workload=chat, at=now(), manifest=manifest)

    page = alice.get(f"/workloads/{chat.pk}/events/")

    assert page.status_code == 200
    assert Counted(page.text).live == ["script", "script"]


def test_the_panel_asks_for_news_and_gets_204_until_there_is_some(alice, chat):
    page = alice.get(f"/workloads/{chat.pk}/events/?kind=problems").text
    found = re.search(r'id="panel"[^>]*hx-get="([^"]*)" hx-trigger="every (\w+),', page)
    address = found[1].replace("&amp;", "&")

    quiet = alice.get(address, headers=HTMX)
    Event.objects.create(
        uid="e", workload=chat, at=now(), manifest={"type": "Warning", "message": "Oh"}
    )
    news = alice.get(address, headers=HTMX)

    assert quiet.status_code == 204
    assert "Oh" in news.text
    assert "<html" not in news.text
    assert 'id="workloads"' not in news.text


def test_the_spec_shows_what_was_said_and_what_the_cluster_gets(alice, chat):
    said = words(alice.get(f"/workloads/{chat.pk}/spec/?view=said").text)
    given = alice.get(f"/workloads/{chat.pk}/spec.yaml")

    assert "&quot;gpuDevicesRequest&quot; : 2" in said
    assert given["Content-Disposition"] == 'attachment; filename="chat.yaml"'
    assert "kind: LeaderWorkerSet" in given.text.replace('"', "")


def test_a_document_in_colours_is_still_text_and_the_same_text(alice, org):
    said = {"leader": {"image": "<script>x: 1</script>\n# no: comment", "n": [1, None]}}
    chat = a_workload(org.project, org.alice, document=said)

    page = alice.get(f"/workloads/{chat.pk}/spec/?view=said").text

    shown = page[page.index('id="spec-text"') :].split(">", 1)[1].split("</pre>")[0]
    assert Counted(page).live == ["script", "script"]
    assert json.loads(html.unescape(re.sub(r"<[^>]*>", "", shown))) == said


def test_pods_and_connections_open_as_dialogs_from_the_table(alice, chat):
    dialog = {"HX-Request": "true", "HX-Target": "dialog#dialog"}

    pods = alice.get(f"/workloads/{chat.pk}/pods/", headers=dialog).text
    connections = alice.get(f"/workloads/{chat.pk}/connections/", headers=dialog).text

    assert "Pods of chat" in pods
    assert "chat-ep.runai-llm-serving" in connections
    assert "<html" not in pods + connections


def test_tabs_and_closing_keep_the_table_as_it_was(alice, chat):
    said = "search=cha&amp;sortBy=name&amp;sortOrder=asc"

    page = alice.get(
        f"/workloads/{chat.pk}/?sortBy=name&sortOrder=asc&search=cha&nonsense=1"
    ).text

    assert f'id="close-panel" href="/?{said}"' in page
    assert f'href="/workloads/{chat.pk}/events/?{said}"' in page


def test_a_deleted_workload_keeps_its_details_and_can_be_copied_only(alice, org):
    gone = a_workload(org.project, org.alice, deleted_at=now())

    page = alice.get(f"/workloads/{gone.pk}/").text

    assert "<b>Deleted</b>" in page
    assert f"/workloads/{gone.pk}/copy/" in page
    assert f"/workloads/{gone.pk}/scale/" not in page
    assert f"/workloads/{gone.pk}/delete/" not in page


def test_names_of_pods_and_their_messages_are_text(alice, org):
    pod = {
        "name": EVIL, "uid": "u", "role": "leader", "index": 0, "state": "Error",
        "node": EVIL, "pool": EVIL, "reason": EVIL, "message": EVIL, "restarts": 1,
    }  # fmt: skip
    groups = [{"index": 0, "state": "Error", "message": EVIL, "pods": [pod]}]
    chat = a_workload(org.project, org.alice, phase="Failed", groups=groups)

    pages = [alice.get(f"/workloads/{chat.pk}/{tab}").text for tab in ("", "pods/")]

    assert [Counted(page).live for page in pages] == [["script", "script"]] * 2


def pods_that(state, **known):
    """One replica whose leader is in the state."""
    pod = {"name": "chat-0", "index": 0, "state": state, "node": "n1"} | known
    group = "Error" if state == "Error" else "Starting"
    return [{"index": 0, "state": group, "message": "", "pods": [pod]}]


@pytest.mark.parametrize(
    ("groups", "replica", "pod"),
    [
        (
            pods_that("NotReady", lost=True, message="readiness probe gets HTTP 503"),
            "Replica 0 not ready",
            "Not ready Readiness probe gets HTTP 503",
        ),
        (
            pods_that("NotReady", lost=False, reason="ContainersNotReady"),
            "Replica 0 starting",
            "Not ready yet n1",
        ),
        (
            pods_that("Starting", reason="Pulling"),
            "Replica 0 starting",
            "Starting Pulling its image",
        ),
        (
            pods_that("Unscheduled", reason="Unschedulable"),
            "Replica 0 starting",
            "Waiting for a node",
        ),
    ],
    ids=["was ready", "not ready yet", "pulling", "no node"],
)
def test_a_pod_is_told_in_words_that_people_use(alice, org, groups, replica, pod):
    chat = a_workload(
        org.project, org.alice, groups=groups, replicas=1, phase="Degraded"
    )

    overview = words(alice.get(f"/workloads/{chat.pk}/").text)
    pods = words(alice.get(f"/workloads/{chat.pk}/pods/").text)

    assert replica in overview
    assert pod in pods


@pytest.mark.parametrize(
    ("groups", "offered"),
    [
        (pods_that("NotReady", lost=True), 1),
        (pods_that("Error", reason="OOMKilled"), 1),
        (pods_that("Error", reason="ImagePullBackOff"), 0),
        (pods_that("Starting"), 0),
    ],
    ids=["was ready", "ran", "never ran", "starts"],
)
def test_the_log_that_says_why_is_one_click_away(alice, org, groups, offered):
    chat = a_workload(
        org.project, org.alice, groups=groups, phase="Degraded", message="Down"
    )

    page = alice.get(f"/workloads/{chat.pk}/").text

    assert page.count("Log of leader</a>") == offered
