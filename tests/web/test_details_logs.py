"""Logs: of what runs and of what ended."""

import pytest
from django.utils.timezone import now

from tests.support.rows import Counted, a_workload
from workloads.models import Pod, Termination
from workloads.services import Refusal
from workloads.views import logs

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(client, org):
    client.force_login(org.alice)
    return a_workload(org.project, org.alice)


@pytest.fixture
def cluster(monkeypatch):
    """What the cluster answers, and what it was asked."""
    answers, asked = {}, []

    def pod_log(workload, pod, container, **options):
        asked.append((pod, container, options["tail"]))
        if pod not in answers:
            raise Refusal("This pod is gone from the cluster.")
        return answers[pod]

    monkeypatch.setattr(logs, "pod_log", pod_log)
    return answers, asked


def a_pod(chat, name, container="main"):
    manifest = {"spec": {"containers": [{"name": container}]}}
    return Pod.objects.create(uid=name, workload=chat, name=name, manifest=manifest)


def ended(chat, pod="chat-0", log="last words\n", **more):
    return Termination.objects.create(
        workload=chat, pod_uid="u", pod=pod, container="main", at=now(), log=log, **more
    )


def test_the_first_leader_is_read_unless_another_pod_is_chosen(client, chat, cluster):
    answers, asked = cluster
    for name in ("chat-1", "chat-0-1", "chat-0"):
        a_pod(chat, name)
        answers[name] = [f"words of {name}"]

    first = client.get(f"/workloads/{chat.pk}/logs/").text
    other = client.get(f"/workloads/{chat.pk}/logs/?pod=chat-0-1/main").text

    assert "words of chat-0<" in first
    assert "words of chat-0-1<" in other
    assert asked == [("chat-0", "main", 500), ("chat-0-1", "main", 500)]
    assert first.index("Replica 0, leader") < first.index("Replica 0, worker 1")
    assert first.index("Replica 0, worker 1") < first.index("Replica 1, leader")


def test_times_levels_and_colours_of_lines_are_told_apart(client, chat, cluster):
    a_pod(chat, "chat-0")
    cluster[0]["chat-0"] = [
        "2026-11-24T14:15:59.871234567Z \x1b[31mERROR\x1b[0m cannot pin",
        "2026-11-24T14:16:00Z WARN slow",
        "no time here",
    ]

    page = client.get(f"/workloads/{chat.pk}/logs/lines/").text

    assert (
        '<span class="line is-bad"><span>14:15:59.871</span><span>ERROR cannot' in page
    )
    assert '<span class="line is-wait"><span>14:16:00</span>' in page
    assert "<span></span><span>no time here</span>" in page
    assert "\x1b" not in page


def test_search_leaves_the_lines_that_hold_the_words(client, chat, cluster):
    a_pod(chat, "chat-0")
    cluster[0]["chat-0"] = ["Loading shard", "serving"]

    page = client.get(f"/workloads/{chat.pk}/logs/lines/?find=SHARD").text

    assert "Loading shard" in page
    assert "serving" not in page


def test_an_instance_that_ended_keeps_its_last_words(client, chat, cluster):
    row = ended(chat, reason="OOMKilled", exit_code=137)
    a_pod(chat, "chat-0")

    page = client.get(f"/workloads/{chat.pk}/logs/?instance={row.pk}").text

    assert "last words" in page
    assert "OOMKilled, exit code 137" in page
    assert cluster[1] == []


def test_where_nothing_runs_the_last_instance_is_shown(client, chat, cluster):
    ended(chat)

    assert "last words" in client.get(f"/workloads/{chat.pk}/logs/").text


@pytest.mark.parametrize("pods", [0, 1])
def test_a_log_that_cannot_be_had_says_why(client, chat, cluster, pods):
    if pods:
        a_pod(chat, "chat-0")

    page = client.get(f"/workloads/{chat.pk}/logs/")

    assert page.status_code == 200
    reason = "This pod is gone" if pods else "none has ended yet"
    assert reason in page.text


def test_a_poll_of_the_panel_does_not_ask_the_cluster(client, chat, cluster):
    a_pod(chat, "chat-0")
    headers = {"HX-Request": "true", "HX-Target": "section#panel"}

    client.get(f"/workloads/{chat.pk}/logs/", headers=headers)

    assert cluster[1] == []


def test_the_file_is_named_after_workload_pod_container_and_time(client, chat, cluster):
    a_pod(chat, "chat-0")
    cluster[0]["chat-0"] = ["one", "two"]

    response = client.get(f"/workloads/{chat.pk}/logs/file/?pod=chat-0/main")

    assert response.text == "one\ntwo\n"
    assert 'filename="chat_chat-0_main_2' in response["Content-Disposition"]


def test_lines_are_text_whatever_a_container_writes(client, chat, cluster):
    a_pod(chat, "chat-0", container="<script>")
    cluster[0]["chat-0"] = ["<script>alert(1)</script>", "\x00\x1b]0;title\x07"]

    page = client.get(f"/workloads/{chat.pk}/logs/").text

    assert Counted(page).live == ["script", "script"]
    assert "&lt;script&gt;alert(1)" in page
