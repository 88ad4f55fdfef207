"""The role files on a real API server: enough for all that the portal does, no more."""

import time
from pathlib import Path

import pytest
import yaml

from projects import services
from projects.connecting import check_cluster
from projects.models import Cluster, Project, ProjectQuota
from tests.cluster.conftest import eventually
from tests.cluster.test_sync import a_group, reload
from tests.support.organization import an_organization
from workloads.cluster import Forbidden, Ref
from workloads.services import (
    delete_workload,
    pod_log,
    scale_workload,
    submit_workload,
)
from workloads.sync.clusters import cluster_for, found
from workloads.sync.follow import Follower
from workloads.sync.mend import mend
from workloads.sync.sweep import Sweeper
from workloads.sync.work import sweep

FILES = Path(__file__).parents[3] / "deploy" / "rbac"
GROUP = "rbac.authorization.k8s.io"
RBAC = f"/apis/{GROUP}/v1"
PATHS = {
    "Namespace": "/api/v1/namespaces",
    "ServiceAccount": "/api/v1/namespaces/runai-portal/serviceaccounts",
    "ClusterRole": f"{RBAC}/clusterroles",
    "ClusterRoleBinding": f"{RBAC}/clusterrolebindings",
}
TOKEN = f"{PATHS['ServiceAccount']}/runai-portal/token"
BINDING = Ref(f"{GROUP}/v1", "RoleBinding", "runai-portal")


@pytest.fixture
def account(control_plane):
    """The token of the portal's account, with exactly the rights of the files."""
    for name in ("clusterrole.yaml", "project-role.yaml", "account.yaml"):
        for document in yaml.safe_load_all((FILES / name).read_text()):
            control_plane.ensure(PATHS[document["kind"]], document)
    return control_plane.call("POST", TOKEN, {"spec": {}})["status"]["token"]


@pytest.fixture
def org(transactional_db, control_plane, account):
    """The cast, in namespaces of this test alone, applied with the files' rights."""
    made = an_organization(control_plane.url, account, control_plane.ca)
    sweep_until_settled()
    return made


@pytest.fixture
def follower(org):
    running = Follower(Cluster.objects.get(), watch_seconds=5)
    running.start()
    yield running
    running.stop()


def sweep_until_settled():
    """A role that was just bound is known a moment later."""
    eventually(
        lambda: not sweep() and not Project.objects.exclude(due_at=None).exists()
    )


def test_the_account_may_do_all_that_the_portal_does(org, follower):
    cluster = cluster_for(Cluster.objects.get())
    sweeper = Sweeper(Cluster.objects.get(), cluster)
    workload = submit_workload(
        by=org.admin, project=org.project, name=unique("granted"), document=a_group()
    )
    eventually(lambda: reload(workload).phase == "Running", 60)
    pod = reload(workload).pods.first()
    pod_log(workload, pod.name, pod.manifest["spec"]["containers"][0]["name"])
    scale_workload(by=org.admin, workload=reload(workload), replicas=2)
    eventually(lambda: reload(workload).ready_replicas == 2, 60)
    delete_workload(by=org.admin, workload=reload(workload))
    eventually(lambda: reload(workload).deleted_at, 60)
    sweeper.clear_leftovers()
    sweeper.take_inventory()
    sweeper.assign()
    mend(org.cluster, cluster)
    sweeper.look()

    row = Cluster.objects.get()
    findings = {each["name"]: each for each in row.findings}
    states = {name: each["state"] for name, each in findings.items()}
    assert set(states.values()) == {"ok"}, findings
    assert findings["Kubernetes"]["text"] == "v1.36.3"
    assert not Project.objects.filter(refused=True).exists()
    assert reload(workload).last_error == ""


def test_the_role_of_the_projects_is_bound_where_a_project_is_made(org, portal):
    binding = portal.get(BINDING._replace(namespace=org.project.namespace))

    assert binding["roleRef"]["name"] == "runai-portal-project"
    (subject,) = binding["subjects"]
    assert (subject["kind"], subject["name"]) == ("ServiceAccount", "runai-portal")


def test_config_maps_elsewhere_secrets_and_nodes_are_out_of_reach(org, portal):
    cluster = cluster_for(Cluster.objects.get())
    node = portal.list("v1", "Node")[0][0]

    with pytest.raises(Forbidden):
        cluster.list("v1", "ConfigMap")
    with pytest.raises(Forbidden):
        cluster.list("v1", "ConfigMap", namespace="kube-system")
    with pytest.raises(Forbidden):
        cluster.list("v1", "Secret", namespace=org.project.namespace)
    with pytest.raises(Forbidden):
        cluster.patch(Ref("v1", "Node", node["metadata"]["name"]), {"spec": {}})
    with pytest.raises(Forbidden):
        cluster.get(Ref("v1", "Pod", "any", "kube-system"))


def test_no_other_role_can_be_bound(org):
    cluster = cluster_for(Cluster.objects.get())
    admin = {"apiGroup": GROUP, "kind": "ClusterRole"}
    body = {
        "apiVersion": BINDING.api,
        "kind": "RoleBinding",
        "metadata": {"name": "more", "namespace": org.project.namespace},
        "roleRef": admin | {"name": "cluster-admin"},
        "subjects": [],
    }

    with pytest.raises(Forbidden):
        cluster.create(body)


def test_where_the_portal_may_not_bind_its_role_somebody_else_does(
    org, control_plane, portal
):
    """The two rules of the file that its comment says may be left out."""
    role = f"{PATHS['ClusterRole']}/runai-portal"
    whole = control_plane.call("GET", role)["rules"]
    without = [rule for rule in whole if rule["apiGroups"] != [GROUP]]
    control_plane.call("PATCH", role, {"rules": without})
    cluster = cluster_for(Cluster.objects.get())
    eventually(lambda: not cluster.may("create", GROUP, "rolebindings"))
    project = Project(department=org.department, name=unique("byhand"))
    services.save_project(by=org.admin, project=project)
    sweep()
    project.refresh_from_db()
    refusal = project.last_error

    (binding,) = yaml.safe_load_all((FILES / "binding-by-hand.yaml").read_text())
    binding["metadata"]["namespace"] = project.namespace
    portal.create(binding)
    check_cluster(by=org.admin, cluster=org.cluster)
    eventually(lambda: cluster.may("get", "", "configmaps", project.namespace))
    sweep()

    assert f"no rights in namespace {project.namespace}" in refusal
    project.refresh_from_db()
    assert (project.refused, project.last_error) == (False, "")
    assert found(cluster, Ref("v1", "Namespace", project.namespace))
    control_plane.call("PATCH", role, {"rules": whole})
    eventually(lambda: cluster.may("create", GROUP, "rolebindings"))


def test_in_a_pod_the_portal_is_its_own_account(
    org, control_plane, account, settings, tmp_path
):
    settings.SERVICE_ACCOUNT = tmp_path
    (tmp_path / "token").write_text("ended")
    (tmp_path / "ca.crt").write_text(control_plane.ca)
    Cluster.objects.update(account="in-cluster")
    cluster = cluster_for(Cluster.objects.get())

    (tmp_path / "token").write_text(account)

    assert cluster.whoami() == "system:serviceaccount:runai-portal:runai-portal"


def test_what_was_removed_by_hand_is_made_again_on_a_real_cluster(org, portal):
    cluster = cluster_for(Cluster.objects.get())
    quota = ProjectQuota.objects.filter(project=org.other).first()
    ref = Ref("scheduling.run.ai/v2", "Queue", quota.queue)
    portal.delete(ref, uid=portal.get(ref)["metadata"]["uid"])
    eventually(lambda: found(portal, ref) is None)

    mend(org.cluster, cluster)
    sweep()

    assert found(portal, ref)


def unique(word):
    return f"{word}{int(time.time() * 1000) % 10**7}x"
