"""What the API refuses, in the code and the words of the real one."""

import copy

import pytest

from tests.cluster.simulator.conftest import Space
from tests.support.simulator import MERGE, until

CONTAINER = {"name": "a", "image": "i"}
WRONG = {
    "unknown volume": (
        {"volumeMounts": [{"name": "nix", "mountPath": "/a"}]},
        "spec.containers[0].volumeMounts[0].name",
        'Not found: "nix"',
    ),
    "mount path twice": (
        {"volumeMounts": [{"name": "v", "mountPath": "/a"}] * 2},
        "spec.containers[0].volumeMounts[1].mountPath",
        "must be unique",
    ),
    "port out of range": (
        {"ports": [{"containerPort": 99999}]},
        "spec.containers[0].ports[0].containerPort",
        "must be between 1 and 65535, inclusive",
    ),
    "request above limit": (
        {"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}},
        "spec.containers[0].resources.requests",
        "must be less than or equal to cpu limit of 1",
    ),
    "GPU request without limit": (
        {"resources": {"requests": {"nvidia.com/gpu": 1}}},
        "spec.containers[0].resources.limits",
        "Limit must be set",
    ),
    "half a GPU": (
        {"resources": {"limits": {"nvidia.com/gpu": "500m"}}},
        "spec.containers[0].resources.limits[nvidia.com/gpu]",
        "must be an integer",
    ),
    "name in capitals": ({"name": "Leader"}, "spec.containers[0].name", "RFC 1123"),
    "probe with two handlers": (
        {"readinessProbe": {"exec": {}, "tcpSocket": {"port": 1}}},
        "spec.containers[0].readinessProbe.tcpSocket",
        "may not specify more than 1 handler type",
    ),
}


def bare_pod(container=None, **spec):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "check"},
        "spec": {
            "containers": [CONTAINER | (container or {})],
            "volumes": [{"name": "v", "emptyDir": {}}],
            **spec,
        },
    }


def dry_run(space: Space, pod):
    query = "?dryRun=All&fieldValidation=Strict"
    return space.http("POST", space.path("pods") + query, pod)


@pytest.mark.parametrize("case", WRONG)
def test_a_dry_run_of_a_bare_pod_finds(space: Space, case):
    container, field, text = WRONG[case]

    answer = dry_run(space, bare_pod(container))

    assert answer.code == 422
    assert answer.causes[0][0] == field
    assert text in answer.causes[0][1]


def test_all_mistakes_of_a_pod_come_at_once(space: Space):
    container = WRONG["unknown volume"][0] | WRONG["port out of range"][0]

    assert len(dry_run(space, bare_pod(container)).causes) == 2


def test_a_good_pod_passes_the_dry_run_and_is_not_there(space: Space):
    assert dry_run(space, bare_pod()).code == 201
    assert space.pods() == {}


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"priorityClassName": "nope"}, "no PriorityClass with name nope was found"),
        ({"serviceAccountName": "nobody"}, "error looking up service account"),
        ({"runtimeClassName": "nvidia"}, 'RuntimeClass "nvidia" not found'),
    ],
)
def test_what_the_pod_names_must_be_there(space: Space, spec, text):
    answer = dry_run(space, bare_pod(**spec))

    assert answer.code == 403
    assert text in answer.body["message"]


@pytest.mark.parametrize(
    ("level", "spec", "container", "text"),
    [
        ("baseline", {"hostNetwork": True}, {}, "host namespaces (hostNetwork=true)"),
        (
            "baseline",
            {},
            {"securityContext": {"capabilities": {"add": ["IPC_LOCK"]}}},
            'non-default capabilities (container "a" must not include "IPC_LOCK"',
        ),
        ("baseline", {}, {"securityContext": {"privileged": True}}, "privileged ("),
        ("restricted", {}, {}, "runAsNonRoot != true"),
    ],
)
def test_the_level_of_the_namespace_is_enforced(
    space: Space, level, spec, container, text
):
    labels = {"pod-security.kubernetes.io/enforce": level}
    path = f"/api/v1/namespaces/{space.name}"
    space.http("PATCH", path, {"metadata": {"labels": labels}}, MERGE)

    answer = dry_run(space, bare_pod(container, **spec))

    assert answer.code == 403
    assert f'violates PodSecurity "{level}:latest": ' in answer.body["message"]
    assert text in answer.body["message"]


def test_a_quota_is_counted(space: Space):
    quota = {"metadata": {"name": "few"}, "spec": {"hard": {"pods": "1"}}}
    space.http("POST", space.path("resourcequotas"), quota)

    space.apply(space.workload("chat"))

    def complaint():
        return [e for e in space.events("StatefulSet") if e["reason"] == "FailedCreate"]

    event = until(complaint)[0]
    assert event["message"] == (
        "Create Pod chat-0-1 in StatefulSet chat-0 failed error: pods "
        '"chat-0-1" is forbidden: exceeded quota: few, requested: pods=1, '
        "used: pods=1, limited: pods=1"
    )


@pytest.mark.parametrize("value", ["0", "1", "1.5", "abc"])
def test_kai_refuses_a_fraction_that_is_none(space: Space, value):
    pod = bare_pod(schedulerName="kai-scheduler")
    pod["metadata"]["annotations"] = {"gpu-fraction": value}

    message = dry_run(space, pod).body["message"]

    assert message == (
        'admission webhook "admission.run.ai" denied the request: gpu-fraction '
        "annotation value must be a positive number smaller than 1.0"
    )


def broken(space: Space, change):
    body = copy.deepcopy(space.workload("chat"))
    template = body["spec"]["leaderWorkerTemplate"]["leaderTemplate"]["spec"]
    change(template)
    return body


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            lambda spec: spec["containers"][0].update(ports=[{"containerPort": "x"}]),
            '.spec.leaderWorkerTemplate.leaderTemplate.spec.containers[name="leader"]'
            '.ports[containerPort="x",protocol="TCP"].containerPort: expected numeric '
            "(int or float), got string",
        ),
        (
            lambda spec: spec.update(contaners=[]),
            ".spec.leaderWorkerTemplate.leaderTemplate.spec.contaners: field not "
            "declared in schema",
        ),
        (
            lambda spec: spec["containers"][0].pop("name"),
            "associative list with keys has an element that omits all key fields "
            '["name"]',
        ),
        (
            lambda spec: spec["containers"][0].update(env=[{"name": "A"}] * 2),
            'duplicate entries for key [name="A"]',
        ),
        (
            lambda spec: spec["containers"][0].update(image_pull_policy="Always"),
            ".image_pull_policy: field not declared in schema",
        ),
    ],
    ids=["type", "unknown", "without key", "twice", "snake case"],
)
def test_a_structural_mistake_in_an_apply_is_a_500_without_causes(
    space: Space, change, text
):
    answer = space.apply(broken(space, change))

    assert answer.code == 500
    assert answer.body["message"].startswith(
        f"failed to create typed patch object ({space.name}/chat; "
        "leaderworkerset.x-k8s.io/v1, Kind=LeaderWorkerSet): .spec."
    )
    assert text in answer.body["message"]
    assert "details" not in answer.body


def test_an_unknown_field_of_a_strict_post_is_a_400(space: Space):
    body = broken(space, lambda spec: spec.update(contaners=[]))

    answer = space.http("POST", f"{space.lws()}?fieldValidation=Strict", body)

    assert answer.code == 400
    assert 'strict decoding error: unknown field "spec.leader' in answer.body["message"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"startupPolicy": "Never"}, "spec.startupPolicy"),
        ({"replicas": -1}, "spec.replicas"),
    ],
)
def test_an_impossible_value_is_a_422_with_its_path(space: Space, change, field):
    answer = space.apply(space.workload("chat", spec=change))

    assert answer.code == 422
    assert [found for found, _ in answer.causes] == [field]


@pytest.mark.parametrize(
    ("name", "spec", "group", "text"),
    [
        (
            "chat",
            {},
            {"size": 0},
            "spec.leaderWorkerTemplate.size: Invalid value: 0: size must be equal or "
            "greater than 1",
        ),
        ("1abc", {}, {}, "metadata.name: Invalid value"),
        (
            "chat",
            {
                "rolloutStrategy": {
                    "rollingUpdateConfiguration": {"maxUnavailable": 0, "maxSurge": 0}
                }
            },
            {},
            "maxUnavailable: Invalid value: 0",
        ),
    ],
    ids=["size", "name", "rollout"],
)
def test_the_webhook_of_the_set_denies(space: Space, name, spec, group, text):
    answer = space.apply(space.workload(name, spec=spec, group=group))

    assert answer.code == 403
    assert answer.body["message"].startswith(
        'admission webhook "vleaderworkerset.kb.io" denied the request: '
    )
    assert text in answer.body["message"]
    assert "causes" not in answer.body.get("details", {})


def test_a_bad_quantity_is_a_400(space: Space):
    container = {"resources": {"limits": {"cpu": "two"}}}

    answer = space.apply(space.workload("chat", container=container))

    assert answer.code == 400
    assert "quantities must match the regular expression" in answer.body["message"]


def test_a_template_that_no_pod_can_have_fails_later_at_the_set(space: Space):
    container = {"volumeMounts": [{"name": "nix", "mountPath": "/a"}]}

    accepted = space.apply(space.workload("chat", container=container))

    assert accepted.code == 201
    until(lambda: "FailedCreate" in space.reasons("LeaderWorkerSet"))
    assert "status" not in space.get("chat")


def test_labels_that_grow_too_long_fail_at_the_pods(space: Space):
    space.apply(space.workload("n" * 55))

    until(lambda: "FailedCreate" in space.reasons("StatefulSet"))
    texts = [event["message"] for event in space.events("StatefulSet")]
    assert any("must be no more than 63 bytes" in text for text in texts)
