"""What is off is shown with its reason, and where it is switched on."""

import pytest

from projects.models import GeneralSettings
from workloads.wizard.parts import Section
from workloads.wizard.steps import SHARED, STEPS, WIZARD

pytestmark = pytest.mark.django_db
ACCESS = "servingPort.authorizationType"


def reasons(page, name) -> dict[str, str]:
    """Return why choices cannot be taken, by their value."""
    return {
        radio.attributes["value"]: page.by_id(
            radio.attributes["aria-describedby"].split()[-1]
        ).text
        for radio in page.named(name)
        if "disabled" in radio.attributes
    }


def test_ngc_sources_say_where_they_are_enabled(wizard):
    found = reasons(wizard.open("environment"), "leader.image:imageSource")

    assert "General settings → Workloads → NGC catalog" in found["NGC catalog"]
    registry = found["NGC private registry"]
    assert "General settings → Workloads → NGC private registry" in registry


def test_restricted_access_waits_for_a_profile_of_the_cluster(wizard, org):
    found = reasons(wizard.open("environment"), ACCESS)
    assert set(found) == {"authenticatedUsers", "authorizedGroups", "authorizedUsers"}
    assert "authorization profile" in found["authorizedUsers"]

    org.cluster.authorization_profile = "istio"
    org.cluster.save()
    assert reasons(wizard.open("environment"), ACCESS) == {}


def test_whoever_names_users_is_one_of_them_until_removed(wizard, org):
    org.cluster.authorization_profile = "istio"
    org.cluster.save()
    values = {"servingPort.port": "8000", ACCESS: "authorizedUsers"}

    page = wizard.say("environment", values)
    assert page.inputs["servingPort.authorizedUsers"] == ["alice"]

    page = wizard.say("environment", {"servingPort.authorizedUsers": "bob"})
    assert wizard.draft.document["servingPort"]["authorizedUsers"] == ["bob"]
    assert "servingPort-authorizedUsers" not in page.problems()


def test_external_access_waits_for_the_cluster(wizard, org):
    page = wizard.open("environment")
    assert page.inputs["servingPort.exposeExternally"] == ["false"]
    assert (
        "configures external access"
        in reasons(page, "servingPort.exposeExternally")["true"]
    )

    org.cluster.external_access = True
    org.cluster.save()
    page = wizard.open("environment")
    assert page.inputs["servingPort.exposeExternally"] == ["true"]


def test_gpu_memory_limits_wait_for_the_tenant_and_the_cluster(wizard, org):
    name = "leader.compute.gpuPortionLimit"
    page = wizard.open("leader")
    assert name not in page.inputs
    assert "General settings → Resources → GPU resource optimization" in page.top.text

    GeneralSettings.objects.create(gpu_resource_optimization=True)
    org.cluster.gpu_limits = True
    org.cluster.save()
    assert name in wizard.open("leader").inputs


def test_fractions_need_a_device(wizard):
    name = "leader.compute.gpuRequestType"
    page = wizard.open("leader")
    closed = [e for e in page.named(name) if "disabled" in e.attributes]
    assert [e.attributes["value"] for e in closed] == ["portion", "memory"]

    page = wizard.say("leader", {"leader.compute.gpuDevicesRequest": "1"})
    assert not [e for e in page.named(name) if "disabled" in e.attributes]


def test_privileges_beyond_the_free_ones_cannot_be_chosen(wizard):
    page = wizard.open("environment")
    boxes = page.named("leader.security.capabilities")

    closed = {e.attributes["value"] for e in boxes if "disabled" in e.attributes}

    assert {"SYS_ADMIN", "NET_ADMIN"} <= closed
    assert not {"CHOWN", "KILL"} & closed


def test_a_rule_of_the_project_demands_a_node_type(wizard, org):
    page = wizard.open("leader")
    assert "Node type (required)" not in page.top.text

    org.project.node_types = ["dgx-h100"]
    org.project.save()
    page = wizard.say("leader", {}, "continue")

    assert "Node type (required)" in page.top.text
    assert "leader-nodeType" in page.problems()
    assert wizard.continued("leader", {"leader.nodeType": "dgx-h100"}) == "workers"


def test_nothing_that_waits_for_a_later_issue_is_on_the_pages(wizard):
    for slug in ("environment", "leader", "workers", "setup", "review"):
        text = wizard.open(slug).top.text
        for absent in ("Shared secret", "My credentials"):
            assert absent not in text


def test_without_workers_their_number_is_all_that_is_asked_for(wizard):
    wizard.say("workers", {"worker.image": "a/b:1"})

    page = wizard.say("workers", {"workers": "0"})

    assert "worker.image" not in page.inputs
    assert wizard.draft.document["worker"] == {"image": "a/b:1"}
    assert "is not used" in wizard.open("review").top.text


def test_leader_and_workers_are_drawn_from_the_same_sections():
    leaders = STEPS["environment"].sections + STEPS["leader"].sections

    assert all(any(each is mine for mine in leaders) for each in SHARED)


def test_a_misspelt_field_stops_the_program():
    step = STEPS["leader"]

    with pytest.raises(KeyError):
        type(step)("x", "X", (Section("s", "S", also=("compute.gpus",), parts=()),))


def test_every_field_of_the_spec_is_held_by_one_step():
    held = [path for step in WIZARD for path in step.paths()]

    assert len(held) == len(set(held))
