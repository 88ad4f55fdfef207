"""Namespaces, what a ResourceQuota leaves room for, and levels of PodSecurity."""

import pytest

from tests.cluster.controlplane.shapes import a_set
from tests.support.simulator import until
from workloads.cluster import Conflict, Refused

LEVEL = "pod-security.kubernetes.io/enforce"


def a_pod(namespace, name="check", container=None, **spec):
    told = {"name": "c", "image": "a/b:1"} | (container or {})
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"containers": [told], **spec},
    }


def of(namespace, plural, name=""):
    tail = f"/{name}" if name else ""
    return f"/api/v1/namespaces/{namespace}/{plural}{tail}"


@pytest.fixture
def limited(http, namespace):
    """Set a quota, and wait until it is watched over."""

    def limit(**hard):
        lines = {
            name.replace("__", "/").replace("_", "."): n for name, n in hard.items()
        }
        body = {"metadata": {"name": "few"}, "spec": {"hard": lines}}
        assert http("POST", of(namespace, "resourcequotas"), body).code == 201
        return until(lambda: status(http, namespace).get("used") and lines)

    return limit


def status(http, namespace):
    return http("GET", of(namespace, "resourcequotas", "few")).body.get("status") or {}


def test_a_namespace_carries_its_name_and_is_active(http, namespace):
    found = http("GET", f"/api/v1/namespaces/{namespace}").body

    assert found["metadata"]["labels"]["kubernetes.io/metadata.name"] == namespace
    assert found["status"]["phase"] == "Active"


def test_a_namespace_is_made_once(cluster, namespace):
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}

    with pytest.raises(Conflict, match="already exists"):
        cluster.create(body)


def test_a_namespace_has_an_account_for_its_pods(http, namespace):
    answer = http("GET", of(namespace, "serviceaccounts", "default"))

    assert answer.code == 200


def test_a_full_quota_refuses_in_these_words(http, cluster, namespace, limited):
    limited(pods="1")
    cluster.create(a_pod(namespace, "first"))

    answer = http("POST", of(namespace, "pods"), a_pod(namespace, "second"))

    assert (answer.code, answer.body["reason"]) == (403, "Forbidden")
    assert answer.body["message"] == (
        'pods "second" is forbidden: exceeded quota: few, requested: pods=1, '
        "used: pods=1, limited: pods=1"
    )


def test_a_full_quota_refuses_a_dry_run_too(cluster, namespace, limited):
    limited(pods="0")

    with pytest.raises(Refused, match="exceeded quota: few"):
        cluster.create(a_pod(namespace), dry_run=True)


def test_amounts_are_counted_over_all_pods(http, cluster, namespace, limited):
    limited(requests_cpu="1", limits_memory="2Gi")
    half = {"requests": {"cpu": "600m", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}
    pods = [a_pod(namespace, name, {"resources": half}) for name in ("one", "two")]
    cluster.create(pods[0])

    answer = http("POST", of(namespace, "pods"), pods[1])

    assert answer.body["message"] == (
        'pods "two" is forbidden: exceeded quota: few, requested: requests.cpu=600m, '
        "used: requests.cpu=600m, limited: requests.cpu=1"
    )


def test_an_amount_that_is_limited_has_to_be_said(http, namespace, limited):
    limited(limits_cpu="4", requests_memory="1Gi")

    answer = http("POST", of(namespace, "pods"), a_pod(namespace))

    assert answer.code == 403
    assert answer.body["message"] == (
        'pods "check" is forbidden: failed quota: few: must specify limits.cpu for: c; '
        "requests.memory for: c"
    )


def test_gpus_are_counted(http, cluster, namespace, limited):
    hard = {"requests.nvidia.com/gpu": "2"}
    body = {"metadata": {"name": "few"}, "spec": {"hard": hard}}
    http("POST", of(namespace, "resourcequotas"), body)
    until(lambda: status(http, namespace).get("used"))
    gpus = {"resources": {"limits": {"nvidia.com/gpu": 2}}}
    cluster.create(a_pod(namespace, "one", gpus))

    answer = http("POST", of(namespace, "pods"), a_pod(namespace, "two", gpus))

    assert answer.body["message"] == (
        'pods "two" is forbidden: exceeded quota: few, requested: '
        "requests.nvidia.com/gpu=2, used: requests.nvidia.com/gpu=2, "
        "limited: requests.nvidia.com/gpu=2"
    )


@pytest.mark.parametrize(
    ("line", "plural", "spec"),
    [
        ("services", "services", {"spec": {"ports": [{"port": 80}]}}),
        ("count/secrets", "secrets", {}),
        (
            "persistentvolumeclaims",
            "persistentvolumeclaims",
            {
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "resources": {"requests": {"storage": "1Gi"}},
                }
            },
        ),
        ("count/leaderworkersets.leaderworkerset.x-k8s.io", "leaderworkersets", None),
    ],
)
def test_other_objects_are_counted(http, namespace, line, plural, spec):
    body = {"metadata": {"name": "few"}, "spec": {"hard": {line: "1"}}}
    http("POST", of(namespace, "resourcequotas"), body)
    until(lambda: status(http, namespace).get("used"))
    path = of(namespace, plural)
    if spec is None:
        path = f"/apis/leaderworkerset.x-k8s.io/v1/namespaces/{namespace}/{plural}"

    def make(name):
        if spec is None:
            return http("POST", path, a_set(name, namespace, replicas=0))
        return http("POST", path, {"metadata": {"name": name}} | spec)

    first, second = make("one"), make("two")

    assert (first.code, second.code) == (201, 403)
    text = (
        f"exceeded quota: few, requested: {line}=1, used: {line}=1, limited: {line}=1"
    )
    assert text in second.body["message"]


def test_a_quota_tells_what_is_in_use(http, cluster, namespace, limited):
    limited(pods="5", requests_cpu="4")
    resources = {"requests": {"cpu": "500m"}}
    pod = cluster.create(a_pod(namespace, "one", {"resources": resources}))

    used = {"pods": "1", "requests.cpu": "500m"}
    until(lambda: status(http, namespace).get("used") == used)
    assert status(http, namespace)["hard"] == {"pods": "5", "requests.cpu": "4"}

    name = pod["metadata"]["name"]
    http("DELETE", f"{of(namespace, 'pods', name)}?gracePeriodSeconds=0")
    none = {"pods": "0", "requests.cpu": "0"}
    until(lambda: status(http, namespace).get("used") == none)


def test_room_that_was_left_can_be_taken(http, cluster, namespace, limited):
    limited(pods="1")
    cluster.create(a_pod(namespace, "first"))
    http("DELETE", f"{of(namespace, 'pods', 'first')}?gracePeriodSeconds=0")
    until(lambda: status(http, namespace)["used"] == {"pods": "0"})

    assert http("POST", of(namespace, "pods"), a_pod(namespace, "second")).code == 201


def test_a_set_without_room_says_so_at_its_stateful_set(queue, http, limited):
    limited(pods="1")

    queue.apply("one", size=2)

    (first, *_) = until(lambda: queue.told("FailedCreate", "one-0"))
    assert first.endswith(
        'pods "one-0-1" is forbidden: exceeded quota: few, requested: pods=1, '
        "used: pods=1, limited: pods=1"
    )
    assert first.startswith("Create Pod one-0-1 in StatefulSet one-0 failed error: ")
    assert not queue.available("one")


RESTRICTED = (
    'allowPrivilegeEscalation != false (container "c" must set '
    "securityContext.allowPrivilegeEscalation=false), unrestricted capabilities "
    '(container "c" must set securityContext.capabilities.drop=["ALL"]), '
    'runAsNonRoot != true (pod or container "c" must set '
    "securityContext.runAsNonRoot=true), seccompProfile (pod or container "
    '"c" must set securityContext.seccompProfile.type to "RuntimeDefault" '
    'or "Localhost")'
)
HARMLESS = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
ROOT = HARMLESS | {"runAsUser": 0}
VIOLATIONS = {
    "nothing said": ("restricted", {}, {}, RESTRICTED),
    "as root": (
        "restricted",
        {"securityContext": ROOT},
        {},
        'runAsUser=0 (container "c" must not set runAsUser=0)',
    ),
    "a path of the node": (
        "restricted",
        {"securityContext": HARMLESS},
        {"volumes": [{"name": "v", "hostPath": {"path": "/opt"}}]},
        'restricted volume types (volume "v" uses restricted volume type "hostPath")',
    ),
    "a path of the node, baseline": (
        "baseline",
        {},
        {"volumes": [{"name": "v", "hostPath": {"path": "/opt"}}]},
        'hostPath volumes (volume "v")',
    ),
    "privileged": (
        "baseline",
        {"securityContext": {"privileged": True}},
        {},
        'privileged (container "c" must not set securityContext.privileged=true)',
    ),
    "the node's network and memory": (
        "baseline",
        {},
        {"hostNetwork": True, "hostIPC": True},
        "host namespaces (hostNetwork=true, hostIPC=true)",
    ),
    "a capability": (
        "baseline",
        {"securityContext": {"capabilities": {"add": ["IPC_LOCK"]}}},
        {},
        'non-default capabilities (container "c" must not include "IPC_LOCK" in '
        "securityContext.capabilities.add)",
    ),
    "no seccomp": (
        "baseline",
        {"securityContext": {"seccompProfile": {"type": "Unconfined"}}},
        {},
        'seccompProfile (container "c" must not set '
        'securityContext.seccompProfile.type to "Unconfined")',
    ),
    "a port on the node's network": (
        "baseline",
        {"ports": [{"containerPort": 80}]},
        {"hostNetwork": True},
        'host namespaces (hostNetwork=true), hostPort (container "c" uses hostPort 80)',
    ),
    "a host that a probe asks": (
        "baseline",
        {"readinessProbe": {"httpGet": {"port": 80, "host": "a"}}},
        {},
        'probe or lifecycle host (container "c" uses probe or lifecycle host "a")',
    ),
    "a port of the node": (
        "baseline",
        {"ports": [{"containerPort": 80, "hostPort": 80}]},
        {},
        'hostPort (container "c" uses hostPort 80)',
    ),
}


@pytest.mark.parametrize("case", VIOLATIONS)
def test_the_level_of_the_namespace_refuses_in_these_words(server, http, name, case):
    level, container, spec, text = VIOLATIONS[case]
    server.namespace(name, {LEVEL: level})

    body = a_pod(name, "check", container, **spec)
    answer = http("POST", f"{of(name, 'pods')}?dryRun=All", body)

    assert (answer.code, answer.body["reason"]) == (403, "Forbidden")
    assert answer.body["message"] == (
        f'pods "check" is forbidden: violates PodSecurity "{level}:latest": {text}'
    )


@pytest.mark.parametrize("level", ["restricted", "baseline", "privileged"])
def test_a_harmless_pod_passes_every_level(server, cluster, name, level):
    server.namespace(name, {LEVEL: level})

    pod = a_pod(name, "check", {"securityContext": HARMLESS})

    assert cluster.create(pod, dry_run=True)["metadata"]["uid"]


def test_a_set_is_taken_and_its_pods_are_refused(server, queue, cluster):
    """PodSecurity looks at pods alone."""
    ref = {"metadata": {"labels": {LEVEL: "restricted"}}}
    server.admin.call("PATCH", f"/api/v1/namespaces/{queue.name}", ref)

    queue.apply("one")

    (first, *_) = until(lambda: queue.told("FailedCreate", "one"))
    assert first.startswith(
        'Create Pod one-0 in StatefulSet one failed error: pods "one-0" is forbidden: '
        'violates PodSecurity "restricted:latest": '
    )
