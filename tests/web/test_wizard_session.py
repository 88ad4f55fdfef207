"""A session that ends in the middle of a step."""

import pytest
from django.test import Client

from tests.support.wizard import Page, Wizard, a_draft

pytestmark = pytest.mark.django_db
TEXT = "a/b:1"


@pytest.fixture
def wizard(org):
    client = Client(enforce_csrf_checks=True)
    return Wizard(client, org.alice, a_draft(org.alice, org.project))


def signed_out(wizard) -> Page:
    """Open a step, end the session, post what was typed."""
    page = wizard.open("environment")
    del wizard.client.cookies["session"]
    return Page(wizard.post(page, "environment", {"leader.image": TEXT}, "continue"))


def sign_in(wizard, page, name="alice", password="correct horse"):
    data = {k: v[-1] for k, v in page.inputs.items() if k != "do"}
    data |= {"username": name, "password": password}
    return Page(wizard.client.post("/sign-in/", data))


def sent_again(wizard, page):
    (form,) = [e for e in page.elements if e.tag == "form"]
    data = {name: list(texts) for name, texts in page.inputs.items()}
    return wizard.client.post(form.attributes["action"], data)


def test_what_was_typed_is_carried_over_the_sign_in_and_posted_again(wizard):
    page = signed_out(wizard)
    assert wizard.draft.document == {}
    assert "Your session has ended" in page.top.text

    answer = sent_again(wizard, sign_in(wizard, page))

    wizard.draft.refresh_from_db()
    assert wizard.draft.document == {"leader": {"image": TEXT}}
    assert answer["Location"] == wizard.url("leader")


def test_a_wrong_password_in_between_loses_nothing(wizard):
    page = sign_in(wizard, signed_out(wizard), password="wrong")

    sent_again(wizard, sign_in(wizard, page))

    wizard.draft.refresh_from_db()
    assert wizard.draft.document == {"leader": {"image": TEXT}}


def test_for_somebody_else_the_draft_does_not_exist(wizard):
    page = sign_in(wizard, signed_out(wizard), name="bob")

    assert sent_again(wizard, page).status_code == 404


def test_a_post_that_is_too_large_leads_to_the_draft_as_it_was_saved(wizard):
    page = wizard.open("environment")
    del wizard.client.cookies["session"]
    values = {"leader.args": "x" * 300_000}

    page = Page(wizard.post(page, "environment", values))

    assert "What was saved before is still there." in page.top.text
    assert "carried" not in page.inputs
    assert page.inputs["next"] == [wizard.url("environment")]


def test_other_pages_are_not_posted_again(wizard, org):
    page = signed_out(wizard)
    page.inputs["next"] = ["/user/theme/"]

    answer = sign_in(wizard, page)

    assert "send-again" not in answer.html


def test_a_fragments_request_is_told_that_the_session_ended(wizard):
    page = wizard.open("environment")
    del wizard.client.cookies["session"]

    answer = wizard.post(page, "environment", {"leader.image": TEXT}, htmx=True)

    assert answer.status_code == 401


def signed_in_elsewhere(wizard) -> Page:
    """Open a step, sign in again in another tab, which makes the token old."""
    page = wizard.open("environment")
    wizard.client.get("/sign-in/")
    old = page.inputs["csrfmiddlewaretoken"]
    del wizard.client.cookies["session"]
    form = Page(wizard.client.get("/sign-in/"))
    sign_in(wizard, form)
    page.inputs["csrfmiddlewaretoken"] = old
    return page


def test_an_old_token_costs_one_click_and_no_text(wizard):
    page = signed_in_elsewhere(wizard)

    answer = Page(wizard.post(page, "environment", {"leader.image": TEXT}, "continue"))
    assert wizard.draft.document == {}
    assert "<send-again>" not in answer.html
    sent_again(wizard, answer)

    wizard.draft.refresh_from_db()
    assert wizard.draft.document == {"leader": {"image": TEXT}}


def test_a_fragments_request_with_an_old_token_is_to_be_sent_again(wizard):
    page = signed_in_elsewhere(wizard)

    answer = wizard.post(page, "environment", {"leader.image": TEXT}, htmx=True)

    assert answer.status_code == 401


def test_an_old_token_elsewhere_is_refused(wizard):
    answer = wizard.client.post("/user/theme/", {"theme": "dark"})

    assert answer.status_code == 403
