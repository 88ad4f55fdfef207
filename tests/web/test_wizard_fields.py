"""Every field of the form: what is posted is kept, what is wrong is said."""

import pytest

from tests.support.organization import an_organization
from tests.support.wizard import Wizard, a_draft
from workloads.spec.paths import FieldPath, Location
from workloads.spec.schema import SCHEMA
from workloads.wizard.kinds import (
    KINDS,
    Amount,
    Choice,
    Cores,
    Flag,
    Lines,
    Share,
    Whole,
)
from workloads.wizard.steps import WIZARD

pytestmark = pytest.mark.django_db
NOT_HERE = {
    "leader.compute.gpuPortionLimit": "a gate",
    "leader.compute.gpuMemoryLimit": "a gate",
    "leader.serviceAccountName": "a gate",
    "servingPort.protocol": "one choice",
}
"""Fields that the form shows as text until something is switched on."""

SPECIAL = {
    "nodePools": (["a100", "h100"], ["a100", "h100"]),
    "leader.security.capabilities": (["CHOWN", "KILL"], ["CHOWN", "KILL"]),
    "rollout.maxUnavailable": ("25%", "25%"),
    "servingPort.authorizationType": None,
    "servingPort.exposeExternally": None,
}
"""None: closed without a cluster's profile or address, see the gates."""


def drawn() -> list[str]:
    """The scalar fields of all steps, once per section that roles share."""
    found = []
    for step in WIZARD:
        for section in step.sections:
            for name in section.fields:
                field = SCHEMA.at(step.root / name)
                leaves = [field] if field.adapter else []
                if not field.items and field.children:
                    leaves = [leaf for leaf in field if leaf.adapter]
                found += [str(leaf.path) for leaf in leaves]
    return [
        name
        for name in found
        if name.replace("worker.", "leader.") not in NOT_HERE
        and not name.endswith(".host")
    ]


EXAMPLES = {
    Whole: ("3", 3),
    Share: ("50", 0.5),
    Cores: ("2.5", 2.5),
    Amount: ("5", "5G"),
    Flag: ("true", True),
    Lines: ("alice\r\nbob", ["alice", "bob"]),
}


def example(name: str):
    """Return texts to post, and the JSON that they say."""
    special = name.replace("worker.", "leader.")
    kind = KINDS[FieldPath.parse(name)]
    if special in SPECIAL:
        return SPECIAL[special]
    if isinstance(kind, Choice):
        return kind.options[-1], kind.options[-1]
    return EXAMPLES.get(type(kind), ("/some text", "/some text"))


def said(document, name):
    node = document
    for part in Location.parse(name):
        node = node[part] if isinstance(node, list) else node.get(part)
        if node is None:
            return None
    return node


@pytest.fixture
def wizard(client):
    org = an_organization()
    document = {
        "leader": {"podAffinity": {"type": "Preferred"}},
        "worker": {"podAffinity": {"type": "Preferred"}},
    }
    probes = {
        f"{role}.probes.{probe}:handler": "httpGet"
        for role in ("leader", "worker")
        for probe in ("readiness", "startup", "liveness")
    }
    draft = a_draft(org.alice, org.project, document=document, controls=probes)
    return Wizard(client, org.alice, draft)


def step_of(name: str) -> str:
    location = Location.parse(name)
    return next(step.slug for step in WIZARD if step.holds(location))


@pytest.mark.parametrize("name", drawn())
def test_what_is_posted_for_a_field_is_said_and_drawn_again(wizard, name):
    if example(name) is None:
        pytest.skip("a gate, tested with the gates")
    texts, value = example(name)
    extra = {f"{name}:auto": "set"} if name.endswith("Limit") else {}
    extra |= choosers(name)

    page = wizard.say(step_of(name), {name: texts} | extra)

    assert said(wizard.draft.document, name) == value
    again = page.inputs[name]
    texts = texts if isinstance(texts, list) else [texts.replace("\r\n", "\n")]
    assert (
        again[-1:] if isinstance(KINDS[FieldPath.parse(name)], Flag) else again
    ) == (texts)


@pytest.mark.parametrize("slug", ["environment", "leader", "workers", "setup"])
def test_an_untouched_step_says_nothing(wizard, slug):
    before = wizard.draft.document

    wizard.say(slug, {})
    wizard.say(slug, {}, "continue")

    assert wizard.draft.document == before


WRONG = {Whole: "many", Share: "half", Cores: "some", Amount: "lots"}


@pytest.mark.parametrize(
    "name", [n for n in drawn() if type(KINDS[FieldPath.parse(n)]) in WRONG]
)
def test_a_wrong_text_is_kept_and_told_twice_in_the_same_words(wizard, name):
    text = WRONG[type(KINDS[FieldPath.parse(name)])]
    extra = {f"{name}:auto": "set"} if name.endswith("Limit") else {}
    extra |= choosers(name)

    page = wizard.say(step_of(name), {name: text} | extra, "continue")

    id = name.replace(".", "-")
    (element,) = [e for e in page.named(name) if e.attributes.get("id") == id]
    told = page.by_id(f"{id}-error").text
    assert page.inputs[name] == [text]
    assert page.problems()[id] == told
    assert element.attributes["aria-invalid"] == "true"
    assert f"{id}-error" in element.attributes["aria-describedby"].split()
    assert "<title>Error: " in page.html
    assert all(word not in told.lower() for word in ("invalid", "pydantic", "type="))


def choosers(name: str) -> dict[str, str]:
    """What must be chosen for the field to exist."""
    base, _, last = name.rpartition(".")
    match last:
        case "gpuRequestType":
            return {f"{base}.gpuDevicesRequest": "1"}
        case "gpuPortionRequest":
            return {
                f"{base}.gpuDevicesRequest": "1",
                f"{base}.gpuRequestType": "portion",
            }
        case "gpuMemoryRequest":
            return {
                f"{base}.gpuDevicesRequest": "1",
                f"{base}.gpuRequestType": "memory",
            }
        case "shmSize":
            return {f"{base}.largeShmRequest": "true"}
        case "runAsUid" | "runAsGid":
            return {f"{base}.uidGidSource": "custom"}
    if ".handler." in name:
        probe, _, kind = name.partition(".handler.")
        return {f"{probe}:handler": kind.partition(".")[0]}
    return {}


@pytest.mark.parametrize(
    ("name", "step", "values"),
    [
        ("leader.image", "environment", {}),
        ("worker.image", "workers", {}),
        ("servingPort.port", "environment", {"servingPort.servicePort": "81"}),
        (
            "leader.compute.gpuPortionRequest",
            "leader",
            {
                "leader.compute.gpuDevicesRequest": "1",
                "leader.compute.gpuRequestType": "portion",
            },
        ),
        ("leader.podAffinity.key", "leader", {"leader.podAffinity.type": "Required"}),
    ],
)
def test_what_is_missing_is_told_once_continue_was_tried(wizard, name, step, values):
    id = name.replace(".", "-")
    assert id not in wizard.say(step, values).problems()

    page = wizard.say(step, {}, "continue")

    assert page.problems()[id] == page.by_id(f"{id}-error").text
    assert page.problems()[id].endswith(" is required.")


@pytest.mark.parametrize(
    ("typed", "unit", "kept", "again"),
    [
        ("16", "G", "16G", ("16", "G")),
        ("500", "M", "500M", ("500", "M")),
        ("2Gi", "G", "2Gi", ("2", "Gi")),
        ("1.5", "G", "1.5G", ("1.5", "G")),
        ("1e3", "G", "1e3", ("1e3", "G")),
    ],
)
def test_a_quantity_keeps_the_unit_that_it_was_given(wizard, typed, unit, kept, again):
    name = "leader.compute.cpuMemoryRequest"

    page = wizard.say("leader", {name: typed, f"{name}:unit": unit})

    assert said(wizard.draft.document, name) == kept
    assert (*page.inputs[name], *page.inputs[f"{name}:unit"]) == again


def test_a_unit_chosen_before_the_number_is_remembered(wizard):
    name = "leader.compute.cpuCoreRequest"
    wizard.say("leader", {f"{name}:unit": "millicores"})

    page = wizard.say("leader", {name: "500"})

    assert said(wizard.draft.document, name) == 0.5
    assert page.inputs[name] == ["500"]
    assert page.inputs[f"{name}:unit"] == ["millicores"]


def test_thousandths_of_a_core_may_be_typed_with_their_unit(wizard):
    name = "leader.compute.cpuCoreRequest"

    page = wizard.say("leader", {name: "500m"})

    assert said(wizard.draft.document, name) == 0.5
    assert page.inputs[name] == ["0.5"]
    assert page.inputs[f"{name}:unit"] == ["cores"]


def test_binary_units_are_offered_only_where_the_value_has_one(wizard):
    name = "leader.compute.cpuMemoryRequest"
    page = wizard.open("leader")
    (select,) = page.named(f"{name}:unit")
    assert select.text == "MB GB"

    page = wizard.say("leader", {name: "4Gi"})

    (select,) = page.named(f"{name}:unit")
    assert select.text == "MB GB MiB GiB"


def test_auto_takes_a_limit_back(wizard):
    name = "leader.compute.cpuCoreLimit"
    wizard.say("leader", {f"{name}:auto": "set", name: "4"})
    assert said(wizard.draft.document, name) == 4

    wizard.say("leader", {f"{name}:auto": "auto"})

    assert said(wizard.draft.document, name) is None


def test_the_last_of_several_can_be_taken_out(wizard):
    name = "leader.security.capabilities"
    wizard.say("environment", {name: ["KILL"]})

    wizard.say("environment", {name: []})

    assert said(wizard.draft.document, name) == []


def test_a_path_that_is_not_in_a_post_stays(wizard):
    wizard.say("environment", {"leader.image": "a/b:1"})
    page = wizard.open("environment")
    del page.inputs["leader.image"]

    wizard.post(page, "environment", {"leader.workingDir": "/w"}, htmx=True)

    assert said(wizard.draft.document, "leader.image") == "a/b:1"


def test_names_of_other_steps_and_of_nothing_are_ignored(wizard):
    before = wizard.draft.document
    forged = {"replicas": "9", "leader.nothing": "x", "a.1.b": "x", "leader": "x"}

    wizard.say("environment", forged)

    assert wizard.draft.document == before


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("150", "must be at most 100 %"),
        ("0", "must be above 0 %"),
        ("0.5", "must be at least 1 %"),
        ("33.3", ""),
        ("50%", ""),
    ],
)
def test_a_share_of_a_device_is_judged_in_percent(wizard, typed, told):
    compute = "leader.compute"
    name = f"{compute}.gpuPortionRequest"
    devices = {f"{compute}.gpuDevicesRequest": "1"}
    kind = {f"{compute}.gpuRequestType": "portion"}

    page = wizard.say("leader", devices | kind | {name: typed})

    wrong = f"GPU memory request {told}." if told else None
    assert page.problems().get(name.replace(".", "-")) == wrong
    assert page.inputs[name] == [typed.removesuffix("%")]
