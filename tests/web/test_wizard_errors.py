"""What cannot be read is kept, and told twice in the same words, at every field."""

from typing import Any

import pytest
from pydantic import ValidationError

from tests.support.organization import an_organization
from tests.support.wizard import Wizard, a_draft
from workloads.spec.paths import FieldPath, Location
from workloads.spec.schema import SCHEMA
from workloads.wizard.kinds import KINDS, Flag, Lines, Several
from workloads.wizard.parts import Rows
from workloads.wizard.pieces import VOLUME_CELLS
from workloads.wizard.steps import STEPS, step_of

pytestmark = pytest.mark.django_db
NONSENSE = ("many of them", "a b/\u00e9", "-", "x" * 5000)
GATED = {
    "servingPort.protocol",
    "servingPort.authorizationType",
    "servingPort.authorizedGroups",
    "leader.compute.gpuPortionLimit",
    "leader.compute.gpuMemoryLimit",
    "leader.serviceAccountName",
}
"""Drawn as text, or not used until something is switched on."""


def scalars(step):
    """The single fields that a step asks for."""
    for section in step.sections:
        for name in section.fields:
            field = SCHEMA.at(step.root / name)
            leaves = [field] if field.adapter else []
            if field.children and not field.items:
                leaves = [leaf for leaf in field if leaf.adapter]
            yield from (str(leaf.path) for leaf in leaves)


def cells(step):
    """The fields of every list's first row."""
    for section in step.sections:
        lists = {p.name: p.cells for p in section.parts if isinstance(p, Rows)}
        if section.slug == "storage":
            lists = {f"storage.{kind}": each for kind, each in VOLUME_CELLS.items()}
        for name, inside in lists.items():
            yield from (f"{step.root / name}.0.{cell}" for cell in inside)


def path_of(name: str) -> FieldPath:
    return FieldPath(tuple(part for part in name.split(".") if part != "0"))


def unreadable(name: str) -> str:
    """Return a text that the field's type refuses, or '' where it takes any."""
    path, field = path_of(name), SCHEMA.at(path_of(name))
    for text in NONSENSE:
        try:
            field.adapter.validate_python(KINDS[path].value({"": text}))
        except ValidationError:
            return text
    return ""


def all_fields() -> list[str]:
    found = [
        name
        for step in STEPS.values()
        if step.slug != "workers"
        for name in (*scalars(step), *cells(step))
    ]
    return [
        name
        for name in found
        if name not in GATED
        and not name.endswith(".host")
        and not isinstance(KINDS[path_of(name)], Flag | Several | Lines)
        and unreadable(name)
    ]


SURROUNDINGS: dict[str, Any] = {
    "servingPort.authorizedUsers": {"servingPort.authorizationType": "authorizedUsers"},
    "gpuPortionRequest": {"gpuRequestType": "portion", "gpuDevicesRequest": "1"},
    "gpuMemoryRequest": {"gpuRequestType": "memory", "gpuDevicesRequest": "1"},
    "gpuRequestType": {"gpuDevicesRequest": "1"},
    "shmSize": {"largeShmRequest": "true"},
    "runAsUid": {"uidGidSource": "custom"},
    "runAsGid": {"uidGidSource": "custom"},
    "seconds": {"effect": "NoExecute"},
}
"""By the last name: what must be chosen beside the field for it to count."""


def beside(name: str) -> dict[str, str]:
    base, _, last = name.rpartition(".")
    found = {f"{base}.{k}": v for k, v in SURROUNDINGS.get(last, {}).items()}
    if name.endswith("Limit"):
        found[f"{name}:auto"] = "set"
    if ".handler." in name:
        probe, _, kind = name.partition(".handler.")
        found[f"{probe}:handler"] = kind.partition(".")[0]
    if ".configMap." in name:
        found[f"{name.partition('.configMap')[0]}:source"] = "configMap"
    return found


def document() -> dict[str, Any]:
    """One item in every list, so that each has a row."""
    leader: dict[str, Any] = {"podAffinity": {"type": "Preferred"}}
    for name in (name for step in STEPS.values() for name in cells(step)):
        *above, last = path_of(name.partition(".0.")[0])
        if above[:1] != ["leader"]:
            continue
        node = leader
        for part in above[1:]:
            node = node.setdefault(part, {})
        node[last] = [{SCHEMA.at(("leader", *above[1:], last)).key: "one"}]
    return {"leader": leader, "workers": 0}


@pytest.fixture
def wizard(client):
    org = an_organization()
    checks = ("readiness", "startup", "liveness")
    controls = {f"leader.probes.{check}:handler": "httpGet" for check in checks}
    draft = a_draft(org.alice, org.project, document=document(), controls=controls)
    return Wizard(client, org.alice, draft)


def test_nearly_every_field_can_be_given_something_unreadable():
    assert len(all_fields()) > 70


@pytest.mark.parametrize("name", all_fields())
def test_what_cannot_be_read_is_kept_and_told_twice(wizard, name):
    text, slug = unreadable(name), step_of_name(name)

    page = wizard.say(slug, {name: text} | beside(name))

    id = name.replace(".", "-")
    input = page.by_id(id)
    told = page.by_id(f"{id}-error")
    assert told is not None, page.problems()
    assert page.inputs[name][-1:] == [text]
    assert page.problems()[id] == told.text
    assert input.attributes["aria-invalid"] == "true"
    assert f"{id}-error" in input.attributes["aria-describedby"].split()
    assert all(word not in told.text.lower() for word in ("pydantic", "type="))


def step_of_name(name: str) -> str:
    return step_of(Location.parse(name)).slug


def test_the_summary_lists_problems_in_the_order_of_the_page(wizard):
    page = wizard.say("leader", {"leader.compute.cpuCoreRequest": "some"}, "continue")

    ids = list(page.problems())
    found = [page.html.index(f'id="{id}"') for id in ids]
    assert len(ids) > 5
    assert ids[0] == "leader-compute-cpuCoreRequest"
    assert found == sorted(found)
