"""Leader and workers beside one another: what differs is told, and nothing else."""

import pytest

from tests.support.wizard import Wizard, a_draft

pytestmark = pytest.mark.django_db
IMAGE = {"image": "a/b:1"}
CPU = "compute.cpuCoreRequest"


@pytest.fixture
def described(client, org):
    """A wizard over a draft whose leader and workers say this."""

    def over(leader, worker):
        document = {"leader": IMAGE | leader, "worker": IMAGE | worker}
        draft = a_draft(org.alice, org.project, document=document)
        return Wizard(client, org.alice, draft)

    return over


def variables(value):
    return {"environmentVariables": [{"name": "MODE", "value": value}]}


def tolerations(effect):
    row = {"name": "toleration-1", "key": "gpu", "operator": "Exists", "effect": effect}
    return {"tolerations": [row]}


def volumes(key, size="5G"):
    claim = {"name": key, "path": "/data", "claimInfo": {"size": size}}
    return {"storage": {"pvc": [claim]}}


@pytest.mark.parametrize(
    ("leader", "worker", "told"),
    [
        (variables("a"), variables("b"), "Variables MODE=a MODE=b"),
        (
            tolerations("NoSchedule"),
            tolerations("NoExecute"),
            "Tolerations gpu Exists NoSchedule gpu Exists NoExecute",
        ),
        (variables("a"), variables("a"), "Variables MODE=a Same as leader"),
        (volumes("volume-1"), volumes("volume-2"), "Volumes /data, 5 GB Same as"),
    ],
)
def test_the_review_calls_the_same_only_what_is(described, leader, worker, told):
    assert told in described(leader, worker).open("review").top.text


@pytest.mark.parametrize(
    ("leader", "told"),
    [
        (variables("a"), "MODE=a"),
        (volumes("volume-1"), "/data, 5 GB"),
        ({"podAffinity": {"type": "Required", "key": "rack"}}, "rack"),
        ({"probes": {"liveness": {"handler": {"tcpSocket": {"port": 80}}}}}, "TCP"),
    ],
    ids=["variables", "volumes", "topology", "health check"],
)
def test_what_only_the_leader_has_is_told_in_the_workers_step(described, leader, told):
    wizard = described(leader, {})

    text = wizard.open("workers").top.text
    assert text.count("differs from leader") == 1
    assert f"differs from leader: {told}" in text

    copied = wizard.say("workers", {}, "copy:all").top.text
    assert "differs from leader" not in copied


def test_the_same_volume_under_another_hidden_key_does_not_differ(described):
    wizard = described(volumes("volume-1"), volumes("volume-2"))

    assert "differs from leader" not in wizard.open("workers").top.text


def test_the_same_value_in_another_unit_does_not_differ(described):
    wizard = described({"compute": {"cpuCoreRequest": 2}}, {})
    unit = {f"worker.{CPU}:unit": "millicores"}

    page = wizard.say("workers", unit | {f"worker.{CPU}": "2000"})
    assert "differs from leader" not in page.top.text

    page = wizard.say("workers", {f"worker.{CPU}": "500"})
    assert "differs from leader: 2 cores" in page.top.text


def test_millicores_that_are_copied_do_not_differ(described):
    wizard = described({}, {})
    unit = {f"leader.{CPU}:unit": "millicores"}
    wizard.say("leader", unit | {f"leader.{CPU}": "500"})

    page = wizard.say("workers", {}, "copy:compute")

    assert page.inputs[f"worker.{CPU}"] == ["500"]
    assert "differs from leader" not in page.top.text
