"""Each mistake of kubernetes.md §7.6 ends at its field, in our words."""

import pytest

from tests.unit.manifests.support import a_spec
from workloads.manifests import Finding, objections

POD = 'pods "chat-leader-check" is forbidden: '
LWS = "spec.leaderWorkerTemplate."
LEADER = f"{LWS}leaderTemplate.spec.containers[0]."
ASKED = {
    "workers": 2,
    "leader.image": "a/b:1",
    "worker.image": "a/b:1",
    "leader.environmentVariables": [
        {"name": "A", "value": "1"},
        {"name": "A", "value": "2"},
    ],
    "leader.storage.emptyDirVolume": [{"path": "/scratch"}],
    "leader.compute.gpuDevicesRequest": 1,
    "leader.compute.gpuRequestType": "portion",
    "leader.compute.gpuPortionRequest": "0.5",
    "servingPort.port": 8000,
}

WITH_A_PATH = [
    (
        "leader",
        "spec.containers[0].volumeMounts[0].name",
        'Not found: "nix"',
        "leader.storage.emptyDirVolume.0",
        'names "nix", which is not there',
    ),
    (
        "leader",
        "spec.containers[0].env[1].name",
        'Duplicate value: "A"',
        "leader.environmentVariables.1.name",
        'is there twice: "A"',
    ),
    (
        "leader",
        "spec.containers[0].ports[0].containerPort",
        "Invalid value: 99999: must be between 1 and 65535, inclusive",
        "servingPort.port",
        "is refused by the cluster: must be between 1 and 65535, inclusive",
    ),
    (
        "worker",
        "spec.containers[0].resources.requests",
        'Invalid value: "3": must be less than or equal to cpu limit of 2',
        "worker.compute",
        "is refused by the cluster: must be less than or equal to cpu limit of 2",
    ),
    (
        "leader",
        "spec.containers[0].image",
        "Required value",
        "leader.image",
        "is required",
    ),
    (
        None,
        f"{LEADER}env[name=A]",
        'duplicate entries for key [name="A"]',
        "leader.environmentVariables.0",
        'is there twice: name="A"',
    ),
    (
        None,
        f"{LEADER}ports",
        'an element that omits all key fields ["name"]',
        "leader.ports",
        "needs a name",
    ),
    (
        None,
        f"{LWS}size",
        "Invalid value: 0: size must be equal or greater than 1",
        "workers",
        "is refused by the cluster: size must be equal or greater than 1",
    ),
    (
        None,
        "spec.startupPolicy",
        'Unsupported value: "x": supported values: "LeaderCreated", "LeaderReady"',
        "startupPolicy",
        'cannot be "x". The cluster takes "LeaderCreated", "LeaderReady"',
    ),
    (
        None,
        f"{LWS}volumeClaimTemplates",
        "field not declared in schema",
        "leader.storage.pvc",
        "is not known to the LeaderWorkerSet of this cluster",
    ),
    (
        None,
        f"{LEADER}ports[0].containerPort",
        "expected numeric (int or float), got string",
        "servingPort.port",
        "must be numeric (int or float), not string",
    ),
]


@pytest.mark.parametrize(("role", "field", "text", "place", "words"), WITH_A_PATH)
def test_a_finding_with_a_path_ends_at_its_field(role, field, text, place, words):
    (found,) = objections((Finding(field, text),), "ignored", a_spec(ASKED), role=role)

    assert (str(found.place), found.text) == (place, words)


WITHOUT_A_PATH = [
    (
        f"{POD}no PriorityClass with name nope was found",
        "priorityClass",
        "The cluster has no priority class nope. An administrator can add it",
    ),
    (
        f'{POD}error looking up service account ns/bot: serviceaccount "bot" not found',
        "leader.serviceAccountName",
        "The project's namespace has no service account bot",
    ),
    (
        f'{POD}pod rejected: RuntimeClass "nvidia" not found',
        "leader",
        "The cluster has no runtime class nvidia. An administrator can add it",
    ),
    (
        f"{POD}failed quota: cores: must specify limits.cpu for: leader",
        "leader.compute",
        "The namespace's resource quota cores wants a value for limits.cpu for: leader",
    ),
    (
        f"{POD}maximum cpu usage per Container is 2, but limit is 3",
        "leader.compute",
        "The namespace limits its pods: maximum cpu usage per Container is 2",
    ),
    (
        "gpu-fraction annotation value must be a positive number smaller than 1.0",
        "leader.compute.gpuPortionRequest",
        "must be above 0 and below 100 % of a device",
    ),
    (
        "cannot have both GPU fraction request and whole GPU resource request/limit",
        "leader.compute.gpuPortionRequest",
        "cannot stand beside whole GPUs",
    ),
    (
        "quantities must match the regular expression '^([+-]?[0-9.]+)'",
        "leader.compute",
        "The cluster cannot read one of the amounts",
    ),
    (
        'admission webhook "corp.example" denied the request: images come from us.',
        "leader",
        "The cluster refuses it: images come from us",
    ),
]


@pytest.mark.parametrize(("text", "place", "words"), WITHOUT_A_PATH)
def test_a_sentence_without_a_path_is_understood(text, place, words):
    (found,) = objections((), text, a_spec(ASKED), role="leader")

    assert (str(found.place), found.text, found.lasting) == (place, words, True)


def test_a_used_up_quota_may_pass():
    text = (
        f"{POD}exceeded quota: team, requested: pods=1, used: pods=5, limited: pods=5"
    )

    (found,) = objections((), text, a_spec(ASKED), role="worker")

    assert not found.lasting
    assert "team has no room now: it asks for pods=1, and pods=5 is in use" in (
        found.text
    )


def test_each_violation_of_a_security_level_is_an_objection_of_its_own():
    text = (
        f'{POD}violates PodSecurity "restricted:latest": host namespaces '
        '(hostIPC=true), privileged (container "leader" must not set '
        "securityContext.privileged=true), allowPrivilegeEscalation != false "
        '(container "leader" must set '
        "securityContext.allowPrivilegeEscalation=false), unrestricted capabilities "
        '(container "leader" must set securityContext.capabilities.drop=["ALL"]), '
        'probe or lifecycle host (container "leader" uses probe host "10.0.0.1"), '
        'runAsNonRoot != true (pod or container "leader" must set '
        "securityContext.runAsNonRoot=true), seccompProfile (pod or container "
        '"leader" must set securityContext.seccompProfile.type to "RuntimeDefault" '
        'or "Localhost")'
    )

    probe = {"handler": {"httpGet": {"port": 8000, "host": "10.0.0.1"}}}
    spec = a_spec(ASKED | {"worker.probes.readiness": probe})

    found = objections((), text, spec, role="worker")

    level = ": the project's namespace enforces the security level restricted"
    assert {str(each.place): each.text.removesuffix(level) for each in found} == {
        "worker.security.hostIpc": "must be off",
        "worker.security.privileged": "must be off",
        "worker.security.allowPrivilegeEscalation": "must be off",
        "worker.security.capabilities": "must all be dropped",
        "worker.probes.readiness": "must not ask another host",
        "worker.security.runAsNonRoot": "must be on",
        "worker.security.seccompProfileType": "must be RuntimeDefault or Localhost",
    }
