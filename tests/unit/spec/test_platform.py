"""Platform defaults, and when a field exists."""

import pytest

from tests.support.documents import at, judged, named
from workloads.spec.facts import Facts, Pool
from workloads.spec.platform import FORM_DEFAULTS, pull_policy

COMPUTE, SECURITY = "leader.compute", "leader.security"
POOLS = (Pool("a"), Pool("b"), Pool("c"))


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("ubuntu", "Always"),
        ("ubuntu:latest", "Always"),
        ("ubuntu:24.04", "IfNotPresent"),
        ("r.io:5000/ubuntu", "Always"),
        ("r.io:5000/ubuntu:1", "IfNotPresent"),
        (f"ubuntu@sha256:{'0' * 64}", "IfNotPresent"),
        (f"ubuntu:latest@sha256:{'0' * 64}", "IfNotPresent"),
        (None, None),
    ],
)
def test_an_image_that_may_change_is_always_pulled(image, policy):
    assert pull_policy({"image": image}.get, Facts()) == policy


def test_a_form_proposes_a_worker_and_to_pull_what_is_not_there():
    shown = judged({}, bare=True, form=True).shown

    assert at(shown, "workers") == 1
    assert at(shown, "worker.imagePullPolicy") == "IfNotPresent"
    assert {str(path) for path in FORM_DEFAULTS} == {
        "workers", "leader.imagePullPolicy", "worker.imagePullPolicy",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"gpuPortionRequest": 0.5}, "portion"),
        ({"gpuMemoryRequest": "4G"}, "memory"),
        ({"gpuPortionRequest": 0.5, "gpuMemoryRequest": "4G"}, "portion"),
        ({"gpuDevicesRequest": 2}, None),
    ],
)
def test_a_size_says_how_it_is_measured(said, kind):
    verdict = judged({f"{COMPUTE}.{name}": value for name, value in said.items()})

    assert verdict.spec.leader.compute.gpu_request_type == kind
    assert verdict.issues == ()


@pytest.mark.parametrize("field", ["runAsUid", "runAsGid"])
def test_a_uid_or_gid_is_a_custom_one(field):
    verdict = judged({f"{SECURITY}.{field}": 1000})

    assert verdict.spec.leader.security.uid_gid_source == "custom"
    assert at(verdict.resolved, f"{SECURITY}.{field}") == 1000


@pytest.mark.parametrize(
    ("order", "pools"), [((), ("a", "b", "c")), (("c", "a"), ("c", "a"))]
)
def test_node_pools_begin_in_the_projects_order(order, pools):
    verdict = judged({}, pools=POOLS, project_pools=order)

    assert verdict.spec.node_pools == pools


@pytest.mark.parametrize("reachable", [True, False])
def test_exposure_begins_with_what_the_cluster_can(reachable):
    verdict = judged({"servingPort.port": 80}, external_access=reachable)

    assert verdict.spec.serving_port.expose_externally is reachable
    assert verdict.issues == ()


@pytest.mark.parametrize(
    ("document", "unused"),
    [
        ({"worker.image": "a"}, "worker.image"),
        (
            {"servingPort.port": 80, "servingPort.authorizedUsers": ["a"]},
            "servingPort.authorizedUsers",
        ),
        (
            {f"{COMPUTE}.gpuRequestType": "memory", f"{COMPUTE}.gpuMemoryRequest": "1G",
             f"{COMPUTE}.gpuPortionRequest": 0.5},
            f"{COMPUTE}.gpuPortionRequest",
        ),
        ({f"{COMPUTE}.gpuPortionLimit": 0.5}, f"{COMPUTE}.gpuPortionLimit"),
        ({f"{COMPUTE}.shmSize": "1G"}, f"{COMPUTE}.shmSize"),
        (
            {f"{SECURITY}.uidGidSource": "fromTheImage", f"{SECURITY}.runAsUid": 1},
            f"{SECURITY}.runAsUid",
        ),
        ({f"{SECURITY}.supplementalGroups": "1"}, f"{SECURITY}.supplementalGroups"),
        (
            {"leader.tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]},
            "leader.tolerations.0.value",
        ),
        (
            {"leader.tolerations": [{"key": "a", "operator": "Exists", "seconds": 5}]},
            "leader.tolerations.0.seconds",
        ),
        (
            {"leader.storage.pvc": [{"path": "/a", "existingPvc": True,
                                     "claimName": "a", "claimInfo": {"size": "1G"}}]},
            "leader.storage.pvc.0.claimInfo.size",
        ),
        (
            {"leader.storage.pvc": [{"path": "/a", "claimName": "a",
                                     "claimInfo": {"size": "1G"}}]},
            "leader.storage.pvc.0.claimName",
        ),
    ],
)  # fmt: skip
def test_what_a_condition_switches_off_is_a_warning(document, unused):
    verdict = judged(document)

    assert verdict.issues == ()
    assert (unused, "unused") in named(verdict.warnings)


@pytest.mark.parametrize(
    ("document", "missing"),
    [
        ({"workers": 1}, "worker.image"),
        ({"servingPort.servicePort": 80}, "servingPort.port"),
        (
            {
                "servingPort.port": 80,
                "servingPort.authorizationType": "authorizedUsers",
            },
            "servingPort.authorizedUsers",
        ),
        ({f"{COMPUTE}.gpuRequestType": "portion"}, f"{COMPUTE}.gpuPortionRequest"),
        ({"leader.tolerations": [{"key": "a"}]}, "leader.tolerations.0.value"),
        ({"leader.tolerations": [{"value": "a"}]}, "leader.tolerations.0.key"),
        ({"leader.podAffinity": {"type": "Required"}}, "leader.podAffinity.key"),
        ({"leader.podAffinity": {"key": "rack"}}, "leader.podAffinity.type"),
        (
            {"leader.storage.pvc": [{"path": "/a"}]},
            "leader.storage.pvc.0.claimInfo.size",
        ),
        (
            {"leader.storage.pvc": [{"path": "/a", "existingPvc": True}]},
            "leader.storage.pvc.0.claimName",
        ),
        (
            {"leader.probes.readiness.handler": {"grpc": {"service": "x"}}},
            "leader.probes.readiness.handler.grpc.port",
        ),
    ],
)
def test_what_a_condition_asks_for_is_missing(document, missing):
    verdict = judged(document)

    assert named(verdict.issues) == [(missing, "required")]
    assert verdict.issues[0].kind == "missing"
