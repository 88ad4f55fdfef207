"""The eight walks of architecture.md §5.3, as a person walks them."""

from functools import partial

import pytest

from policies.engine.judge import judge
from tests.support.policies import in_force
from workloads.services import context_for

pytestmark = pytest.mark.django_db
IMAGE = {"leader.image": "vllm/vllm-openai:v0.11.0"}


@pytest.fixture
def policy(org):
    """Save a policy of a unit of the organization."""
    return partial(in_force, org)


def test_with_an_image_continue_leads_on_and_the_workers_image_is_asked_for(wizard):
    assert wizard.continued("environment", IMAGE) == "leader"
    assert wizard.continued("leader", {}) == "workers"

    page = wizard.say("workers", {}, "continue")

    assert page.problems() == {"worker-image": "Image URL is required."}


def test_an_emptied_field_gets_its_policys_default_back(wizard, policy):
    policy(scope="cluster", defaults={"workers": 3})
    assert wizard.open("workers").inputs["workers"] == ["3"]
    wizard.say("workers", {"workers": "5"})
    assert wizard.draft.document == {"workers": 5}

    page = wizard.say("workers", {"workers": ""})

    assert page.inputs["workers"] == ["3"]
    assert wizard.draft.document == {}
    assert "Policy · cluster gpu-west-1" in page.top.text


def test_a_forged_post_to_a_locked_field_is_refused_and_can_be_reset(wizard, policy):
    policy(
        defaults={"leader.imagePullPolicy": "Always"},
        rules={"leader.imagePullPolicy": {"canEdit": False}},
    )
    opened = wizard.open("environment")
    assert "leader.imagePullPolicy" not in opened.inputs
    assert (
        "Fixed by policy Pull condition, Always project llm-serving" in opened.top.text
    )

    page = wizard.say("environment", IMAGE | {"leader.imagePullPolicy": "Never"})

    assert list(page.problems()) == ["leader-imagePullPolicy"]
    assert "reset:leader.imagePullPolicy" in page.buttons()
    after = wizard.say("environment", {}, "reset:leader.imagePullPolicy")
    assert after.problems() == {}
    assert wizard.draft.document == {"leader": {"image": IMAGE["leader.image"]}}


def test_what_was_loaded_stays_when_a_policy_changes_and_stops_continue(wizard, policy):
    wizard.draft.document = {"leader": {"image": "a/b:1", "imagePullPolicy": "Never"}}
    wizard.draft.sources = {"leader.imagePullPolicy": "asset:1@1"}
    wizard.draft.save()
    policy(rules={"leader.imagePullPolicy": {"options": [{"value": "Always"}]}})

    page = wizard.say("environment", {}, "continue")

    assert list(page.problems()) == ["leader-imagePullPolicy"]
    assert page.inputs["leader.imagePullPolicy"] == ["Never"]
    assert wizard.draft.document["leader"]["imagePullPolicy"] == "Never"


def test_an_empty_document_of_the_api_lacks_an_image_and_has_no_endpoint(org):
    verdict = judge({}, context_for(org.project, org.alice, form=False))

    assert [str(i.location) for i in verdict.issues] == ["leader.image"]
    assert [str(i.location) for i in verdict.warnings] == ["servingPort.port"]


def test_without_workers_nothing_of_them_is_asked_for(wizard, policy):
    policy(rules={"worker.image": {"required": True}})

    assert wizard.continued("workers", {"workers": "0"}) == "setup"


def test_a_required_field_with_one_option_is_filled(wizard, policy):
    rules = {"required": True, "options": [{"value": "dgx-h100"}]}
    policy(rules={"leader.nodeType": rules})

    assert wizard.open("leader").inputs["leader.nodeType"] == ["dgx-h100"]
    assert wizard.continued("leader", {}) == "workers"


def test_a_platform_default_that_breaks_a_rule_leaves_the_field_empty(wizard, policy):
    policy(rules={"replicas": {"min": 2}})
    opened = wizard.open("setup")
    assert opened.inputs["replicas"] == [""]
    assert "2 or more, set by project llm-serving" in opened.top.text
    assert opened.problems() == {}

    page = wizard.say("setup", {}, "continue")

    assert list(page.problems()) == ["replicas"]


def test_the_range_of_a_share_is_told_in_percent(wizard, policy):
    share = "leader.compute.gpuPortionRequest"
    policy(rules={share: {"min": 0.1, "max": 0.5}})

    page = wizard.say(
        "leader",
        {
            "leader.compute.gpuDevicesRequest": "1",
            "leader.compute.gpuRequestType": "portion",
            share: "60",
        },
    )

    assert "10 %\N{EN DASH}50 %, set by project llm-serving" in page.top.text
    assert "must be at most 50 %" in page.problems()[share.replace(".", "-")]


def test_the_options_of_a_policy_are_a_list_with_their_displayed_names(wizard, policy):
    images = [
        {"value": "nvcr.io/nim/llama:1", "displayed": "Llama, tested"},
        {"value": "vllm/vllm-openai:v0.11.0"},
    ]
    policy(rules={"leader.image": {"options": images}})

    page = wizard.open("environment")
    (field,) = page.named("leader.image")
    assert field.tag == "select"
    assert options_of(field) == {
        "": "Choose one",
        "nvcr.io/nim/llama:1": "Llama, tested",
        "vllm/vllm-openai:v0.11.0": "vllm/vllm-openai:v0.11.0",
    }

    page = wizard.say("environment", {"leader.image": "else/where:1"})
    (field,) = page.named("leader.image")
    assert "else/where:1" in options_of(field)
    assert "must be one of" in " ".join(page.problems().values())


def options_of(select):
    found = [each for each in select.walk() if each.tag == "option"]
    return {each.attributes.get("value"): each.text for each in found}
