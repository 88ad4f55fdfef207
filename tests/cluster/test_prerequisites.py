"""What a cluster must have, looked at, named, and kept in its row."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from projects import services
from projects.connecting import check_cluster, connect_cluster
from projects.connection import Connection
from projects.models import Cluster, Project
from tests.cluster.test_organization import a_namespace
from workloads.cluster import KubernetesCluster, Ref
from workloads.sync.look import look
from workloads.sync.work import sweep

LWS = "leaderworkersets.leaderworkerset.x-k8s.io"


@pytest.fixture(autouse=True)
def healed(simulator):
    yield
    simulator.clear_faults()


@pytest.fixture
def cluster(simulator):
    return KubernetesCluster(simulator.url, simulator.token)


def found(row):
    """What is stored after a look, by name."""
    look(row)
    row.refresh_from_db()
    assert row.checked_at
    return {each["name"]: each for each in row.findings}


def test_a_cluster_with_everything_has_nothing_to_mend(org):
    findings = found(org.cluster)

    assert {each["state"] for each in findings.values()} == {"ok"}
    assert set(findings) == {
        "Connection",
        "Kubernetes",
        "LeaderWorkerSet",
        "Scheduler",
        "Permissions",
        "Namespaces",
        "Storage classes",
        "Priority classes",
    }
    assert "0.9 or newer" in findings["LeaderWorkerSet"]["text"]
    assert "standard (default)" in findings["Storage classes"]["text"]


def test_a_cluster_is_looked_at_as_soon_as_it_is_connected(org):
    org.cluster.refresh_from_db()

    assert org.cluster.checked_at
    assert org.cluster.findings


@pytest.mark.parametrize(
    ("missing", "name", "text", "step"),
    [
        (LWS, "LeaderWorkerSet", "It is not installed.", "Install LeaderWorkerSet 0.9"),
        ("queues.scheduling.run.ai", "Scheduler", "no queues", "Install KAI Scheduler"),
    ],
)
def test_what_is_not_installed_is_named_first(
    org, simulator, missing, name, text, step
):
    plural = "customresourcedefinitions"
    simulator.fault(plural=plural, name=missing, code=404, reason="NotFound")

    findings = found(org.cluster)

    assert findings[name]["state"] == "error"
    assert text in findings[name]["text"]
    assert step in findings[name]["next_step"]
    assert next(iter(findings)) == name


@pytest.mark.parametrize(
    ("verb", "plural", "said"),
    [
        ("create", "queues", "create queues.scheduling.run.ai"),
        ("get", "pods", "get pods/log"),
        ("bind", "clusterroles", "bind clusterroles.rbac.authorization.k8s.io"),
    ],
)
def test_a_right_that_is_missing_is_named(org, simulator, verb, plural, said):
    simulator.fault(verb=verb, plural=plural, code=403)

    finding = found(org.cluster)["Permissions"]

    assert finding["state"] == "error"
    assert said in finding["text"]
    assert "deploy/rbac" in finding["next_step"]


def test_what_may_not_be_looked_at_says_so(org, simulator):
    simulator.fault(verb="list", plural="storageclasses", code=403)

    finding = found(org.cluster)["Storage classes"]

    assert finding["state"] == "error"
    assert "cannot list resource" in finding["text"]


def test_a_namespace_of_somebody_else_is_named(org, cluster):
    made = cluster.create(a_namespace("runai-theirs"))
    project = Project(department=org.department, name="theirs")
    services.save_project(by=org.admin, project=project)

    finding = found(org.cluster)["Namespaces"]

    assert finding["state"] == "error"
    assert "runai-theirs is there already" in finding["text"]
    cluster.delete(Ref.of(made), uid=made["metadata"]["uid"])


def test_a_namespace_without_rights_is_named(org, simulator):
    simulator.fault(
        verb="patch", plural="configmaps", namespace=org.project.namespace, code=403
    )

    finding = found(org.cluster)["Namespaces"]

    assert f"in {org.project.namespace} the portal's account has no" in finding["text"]


def test_a_priority_class_of_another_value_is_named(org, cluster):
    ref = Ref("scheduling.k8s.io/v1", "PriorityClass", "low")
    ours = cluster.get(ref)
    cluster.delete(ref, uid=ours["metadata"]["uid"])
    theirs = {"apiVersion": ref.api, "kind": ref.kind, "metadata": {"name": "low"}}
    made = cluster.create(theirs | {"value": 7})

    finding = found(org.cluster)["Priority classes"]

    assert finding["text"] == "low is 7, not 40."
    cluster.delete(ref, uid=made["metadata"]["uid"])


def test_an_old_kubernetes_is_named(org, monkeypatch):
    monkeypatch.setattr(KubernetesCluster, "version", lambda self: "v1.26.9+eks")

    finding = found(org.cluster)["Kubernetes"]

    assert (finding["state"], finding["text"]) == ("error", "v1.26.9+eks")
    assert "1.27" in finding["next_step"]


@pytest.mark.parametrize(
    ("server", "token", "text"),
    [
        ("http://127.0.0.1:9", "x", "does not answer"),
        ("", "of-yesterday", "does not know the portal's account"),
    ],
    ids=["nobody there", "old token"],
)
def test_a_cluster_that_is_not_reached_says_why(org, simulator, server, token, text):
    access = Connection(server or simulator.url, token=token)
    connect_cluster(by=org.admin, cluster=org.cluster, connection=access)
    sweep()

    row = Cluster.objects.get()

    (finding,) = row.findings
    assert (finding["name"], finding["state"]) == ("Connection", "error")
    assert text in finding["text"]
    assert finding["next_step"]


def test_a_connection_whose_key_is_lost_says_connect_again(org):
    Cluster.objects.update(access=b"\x01gone and nothing opens it")
    row = Cluster.objects.get()

    assert "connect the cluster again" in found(row)["Connection"]["text"]


def test_a_project_without_rights_says_so_and_the_check_tries_it_again(org, simulator):
    project = Project(department=org.department, name="unbound")
    services.save_project(by=org.admin, project=project)
    simulator.fault(verb="patch", plural="configmaps", code=403)
    simulator.fault(verb="create", plural="rolebindings", code=403)
    sweep()
    project.refresh_from_db()
    before = (project.refused, project.last_error)
    simulator.clear_faults()

    check_cluster(by=org.admin, cluster=org.cluster)
    sweep()

    assert before[0]
    assert "no rights in namespace runai-unbound" in before[1]
    project.refresh_from_db()
    assert (project.refused, project.last_error) == (False, "")
    assert project.is_applied()


def connect(*words):
    """What the command says, and how it ended."""
    said = StringIO()
    try:
        call_command("connect", *words, stdout=said)
    except CommandError as refusal:
        return said.getvalue(), str(refusal)
    return said.getvalue(), ""


def a_file(tmp_path, server, token):
    path = tmp_path / "kubeconfig"
    text = {
        "current-context": "it",
        "contexts": [{"name": "it", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {"token": token}}],
    }
    path.write_text(json.dumps(text))
    return str(path)


def test_a_cluster_is_connected_from_the_command_line(db, simulator, tmp_path):
    path = a_file(tmp_path, simulator.url, simulator.token)

    said, error = connect("west", "--kubeconfig", path)
    again, _ = connect("west")

    assert "ok      Connection: The cluster answers." in said
    assert "LeaderWorkerSet" in again
    assert error == ""
    assert simulator.token not in said
    assert Cluster.objects.get(name="west").revision == 1


def test_the_command_line_says_what_is_wrong(db, simulator, tmp_path):
    token = a_file(tmp_path, simulator.url, "of-yesterday")

    said, error = connect("west", "--kubeconfig", token)
    _, unknown = connect("east")
    _, nowhere = connect("east", "--kubeconfig", str(tmp_path / "nothing"))
    _, plain = connect("east", "--kubeconfig", a_file(tmp_path, "http://10.0.0.1", "x"))

    assert "Connect it again." in said
    assert error == "The cluster lacks something."
    assert "no such cluster" in unknown
    assert "No such file" in nowhere
    assert "TLS is needed" in plain
    assert not Cluster.objects.filter(name="east").exists()
