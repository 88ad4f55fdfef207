"""A hostile or hopeless text, through every page that takes one: told, never stored."""

import pytest
from django.apps import apps

from projects.models import Cluster, Department, Project
from tests.support.policies import in_force
from tests.support.wizard import Page

pytestmark = pytest.mark.django_db
BOMB = "a: &a [x, x]\n" + "".join(
    f"{one}: &{one} [*{other}, *{other}]\n"
    for other, one in zip("abcdefgh", "bcdefghi", strict=True)
)
TEXTS = {
    "bomb": (BOMB, "Line 1, column 4", "No anchors and aliases"),
    "double": ("replicas: 1\nreplicas: 2\n", "Line 2, column 1", "is there twice"),
    "nonsense": ("%" * 256 * 1024, "Line 1, column 2", "Is no YAML"),
    "too large": ("# " + "x" * 256 * 1024, "Line 1, column 1", "at most 262144"),
    "brackets": ("[" * 20_000, "Line 1, column 1001", "nesting depth"),
    "braces": ("{a: " * 20_000, "Line 1, column 129", "stand in one another"),
}
SAVE, VALIDATE = ({"do": do, "reason": "why"} for do in ("save", "validate"))


@pytest.fixture
def bob(client, org):
    """The browser of the department's administrator."""
    client.force_login(org.bob)
    return client


def rows():
    """How many rows there are of everything but sessions."""
    models = (each for each in apps.get_models() if each.__name__ != "Session")
    return {each: each._default_manager.count() for each in models}


def sent(client, door, unit, text):
    """Post a text as a page does, and follow where the browser is sent with it."""
    said = {"unit": unit, "text": text}
    if door == "try":
        said = {"project": unit.removeprefix("project-"), "user": "alice", "text": text}
        return client.post("/policies/try/", said)
    if door == "check":
        answer = client.post("/policies/impact/", said)
        again = answer.status_code == 307
        return client.post(answer["Location"], said) if again else answer
    return client.post("/policies/new/", said | (SAVE if door == "save" else VALIDATE))


@pytest.mark.parametrize("door", ["save", "validate", "check", "try"])
@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_is_told_at_its_place_kept_in_the_page_and_not_stored(
    org, bob, name, door
):
    text, place, sentence = TEXTS[name]
    before = rows()

    page = Page(sent(bob, door, f"project-{org.project.pk}", text))

    assert place in page.top.text
    assert sentence in page.top.text
    assert page.inputs["text"] == [text]
    assert rows() == before


@pytest.mark.parametrize("door", ["save", "validate", "check"])
def test_a_lock_redefined_below_is_refused_at_its_line(org, bob, door):
    locked = {"leader.security.runAsNonRoot": True}
    in_force(
        org, "cluster", locked, {"leader.security.runAsNonRoot": {"canEdit": False}}
    )
    before = rows()
    text = (
        "rules: {leader: {security: {runAsNonRoot: {canEdit: true}}}}\n"
        "defaults: {leader: {security: {runAsNonRoot: false}}}\n"
    )

    page = Page(sent(bob, door, f"project-{org.project.pk}", text))

    assert "Line 2, column 32 leader.security.runAsNonRoot" in page.top.text
    assert "is not allowed by cluster gpu-west-1" in page.top.text
    assert rows() == before


def test_what_a_lock_above_forbids_is_refused_to_a_pasted_spec(org, bob):
    locked = {"leader.security.runAsNonRoot": True}
    in_force(
        org, "cluster", locked, {"leader.security.runAsNonRoot": {"canEdit": False}}
    )
    text = "leader: {image: a, security: {runAsNonRoot: false}}"

    page = Page(sent(bob, "try", f"project-{org.project.pk}", text))

    assert "Line 1, column 31 leader.security.runAsNonRoot" in page.top.text
    assert "Must stay true: the policy fixes it." in page.top.text
    assert "Rule: canEdit, set by cluster gpu-west-1" in page.top.text


@pytest.mark.parametrize("door", ["save", "validate", "check", "try"])
def test_a_unit_out_of_reach_is_as_if_it_was_not_there(org, bob, door):
    elsewhere = Cluster.objects.create(name="secret-cluster")
    sales = Department.objects.create(cluster=elsewhere, name="sales")
    bots = Project.objects.create(department=sales, name="bots")
    before = rows()

    for unit in (f"project-{bots.pk}", f"department-{sales.pk}", "tenant", "project-0"):
        answer = sent(bob, door, unit, "rules: {replicas: {max: 1}}")

        assert answer.status_code == 404
        assert "bots" not in answer.content.decode()
    assert rows() == before
