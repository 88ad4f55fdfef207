"""A spec that is tried, and a draft policy that is checked, in a browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems_in_every_look

SPEC = "Spec, as YAML or JSON"
TOO_MANY = "leader: {image: a/b}\nservingPort: {port: 80}\nreplicas: many\n"


@pytest.fixture
def trial(signed_in, portal):
    """The page that tries a spec."""
    signed_in.on("dialog", lambda dialog: dialog.accept())
    signed_in.goto(f"{portal.url}/policies/")
    signed_in.get_by_role("link", name="Try a spec").click()
    return signed_in


def test_a_spec_is_tried_and_its_mistake_is_one_click_away(trial):
    trial.get_by_label(SPEC).fill(TOO_MANY)

    trial.get_by_role("button", name="TRY").click()

    expect(trial.get_by_role("heading", name="1 problem")).to_be_visible()
    expect(trial.get_by_label(SPEC)).to_have_value(TOO_MANY)
    trial.get_by_role("link", name="Line 3, column 1").click()
    expect(trial.get_by_label(SPEC)).to_be_focused()
    trial.get_by_label(SPEC).fill(TOO_MANY.replace("many", "3"))
    trial.get_by_role("button", name="TRY").click()
    expect(trial.get_by_text("It would be accepted.")).to_be_visible()
    row = trial.get_by_role("row").filter(has_text="replicas")
    expect(row).to_contain_text("The document")


def test_another_project_draws_its_users_and_leaves_the_text(trial):
    trial.get_by_label(SPEC).fill(TOO_MANY)
    asked = trial.get_by_label("Project")

    with trial.expect_response("**/policies/try/"):
        asked.select_option(index=1)

    expect(trial.get_by_label("As user")).to_have_value("admin")
    expect(trial.get_by_label(SPEC)).to_have_value(TOO_MANY)


@pytest.fixture
def draft(signed_in, portal):
    """The editor of the tenant's policy, with a workload that it would refuse."""
    signed_in.on("dialog", lambda dialog: dialog.accept())
    name = "to-be-refused"
    signed_in.goto(f"{portal.url}/?search={name}")
    if not signed_in.get_by_role("link", name=name, exact=True).count():
        portal.submit(name, replicas=3, workers=0)
    signed_in.goto(f"{portal.url}/policies/new/?unit=tenant")
    return signed_in


def test_a_draft_is_checked_and_goes_back_to_its_editor(draft):
    text = "rules: {replicas: {max: 2}}\n"
    draft.get_by_label("Policy YAML").fill(text)

    draft.get_by_role("button", name="Check running workloads").click()

    expect(draft.get_by_role("heading", name="Done")).to_be_visible()
    row = draft.get_by_role("row").filter(has_text="to-be-refused")
    expect(row).to_contain_text("at most 2")
    found = problems_in_every_look(draft)
    assert found == [], "\n".join(found)
    draft.get_by_role("button", name="Back to the text").click()
    expect(draft.get_by_label("Policy YAML")).to_have_value(text)


def test_trying_and_checking_work_without_script(without_script, portal):
    page = without_script
    page.goto(f"{portal.url}/policies/try/")
    page.get_by_label("Project").select_option(index=1)
    page.get_by_role("button", name="Show its users").click()
    page.get_by_label(SPEC).fill(TOO_MANY)
    page.get_by_role("button", name="TRY").click()
    expect(page.get_by_role("heading", name="1 problem")).to_be_visible()

    page.goto(f"{portal.url}/policies/new/?unit=tenant")
    page.get_by_label("Policy YAML").fill("rules: {replicas: {max: 2}}")
    page.get_by_role("button", name="Check running workloads").click()

    for _ in range(20):
        if page.get_by_role("heading", name="Done").count():
            break
        page.get_by_role("link", name="Look again").click()
        page.wait_for_timeout(200)
    expect(page.get_by_role("heading", name="Done")).to_be_visible()


def test_axe_finds_nothing_where_a_spec_is_tried(trial):
    for state, text in (("wrong", TOO_MANY), ("right", TOO_MANY.replace("many", "3"))):
        trial.get_by_label(SPEC).fill(text)
        trial.get_by_role("button", name="TRY").click()
        expect(trial.get_by_role("heading", name="What the workload")).to_be_visible()

        found = problems_in_every_look(trial)

        assert found == [], f"{state}:\n" + "\n".join(found)
