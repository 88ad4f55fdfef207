"""Warnings of the editor: shown and never in the way, and what they offer is done."""

import re
from html import unescape

import pytest
from django.urls import reverse

from policies.services import policy_of, save_policy
from tests.support.policies import in_force
from tests.support.wizard import Page

pytestmark = pytest.mark.django_db
ONE_ROLE = "rules:\n  leader:\n    image: {required: true}  # ours\n"
TOKEN = """\
defaults:
  leader:
    environmentVariables:
      instances:
      - name: HF_TOKEN
        value: hf_abcdefghijklmnop
"""


@pytest.fixture
def bob(client, org):
    """The browser of the department's administrator."""
    client.force_login(org.bob)
    return client


@pytest.fixture
def editor(bob, org):
    """Posts a text to the editor of the department's policy."""
    address = f"{reverse('policies:new')}?unit=department-{org.department.pk}"

    def post(text, **said):
        said = {"do": "validate"} | said
        return bob.post(address, {"text": text, "based_on": "0"} | said, follow=True)

    return post


def warnings(page):
    """The text of each warning on the page."""
    (found,) = re.findall(r'<ul class="findings warnings">(.*?)</ul>', page.text, re.S)
    items = re.findall(r"<li\b[^>]*>(.*?)</li>", found, re.S)
    return [" ".join(unescape(re.sub("<[^>]*>", " ", each)).split()) for each in items]


def text_in(page):
    return Page(page).inputs["text"][0]


def offers(page):
    return [each.attributes["value"] for each in Page(page).named("offer")]


def test_a_warning_stands_at_its_line_and_is_called_one(editor, org):
    page = editor(ONE_ROLE)

    assert "It can be saved." in page.text
    (warning,) = warnings(page)
    assert warning.startswith("Warning Line 3, column 5 rules.leader.image Holds for")
    assert '<li class="is-wait">3</li>' in page.text
    assert policy_of(org.department) is None


def test_a_warning_does_not_stop_a_save_and_is_shown_after_it(editor, org):
    page = editor(ONE_ROLE, do="save")

    assert "Version 1 is in force." in page.text
    assert "1 warning" in page.text
    assert "Holds for the leader alone" in warnings(page)[0]
    assert policy_of(org.department).current.text == ONE_ROLE


def test_errors_come_first_and_alone(editor):
    page = editor(f"{ONE_ROLE}  replicas: {{max: four}}\n")

    assert page.status_code == 200
    assert "1 problem" in page.text
    assert "findings warnings" not in page.text


def test_what_is_offered_is_written_into_the_text_and_nothing_saved(editor, org):
    (offer,) = offers(editor(ONE_ROLE))

    page = editor(ONE_ROLE, offer=offer, reason="why not")

    assert (
        text_in(page) == f"{ONE_ROLE}  worker:\n    image: {{required: true}}  # ours\n"
    )
    assert Page(page).inputs["reason"] == ["why not"]
    assert (
        "rules.worker.image was changed in the text. It is not saved yet." in page.text
    )
    assert "not saved" in page.text
    assert "findings warnings" not in page.text
    assert policy_of(org.department) is None


def test_what_is_no_longer_offered_leaves_the_text_alone(editor):
    (offer,) = offers(editor(ONE_ROLE))
    other = "rules:\n  replicas: {max: 4}\n"

    page = editor(other, offer=offer)

    assert page.status_code == 200
    assert text_in(page) == other


@pytest.mark.parametrize("offer", ["nonsense", "oneRole:rules.worker", "x" * 5000])
def test_an_offer_that_nobody_made_changes_nothing(editor, offer):
    page = editor(ONE_ROLE, offer=offer)

    assert page.status_code == 200
    assert text_in(page) == ONE_ROLE


def test_an_offer_on_a_text_that_cannot_be_read_is_answered_with_its_error(editor):
    page = editor("rules: [", offer="oneRole:rules.worker.image")

    assert "1 problem" in page.text
    assert text_in(page) == "rules: ["


def test_a_token_is_replaced_by_a_reference_that_its_author_completes(editor):
    page = editor(TOKEN)
    (warning,) = warnings(page)

    done = editor(TOKEN, offer=offers(page)[0])

    assert "Line 6" in warning
    assert "hf_abcdefghijklmnop" not in warning
    assert 'secret: {name: "", key: HF_TOKEN}' in text_in(done)
    assert "hf_abc" not in text_in(done)
    assert "Line 6, column 18" in done.text
    assert "Must not be empty." in done.text


def test_a_rule_of_the_cluster_that_a_project_replaces_is_shown_with_its_unit(
    editor, org
):
    in_force(org, "cluster", rules={"replicas": {"max": 4}})

    (warning,) = warnings(editor("rules: {replicas: {max: 9}}"))

    assert "cluster gpu-west-1" in warning
    assert "at most 4" in warning
    assert "at most 9" in warning


def test_a_reader_of_the_policy_sees_its_warnings_without_their_buttons(bob, org):
    saved = save_policy(by=org.bob, unit=org.project, text=ONE_ROLE)

    page = bob.get(reverse("policies:detail", args=[saved.version.policy.pk]))

    assert len(warnings(page)) == 1
    assert offers(page) == []


def test_a_rule_that_units_below_have_themselves_is_shown_to_its_author(editor, org):
    in_force(org, "project", rules={"replicas": {"max": 6}})

    (warning,) = warnings(editor("rules: {replicas: {max: 9}}"))

    assert "project llm-serving" in warning
