"""What stands around a draft: ConfigMaps of the project, the NGC sources, help."""

import re

import pytest

from projects.models import Cluster, GeneralSettings
from tests.support.organization import INVENTORY, an_organization
from tests.support.wizard import Page, Wizard, a_draft
from workloads.wizard.words import HELP

pytestmark = pytest.mark.django_db
NAME = "leader.environmentVariables.0.configMap.name"
KEY = "leader.environmentVariables.0.configMap.key"


@pytest.fixture
def org():
    made = an_organization()
    seen = {
        f"{made.project.namespace}/settings": ["mode", "size"],
        f"{made.project.namespace}/more": ["x"],
        f"{made.project.namespace}-not/secretly": ["y"],
        f"{made.other.namespace}/their-settings": ["z"],
    }
    Cluster.objects.update(inventory=INVENTORY | {"configMaps": seen})
    return made


def with_config_map(client, org, name="", key="") -> Page:
    given = {"name": name, "key": key}
    item = {"name": "A", "configMap": {k: v for k, v in given.items() if v}}
    document = {"leader": {"environmentVariables": [item]}}
    draft = a_draft(org.alice, org.project, document=document)
    draft.controls = {"leader.environmentVariables[A]:source": "configMap"}
    draft.save()
    return Wizard(client, org.alice, draft).open("environment")


def offered(page, name):
    (input,) = page.named(name)
    list = page.by_id(input.attributes.get("list", ""))
    options = list.walk() if list else ()
    return [e.attributes["value"] for e in options if e.tag == "option"]


def marks(page):
    return re.findall(r"(\S+ \S+): not checked", page.top.text)


def test_config_maps_of_the_project_are_suggested_with_their_keys(client, org):
    page = with_config_map(client, org, "settings", "mode")

    assert offered(page, NAME) == ["settings", "more"]
    assert offered(page, KEY) == ["mode", "size"]
    assert marks(page) == []


def test_config_maps_of_other_projects_are_named_nowhere(client, org):
    page = with_config_map(client, org, "typed")

    assert offered(page, NAME) == ["settings", "more"]
    assert offered(page, KEY) == []
    assert "their-settings" not in page.html
    assert "secretly" not in page.html


def test_a_name_that_was_not_seen_is_kept_and_marked(client, org):
    page = with_config_map(client, org, "typed", "any")
    assert page.inputs[NAME] == ["typed"]
    assert marks(page) == ["ConfigMap typed"]

    page = with_config_map(client, org, "settings", "other")
    assert marks(page) == ["Key other"]
    (input,) = page.named(KEY)
    noted = input.attributes["aria-describedby"].split()
    assert any("not checked" in page.by_id(id).text for id in noted)


@pytest.mark.parametrize(
    ("column", "label"),
    [("ngc_catalog", "NGC catalog"), ("ngc_private_registry", "NGC private registry")],
)
def test_an_ngc_source_says_why_it_cannot_be_taken(client, org, column, label):
    wizard = Wizard(client, org.alice, a_draft(org.alice, org.project))

    def reason():
        page = wizard.open("environment")
        (radio,) = [
            e
            for e in page.named("leader.image:imageSource")
            if (e.attributes["value"] == label)
        ]
        assert "disabled" in radio.attributes
        return page.by_id(radio.attributes["aria-describedby"]).text

    assert f"General settings → Workloads → {label}" in reason()
    GeneralSettings.objects.update_or_create(defaults={column: True})
    assert reason() == (
        "Switched on. It can be used once credentials have their pages."
    )


def test_more_than_eight_projects_can_be_searched(client, org):
    for number in range(7):
        project = type(org.project).objects.create(
            name=f"more-{number}", department=org.department
        )
        org.alice.access_rules.create(role="ai-practitioner", project=project)
    wizard = Wizard(client, org.alice, a_draft(org.alice, org.project))
    assert wizard.open("basics").by_id("project-search") is None

    project = type(org.project).objects.create(name="ninth", department=org.department)
    org.alice.access_rules.create(role="ai-practitioner", project=project)
    page = wizard.open("basics")

    assert page.by_id("project-search").attributes["placeholder"] == "Search 9 projects"
    assert "name" not in page.by_id("project-search").attributes
    assert len(page.named("project")) == 9


HELPED = ("basics", "environment", "leader", "workers", "setup")


def test_every_help_link_of_the_form_leads_to_a_part_of_the_help_page(client, org):
    document = {
        "workers": 1,
        "leader": {"storage": {"pvc": [{"name": "volume-1", "path": "/a"}]}},
    }
    draft = a_draft(org.alice, org.project, document=document)
    wizard = Wizard(client, org.alice, draft)
    help_page = Page(client.get("/help/"))

    anchors = {
        slug: re.findall(r'href="/help/#([a-z-]+)"', wizard.open(slug).html)
        for slug in HELPED
    }

    found = {anchor for each in anchors.values() for anchor in each}
    assert {each.anchor for each in HELP.values()} < found
    assert found == {
        e.attributes["href"][1:]
        for e in help_page.elements
        if e.tag == "a" and e.attributes.get("href", "").startswith("#")
    } - {"main"}
    assert [a for a in found if help_page.by_id(a) is None] == []
    assert all(anchors.values())


def test_the_help_page_names_what_is_set_in_every_container(client, org):
    client.force_login(org.alice)

    page = Page(client.get("/help/"))

    for name in ("RUNAI_JOB_NAME", "LWS_LEADER_ADDRESS", "NODE_NAME"):
        assert name in page.top.text
    assert page.by_id("priority").text == "Priority and preemption"
