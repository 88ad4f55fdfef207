"""What the portal really sends, against the rights that the role files grant.

The portal is the simulator's administrator here: that a cluster refuses the rest is
shown by ``tests/cluster/contract``, and by the whole product on the real control plane.
"""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.timezone import now

from assets.credentials import share_credential
from projects import services
from projects.connecting import check_cluster
from projects.models import NodePool, Project, ProjectQuota
from tests.cluster.conftest import eventually
from tests.cluster.test_secrets import reading
from tests.cluster.test_sync import a_group, reload
from tests.cluster.test_volumes import with_volumes
from workloads.cluster import KubernetesCluster
from workloads.cluster.client import APPLY
from workloads.cluster.kinds import KINDS
from workloads.cluster.rights import EVERYWHERE, IN_PROJECTS, Right
from workloads.models import SecretCopy, Workload
from workloads.services import delete_workload, pod_log, scale_workload
from workloads.sync.leftovers import KINDS as LEFT_BEHIND
from workloads.sync.mend import mend
from workloads.sync.sweep import Sweeper
from workloads.sync.work import sweep

ROOT = Path(__file__).parents[2]
CLIENT = str(ROOT / "workloads" / "cluster")
PRODUCT = tuple(str(ROOT / room) for room in ("workloads", "projects"))
FREE = ("selfsubject", "version")
"""Every account may ask about itself, and for the version."""

NEVER_SENT = {
    Right("update", "", "configmaps/finalizers"),
    Right("bind", "rbac.authorization.k8s.io", "clusterroles", "runai-portal-project"),
}
"""Checked by the cluster when something else is sent."""

NOT_HERE = {Right("create", "rbac.authorization.k8s.io", "rolebindings")}
"""The administrator has all rights: no role is missing, none is bound."""

VERBS = {"post": "create", "patch": "patch", "delete": "delete"}


@pytest.fixture
def sent(monkeypatch):
    """The rights that requests of the product need; those of tests do not count."""
    found, raw = set(), KubernetesCluster._raw

    def recording(self, method, where, **params):
        if by_the_product():
            found.update(needed(method, where, params))
        return raw(self, method, where, **params)

    monkeypatch.setattr(KubernetesCluster, "_raw", recording)
    return found


def by_the_product():
    frame = sys._getframe(2)
    while frame and frame.f_code.co_filename.startswith(CLIENT):
        frame = frame.f_back
    return bool(frame) and frame.f_code.co_filename.startswith(PRODUCT)


def needed(method, where, params):
    """The rights that a request needs: an apply may make what it changes."""
    if any(word in where for word in FREE):
        return
    parts = where.strip("/").split("/")
    group, rest = ("", parts[2:]) if parts[0] == "api" else (parts[1], parts[3:])
    namespaced = rest[0] == "namespaces" and len(rest) > 2
    plural, name, below = ([*(rest[2:] if namespaced else rest), "", ""])[:3]
    resource = f"{plural}/{below}" if below else plural
    verb = VERBS.get(method) or ("get" if name else "list")
    yield Right("watch" if params.get("watch") else verb, group, resource), namespaced
    if params.get("content_type") == APPLY:
        yield Right("create", group, resource), namespaced


def left_behind(simulator_client, workload):
    """Make what a deleted workload might leave behind, of every kind."""
    for api, kind in LEFT_BEHIND:
        simulator_client.create(an_object(api, kind, workload))


def an_object(api, kind, workload):
    labels = {
        "app.kubernetes.io/managed-by": "runai-portal",
        "runai-portal/workload-id": str(workload.pk),
    }
    pod = {"containers": [{"name": "main", "image": "a/b:1"}]}
    specs = {
        "LeaderWorkerSet": {
            "leaderWorkerTemplate": {"size": 1, "workerTemplate": {"spec": pod}}
        },
        "Service": {"ports": [{"port": 80}]},
        "PersistentVolumeClaim": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1G"}},
        },
        "Pod": pod,
    }
    name = f"left-{kind.lower()}"
    meta = {"name": name, "namespace": workload.namespace, "labels": labels}
    spec = {"spec": specs[kind]} if kind in specs else {}
    return {"apiVersion": api, "kind": kind, "metadata": meta} | spec


def test_what_is_sent_is_what_the_roles_grant(
    sent, org, follower, submitted, simulator
):
    cluster = KubernetesCluster(simulator.url, simulator.token)
    sweeper = Sweeper(org.cluster, cluster)

    first = submitted(a_group(gpus=8, nodePools=["h100"]))
    moved = submitted(a_group(gpus=8, nodePools=["h100", "a100"]))
    stored = submitted(with_volumes())
    token = share_credential(
        by=org.admin,
        unit=org.project,
        kind="genericSecret",
        name="hub",
        values={"token": "x"},
    )
    reader = submitted(reading(token))
    scale_workload(by=org.admin, workload=first, replicas=0)
    pod = stored.pods.first()
    pod_log(stored, pod.name, pod.manifest["spec"]["containers"][0]["name"])
    for workload in (moved, stored, reader):
        delete_workload(by=org.admin, workload=workload)
    eventually(
        lambda: all(reload(each).deleted_at for each in (moved, stored, reader)), 40
    )
    eventually(lambda: SecretCopy.objects.get().unused_since)
    past = {"unused_since": now() - timedelta(hours=1), "due_at": now()}
    SecretCopy.objects.update(**past)
    Workload.objects.filter(pk=stored.pk).update(deleted_at=now() - timedelta(hours=1))
    left_behind(cluster, stored)
    sweeper.clear_leftovers()
    shrunk = Project(department=org.department, name="shrunk")
    services.save_project(by=org.admin, project=shrunk)
    pool = NodePool.objects.get(name="h100")
    quota = ProjectQuota(project=shrunk, pool=pool, gpus=1)
    services.save_quota(by=org.admin, quota=quota)
    check_cluster(by=org.admin, cluster=org.cluster)
    sweep()
    services.delete_quota(by=org.admin, quota=quota)
    mend(org.cluster, cluster)
    sweeper.take_inventory()
    sweeper.assign()

    kept = ("configmaps", "secrets")
    everywhere = {right for right, _ in sent if right.resource not in kept}
    in_projects = {(r, inside) for r, inside in sent if r.resource in kept}
    assert everywhere == set(EVERYWHERE) - NEVER_SENT - NOT_HERE
    assert {right for right, _ in in_projects} == set(IN_PROJECTS) - NEVER_SENT
    assert all(inside for _, inside in in_projects), "never in all namespaces at once"


def test_every_kind_that_rights_name_is_one_that_the_client_knows():
    known = {kind.plural for kind in KINDS.values()} | {"clusterroles"}

    assert {right.resource.split("/")[0] for right in EVERYWHERE} <= known
