"""Each kind of mistake of kubernetes.md §7.6: code, words, and where they end."""

import pytest

from tests.cluster.contract.fields import objects
from tests.cluster.controlplane.shapes import LWS
from tests.support.simulator import until
from tests.unit.manifests.support import a_spec, a_target, an_identity
from workloads.cluster import Refused
from workloads.cluster.kinds import collection
from workloads.manifests import Finding, objections, probe_pods

STRUCTURE = "failed to create typed patch object ("
WEBHOOK = 'admission webhook "vleaderworkerset.kb.io" denied the request: '
LEADER = ".spec.leaderWorkerTemplate.leaderTemplate.spec"
SAID = {
    "workers": 1,
    "worker.image": "a/b:1",
    "leader.environmentVariables": [
        {"name": "A", "value": "1"},
        {"name": "B", "value": "2"},
    ],
    "leader.storage.emptyDirVolume": [{"path": "/scratch"}],
    "servingPort.port": 8000,
}
SPEC = a_spec(SAID)


@pytest.fixture(scope="module")
def where(server):
    """A namespace for dry runs."""
    return server.namespace(f"refusals-{server.name.replace(' ', '-')}")


@pytest.fixture
def body(where):
    """A set that is taken."""
    found = {each["kind"]: each for each in objects(SPEC, where)}
    return found["LeaderWorkerSet"]


@pytest.fixture
def pod(where):
    """A pod that is taken."""
    target = a_target(namespace=where)
    return probe_pods(SPEC, an_identity(), target)["leader"]


def leader(body):
    return body["spec"]["leaderWorkerTemplate"]["leaderTemplate"]["spec"]


def container(spec):
    return spec["containers"][0]


def path(where, name="chat"):
    return f"{collection(LWS, 'LeaderWorkerSet', where)}/{name}"


def dry(http, body):
    metadata = body["metadata"]
    where = path(metadata["namespace"], metadata["name"])
    return http.apply(where, body, dryRun="All")


def posted(http, body, kind="LeaderWorkerSet"):
    api = LWS if kind == "LeaderWorkerSet" else "v1"
    where = collection(api, kind, body["metadata"]["namespace"])
    return http("POST", f"{where}?dryRun=All&fieldValidation=Strict", body)


def places(call, **where):
    """Where the product puts what the cluster says about a call."""
    with pytest.raises(Refused) as refused:
        call()
    causes = tuple(Finding(each.field, each.message) for each in refused.value.causes)
    told = objections(causes, str(refused.value), SPEC, **where)
    return [str(each.place) for each in told]


def test_what_is_right_is_taken(http, body, pod):
    assert dry(http, body).code == 201
    assert posted(http, body).code == 201
    assert posted(http, pod, "Pod").code == 201


def put(name, value):
    """Something said in the container of the leader."""
    return lambda spec: container(spec).update({name: value})


STRUCTURES = {
    "an unknown field": (
        lambda spec: spec.update(contaners=[]),
        f"{LEADER}.contaners: field not declared in schema",
        "leader",
    ),
    "an unknown field of the container": (
        put("image_pull_policy", "Always"),
        f'{LEADER}.containers[name="leader"].image_pull_policy: field not declared in '
        "schema",
        "leader",
    ),
    "a container without a name": (
        lambda spec: container(spec).pop("name"),
        f"{LEADER}.containers: element 0: associative list with keys has an element "
        'that omits all key fields ["name"] (and doesn\'t have default values for any '
        "key fields)",
        "leader.image",
    ),
    "a variable twice": (
        put("env", [{"name": "A"}, {"name": "A"}]),
        f'{LEADER}.containers[name="leader"].env: duplicate entries for key [name="A"]',
        "leader.environmentVariables",
    ),
    "a port that is a text": (
        put("ports", [{"containerPort": "x"}]),
        f'{LEADER}.containers[name="leader"].ports[containerPort="x",protocol="TCP"]'
        ".containerPort: expected numeric (int or float), got string",
        "leader.ports",
    ),
}


@pytest.mark.parametrize("case", STRUCTURES)
def test_a_structural_mistake_in_an_apply_is_a_500(http, cluster, body, case):
    change, text, place = STRUCTURES[case]
    change(leader(body))

    answer = dry(http, body)

    assert answer.code == 500
    assert answer.body["message"].startswith(STRUCTURE)
    assert answer.body["message"].endswith(text)
    assert "causes" not in answer.body.get("details", {})
    assert places(lambda: cluster.apply(body, dry_run=True)) == [place]


def test_several_structural_mistakes_are_told_together(http, cluster, body):
    container(leader(body)).update(image=1, args=1)

    text = dry(http, body).body["message"]

    assert "): errors:\n  ." in text
    found = places(lambda: cluster.apply(body, dry_run=True))
    assert sorted(found) == ["leader.args", "leader.image"]


def test_a_strict_post_names_unknown_fields(http, body):
    leader(body)["contaners"] = []

    answer = posted(http, body)

    assert (answer.code, answer.body["reason"]) == (400, "BadRequest")
    text = answer.body["message"]
    assert "strict decoding error: unknown field " in text
    assert '"spec.leaderWorkerTemplate.leaderTemplate.spec.contaners"' in text


def test_a_strict_post_of_a_pod_names_unknown_fields(http, pod):
    pod["spec"]["contaners"] = []

    answer = posted(http, pod, "Pod")

    assert answer.code == 400
    assert (
        'strict decoding error: unknown field "spec.contaners"'
        in (answer.body["message"])
    )


VALUES = {
    "an unknown policy": (
        {"startupPolicy": "Never"},
        "spec.startupPolicy",
        'Unsupported value: "Never": supported values: "LeaderCreated", "LeaderReady"',
        "startupPolicy",
    ),
    "fewer than no replicas": (
        {"replicas": -1},
        "spec.replicas",
        "Invalid value: -1: should be a non-negative integer",
        "replicas",
    ),
}


@pytest.mark.parametrize("case", VALUES)
def test_an_impossible_value_of_the_set_is_a_422(http, cluster, body, case):
    change, field, text, place = VALUES[case]
    body["spec"] |= change

    answer = dry(http, body)

    assert (answer.code, answer.body["reason"]) == (422, "Invalid")
    assert [at.lstrip(".") for at, _ in answer.causes] == [field]
    assert text in answer.causes[0][1]
    assert places(lambda: cluster.apply(body, dry_run=True)) == [place]


def rollout(**said):
    return {"rolloutStrategy": {"rollingUpdateConfiguration": said}}


DENIED = {
    "no pod": (
        lambda body: body["spec"]["leaderWorkerTemplate"].update(size=0),
        "spec.leaderWorkerTemplate.size: Invalid value: 0: size must be equal or "
        "greater than 1",
        "workers",
    ),
    "a rollout that cannot move": (
        lambda body: body["spec"].update(rollout(maxUnavailable=0, maxSurge=0)),
        "spec.rolloutStrategy.rollingUpdateConfiguration.maxUnavailable: Invalid "
        "value: 0: must not be 0 when `maxSurge` is 0",
        "rollout.maxUnavailable",
    ),
    "a share of one replica": (
        lambda body: body["spec"].update(rollout(maxUnavailable="25%")),
        "spec.rolloutStrategy.rollingUpdateConfiguration.maxUnavailable: Invalid "
        'value: "25%": must not be 0 when `maxSurge` is 0',
        "rollout.maxUnavailable",
    ),
    "no percentage": (
        lambda body: body["spec"].update(rollout(maxUnavailable="some")),
        "spec.rolloutStrategy.rollingUpdateConfiguration.maxUnavailable: Invalid "
        'value: "some": ',
        "rollout.maxUnavailable",
    ),
    "more than all": (
        lambda body: body["spec"].update(rollout(maxUnavailable="101%")),
        "spec.rolloutStrategy.rollingUpdateConfiguration.maxUnavailable: Invalid "
        'value: "101%": ',
        "rollout.maxUnavailable",
    ),
    "a name that begins with a number": (
        lambda body: body["metadata"].update(name="1abc"),
        'metadata.name: Invalid value: "1abc": a DNS-1035 label must consist of',
        "name",
    ),
}


@pytest.mark.parametrize("case", DENIED)
def test_what_the_webhook_denies_is_a_403_that_is_the_users(http, cluster, body, case):
    change, text, place = DENIED[case]
    change(body)

    answer = dry(http, body)

    assert (answer.code, answer.body["reason"]) == (403, "Forbidden")
    assert "causes" not in answer.body.get("details", {})
    message = answer.body["message"].removeprefix(WEBHOOK)
    assert message != answer.body["message"]
    assert text in message
    assert places(lambda: cluster.apply(body, dry_run=True))[0] == place


def test_what_may_not_change_later_is_denied(http, cluster, where, body):
    body["metadata"]["name"] = "fixed"
    body["spec"]["replicas"] = 0
    cluster.apply(body)
    template = body["spec"]["leaderWorkerTemplate"]
    template["subGroupPolicy"] = {"subGroupSize": 1}

    answer = dry(http, body)

    assert answer.code == 403
    assert answer.body["message"].startswith(
        f"{WEBHOOK}spec.leaderWorkerTemplate.SubGroupPolicy.subGroupSize: "
        "Invalid value: 1: cannot enable subGroupSize"
    )


def test_what_is_no_quantity_is_a_400_of_the_webhook(http, body):
    container(leader(body))["resources"] = {"limits": {"cpu": "two"}}

    answer = dry(http, body)

    assert answer.code == 400
    assert answer.body["message"] == (
        'admission webhook "mleaderworkerset.kb.io" denied the request: quantities '
        "must match the regular expression "
        "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    )


OF_PODS = {
    "a volume that is not there": (
        put("volumeMounts", [{"name": "nix", "mountPath": "/a"}]),
        "spec.containers[0].volumeMounts[0].name",
        'Not found: "nix"',
        "leader.storage.emptyDirVolume.0",
    ),
    "a path twice": (
        put("volumeMounts", [{"name": "emptydir-0", "mountPath": "/a"}] * 2),
        "spec.containers[0].volumeMounts[1].mountPath",
        'Invalid value: "/a": must be unique',
        "leader.storage",
    ),
    "a port's name twice": (
        put(
            "ports",
            [
                {"containerPort": 1, "name": "a"},
                {"containerPort": 2, "name": "a"},
            ],
        ),
        "spec.containers[0].ports[1].name",
        'Duplicate value: "a"',
        "leader.ports.0.name",
    ),
    "a port that is none": (
        put("ports", [{"containerPort": 99999}]),
        "spec.containers[0].ports[0].containerPort",
        "Invalid value: 99999: must be between 1 and 65535, inclusive",
        "servingPort.port",
    ),
    "a container in capitals": (
        put("name", "Leader"),
        "spec.containers[0].name",
        'Invalid value: "Leader": a lowercase RFC 1123 label must consist of',
        "leader",
    ),
    "more than the limit": (
        put("resources", {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}),
        "spec.containers[0].resources.requests",
        'Invalid value: "2": must be less than or equal to cpu limit of 1',
        "leader.compute",
    ),
    "GPUs without a limit": (
        put("resources", {"requests": {"nvidia.com/gpu": "1"}}),
        "spec.containers[0].resources.limits",
        "Required value: Limit must be set for non overcommitable resources",
        "leader.compute",
    ),
    "two handlers": (
        put("readinessProbe", {"exec": {"command": ["a"]}, "tcpSocket": {"port": 1}}),
        "spec.containers[0].readinessProbe.tcpSocket",
        "Forbidden: may not specify more than 1 handler type",
        "servingPort.port",
    ),
    "no image": (
        put("image", ""),
        "spec.containers[0].image",
        "Required value",
        "leader.image",
    ),
    "privileged and not": (
        put(
            "securityContext",
            {"privileged": True, "allowPrivilegeEscalation": False},
        ),
        "spec.containers[0].securityContext",
        "cannot set `allowPrivilegeEscalation` to false and `privileged` to true",
        "leader.security",
    ),
}


KEYS = ("a path twice",)
"""Mistakes in what names an item: these an apply sees in the set too."""


@pytest.mark.parametrize("case", OF_PODS)
def test_what_only_a_pod_shows_is_a_422_with_its_path(http, cluster, body, pod, case):
    change, field, text, place = OF_PODS[case]
    change(pod["spec"])
    change(leader(body))

    answer = posted(http, pod, "Pod")

    assert answer.code == 422
    assert [at for at, _ in answer.causes] == [field]
    assert text in answer.causes[0][1]
    found = places(lambda: cluster.create(pod, dry_run=True), role="leader")
    assert found == [place]
    taken = dry(http, body).code
    assert taken == (500 if case in KEYS else 201), "the set itself is taken"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("env", [{"name": "A"}, {"name": "A"}]),
        ("ports", [{"containerPort": 1}, {"containerPort": 1}]),
    ],
)
def test_a_key_twice_is_taken_in_a_pod_and_refused_in_a_set(
    http, body, pod, name, value
):
    put(name, value)(pod["spec"])
    put(name, value)(leader(body))

    assert posted(http, pod, "Pod").code == 201
    answer = dry(http, body)
    assert answer.code == 500
    assert f"{name}: duplicate entries for key [" in answer.body["message"]


NAMED = {
    "priorityClassName": (
        "nope",
        "no PriorityClass with name nope was found",
        "priorityClass",
    ),
    "serviceAccountName": (
        "nobody",
        'serviceaccount "nobody" not found',
        "leader.serviceAccountName",
    ),
    "runtimeClassName": (
        "nvidia",
        'pod rejected: RuntimeClass "nvidia" not found',
        "leader",
    ),
}


@pytest.mark.parametrize("word", NAMED)
def test_what_a_pod_names_has_to_be_there(http, cluster, body, pod, word):
    value, text, place = NAMED[word]
    pod["spec"][word] = value
    leader(body)[word] = value

    answer = posted(http, pod, "Pod")

    assert answer.code == 403
    assert answer.body["message"].startswith('pods "chat-leader-check" is forbidden: ')
    assert text in answer.body["message"]
    found = places(lambda: cluster.create(pod, dry_run=True), role="leader")
    assert found == [place]
    assert dry(http, body).code == 201, "the set itself is taken"


def test_a_service_tells_its_field(http, cluster, where):
    (service,) = (each for each in objects(SPEC, where) if each["kind"] == "Service")
    service["spec"]["ports"][0]["port"] = 99999

    found = places(lambda: cluster.apply(service, dry_run=True), kind="Service")

    assert found == ["servingPort.servicePort"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"resources": {"requests": {"storage": "-1"}}}, "claimInfo.size"),
        ({"storageClassName": "UPPER"}, "claimInfo.storageClass"),
        ({"accessModes": ["Sometimes"]}, "claimInfo.accessModes"),
        ({"accessModes": []}, "claimInfo.accessModes"),
        ({"volumeMode": "Tape"}, "claimInfo.volumeMode"),
    ],
)
def test_a_claim_tells_its_field(cluster, where, change, place):
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "models", "namespace": where},
        "spec": {
            "accessModes": ["ReadWriteMany"],
            "resources": {"requests": {"storage": "1G"}},
        }
        | change,
    }
    row = {
        "name": "models",
        "path": "/m",
        "claimInfo": {"size": "1G", "accessModes": {"readWriteMany": True}},
    }

    with pytest.raises(Refused) as refused:
        cluster.apply(claim, dry_run=True)

    causes = tuple(Finding(each.field, each.message) for each in refused.value.causes)
    told = objections(
        causes,
        str(refused.value),
        a_spec({"leader.storage.pvc": [row]}),
        kind="PersistentVolumeClaim",
        item="leader/models",
    )
    assert str(told[0].place) == f"leader.storage.pvc.0.{place}"


def test_all_mistakes_of_a_pod_come_at_once(http, pod):
    container(pod["spec"])["ports"] = [{"containerPort": 99999}]
    container(pod["spec"])["image"] = ""

    assert len(posted(http, pod, "Pod").causes) == 2


def test_nothing_of_it_was_made(cluster, where):
    def names():
        pods = cluster.list("v1", "Pod", namespace=where)[0]
        services = cluster.list("v1", "Service", namespace=where)[0]
        return {each["metadata"]["name"] for each in (*pods, *services)} - {"fixed"}

    assert until(lambda: names() == set())


@pytest.fixture
def probe(server, name):
    """The leader's pod, in a namespace of a level of security."""

    def made(level):
        server.namespace(name, {"pod-security.kubernetes.io/enforce": level})
        return probe_pods(SPEC, an_identity(), a_target(namespace=name))["leader"]

    return made


def test_each_violation_of_a_level_ends_at_its_field(cluster, probe):
    pod = probe("restricted")

    found = places(lambda: cluster.create(pod, dry_run=True), role="leader")

    assert set(found) == {
        "leader.security.allowPrivilegeEscalation",
        "leader.security.capabilities",
        "leader.security.runAsNonRoot",
        "leader.security.seccompProfileType",
    }


@pytest.mark.parametrize(
    ("spec", "security", "place"),
    [
        ({"hostNetwork": True}, {}, "leader.security.hostNetwork"),
        ({"hostIPC": True}, {}, "leader.security.hostIpc"),
        ({}, {"privileged": True}, "leader.security.privileged"),
        (
            {},
            {"capabilities": {"add": ["IPC_LOCK"]}},
            "leader.security.capabilities",
        ),
        (
            {},
            {"seccompProfile": {"type": "Unconfined"}},
            "leader.security.seccompProfileType",
        ),
        (
            {"volumes": [{"name": "emptydir-0", "hostPath": {"path": "/opt"}}]},
            {},
            "leader.storage",
        ),
    ],
)
def test_what_the_usual_level_forbids_ends_at_its_field(
    cluster, probe, spec, security, place
):
    pod = probe("baseline")
    pod["spec"] |= spec
    container(pod["spec"])["securityContext"] = security

    found = places(lambda: cluster.create(pod, dry_run=True), role="leader")

    assert set(found) == {place}


@pytest.mark.parametrize(
    ("hard", "told"),
    [
        ({"pods": "0"}, (False, "few has no room now: it asks for pods=1")),
        ({"limits.cpu": "1"}, (True, "few wants a value for limits.cpu")),
    ],
)
def test_a_quota_ends_at_the_resources_of_the_role(
    http, cluster, probe, name, hard, told
):
    pod = probe("baseline")
    where = f"/api/v1/namespaces/{name}/resourcequotas"
    http("POST", where, {"metadata": {"name": "few"}, "spec": {"hard": hard}})
    until(lambda: (http("GET", f"{where}/few").body.get("status") or {}).get("used"))

    with pytest.raises(Refused) as refused:
        cluster.create(pod, dry_run=True)

    lasting, words = told
    (found,) = objections((), str(refused.value), SPEC, role="leader")
    assert (str(found.place), found.lasting) == ("leader.compute", lasting)
    assert words in found.text
