"""Every button of every step does what it says: none is dead."""

import pytest

from tests.support.organization import an_organization
from tests.support.wizard import Page, Wizard, a_draft

pytestmark = pytest.mark.django_db
CLAIM = {"size": "9G"}
POD = {
    "image": "a/b:1",
    "imagePullSecrets": [{"name": "kept"}],
    "command": "python -m server",
    "security": {"capabilities": ["KILL"]},
    "environmentVariables": [
        {"name": "ONE", "value": "1"},
        {"name": "TWO", "configMap": {"name": "settings", "key": "two"}},
    ],
    "compute": {
        "gpuDevicesRequest": 2,
        "cpuCoreLimit": 4,
        "extendedResources": [{"resource": "rdma/ib", "quantity": "1"}],
    },
    "nodeType": "dgx-h100",
    "tolerations": [{"name": "toleration-1", "key": "gpu", "operator": "Exists"}],
    "podAffinity": {"type": "Required", "key": "rack"},
    "storage": {
        "emptyDirVolume": [{"name": "emptydir-1", "path": "/a"}],
        "pvc": [{"name": "volume-1", "path": "/b", "claimInfo": CLAIM}],
        "nfs": [{"name": "nfs-1", "path": "/x", "server": "s", "mountPath": "/c"}],
    },
    "labels": [{"name": "team", "value": "a"}],
    "annotations": [{"name": "note", "value": "b"}],
    "probes": {"readiness": {"handler": {"tcpSocket": {"port": 8000}}}},
    "ports": [{"name": "metrics", "containerPort": 9000}],
    "nodeSelector": [{"name": "zone", "value": "a"}],
}
DOCUMENT = {
    "leader": POD,
    "worker": POD | {"image": "a/c:1"},
    "workers": 2,
    "replicas": 3,
    "nodePools": ["a100", "h100"],
    "preemptibility": "preemptible",
    "servingPort": {"port": 8000, "servicePort": 81},
    "rollout": {"maxSurge": 1},
}
STEPS = ("environment", "leader", "workers", "setup")


@pytest.fixture
def wizard(client):
    org = an_organization()
    return Wizard(client, org.alice, a_draft(org.alice, org.project, document=DOCUMENT))


def presses(page):
    """What the buttons of a page do, but for moves beyond an end of a list."""
    return [
        each.attributes["value"]
        for each in page.named("do")
        if "aria-disabled" not in each.attributes
    ]


def focused(page):
    """The element that a redraw gives the focus to."""
    (mover,) = [e for e in page.elements if e.tag == "wizard-focus"]
    return page.by_id(mover.attributes["at"])


def state(draft):
    draft.refresh_from_db()
    return draft.document, draft.controls, draft.sources


@pytest.mark.parametrize("slug", STEPS)
def test_every_button_does_something_and_leaves_the_focus_somewhere(wizard, slug):
    page, dead, lost = wizard.open(slug), [], []
    before = state(wizard.draft)
    assert len(presses(page)) > 4

    for press in presses(page):
        page.inputs["count"] = [str(int(page.inputs["count"][0]) + 1)]
        answer = wizard.post(page, slug, {}, press, htmx=True)
        if "HX-Redirect" in answer:
            continue
        after = Page(answer)
        if press != "continue" and state(wizard.draft) == before:
            dead.append(press)
        if not after.by_id("told").text and not after.problems():
            dead.append(press)
        if not focused(after):
            lost.append(press)
        type(wizard.draft).objects.filter(pk=wizard.draft.pk).update(
            document=before[0], controls=before[1], sources=before[2]
        )

    assert (dead, lost) == ([], [])


def test_a_topology_is_added_asked_for_and_removed(wizard):
    document = {"leader": {"image": "a/b:1"}}
    type(wizard.draft).objects.update(document=document)

    page = wizard.say("leader", {}, "add:leader.podAffinity")
    assert page.inputs["leader.podAffinity.key"] == [""]
    page = wizard.say("leader", {}, "continue")
    assert page.problems()["leader-podAffinity-key"] == "Topology key is required."
    page = wizard.say("leader", {}, "remove:leader.podAffinity")

    assert wizard.draft.document == document
    assert page.by_id("add-leader-podAffinity")


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("httpGet", "httpGet-port"),
        ("tcpSocket", "tcpSocket-port"),
        ("exec", "exec-command"),
        ("grpc", "grpc-port"),
    ],
)
def test_a_check_that_asks_nothing_is_wrong_at_the_input_that_is_open(
    wizard, kind, field
):
    wizard.say("leader", {}, "remove:leader.probes.readiness")
    wizard.say("leader", {}, "add:leader.probes.readiness")

    page = wizard.say("leader", {"leader.probes.readiness:handler": kind}, "continue")

    id = f"leader-probes-readiness-handler-{field}"
    assert page.problems()[id] == page.by_id(f"{id}-error").text
    assert "of the readiness check is required." in page.problems()[id]


@pytest.mark.parametrize(
    "do", ["add:leader.probes.liveness", "add:leader.ports", "remove:leader.ports.0"]
)
def test_a_folded_section_is_open_after_a_button_in_it_without_script_too(wizard, do):
    page = Page(wizard.post(wizard.open("leader"), "leader", {}, do))

    assert "open" in page.by_id("s-advanced").attributes
    assert "open" not in page.by_id("s-general").attributes
    assert "open" not in wizard.open("leader").by_id("s-advanced").attributes
