"""V6 of kubernetes.md §10: what is refused, and where."""

import pytest

from tests.support.documents import a_policy, judged, named
from workloads.spec.facts import Pool
from workloads.spec.names import name_issues

SCRATCH = "leader.storage.emptyDirVolume"
PVC = "leader.storage.pvc"
SPRING = {"name": "spring", "path": "/a", "claimInfo": {"size": "1G"}}
POLICY_SCRATCH = a_policy(
    defaults={SCRATCH: {"instances": [{"name": "scratch", "path": "/scratch"}]}}
)
MODELS = a_policy(
    defaults={PVC: {"instances": [{"name": "models", "claimInfo": {"size": "1G"}}]}}
)

REFUSALS = [
    (
        "a portion above one",
        [],
        {
            "leader.compute.gpuDevicesRequest": 1,
            "leader.compute.gpuPortionRequest": 1.2,
        },
        "leader.compute.gpuPortionRequest",
        {},
    ),
    (
        "a portion of no device",
        [],
        {
            "leader.compute.gpuDevicesRequest": 0,
            "leader.compute.gpuPortionRequest": 0.5,
        },
        "leader.compute.gpuDevicesRequest",
        {},
    ),
    (
        "a label of the queue",
        [],
        {"leader.labels": [{"name": "kai.scheduler/queue", "value": "x"}]},
        "leader.labels.0.name",
        {},
    ),
    (
        "the same path twice",
        [],
        {SCRATCH: [{"path": "/d"}, {"path": "/d"}]},
        f"{SCRATCH}.1.path",
        {},
    ),
    (
        "the same path in two kinds",
        [],
        {PVC: [SPRING], SCRATCH: [{"path": "/a"}]},
        f"{SCRATCH}.0.path",
        {},
    ),
    (
        "a path on the larger shared memory",
        [],
        {"leader.compute.largeShmRequest": True, SCRATCH: [{"path": "/dev/shm"}]},
        f"{SCRATCH}.0.path",
        {},
    ),
    (
        "a said path on a policy's",
        [POLICY_SCRATCH],
        {PVC: [SPRING | {"path": "/scratch"}]},
        f"{PVC}.0.path",
        {},
    ),
    ("a policy's row without its path", [MODELS], {}, f"{PVC}[models].path", {}),
    ("an open quote", [], {"leader.args": "--name 'a b"}, "leader.args", {}),
    (
        "a folder of the node",
        [],
        {"leader.storage.hostPath": [{"path": "/data", "mountPath": "/data"}]},
        "leader.storage.hostPath.0",
        {},
    ),
    (
        "one volume for three workers of an old set",
        [],
        {"workers": 3, "worker.image": "a", "worker.storage.pvc": [SPRING]},
        "worker.storage.pvc.0",
        {"lws_features": frozenset()},
    ),
    ("too many replicas", [], {"replicas": 1001}, "replicas", {}),
    (
        "a variable of the platform",
        [],
        {
            "leader.environmentVariables": [
                {"name": "A", "value": "1"},
                {"name": "LWS_GROUP_SIZE", "value": "3"},
            ]
        },
        "leader.environmentVariables.1.name",
        {},
    ),
    (
        "pools of two topologies",
        [],
        {"nodePools": ["a", "b"]},
        "nodePools",
        {"pools": (Pool("a", "x"), Pool("b", "y"))},
    ),
    (
        "a health check that asks twice",
        [],
        {
            "leader.probes.readiness.handler": {
                "httpGet": {"port": 1},
                "tcpSocket": {"port": 1},
            }
        },
        "leader.probes.readiness.handler.tcpSocket.port",
        {},
    ),
    (
        "restricted access without a profile",
        [],
        {"servingPort.port": 80, "servingPort.authorizationType": "authenticatedUsers"},
        "servingPort.authorizationType",
        {"auth_profile": False},
    ),
]


@pytest.mark.parametrize(
    ("policies", "document", "where", "facts"),
    [row[1:] for row in REFUSALS],
    ids=[row[0] for row in REFUSALS],
)
def test_a_refusal_stands_where_the_table_says(policies, document, where, facts):
    verdict = judged(document, *policies, **facts)

    assert [place for place, _ in named(verdict.issues)] == [where]


@pytest.mark.parametrize("name", ["a-0", "a-ep", "a" * 48])
def test_a_name_that_kubernetes_could_not_bear_is_refused(name):
    assert len(name_issues(name)) == 1
