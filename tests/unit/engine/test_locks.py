"""Locks, guards and defaults of several units."""

import pytest

from policies.engine.effective import EffectivePolicy
from policies.engine.saving import refusals
from tests.support.documents import a_policy, at, judged, named
from workloads.spec.guards import GUARDS
from workloads.spec.paths import FieldPath

TOLERATIONS = "leader.tolerations"
ENV = "leader.environmentVariables"
COMPUTE = "leader.compute"
FIXED = {TOLERATIONS: {"attributes": {"operator": {"canEdit": False}}}}


def items(**attributes):
    return {TOLERATIONS: {"instances": [{"name": "x", "key": "gpu"} | attributes]}}


ABOVE = a_policy("department", items(operator="Exists"), FIXED)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"operator": "Equal", "value": "a"}, [(f"{TOLERATIONS}[x]", "canEdit")]),
        ({}, [(f"{TOLERATIONS}[x]", "canEdit")]),
        ({"operator": "Exists", "effect": "NoSchedule"}, []),
    ],
)
def test_a_fixed_attribute_of_an_item_is_fixed_for_units_below(said, refused):
    below = a_policy("project", items(**said))

    verdict = judged({}, ABOVE, below)

    assert named(refusals(below, [ABOVE])) == refused
    assert at(verdict.resolved, f"{TOLERATIONS}.0.operator") == "Exists"


def test_a_fixed_attribute_of_a_new_item_is_the_platforms():
    above = a_policy("department", rules=FIXED)

    for operator, refused in (("Equal", []), ("Exists", ["canEdit"])):
        below = a_policy(defaults=items(operator=operator, value="a"))
        assert [issue.rule for issue in refusals(below, [above])] == refused


def test_a_submission_may_not_change_a_fixed_attribute_of_a_default_item():
    said = {TOLERATIONS: [{"name": "x", "operator": "Equal", "value": "a"}]}

    assert named(judged(said, ABOVE).issues) == [
        (f"{TOLERATIONS}.0.operator", "canEdit")
    ]


def test_an_empty_list_is_no_default_where_one_is_required():
    policy = a_policy("cluster", {"nodePools": ["a"]})
    below = a_policy("project", {"nodePools": []}, {"nodePools": {"required": True}})

    verdict = judged({}, policy, below, pools=["a"])

    assert verdict.spec.node_pools == ("a",)
    assert named(refusals(below, [policy])) == [("nodePools", "required")]


def test_attribute_defaults_never_fill_in_a_second_source():
    secret = {"name": "A", "secret": {"name": "s", "key": "k"}}
    policy = a_policy(
        defaults={ENV: {"instances": [secret], "attributes": {"value": "x"}}}
    )

    verdict = judged({ENV: [{"name": "B"}]}, policy)

    assert verdict.issues == ()
    assert at(verdict.resolved, f"{ENV}.0.value") is None
    assert at(verdict.resolved, f"{ENV}.1.value") == "x"


def half(field, factor=0.5):
    return {"defaultFrom": {"field": field, "factor": factor}}


CHAIN = {
    f"{COMPUTE}.cpuMemoryRequest": half("cpuMemoryLimit"),
    f"{COMPUTE}.ephemeralStorageRequest": half("cpuMemoryRequest"),
    f"{COMPUTE}.ephemeralStorageLimit": half("ephemeralStorageRequest", 4),
}


@pytest.mark.parametrize("order", [1, -1])
def test_chains_of_defaults_follow_the_fields_whatever_the_order(order):
    policy = a_policy(rules=dict(list(CHAIN.items())[::order]))

    compute = judged({f"{COMPUTE}.cpuMemoryLimit": "8G"}, policy).spec.leader.compute

    assert compute.cpu_memory_request == "4G"
    assert compute.ephemeral_storage_request == "2G"
    assert compute.ephemeral_storage_limit == "8G"


def test_a_circle_of_defaults_is_refused_and_gives_none():
    one = a_policy("cluster", rules={f"{COMPUTE}.cpuCoreRequest": half("cpuCoreLimit")})
    two = a_policy("project", rules={f"{COMPUTE}.cpuCoreLimit": half("cpuCoreRequest")})
    alone = a_policy(rules={f"{COMPUTE}.cpuCoreLimit": half("cpuCoreLimit")})

    assert [issue.rule for issue in refusals(two, [one])] == ["rules", "rules"]
    assert alone.issues
    verdict = judged({}, one, two)
    assert verdict.spec.leader.compute.cpu_core_limit is None


@pytest.mark.parametrize(
    ("path", "rule", "said", "value"),
    [
        ("workers", {"defaultFrom": {"field": "replicas", "factor": 400}},
         {"replicas": 3}, None),
        ("workers", {"defaultFrom": {"field": "replicas", "factor": 1.5}},
         {"replicas": 3, "worker.image": "a"}, 4),
        (f"{COMPUTE}.gpuDevicesRequest", half("cpuCoreLimit"),
         {f"{COMPUTE}.cpuCoreLimit": 5}, 2),
        (f"{COMPUTE}.cpuCoreRequest", half("gpuDevicesRequest"),
         {f"{COMPUTE}.gpuDevicesRequest": 5}, 2.5),
        (f"{COMPUTE}.cpuMemoryRequest", half("cpuMemoryLimit", 1_000_000),
         {f"{COMPUTE}.cpuMemoryLimit": "8E"}, None),
        (f"{COMPUTE}.gpuPortionRequest", half("gpuDevicesRequest", 2),
         {f"{COMPUTE}.gpuDevicesRequest": 1}, None),
    ],
)  # fmt: skip
def test_what_is_worked_out_has_the_type_of_the_target(path, rule, said, value):
    verdict = judged(said, a_policy(rules={path: rule}))

    found = {str(place): default for place, default in verdict.sources.items()}
    assert (found.get(path) == "project Llamas") is (value is not None)
    if value is not None:
        assert at(verdict.resolved, path) == value


GUARDED = {
    "leader.security.capabilities": ["SYS_ADMIN"],
    "leader.security.privileged": True,
    "leader.security.hostNetwork": True,
    "leader.security.hostIpc": True,
    "leader.security.allowPrivilegeEscalation": True,
    "leader.security.seccompProfileType": "Unconfined",
    "leader.serviceAccountName": "robot",
    "leader.storage.hostPath": [{"path": "/data", "mountPath": "/d"}],
}
HOST_PATH = "leader.storage.hostPath"


def lifting(path, rule):
    attributes = {"attributes": {"path": rule}}
    return {path: attributes if path == HOST_PATH else rule}


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("scope", ["tenant", "cluster", "department", "project"])
def test_a_guard_is_lifted_by_tenant_and_cluster_alone(path, scope):
    place = f"{path}.0" if path == HOST_PATH else path
    document = {path: GUARDED[path]}
    policy = a_policy(scope, rules=lifting(path, {"canEdit": True}))

    assert named(judged(document).issues) == [(place, "guard")]
    refused = named(judged(document, policy).issues)
    assert refused == ([] if scope in ("tenant", "cluster") else [(place, "guard")])


def test_every_guard_is_tried():
    tried = {path.replace("hostPath", "hostPath.path") for path in GUARDED}

    assert {str(path) for path in GUARDS if path[0] == "leader"} == tried


@pytest.mark.parametrize("path", sorted(GUARDED.keys() - {HOST_PATH}))
def test_a_policys_default_does_not_pass_a_guard(path):
    policy = a_policy("project", {path: GUARDED[path]})

    assert named(refusals(policy, [])) == [(path, "guard")]
    assert at(judged({}, policy).resolved, path) is None


def test_the_usual_account_and_rights_are_not_guarded():
    document = {
        "leader.serviceAccountName": "default",
        "leader.security.privileged": False,
        "leader.security.capabilities": ["CHOWN", "KILL"],
        "leader.security.seccompProfileType": "RuntimeDefault",
    }

    assert judged(document).issues == ()


@pytest.mark.parametrize(
    ("path", "refused"),
    [("/data/models", []), ("/database", ["guard", "prefixes"]), ("/data", [])],
)
def test_folders_of_the_node_are_lifted_by_how_they_begin(path, refused):
    policy = a_policy("cluster", rules=lifting(HOST_PATH, {"prefixes": ["/data"]}))

    verdict = judged({HOST_PATH: [{"path": path, "mountPath": "/d"}]}, policy)

    assert [issue.rule for issue in verdict.issues] == refused


def test_a_lifted_folder_is_still_not_one_that_is_always_refused():
    policy = a_policy("cluster", rules=lifting(HOST_PATH, {"canEdit": True}))

    verdict = judged({HOST_PATH: [{"path": "/etc", "mountPath": "/d"}]}, policy)

    assert named(verdict.issues) == [(f"{HOST_PATH}.0.path", "hostPath")]


@pytest.mark.parametrize(
    ("rule", "free"),
    [
        (None, True),
        ({"options": [{"value": "CHOWN"}]}, False),
        ({"required": True}, False),
        ({"options": [{"value": "SYS_ADMIN"}]}, True),
    ],
)
def test_a_cluster_frees_nothing_that_the_tenant_rules_without_freeing_it(rule, free):
    path = "leader.security.capabilities"
    tenant = a_policy("tenant", rules={path: rule} if rule else {})
    cluster = a_policy("cluster", rules={path: {"options": [{"value": "SYS_ADMIN"}]}})

    effective = EffectivePolicy.of([tenant, cluster])

    assert effective.forbids(FieldPath.parse(path), ("SYS_ADMIN",)) is not free


def test_a_default_item_that_lacks_what_is_needed_is_refused_when_it_is_saved():
    pvc = "leader.storage.pvc"
    policy = a_policy(
        defaults={pvc: {"instances": [{"name": "models", "claimInfo": {"size": "1G"}}]}}
    )

    assert named(refusals(policy, [])) == [(f"{pvc}[models].path", "required")]


def test_default_items_of_two_units_on_one_path_are_refused_at_the_second():
    scratch = "leader.storage.emptyDirVolume"
    one, two = (
        a_policy(scope, {scratch: {"instances": [{"name": name, "path": "/d"}]}})
        for scope, name in (("cluster", "a"), ("project", "b"))
    )

    assert named(refusals(two, [one])) == [(f"{scratch}[b].path", "unique")]


def test_a_health_check_that_a_policy_gives_in_whole_is_there():
    path = "leader.probes.readiness.handler.httpGet.port"

    assert judged({}, a_policy(defaults={path: 8080})).spec.leader.probes.readiness
    delay = {"leader.probes.readiness.initialDelaySeconds": 5}
    assert judged({}, a_policy(defaults=delay)).spec.leader.probes.readiness is None


def test_an_affinity_is_judged_as_one_value():
    path = "leader.nodeAffinityRequired"
    terms = [{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}]
    said = {"nodeSelectorTerms": terms}
    policy = a_policy("cluster", {path: said}, {path: {"canEdit": False}})

    same = judged({path: said}, policy)
    other = judged({path: {"nodeSelectorTerms": terms * 2}}, policy)

    assert same.issues == ()
    assert at(same.resolved, path) == at(same.shown, path) == said
    assert named(other.issues) == [(path, "canEdit")]
    assert judged(same.resolved, policy).resolved == same.resolved


@pytest.mark.parametrize(
    "said",
    [
        {}, {"nodeSelectorTerms": []}, {"nodeSelectorTerms": [{}]}, [], "zone",
        {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Is"}]}]},
        {"nodeSelectorTerms": [{"matchExpressions": [], "x": 1}]}, {"a": {"b": {}}},
    ],
)  # fmt: skip
def test_an_affinity_that_is_none_is_one_issue(said):
    verdict = judged({"leader.nodeAffinityRequired": said})

    assert named(verdict.issues) == [("leader.nodeAffinityRequired", "type")]


def test_a_refusal_names_the_number_and_the_way_out():
    step = a_policy(rules={"workers": {"min": 1, "max": 7, "step": 2}})
    fixed = a_policy("cluster", {"replicas": 2}, {"replicas": {"canEdit": False}})

    verdict = judged({"workers": 2, "worker.image": "a", "replicas": 3}, step, fixed)

    texts = {issue.rule: issue.text for issue in verdict.issues}
    assert texts["step"] == "must be 1 or 3: it goes in steps of 2 from 1"
    assert texts["canEdit"] == "must stay 2: the policy fixes it"
