"""Whatever a browser sends: it is judged, kept or dropped, and never breaks a page."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.organization import an_organization
from tests.support.wizard import Wizard, a_draft
from workloads.models import Draft
from workloads.spec.paths import Location
from workloads.wizard.deeds import Deeds
from workloads.wizard.editing import Editing
from workloads.wizard.post import kept
from workloads.wizard.steps import STEPS

LIST = "leader.environmentVariables"


@pytest.fixture
def wizard(client):
    org = an_organization()
    leader = {"environmentVariables": [{"name": "A", "value": "1"}]}
    draft = a_draft(org.alice, org.project, document={"leader": leader})
    return Wizard(client, org.alice, draft)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"shown": "no JSON"},
        {"shown": "[1]"},
        {"theirs": "[]"},
        {"count": "-1"},
        {"count": "x" * 99},
        {"revision": "9" * 30},
        {"editor": "e" * 999},
        {f"{LIST}:rows": "{}"},
        {f"{LIST}:rows": '[[9, "A"], ["x"], 3, null]'},
        {f"{LIST}.999999999.name": "B"},
        {f"{LIST}.0.name": "\x00\ud800".encode("utf-8", "replace").decode()},
        {"leader.probes.readiness:handler": "nothing"},
        {"do": "nothing:at.all"},
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_a_forged_post_is_answered_with_the_page(wizard, values, htmx):
    page = wizard.open("environment")

    answer = wizard.post(page, "environment", values, htmx=htmx)

    assert answer.status_code == 200
    assert wizard.open("environment").inputs["editor"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "do",
    [
        "add:leader.image",
        "add:leader",
        "add:leader.compute",
        "add:nothing",
        "remove:leader",
        f"remove:{LIST}.7",
        f"up:{LIST}.0",
        f"down:{LIST}.0",
        f"up:{LIST}",
        "reset:replicas",
        "copy:nothing",
        "theirs:leader.image",
        "goto:nowhere",
    ],
)
def test_a_button_that_makes_no_sense_changes_nothing(wizard, do):
    before = wizard.draft.document

    wizard.say("environment", {}, do)

    assert wizard.draft.document == before
    assert Draft.objects.get() == wizard.draft


NAMES = st.sampled_from(
    [
        "leader.image", "leader", f"{LIST}.0.name", f"{LIST}.0:source", f"{LIST}:rows",
        f"{LIST}.1.value", "leader.security.capabilities",
        "leader.security.capabilities:marker", "servingPort.port", "shown", "theirs",
        "servingPort.exposeExternally", "leader.workingDir:unit", "", "..", "a[b].0",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(['[[0,"A"]]', "{}", "true", "-1", "configMap", "9" * 400]),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["leader", "environmentVariables", "name", "image"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
BUTTONS = st.builds(
    "{}:{}".format,
    st.sampled_from(["add", "remove", "up", "down", "reset", "theirs", "copy"]),
    NAMES,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(NAMES, st.lists(TEXTS, min_size=1, max_size=3), max_size=6),
    JSON,
    BUTTONS,
)
def test_no_post_on_no_document_raises(post, document, do):
    said = document if isinstance(document, dict) else {}
    editing = Editing(said, {}, post)
    holds = STEPS["environment"].holds

    kept(editing, holds)
    Deeds(editing, holds, {}).do(do)

    assert json.dumps(editing.document)
    assert Location.parse(LIST)
