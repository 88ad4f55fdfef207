"""RBAC with exactly the role files: what is granted works, the rest is refused."""

from pathlib import Path

import pytest
import yaml

from tests.cluster.controlplane.shapes import LWS, a_queue, a_set
from tests.support.simulator import until
from workloads.cluster import Forbidden, NotFound, Ref
from workloads.cluster.rights import EVERYWHERE, IN_PROJECTS, PROJECT_ROLE
from workloads.sync.organization import role_binding

FILES = Path(__file__).parents[3] / "deploy" / "rbac"
GROUP = "rbac.authorization.k8s.io"
RBAC = f"/apis/{GROUP}/v1"
HOME = "runai-portal"
PATHS = {
    "Namespace": "/api/v1/namespaces",
    "ServiceAccount": f"/api/v1/namespaces/{HOME}/serviceaccounts",
    "ClusterRole": f"{RBAC}/clusterroles",
    "ClusterRoleBinding": f"{RBAC}/clusterrolebindings",
}
NOT_GRANTED = (
    ("list", "", "secrets"),
    ("list", "", "configmaps"),
    ("get", "", "pods"),
    ("patch", "", "pods"),
    ("create", "", "pods/exec"),
    ("get", "", "nodes"),
    ("patch", "", "nodes"),
    ("delete", "", "namespaces"),
    ("update", "leaderworkerset.x-k8s.io", "leaderworkersets"),
    ("deletecollection", "leaderworkerset.x-k8s.io", "leaderworkersets"),
    ("list", "apps", "statefulsets"),
    ("delete", GROUP, "rolebindings"),
    ("get", GROUP, "clusterroles"),
    ("escalate", GROUP, "clusterroles"),
    ("impersonate", "", "users"),
)


@pytest.fixture(scope="module")
def account(server):
    """A token of the portal's account, with exactly the rights of the files."""
    for file in ("clusterrole.yaml", "project-role.yaml", "account.yaml"):
        for body in yaml.safe_load_all((FILES / file).read_text()):
            ensure(server, PATHS[body["kind"]], body)
    path = f"{PATHS['ServiceAccount']}/{HOME}/token"
    answer = server.http()("POST", path, {"spec": {}})
    assert answer.code == 201
    portal = server.cluster(token=answer.body["status"]["token"])
    until(lambda: portal.may("list", "", "pods"))
    return answer.body["status"]["token"]


@pytest.fixture
def portal(server, account):
    """The portal's own client as its account."""
    return server.cluster(token=account)


@pytest.fixture
def project(cluster, portal, namespace):
    """A namespace in which the account has the role of projects."""
    cluster.create(role_binding(namespace, portal.whoami()))
    until(lambda: portal.may("get", "", "configmaps", namespace))
    return namespace


def ensure(server, path, body):
    http, name = server.http(), body["metadata"]["name"]
    answer = http.apply(f"{path}/{name}", body, force="true")
    assert answer.code in (200, 201), answer.body


def a_map(namespace, name="settings"):
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}


def idle(name, namespace):
    return a_set(name, namespace, replicas=0)


def test_the_account_knows_its_own_name(portal, cluster):
    assert portal.whoami() == f"system:serviceaccount:{HOME}:{HOME}"
    assert cluster.whoami() == "admin"


@pytest.mark.parametrize("right", EVERYWHERE, ids=str)
def test_what_the_file_grants_is_told_as_granted(portal, right):
    assert portal.may(right.verb, right.group, right.resource, "", right.name)


@pytest.mark.parametrize("right", IN_PROJECTS, ids=str)
def test_the_role_of_projects_is_granted_there_and_nowhere_else(portal, project, right):
    asked = (right.verb, right.group, right.resource)

    assert portal.may(*asked, project)
    assert not portal.may(*asked)
    assert not portal.may(*asked, "kube-system")


@pytest.mark.parametrize(("verb", "group", "resource"), NOT_GRANTED)
def test_nothing_else_is_told_as_granted(portal, project, verb, group, resource):
    asked = (verb, group, resource)

    assert not portal.may(*asked)
    if resource != "configmaps":
        assert not portal.may(*asked, project)


def test_the_only_role_that_may_be_bound_is_that_of_projects(portal):
    assert portal.may("bind", GROUP, "clusterroles", "", PROJECT_ROLE)
    assert not portal.may("bind", GROUP, "clusterroles", "", "cluster-admin")
    assert not portal.may("bind", GROUP, "clusterroles")


def test_what_is_granted_works(portal, project):
    anchor = portal.apply(a_map(project))
    made = portal.apply(idle("one", project))
    portal.apply(idle("one", project), uid=made["metadata"]["uid"], force=True)
    portal.apply(a_queue(project), force=True)

    assert portal.list("v1", "Pod")[0] is not None
    assert portal.list("v1", "Event", namespace=project)[1]
    assert portal.list("v1", "Node")[0]
    assert portal.get(Ref.of(made))["metadata"]["uid"] == made["metadata"]["uid"]
    assert portal.inventory()["lws"] is True
    portal.delete(Ref.of(anchor), uid=anchor["metadata"]["uid"])
    portal.delete(Ref.of(made), uid=made["metadata"]["uid"])


def test_a_pod_may_be_tried(portal, project):
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "check", "namespace": project},
        "spec": {"containers": [{"name": "c", "image": "a/b:1"}]},
    }

    tried = portal.create(pod, dry_run=True)

    assert tried["spec"]["schedulerName"] == "default-scheduler"


def test_a_watch_is_granted(portal, project):
    _, since = portal.list(LWS, "LeaderWorkerSet")
    portal.apply(idle("one", project))

    seen = portal.watch(LWS, "LeaderWorkerSet", since=since, seconds=1)

    here = [
        change.manifest["metadata"]["name"]
        for change in seen
        if change.manifest
        if change.manifest["metadata"]["namespace"] == project
    ]
    assert "one" in here


REFUSED = (
    (
        "GET",
        "/api/v1/secrets",
        'secrets is forbidden: User "{user}" cannot list resource "secrets" in API '
        'group "" at the cluster scope',
    ),
    (
        "GET",
        "/api/v1/namespaces/kube-system/configmaps/settings",
        'configmaps "settings" is forbidden: User "{user}" cannot get resource '
        '"configmaps" in API group "" in the namespace "kube-system"',
    ),
    (
        "GET",
        "/apis/apps/v1/namespaces/kube-system/statefulsets?watch=true",
        'statefulsets.apps is forbidden: User "{user}" cannot watch resource '
        '"statefulsets" in API group "apps" in the namespace "kube-system"',
    ),
    (
        "DELETE",
        "/api/v1/namespaces/kube-system",
        'namespaces "kube-system" is forbidden: User "{user}" cannot delete resource '
        '"namespaces" in API group "" in the namespace "kube-system"',
    ),
    (
        "DELETE",
        "/apis/leaderworkerset.x-k8s.io/v1/namespaces/default/leaderworkersets",
        'leaderworkersets.leaderworkerset.x-k8s.io is forbidden: User "{user}" cannot '
        'deletecollection resource "leaderworkersets" in API group '
        '"leaderworkerset.x-k8s.io" in the namespace "default"',
    ),
    (
        "POST",
        "/api/v1/namespaces/default/pods/one/eviction",
        'pods "one" is forbidden: User "{user}" cannot create resource '
        '"pods/eviction" in API group "" in the namespace "default"',
    ),
    (
        "PATCH",
        "/api/v1/nodes/gpu-l40s-1",
        'nodes "gpu-l40s-1" is forbidden: User "{user}" cannot patch resource "nodes" '
        'in API group "" at the cluster scope',
    ),
    (
        "PUT",
        "/apis/leaderworkerset.x-k8s.io/v1/namespaces/default/leaderworkersets/one",
        'leaderworkersets.leaderworkerset.x-k8s.io "one" is forbidden: User "{user}" '
        'cannot update resource "leaderworkersets" in API group '
        '"leaderworkerset.x-k8s.io" in the namespace "default"',
    ),
)


@pytest.mark.parametrize(("method", "path", "text"), REFUSED)
def test_what_is_not_granted_is_refused_in_these_words(
    server, account, method, path, text
):
    http = server.http(token=account)

    answer = http(method, path, {} if method in ("POST", "PUT", "PATCH") else None)

    user = f"system:serviceaccount:{HOME}:{HOME}"
    assert (answer.code, answer.body["reason"]) == (403, "Forbidden")
    assert answer.body["message"] == text.format(user=user)


def test_the_client_knows_a_missing_right(portal, project):
    with pytest.raises(Forbidden):
        portal.list("v1", "Secret", namespace=project)
    with pytest.raises(Forbidden):
        portal.list("v1", "ConfigMap")


def test_no_other_role_can_be_bound(portal, project):
    body = role_binding(project, portal.whoami())
    body["metadata"] = {"name": "more", "namespace": project}
    body["roleRef"] = body["roleRef"] | {"name": "cluster-admin"}

    with pytest.raises(Forbidden, match="is attempting to grant RBAC permissions"):
        portal.create(body)


def test_the_role_of_projects_is_bound_by_the_account_itself(portal, namespace):
    before = portal.may("create", "", "configmaps", namespace)

    portal.create(role_binding(namespace, portal.whoami()))

    until(lambda: portal.may("create", "", "configmaps", namespace))
    assert not before
    assert portal.apply(a_map(namespace))


def test_an_apply_that_would_make_an_object_needs_the_right_to_create(
    server, cluster, name
):
    """``patch`` alone changes what is there."""
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["patch", "get"]}
    server.namespace(name)
    grant(server, name, "alice", [rule])
    alice = server.cluster("alice")
    until(lambda: alice.may("patch", "", "configmaps", name))

    with pytest.raises(Forbidden, match="cannot create resource"):
        alice.apply(a_map(name))
    made = cluster.apply(a_map(name))

    assert alice.apply(a_map(name))["metadata"]["uid"] == made["metadata"]["uid"]


def grant(server, namespace, user, rules, role="some"):
    """Give a user rules in a namespace."""
    metadata = {"name": role, "namespace": namespace}
    base = f"{RBAC}/namespaces/{namespace}"
    http = server.http()
    told = {"metadata": metadata, "rules": rules}
    assert http("POST", f"{base}/roles", told).code == 201
    body = {
        "metadata": metadata,
        "roleRef": {"apiGroup": GROUP, "kind": "Role", "name": role},
        "subjects": [{"apiGroup": GROUP, "kind": "User", "name": user}],
    }
    assert http("POST", f"{base}/rolebindings", body).code == 201


def test_a_role_for_one_name_is_for_that_alone(server, cluster, namespace):
    rule = {
        "apiGroups": [""],
        "resources": ["configmaps"],
        "resourceNames": ["settings"],
        "verbs": ["get"],
    }
    grant(server, namespace, "alice", [rule])
    alice = server.cluster("alice")
    until(lambda: alice.may("get", "", "configmaps", namespace, "settings"))
    cluster.apply(a_map(namespace))

    assert alice.get(Ref("v1", "ConfigMap", "settings", namespace))
    with pytest.raises(Forbidden):
        alice.get(Ref("v1", "ConfigMap", "others", namespace))
    with pytest.raises(Forbidden):
        alice.list("v1", "ConfigMap", namespace=namespace)


def test_a_right_that_is_taken_away_is_gone(server, namespace):
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}
    grant(server, namespace, "alice", [rule])
    alice = server.cluster("alice")
    until(lambda: alice.may("list", "", "configmaps", namespace))

    path = f"{RBAC}/namespaces/{namespace}/rolebindings/some"
    assert server.http()("DELETE", path).code == 200

    until(lambda: not alice.may("list", "", "configmaps", namespace))
    with pytest.raises(Forbidden):
        alice.list("v1", "ConfigMap", namespace=namespace)


def test_nobody_grants_what_they_do_not_hold(server, namespace):
    rules = [
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]},
        {"apiGroups": [GROUP], "resources": ["roles"], "verbs": ["create"]},
    ]
    grant(server, namespace, "alice", rules)
    alice = server.cluster("alice")
    until(lambda: alice.may("create", GROUP, "roles", namespace))
    where = f"{RBAC}/namespaces/{namespace}/roles"

    def made(name, verb):
        rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": [verb]}
        body = {"metadata": {"name": name}, "rules": [rule]}
        return server.http("alice")("POST", where, body)

    held, more = made("held", "get"), made("more", "delete")

    assert held.code == 201
    assert more.code == 403
    text = more.body["message"]
    assert text.startswith(
        'roles.rbac.authorization.k8s.io "more" is forbidden: user "alice" (groups=['
    )
    assert text.endswith(
        '"system:authenticated"]) is attempting to grant RBAC permissions not '
        "currently held:\n"
        '{APIGroups:[""], Resources:["configmaps"], Verbs:["delete"]}'
    )


def test_a_role_that_is_not_there_grants_nothing(server, cluster, namespace):
    body = role_binding(namespace, "alice")
    body["roleRef"] = body["roleRef"] | {"name": f"{namespace}-none"}
    cluster.create(body)
    alice = server.cluster("alice")

    with pytest.raises(Forbidden, match='cannot list resource "configmaps"'):
        alice.list("v1", "ConfigMap", namespace=namespace)


def test_a_right_does_not_make_an_object(portal, project):
    with pytest.raises(NotFound):
        portal.get(Ref("v1", "ConfigMap", "settings", project))
