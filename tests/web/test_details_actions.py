"""What is done to workloads, as pages and as dialogs."""

import pytest
from django.test import Client

from access.models import AccessRule
from access.roles import Role
from tests.support.rows import a_workload
from workloads.models import Draft, Workload

pytestmark = pytest.mark.django_db
DIALOG = {"HX-Request": "true", "HX-Target": "dialog#dialog"}


def a_viewer(org):
    AccessRule.objects.create(user=org.charlie, role=Role.VIEWER, project=org.project)
    return org.charlie


@pytest.mark.parametrize("action", ["scale", "delete"])
def test_an_action_is_a_page_and_with_script_a_dialog(alice, chat, action):
    page = alice.get(f"/workloads/{chat.pk}/{action}/").text
    dialog = alice.get(f"/workloads/{chat.pk}/{action}/", headers=DIALOG).text

    assert "<html" in page
    assert "<h1" in page
    assert "<html" not in dialog
    assert '<h2 id="dialog-title">' in dialog


def test_scaling_writes_the_wish_and_comes_back_to_the_details(alice, chat):
    response = alice.post(
        f"/workloads/{chat.pk}/scale/", {"replicas": "5"}, follow=True
    )

    chat.refresh_from_db()
    assert (chat.replicas, chat.document["replicas"]) == (5, 5)
    assert response.redirect_chain[-1][0] == f"/workloads/{chat.pk}/"
    assert "chat is scaled to 5 replicas." in response.text


def test_scaling_in_a_dialog_closes_it_and_leaves_a_toast(alice, chat):
    response = alice.post(
        f"/workloads/{chat.pk}/scale/", {"replicas": "5"}, headers=DIALOG
    )

    assert response["HX-Trigger"] == "dialog-done"
    assert "chat is scaled to 5 replicas." in response.text
    assert "<html" not in response.text


@pytest.mark.parametrize("replicas", [0, 1, 3])
def test_the_dialog_says_what_one_replica_asks_for_also_when_there_is_none(
    alice, chat, replicas
):
    alice.post(f"/workloads/{chat.pk}/scale/", {"replicas": str(replicas)})
    chat.refresh_from_db()
    pod = chat.resolved["leader"]["compute"]["gpuDevicesRequest"]
    assert chat.requested_gpus == 2 * pod * replicas

    page = alice.get(f"/workloads/{chat.pk}/scale/", headers=DIALOG).text

    assert f"Each replica more asks for 2 pods, {2 * pod} GPUs" in page


@pytest.mark.parametrize("said", ["", "-1", "1.5", "many", "1001", "٣"])
def test_a_number_that_cannot_be_is_refused_in_place_and_kept(alice, chat, said):
    response = alice.post(
        f"/workloads/{chat.pk}/scale/", {"replicas": said}, headers=DIALOG
    )

    assert response.status_code == 422
    assert "There is a problem" in response.text
    assert f'value="{said}"' in response.text
    chat.refresh_from_db()
    assert chat.replicas == 2


def test_the_scale_dialog_says_what_one_more_asks_for(alice, chat):
    page = alice.get(f"/workloads/{chat.pk}/scale/").text

    assert "now 2" in page
    assert "2 pods, 4 GPUs, 64 cores, 512 GB." in page


def test_deleting_names_what_goes_first(alice, org):
    chat = a_workload(
        org.project,
        org.alice,
        claims={"leader/models": "chat-models"},
        address="http://chat-ep.x.svc.cluster.local",
    )

    page = alice.get(f"/workloads/{chat.pk}/delete/").text

    assert "4 running pods" in page
    assert "http://chat-ep.x.svc.cluster.local" in page
    assert "chat-models" in page
    assert "Keep data volumes" in page


@pytest.mark.parametrize(("said", "kept"), [({}, False), ({"volumes": "keep"}, True)])
def test_deleting_keeps_the_volumes_on_request(alice, chat, said, kept):
    response = alice.post(
        f"/workloads/{chat.pk}/delete/", said | {"next": "/?search=c"}
    )

    chat.refresh_from_db()
    assert (chat.desired, chat.keep_volumes) == ("deleted", kept)
    assert response["Location"] == "/?search=c"


@pytest.mark.parametrize(
    "away", ["//evil.example", "https://evil.example", "javascript:1"]
)
def test_no_action_leads_to_another_site(alice, chat, away):
    response = alice.post(f"/workloads/{chat.pk}/delete/", {"next": away})

    assert response["Location"] == "/"


def test_several_are_deleted_at_once_and_reported_row_by_row(client, org):
    mine = a_workload(org.project, org.alice, "mine")
    seen = a_workload(org.other, org.bob, "only-seen")
    hidden = a_workload(org.other, org.bob, "hidden")
    AccessRule.objects.create(user=org.alice, role=Role.VIEWER, project=org.other)
    org.other.workloads.filter(pk=hidden.pk).update(deleted_at="2026-01-01T00:00Z")
    client.force_login(org.alice)

    report = client.post(
        "/workloads/delete/", {"id": [mine.pk, seen.pk, hidden.pk, "nonsense"]}
    ).text

    assert "<b>mine</b>: is being deleted." in report
    assert "<b>only-seen</b>: not deleted. You may not delete" in report
    assert "<b>hidden</b>" not in report
    wishes = dict(Workload.objects.values_list("name", "desired"))
    assert wishes == {"mine": "deleted", "only-seen": "running", "hidden": "running"}


def test_deleting_the_selection_asks_first(alice, chat):
    page = alice.get("/workloads/delete/", {"id": chat.pk}).text
    nothing = alice.get("/workloads/delete/").text

    chat.refresh_from_db()
    assert chat.desired == "running"
    assert f'name="id" value="{chat.pk}"' in page
    assert "Nothing is selected" in nothing


def test_a_copy_opens_as_a_draft_with_a_free_name(alice, org, chat):
    response = alice.post(f"/workloads/{chat.pk}/copy/")

    draft = Draft.objects.get(owner=org.alice)
    assert (draft.name, draft.document) == ("chat-copy", chat.document)
    assert response["Location"] == f"/drafts/{draft.pk}/basics/"


def test_a_failed_workload_is_tried_again(alice, org):
    chat = a_workload(org.project, org.alice, phase="Failed")

    response = alice.post(f"/workloads/{chat.pk}/retry/", follow=True)

    chat.refresh_from_db()
    assert chat.generation == 2
    assert "chat is tried again." in response.text


@pytest.mark.parametrize("action", ["retry", "edit", "recreate"])
def test_what_cannot_be_done_now_is_refused_with_the_reason(alice, chat, action):
    page = alice.post(f"/workloads/{chat.pk}/{action}/", follow=True)

    chat.refresh_from_db()
    assert chat.generation == 1
    assert 'class="flash is-bad"' in page.text


def test_a_workload_that_somebody_removed_offers_to_recreate_it(alice, org):
    chat = a_workload(org.project, org.alice, lws_seen=True, observed={})

    page = alice.get(f"/workloads/{chat.pk}/").text

    assert "RECREATE</button>" in page


@pytest.mark.parametrize("action", ["copy", "retry", "edit", "recreate"])
def test_nothing_is_done_by_following_a_link(alice, chat, action):
    assert alice.get(f"/workloads/{chat.pk}/{action}/").status_code == 405


@pytest.mark.parametrize(
    "action", ["scale", "delete", "copy", "retry", "edit", "recreate"]
)
def test_somebody_without_access_can_do_nothing_to_it(client, org, chat, action):
    client.force_login(org.charlie)

    response = client.post(f"/workloads/{chat.pk}/{action}/", {"replicas": "5"})

    assert response.status_code == 404
    before = Workload.objects.filter(generation=1, desired="running", replicas=2)
    assert before.count() == 1
    assert not Draft.objects.exists()


def test_a_viewer_is_offered_nothing_and_refused_everything(client, org, chat):
    client.force_login(a_viewer(org))

    menu = client.get(f"/workloads/{chat.pk}/menu/", headers=DIALOG).text
    scaled = client.post(f"/workloads/{chat.pk}/scale/", {"replicas": "5"})
    deleted = client.post(f"/workloads/{chat.pk}/delete/")

    assert "Show details" in menu
    assert not {"Scale", "Delete", "Make a copy"} & set(
        menu.replace("…", "").split(">")
    )
    assert scaled.status_code == deleted.status_code == 422
    chat.refresh_from_db()
    assert (chat.replicas, chat.desired) == (2, "running")


def test_no_action_without_the_token_of_the_page(org, chat):
    client = Client(enforce_csrf_checks=True)
    client.force_login(org.alice)

    answers = [
        client.post(f"/workloads/{chat.pk}/{action}/").status_code
        for action in ("scale", "delete", "copy", "retry", "edit", "recreate")
    ]

    assert answers == [403] * 6
