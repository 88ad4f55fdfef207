"""What a policy does to the form, row by row of the table in policies.md §2."""

from functools import partial

import pytest

from projects.models import Cluster
from tests.support.policies import in_force
from tests.support.wizard import Page

pytestmark = pytest.mark.django_db
PULL = "leader.imagePullPolicy"
VARIABLES = "leader.environmentVariables"
TOLERATIONS = "leader.tolerations"
VOLUMES = "leader.storage.pvc"
PROJECT = "project llm-serving"
WHOLE = {
    "path": "/models",
    "claimInfo": {"size": "10G", "accessModes": {"readWriteOnce": True}},
}


@pytest.fixture
def policy(org):
    """Save a policy of a unit of the organization."""
    return partial(in_force, org)


@pytest.fixture
def department(policy):
    """Save a policy of the department."""
    return partial(policy, "department")


def said(wizard, **document):
    """Have the draft say something, as a copy or an asset would."""
    wizard.draft.document = document
    wizard.draft.save()


def text_of(page, name):
    """The text of the field or row with this name, its notes included."""
    element = page.by_id(name.replace(".", "-"))
    while not {"field", "part"} & set(element.attributes.get("class", "").split()):
        element = element.parent
    return element.text


def row_of(page, name):
    return page.by_id(name.replace(".", "-")).text


def control(page, name):
    (element,) = [e for e in page.named(name) if e.attributes.get("type") != "hidden"]
    return element


def described(page, element):
    """The text that explains an input or button."""
    ids = element.attributes["aria-describedby"].split()
    return " ".join(page.by_id(each).text for each in ids if page.by_id(each))


# default only


def test_a_default_stands_in_its_field_with_whose_it_is(wizard, department):
    department({"priorityClass": "high"})

    page = wizard.open("setup")

    assert page.inputs["priorityClass"] == ["high"]
    assert "Policy · department research" in text_of(page, "priorityClass")
    assert "reset:priorityClass" not in page.buttons()


def test_a_changed_default_can_be_reset_and_names_what_comes_back(wizard, department):
    department({"replicas": 2})

    page = wizard.say("setup", {"replicas": "5"})

    (button,) = [
        e for e in page.named("do") if e.attributes["value"] == "reset:replicas"
    ]
    label = button.attributes["aria-label"]
    assert label == "Reset Number of replicas to 2, from department research"
    page = wizard.say("setup", {}, "reset:replicas")
    assert (page.inputs["replicas"], wizard.draft.document) == (["2"], {})


# canEdit false, default present


def test_a_locked_field_is_text_with_its_reason_and_its_unit(wizard, department):
    department({PULL: "Always"}, {PULL: {"canEdit": False}})

    page = wizard.open("environment")

    assert page.named(PULL) == []
    text = text_of(page, PULL)
    assert "Always" in text
    assert "Locked by department research. Your administrator can change it." in text


def test_what_a_locked_choice_brings_can_still_be_said(wizard, department):
    source = "leader.security.uidGidSource"
    department({source: "custom"}, {source: {"canEdit": False}})

    page = wizard.say("environment", {"leader.security.runAsUid": "1000"})

    assert page.named(source) == []
    assert wizard.draft.document == {"leader": {"security": {"runAsUid": 1000}}}
    assert page.inputs["leader.security.runAsUid"] == ["1000"]


def test_what_a_locked_switch_brings_can_still_be_said(wizard, department):
    shared = "leader.compute.largeShmRequest"
    department({shared: True}, {shared: {"canEdit": False}})

    page = wizard.open("leader")

    assert page.named(shared) == []
    assert "leader.compute.shmSize" in page.inputs


def test_a_locked_order_of_node_pools_is_text(wizard, department):
    department({"nodePools": ["a100"]}, {"nodePools": {"canEdit": False}})

    page = wizard.open("leader")

    assert page.named("nodePools") == []
    assert "nodePools:add" not in page.inputs
    text = page.by_id("nodePools").text
    assert "a100" in text
    assert "Locked by department research." in text


def test_a_locked_cell_of_a_row_is_text(wizard, policy):
    policy(
        rules={TOLERATIONS: {"attributes": {"operator": {"canEdit": False}}}},
        defaults={TOLERATIONS: {"attributes": {"operator": "Exists"}}},
    )

    page = wizard.say("leader", {}, f"add:{TOLERATIONS}")

    assert page.named(f"{TOLERATIONS}.0.operator") == []
    assert page.named(f"{TOLERATIONS}.0.value") == []
    assert f"Operator: Locked by {PROJECT}" in row_of(page, f"{TOLERATIONS}.0")


def test_what_is_fixed_stands_in_the_summary_too(wizard, department):
    department(
        {
            "worker.imagePullPolicy": "Always",
            "leader.probes.startup.periodSeconds": 5,
            VARIABLES: {"instances": [{"name": "A"}]},
        },
        {
            "leader.probes.startup.periodSeconds": {"canEdit": False},
            "worker.imagePullPolicy": {"canEdit": False},
            VARIABLES: {"instances": {"locked": ["A"]}},
        },
    )

    text = wizard.open("setup").top.text

    assert "Pull condition of the workers, Always department research" in text
    assert "Startup check period, 5 seconds department research" in text
    assert "Variable A department research" in text


# canEdit false without a default; blocked


@pytest.mark.parametrize("rule", [{"canEdit": False}, {"blocked": True}])
def test_what_may_have_no_value_says_so_and_has_no_input(wizard, department, rule):
    department(rules={"leader.workingDir": rule})

    page = wizard.open("environment")

    assert page.named("leader.workingDir") == []
    text = text_of(page, "leader.workingDir")
    assert "none" in text
    assert "Not available under the policy of department research." in text


def test_what_may_have_no_topology_offers_none(wizard, policy):
    policy(rules={"leader.podAffinity.key": {"blocked": True}})

    page = wizard.open("leader")

    button = page.by_id("add-leader-podAffinity")
    assert "name" not in button.attributes
    assert f"Not available under the policy of {PROJECT}." in described(page, button)


# locked, but said


def test_a_value_under_a_later_lock_stays_with_the_issue_and_a_way_back(
    wizard, department
):
    said(wizard, leader={"imagePullPolicy": "Never"})
    department({PULL: "Always"}, {PULL: {"canEdit": False}})

    page = wizard.open("environment")

    text = text_of(page, PULL)
    assert "Never, the host must have it" in text
    assert "must stay Always" in text
    assert "leader-imagePullPolicy" in page.problems()
    page = wizard.say("environment", {}, f"reset:{PULL}")
    assert page.problems() == {}
    assert wizard.draft.document == {}


def test_a_locked_item_that_was_changed_stays_with_the_issue_and_a_way_back(
    wizard, department
):
    said(wizard, leader={"environmentVariables": [{"name": "A", "value": "2"}]})
    department(
        {VARIABLES: {"instances": [{"name": "A", "value": "1"}]}},
        {VARIABLES: {"instances": {"locked": ["A"]}}},
    )

    page = wizard.open("environment")

    text = row_of(page, f"{VARIABLES}.0")
    assert "A 2" in text
    assert "is locked by the policy" in text
    page = wizard.say("environment", {}, f"reset:{VARIABLES}.0")
    assert page.problems() == {}
    assert "A 1" in row_of(page, f"{VARIABLES}.0")


def test_a_locked_item_that_was_left_out_says_what_is_wrong(wizard, department):
    said(wizard, leader={"environmentVariables": [{"name": "A", "exclude": True}]})
    department(
        {VARIABLES: {"instances": [{"name": "A", "value": "1"}]}},
        {VARIABLES: {"instances": {"locked": ["A"]}}},
    )

    page = wizard.open("environment")

    assert "is locked by the policy" in row_of(page, f"{VARIABLES}.0")
    page = wizard.say("environment", {}, f"reset:{VARIABLES}.0")
    assert (page.problems(), wizard.draft.document) == ({}, {})


# said, but not used


def test_what_is_said_and_not_used_is_kept_and_listed_on_the_review(wizard):
    security = {"uidGidSource": "fromTheImage", "runAsUid": 1000}
    said(wizard, leader={"image": "a/b:1", "security": security})

    text = wizard.open("review").top.text

    assert "is not used with these settings" in text
    inputs = wizard.open("environment").inputs
    assert inputs["leader.security.runAsUid"] == ["1000"]


# required


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("setup", "priorityClass"),
        ("setup", "startupPolicy"),
        ("environment", "leader.command"),
        ("leader", "nodePools"),
    ],
)
def test_what_is_required_is_marked_and_is_not_filled_in(wizard, policy, step, name):
    policy(rules={name: {"required": True}})

    page = wizard.open(step)

    assert "(required)" in text_of(page, name)
    assert not any(page.inputs.get(name, ()))
    assert page.problems() == {}
    assert wizard.continued(step, {}) == ""


# min, max, step


def test_a_range_stands_at_its_field_and_in_its_input(wizard, department):
    department(rules={"workers": {"min": 1, "max": 7, "step": 2}})

    page = wizard.open("workers")

    text = "1\N{EN DASH}7, in steps of 2, set by department research"
    field = control(page, "workers")
    assert text in described(page, field)
    found = {n: field.attributes[n] for n in ("type", "min", "max", "step")}
    assert found == {"type": "number", "min": "1", "max": "7", "step": "2"}


def test_a_value_out_of_range_is_said_as_it_was_typed(wizard, department):
    department(rules={"workers": {"min": 1, "max": 7, "step": 2}})

    page = wizard.say("workers", {"workers": "2"})

    assert page.inputs["workers"] == ["2"]
    assert "must be 1 or 3" in page.problems()["workers"]


def test_a_text_that_is_no_number_is_kept_under_a_range(wizard, policy):
    policy(rules={"replicas": {"max": 6}})

    page = wizard.say("setup", {"replicas": "four"})

    assert page.inputs["replicas"] == ["four"]
    assert control(page, "replicas").attributes["type"] == "text"


def test_a_range_of_amounts_is_told_in_the_units_of_the_form(wizard, policy):
    policy(rules={"leader.compute.cpuMemoryRequest": {"min": "1G", "max": "64G"}})

    text = text_of(wizard.open("leader"), "leader.compute.cpuMemoryRequest")

    assert f"1 GB\N{EN DASH}64 GB, set by {PROJECT}" in text


def test_a_range_of_cores_follows_the_unit_of_the_input(wizard, policy):
    name = "leader.compute.cpuCoreRequest"
    policy(rules={name: {"min": 1, "max": 8}})

    page = wizard.say("leader", {name: "2000", f"{name}:unit": "millicores"})

    field = control(page, name)
    assert (field.attributes["min"], field.attributes["max"]) == ("1000", "8000")
    assert f"1 core\N{EN DASH}8 cores, set by {PROJECT}" in text_of(page, name)


def test_a_range_is_told_in_a_row_before_anything_is_wrong(wizard, policy):
    policy(rules={TOLERATIONS: {"attributes": {"seconds": {"min": 5}}}})

    page = wizard.say("leader", {}, f"add:{TOLERATIONS}")

    assert f"5 or more, set by {PROJECT}" in row_of(page, f"{TOLERATIONS}.0")


def test_what_an_image_may_begin_with_is_told_before_anything_is_wrong(wizard, policy):
    policy(rules={"leader.image": {"prefixes": ["nvcr.io/nim"]}})

    field = control(wizard.open("environment"), "leader.image")

    page = wizard.open("environment")
    told = described(page, field)
    assert f"beginning with nvcr.io/nim, set by {PROJECT}" in told


# options


IMAGES = [
    {"value": "nvcr.io/nim/llama:1.0", "displayed": "Llama, approved"},
    {"value": "nvcr.io/nim/llama:1.1"},
]


def test_options_are_a_list_with_their_names_and_whose_they_are(wizard, policy):
    policy(rules={"leader.image": {"options": IMAGES}})

    page = wizard.open("environment")

    field = control(page, "leader.image")
    options = [e.text for e in field.walk() if e.tag == "option"]
    assert options == ["Choose one", "Llama, approved", "nvcr.io/nim/llama:1.1"]
    assert f"only these, set by {PROJECT}" in described(page, field)


def test_other_sources_of_an_image_are_not_offered_beside_options(wizard, policy):
    policy(rules={"leader.image": {"options": IMAGES}})

    page = wizard.open("environment")

    sources = page.named("leader.image:imageSource")[1:]
    assert [described(page, each) for each in sources] == [
        f"Not offered, set by {PROJECT}."
    ] * 2
    assert all("disabled" in each.attributes for each in sources)


def test_a_platform_default_that_is_no_option_leaves_the_field_empty(wizard, policy):
    options = [{"value": "high"}, {"value": "low"}]
    policy(rules={"priorityClass": {"options": options}})

    page = wizard.open("setup")

    assert page.inputs["priorityClass"] == [""]
    assert wizard.continued("setup", {}) == ""


def test_a_value_that_is_no_option_any_more_stays_with_the_error(wizard, policy):
    said(wizard, leader={"image": "else/where:1"})
    policy(rules={"leader.image": {"options": IMAGES}})

    page = wizard.open("environment")

    assert page.inputs["leader.image"] == ["else/where:1"]
    assert "must be one of" in page.problems()["leader-image"]
    assert wizard.draft.document == {"leader": {"image": "else/where:1"}}


def test_a_sole_option_is_preset_and_says_whose_it_is(wizard, policy):
    policy(rules={"leader.nodeType": {"options": [{"value": "dgx-h100"}]}})

    page = wizard.open("leader")

    assert page.inputs["leader.nodeType"] == ["dgx-h100"]
    assert f"Policy · {PROJECT}" in text_of(page, "leader.nodeType")


def test_a_pool_that_is_no_option_cannot_be_added(wizard, policy):
    policy(rules={"nodePools": {"options": [{"value": "h100"}, {"value": "a100"}]}})

    page = wizard.open("leader")

    field = control(page, "nodePools:add")
    options = [e for e in field.walk() if e.tag == "option"]
    assert [(e.text, "disabled" in e.attributes) for e in options] == [
        (f"default (Not allowed by {PROJECT}.)", True)
    ]
    assert f"only h100, a100, set by {PROJECT}" in page.top.text


# canAdd false


def test_where_nothing_may_be_added_the_button_is_off_and_says_why(wizard, department):
    department(rules={VARIABLES: {"instances": {"canAdd": False}}})

    page = wizard.open("environment")

    button = page.by_id("add-leader-environmentVariables")
    assert button.attributes["aria-disabled"] == "true"
    assert "name" not in button.attributes
    text = "Nothing may be added, set by department research."
    assert described(page, button) == text


def test_where_no_volume_may_be_added_the_other_kinds_still_are(wizard, policy):
    policy(rules={VOLUMES: {"instances": {"canAdd": False}}})

    page = wizard.open("leader")

    button = page.by_id("add-leader-storage-pvc")
    assert button.attributes["aria-disabled"] == "true"
    assert described(page, button) == f"No volume may be added, set by {PROJECT}."
    assert f"add:{VOLUMES}" not in page.buttons()
    assert "add:leader.storage.nfs" in page.buttons()
    assert "add:worker.storage.pvc" in wizard.open("workers").buttons()


def test_what_is_added_all_the_same_is_refused_at_its_row(wizard, policy):
    policy(rules={VOLUMES: {"instances": {"canAdd": False}}})

    page = wizard.say("leader", {}, f"add:{VOLUMES}")

    assert "may not be added" in row_of(page, f"{VOLUMES}.0")
    page = wizard.say("leader", {}, f"remove:{VOLUMES}.0")
    assert (page.problems(), wizard.draft.document) == ({}, {})


# locked or imposed item


def test_a_locked_item_is_text_without_a_way_to_remove_it(wizard, department):
    department(
        {VARIABLES: {"instances": [{"name": "HTTP_PROXY", "value": "http://proxy"}]}},
        {VARIABLES: {"instances": {"locked": ["HTTP_PROXY"]}}},
    )

    page = wizard.open("environment")

    row = page.by_id("leader-environmentVariables-0")
    assert [e.tag for e in row.walk() if e.tag in ("input", "select", "button")] == []
    assert "HTTP_PROXY http://proxy" in row.text
    assert "Locked by department research." in row.text


def test_a_locked_variable_says_where_its_value_comes_from(wizard, department):
    name = {"name": "NODE", "podFieldRef": {"path": "spec.nodeName"}}
    department(
        {VARIABLES: {"instances": [name]}},
        {VARIABLES: {"instances": {"locked": ["NODE"]}}},
    )

    page = wizard.open("environment")

    assert "NODE spec.nodeName" in row_of(page, f"{VARIABLES}.0")


def test_a_locked_volume_is_text_without_a_way_to_remove_it(wizard, department):
    department(
        {VOLUMES: {"instances": [{"name": "models", **WHOLE}]}},
        {VOLUMES: {"instances": {"locked": ["models"]}}},
    )

    page = wizard.open("leader")

    row = page.by_id("leader-storage-pvc-0")
    assert [e.tag for e in row.walk() if e.tag in ("input", "select", "button")] == []
    assert "Claim size 10 GB" in row.text
    assert "Container path /models" in row.text
    assert "Locked by department research." in row.text


# default item, not locked


@pytest.fixture
def level(department):
    """A policy's variable that may be changed."""
    department({VARIABLES: {"instances": [{"name": "LOG_LEVEL", "value": "info"}]}})


def test_a_default_item_is_edited_in_place_and_keeps_its_name(wizard, level):
    page = wizard.say("environment", {f"{VARIABLES}.0.value": "debug"})

    assert page.named(f"{VARIABLES}.0.name") == []
    assert "LOG_LEVEL" in row_of(page, f"{VARIABLES}.0")
    assert "Policy · department research, changed here" in row_of(
        page, f"{VARIABLES}.0"
    )
    variable = {"name": "LOG_LEVEL", "value": "debug"}
    assert wizard.draft.document == {"leader": {"environmentVariables": [variable]}}
    page = wizard.say("environment", {}, f"reset:{VARIABLES}.0")
    assert page.inputs[f"{VARIABLES}.0.value"] == ["info"]


def test_a_default_item_that_is_removed_can_be_brought_back(wizard, level):
    page = wizard.say("environment", {}, f"remove:{VARIABLES}.0")

    gone = {"name": "LOG_LEVEL", "exclude": True}
    assert wizard.draft.document == {"leader": {"environmentVariables": [gone]}}
    assert "Removed here" in row_of(page, f"{VARIABLES}.0")
    assert "Bring back LOG_LEVEL" in row_of(page, f"{VARIABLES}.0")
    page = wizard.say("environment", {}, f"reset:{VARIABLES}.0")
    assert page.inputs[f"{VARIABLES}.0.value"] == ["info"]


def test_of_two_items_with_a_default_items_name_the_second_can_be_removed(
    wizard, level
):
    twins = [{"name": "LOG_LEVEL", "value": each} for each in ("debug", "trace")]
    said(wizard, leader={"environmentVariables": twins})
    page = wizard.open("environment")
    assert page.problems()

    page = wizard.say("environment", {}, f"remove:{VARIABLES}.1")

    assert page.problems() == {}
    assert wizard.draft.document == {"leader": {"environmentVariables": twins[:1]}}


# an enum option that is not there


def test_a_choice_that_is_left_out_is_off_and_says_why(wizard, policy):
    Cluster.objects.update(authorization_profile="signed-in")
    options = [{"value": "authenticatedUsers", "displayed": "Signed-in users"}]
    policy(rules={"servingPort.authorizationType": {"options": options}})

    page = wizard.open("environment")

    radios = page.named("servingPort.authorizationType")
    off = {
        e.attributes["value"]: described(page, e)
        for e in radios
        if "disabled" in e.attributes
    }
    why = f"Not allowed by {PROJECT}."
    assert off == dict.fromkeys(("public", "authorizedGroups", "authorizedUsers"), why)
    assert page.inputs["servingPort.authorizationType"] == ["authenticatedUsers"]
    assert "Signed-in users" in page.top.text


# what a policy alone brings, and what it does to the comparison


def test_a_health_check_that_only_a_policy_brings_is_drawn(wizard, department):
    probe = "leader.probes.readiness"
    department({f"{probe}.handler.httpGet": {"port": 8000, "path": "/health"}})

    page = wizard.open("leader")

    assert page.inputs[f"{probe}.handler.httpGet.path"] == ["/health"]
    assert f"add:{probe}" not in page.buttons()
    assert f"remove:{probe}" not in page.buttons()
    row = page.by_id("leader-probes-readiness")
    assert "Policy · department research" in row.text
    assert page.by_id("s-advanced").text.startswith(
        "Advanced readiness check by policy"
    )


def test_what_policies_alone_make_different_is_not_told_as_a_difference(
    wizard, department
):
    department(
        {
            "leader.imagePullPolicy": "Always",
            VARIABLES: {"instances": [{"name": "A", "value": "1"}]},
            "leader.compute.cpuCoreRequest": 2,
        }
    )

    assert "differs from leader" not in wizard.open("workers").top.text
    page = wizard.say("workers", {"worker.compute.cpuCoreRequest": "1"})
    assert "differs from leader: 2 cores" in page.top.text


def test_a_policys_values_are_marked_on_the_review(wizard, department):
    department({"replicas": 2, PULL: "Always"})
    said(wizard, leader={"image": "a/b:1"}, worker={"image": "a/b:1"})

    text = wizard.open("review").top.text

    assert "Number of replicas 2 Policy · department research" in text
    assert "Pull condition Always Policy · department research" in text


def test_an_option_without_a_name_is_called_as_everywhere(wizard, policy):
    policy(rules={"startupPolicy": {"options": [{"value": "LeaderReady"}]}})

    text = text_of(wizard.open("setup"), "startupPolicy")

    assert "Once the leader pod is ready" in text
    assert "LeaderReady" not in text


def test_without_script_a_bad_value_under_a_policy_is_told_on_the_whole_page(
    wizard, policy
):
    policy(rules={"replicas": {"max": 3}})

    page = Page(
        wizard.post(wizard.open("setup"), "setup", {"replicas": "9"}, "continue")
    )

    assert f"must be at most 3, set by {PROJECT}" in page.problems()["replicas"]
    assert page.inputs["replicas"] == ["9"]
