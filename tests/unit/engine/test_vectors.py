"""The vectors of policies.md §13 that this part of the spec can say."""

import pytest

from policies.engine.effective import EffectivePolicy
from policies.engine.judge import objections
from policies.engine.policy import Imposable
from policies.engine.saving import broken_below, refusals
from tests.support.documents import a_context, a_policy, at, judged, named
from workloads.spec.paths import Location

TOLERATIONS = "leader.tolerations"
UID = "leader.security.runAsUid"
ENV = "leader.environmentVariables"
EXTENDED = "leader.compute.extendedResources"
GPUS = "leader.compute.gpuDevicesRequest"
PVC = "leader.storage.pvc"

ONE = a_policy(defaults={"leader.imagePullPolicy": "Always", UID: 500})
TWO = a_policy(
    defaults={"leader.imagePullPolicy": "Always", UID: 500},
    rules={UID: {"canEdit": False}},
)
FOUR = a_policy(
    defaults={
        EXTENDED: {
            "instances": [
                {"resource": "default/cpu", "quantity": "5"},
                {"resource": "default/memory", "quantity": "4M"},
            ],
            "attributes": {"quantity": "3"},
        }
    },
    rules={
        EXTENDED: {
            "instances": {"locked": ["default/cpu"]},
            "attributes": {"quantity": {"required": True}},
        }
    },
)
STEP = a_policy(
    rules={"leader.compute.cpuCoreRequest": {"min": 1, "max": 7, "step": 2}}
)
AT_MOST_2G = a_policy(rules={"leader.compute.cpuMemoryRequest": {"max": "2G"}})
HALF = a_policy(
    rules={
        "leader.compute.cpuCoreRequest": {
            "defaultFrom": {"field": "cpuCoreLimit", "factor": 0.5}
        }
    }
)
POOLS = {"nodePools": {"required": True}}
CLOSED = a_policy(
    rules={PVC: {"instances": {"canAdd": False}}},
    imposedAssets={"leader": ["7"]},
    assets={
        "7": Imposable(
            "storage.pvc",
            {"path": "/models", "existingPvc": True, "claimName": "models"},
        )
    },
)
LEADER_ONLY = a_policy(rules={"leader.image": {"options": [{"value": "ubuntu"}]}})

SUBMISSIONS = [
    ("1", [ONE], {UID: 501}, [], {UID: 501, "leader.imagePullPolicy": "Always"}),
    ("2", [TWO], {UID: 501}, [(UID, "canEdit")], {}),
    ("3 said", [TWO], {UID: 500}, [], {UID: 500}),
    ("3 unsaid", [TWO], {}, [], {UID: 500}),
    (
        "4",
        [FOUR],
        {
            EXTENDED: [
                {"resource": "default/memory", "exclude": True},
                {"resource": "added/cpu"},
                {"resource": "added/memory", "quantity": "5M"},
            ]
        },
        [],
        {
            EXTENDED: [
                {"resource": "default/cpu", "quantity": "5"},
                {"resource": "added/cpu", "quantity": "3"},
                {"resource": "added/memory", "quantity": "5M"},
            ]
        },
    ),
    (
        "5",
        [FOUR],
        {EXTENDED: [{"resource": "default/cpu", "exclude": True}]},
        [(f"{EXTENDED}.0", "locked")],
        {},
    ),
    (
        "6",
        [STEP],
        {"leader.compute.cpuCoreRequest": 4},
        [("leader.compute.cpuCoreRequest", "step")],
        {},
    ),
    *(
        (
            f"7 {asked}",
            [AT_MOST_2G],
            {"leader.compute.cpuMemoryRequest": asked},
            [("leader.compute.cpuMemoryRequest", "max")] if broken else [],
            {},
        )
        for asked, broken in (("2048M", True), ("2Gi", True), ("1.9G", False))
    ),
    (
        "8",
        [HALF],
        {"leader.compute.cpuCoreLimit": 8},
        [],
        {"leader.compute.cpuCoreRequest": 4},
    ),
    (
        "9a",
        [a_policy(rules=POOLS)],
        {},
        [("nodePools", "required")],
        {"nodePools": None},
    ),
    (
        "9b",
        [a_policy(defaults={"nodePools": ["a"]}, rules=POOLS)],
        {},
        [],
        {"nodePools": ["a"]},
    ),
    (
        "9c",
        [a_policy(defaults={"nodePools": ["a"]}, rules=POOLS)],
        {"nodePools": []},
        [("nodePools", "required")],
        {"nodePools": []},
    ),
    (
        "10",
        [
            a_policy("cluster", rules={GPUS: {"max": 4}}),
            a_policy(rules={GPUS: {"max": 8}}),
        ],
        {GPUS: 6},
        [(GPUS, "max")],
        {},
    ),
    (
        "11",
        [
            a_policy("cluster", rules={"replicas": {"max": 4}}),
            a_policy(rules={"replicas": {"max": 8}}),
        ],
        {"replicas": 6},
        [],
        {},
    ),
    (
        "12",
        [
            a_policy("cluster", {"priorityClass": "low"}),
            a_policy("department", {"priorityClass": "high"}),
        ],
        {},
        [],
        {"priorityClass": "high"},
    ),
    ("13 nothing", [CLOSED], {}, [], {f"{PVC}.0.name": "7"}),
    (
        "13 own",
        [CLOSED],
        {PVC: [{"path": "/mine", "claimInfo": {"size": "1G"}}]},
        [(f"{PVC}.0", "canAdd")],
        {},
    ),
    (
        "13 excluded",
        [CLOSED],
        {PVC: [{"name": "7", "exclude": True}]},
        [(f"{PVC}.0", "locked")],
        {},
    ),
    ("14", [LEADER_ONLY], {"workers": 1, "worker.image": "other"}, [], {}),
]


@pytest.mark.parametrize(
    ("policies", "document", "issues", "resolved"),
    [row[1:] for row in SUBMISSIONS],
    ids=[row[0] for row in SUBMISSIONS],
)
def test_a_submission_is_judged_as_the_table_says(policies, document, issues, resolved):
    verdict = judged(document, *policies, pools=["a"])

    assert named(verdict.issues) == issues
    assert {path: at(verdict.resolved, path) for path in resolved} == resolved


ACCESS = "servingPort.authorizationType"
START = a_policy(rules={"startupPolicy": {"canEdit": False}})
NET = "leader.security.capabilities"
ADMIN = {NET: {"options": [{"value": "SYS_ADMIN"}]}}
ONE_A = {"instances": [{"name": "A", "value": "1"}]}
SECRET = {"name": "A", "secret": {"name": "s", "key": "k"}}
NEW = {"claimInfo": {"size": "1G"}}
TWO_CLAIMS = a_policy(
    defaults={PVC: {"instances": [{"name": n, "path": f"/{n}"} | NEW for n in "ab"]}}
)
WORKER_IMAGE = a_policy(rules={"worker.image": {"required": True}})
BLOCKED = a_policy(
    defaults={"priorityClass": "low"}, rules={"priorityClass": {"blocked": True}}
)

PORTION = "leader.compute.gpuPortionRequest"
IMAGE_A = {"leader.image": {"required": True, "options": [{"value": "ubuntu"}]}}
OURS = [
    (
        "25 by the API",
        [a_policy(rules={"workers": {"min": 1}})],
        {},
        [("workers", "min")],
        [("servingPort.port", "endpoint")],
    ),
    (
        "28",
        [],
        {"leader.compute.gpuRequestType": "half", PORTION: 0.5},
        [("leader.compute.gpuRequestType", "type")],
        [("servingPort.port", "endpoint")],
    ),
    (
        "29 unsaid",
        [a_policy(defaults={"servingPort.exposeExternally": False})],
        {},
        [],
        [("servingPort.port", "endpoint")],
    ),
    (
        "26 the platform's",
        [START],
        {"startupPolicy": "LeaderCreated"},
        [],
        [("servingPort.port", "endpoint")],
    ),
    (
        "26 another",
        [START],
        {"startupPolicy": "LeaderReady"},
        [("startupPolicy", "canEdit")],
        [("servingPort.port", "endpoint")],
    ),
    (
        "27",
        [],
        {
            "servingPort.port": 80,
            ACCESS: "authorizedUsers",
            "servingPort.authorizedUsers": ["alice"],
            "servingPort.authorizedGroups": ["all"],
        },
        [],
        [("servingPort.authorizedGroups", "unused")],
    ),
    (
        "29 said",
        [a_policy(defaults={"servingPort.exposeExternally": False})],
        {ACCESS: "public"},
        [("servingPort.port", "required")],
        [],
    ),
    (
        "30 project",
        [a_policy(rules=ADMIN)],
        {NET: ["SYS_ADMIN"]},
        [(NET, "guard")],
        [("servingPort.port", "endpoint")],
    ),
    (
        "30 cluster",
        [a_policy("cluster", rules=ADMIN)],
        {NET: ["SYS_ADMIN"]},
        [],
        [("servingPort.port", "endpoint")],
    ),
    (
        "31",
        [
            a_policy(
                defaults={ENV: ONE_A}, rules={ENV: {"instances": {"locked": ["A"]}}}
            )
        ],
        {ENV: [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]},
        [(f"{ENV}.1.name", "unique"), (f"{ENV}.1", "locked")],
        [("servingPort.port", "endpoint")],
    ),
    (
        "32",
        [a_policy(defaults={ENV: ONE_A})],
        {ENV: [SECRET]},
        [],
        [("servingPort.port", "endpoint")],
    ),
    (
        "33",
        [TWO_CLAIMS],
        {PVC: [{"name": "a", "path": "/b"}]},
        [(f"{PVC}.0.path", "unique")],
        [("servingPort.port", "endpoint")],
    ),
    (
        "34 workers 0",
        [WORKER_IMAGE],
        {"workers": 0},
        [],
        [("servingPort.port", "endpoint")],
    ),
    (
        "34 said",
        [WORKER_IMAGE],
        {"workers": 0, "worker.image": "a"},
        [],
        [("worker.image", "unused"), ("servingPort.port", "endpoint")],
    ),
    (
        "35 said",
        [BLOCKED],
        {"priorityClass": "very-high"},
        [("priorityClass", "blocked")],
        [("servingPort.port", "endpoint")],
    ),
    ("35 unsaid", [BLOCKED], {}, [], [("servingPort.port", "endpoint")]),
]


@pytest.mark.parametrize(
    ("policies", "document", "issues", "warnings"),
    [row[1:] for row in OURS],
    ids=[row[0] for row in OURS],
)
def test_our_own_decisions(policies, document, issues, warnings):
    verdict = judged(document, *policies)

    assert named(verdict.issues) == issues
    assert named(verdict.warnings) == warnings


def test_24_the_only_option_is_taken_and_named():
    verdict = judged({}, a_policy(rules=IMAGE_A), bare=True)

    assert verdict.issues == ()
    assert verdict.spec.leader.image == "ubuntu"
    assert verdict.sources[Location.parse("leader.image")] == "project Llamas"


def test_25_a_form_proposes_a_worker_where_one_is_demanded():
    policy = a_policy(rules={"workers": {"min": 1}})

    verdict = judged({"worker.image": "a"}, policy, form=True)

    assert verdict.issues == ()
    assert verdict.spec.workers == 1


def test_28_the_portion_stays_where_its_kind_cannot_be_read():
    verdict = judged({"leader.compute.gpuRequestType": "half", PORTION: 0.5})

    assert at(verdict.resolved, PORTION) == 0.5


def test_30_a_guarded_field_is_not_preset_by_its_only_option():
    for scope in ("cluster", "project"):
        verdict = judged({}, a_policy(scope, rules=ADMIN))

        assert verdict.spec.leader.security.capabilities == ()


def test_35_a_blocked_field_stays_empty():
    assert at(judged({}, BLOCKED).resolved, "priorityClass") is None


SAVES = [
    (
        "15",
        [],
        a_policy(rules={"leader.compute.gpuDeviceRequest": {"max": 1}}),
        [("rules.leader.compute.gpuDeviceRequest", "unknown")],
    ),
    (
        "16",
        [],
        a_policy(defaults={"replicas": 9}, rules={"replicas": {"max": 8}}),
        [("replicas", "max")],
    ),
    (
        "17 blocked",
        [],
        a_policy(rules={"replicas": {"required": True, "blocked": True}}),
        [("rules.replicas", "rules")],
    ),
    (
        "17 min",
        [],
        a_policy(rules={"replicas": {"min": 3, "max": 2}}),
        [("rules.replicas", "rules")],
    ),
    (
        "17 options",
        [],
        a_policy(rules={"leader.image": {"options": []}}),
        [("rules.leader.image", "rules")],
    ),
    (
        "19",
        [
            a_policy(
                "cluster",
                {"leader.security.runAsNonRoot": True},
                {"leader.security.runAsNonRoot": {"canEdit": False}},
            )
        ],
        a_policy(defaults={"leader.security.runAsNonRoot": False}),
        [("leader.security.runAsNonRoot", "canEdit")],
    ),
    (
        "20",
        [
            a_policy(
                "department",
                {ENV: {"instances": [{"name": "A", "value": "1"}]}},
                {ENV: {"instances": {"locked": ["A"]}}},
            )
        ],
        a_policy(defaults={ENV: {"instances": [{"name": "A", "value": "2"}]}}),
        [(f"{ENV}[A]", "locked")],
    ),
    (
        "21",
        [
            a_policy("cluster", rules={GPUS: {"max": 4}}),
            a_policy("department", {GPUS: 2}),
        ],
        a_policy(defaults={GPUS: 6}),
        [(GPUS, "max")],
    ),
    ("35", [], BLOCKED, [("priorityClass", "blocked")]),
    (
        "36 canAdd",
        [a_policy("department", {ENV: ONE_A}, {ENV: {"instances": {"canAdd": False}}})],
        a_policy(defaults={ENV: {"instances": [{"name": "B", "value": "2"}]}}),
        [(f"{ENV}[B]", "canAdd")],
    ),
    (
        "36 attribute",
        [
            a_policy(
                "department",
                {TOLERATIONS: {"attributes": {"operator": "Exists"}}},
                {TOLERATIONS: {"attributes": {"operator": {"canEdit": False}}}},
            )
        ],
        a_policy(
            defaults={
                TOLERATIONS: {
                    "instances": [
                        {"name": "x", "key": "gpu", "operator": "Equal", "value": "a"},
                        {"name": "y", "key": "gpu", "operator": "Exists"},
                    ]
                }
            }
        ),
        [(f"{TOLERATIONS}[x]", "canEdit")],
    ),
    (
        "37",
        [],
        a_policy("department", {NET: ["CHOWN", "SYS_ADMIN"]}),
        [(NET, "guard")],
    ),
    (
        "23",
        [],
        a_policy(
            "department", {"workers": 0}, {"workers": {"min": 1, "max": 7, "step": 2}}
        ),
        [("workers", "min")],
    ),
]


@pytest.mark.parametrize(
    ("above", "policy", "issues"),
    [row[1:] for row in SAVES],
    ids=[row[0] for row in SAVES],
)
def test_a_policy_is_refused_as_the_table_says(above, policy, issues):
    assert named(refusals(policy, above)) == issues


@pytest.mark.parametrize(
    ("vector", "path", "value", "source"),
    [
        ("19", "leader.security.runAsNonRoot", True, "cluster Frankfurt"),
        ("20", f"{ENV}.0.value", "1", "department Research"),
        ("21", GPUS, 2, "department Research"),
    ],
)
def test_a_default_saved_earlier_does_not_pass_what_stands_above(
    vector, path, value, source
):
    above, policy, _ = next(row[1:] for row in SAVES if row[0] == vector)

    verdict = judged({}, *above, policy)

    found = {str(location): who for location, who in verdict.sources.items()}
    assert at(verdict.resolved, path) == value
    assert found[path.replace(".0.", "[A].")] == source
    assert verdict.issues == ()


def test_18_an_environment_that_breaks_options_is_not_compliant():
    context = a_context(LEADER_ONLY)

    assert named(objections({"leader": {"image": "other"}}, context)) == [
        ("leader.image", "options")
    ]
    assert objections({"worker": {"image": "other"}}, context) == []


def test_21_the_skipped_default_is_told():
    above, policy, _ = next(row[1:] for row in SAVES if row[0] == "21")

    (skipped,) = EffectivePolicy.of((*above, policy)).skipped

    assert (skipped.value, skipped.rule, skipped.by) == (6, "max", "cluster Frankfurt")


def test_36_the_attributes_own_unit_is_named():
    above, policy, _ = next(row[1:] for row in SAVES if row[0] == "36 attribute")

    assert refusals(policy, above)[0].source == "department Research"


def test_22_what_breaks_below_is_listed_and_does_not_stop_the_save():
    department = a_policy("department", rules={"replicas": {"max": 6}})
    project = a_policy(defaults={"replicas": 9})

    assert refusals(department, []) == []
    assert named(broken_below(department, [], [project])) == [("replicas", "max")]
