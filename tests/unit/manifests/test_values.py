"""Amounts, names and addresses as Kubernetes wants them."""

from decimal import Decimal

import pytest

from tests.unit.manifests.support import (
    a_spec,
    a_target,
    an_identity,
    objects,
    template,
)
from workloads.manifests import (
    claim_names,
    demand,
    endpoint_address,
    manifests,
    probe_pods,
)
from workloads.manifests.compute import cores, mebibytes
from workloads.spec.quantity import Quantity

VOLUME = {"path": "/m", "claimInfo": {"size": "1G"}}


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0.5, "500m"),
        (2.0, "2"),
        (0, "0"),
        (1.5, "1500m"),
        (0.0001, "1m"),
        (0.1, "100m"),
        (100_000.0, "100000"),
        (None, None),
    ],
)
def test_cores_have_kubernetes_own_form(amount, text):
    assert cores(amount) == text


@pytest.mark.parametrize(
    ("amount", "count"),
    [("20G", "19074"), ("1Mi", "1"), ("1M", "1"), ("1Gi", "1024"), ("1", "1")],
)
def test_memory_of_a_gpu_is_rounded_up_to_mebibytes(amount, count):
    assert mebibytes(Quantity(amount)) == count


@pytest.mark.parametrize(
    ("share", "text"), [(0.5, "0.5"), (0.1, "0.1"), (0.00001, "0.00001")]
)
def test_a_share_of_a_gpu_is_a_plain_decimal(share, text):
    spec = a_spec(
        {
            "leader.compute.gpuDevicesRequest": 1,
            "leader.compute.gpuRequestType": "portion",
            "leader.compute.gpuPortionRequest": share,
        }
    )

    notes = template(spec)["metadata"]["annotations"]

    assert notes == {"gpu-fraction": text}


@pytest.mark.parametrize(
    ("workload", "item", "name"),
    [
        ("chat", "models", "chat-leader-models-0123ab"),
        ("chat", "Models", "chat-leader-models-b4f5e4-0123ab"),
        ("chat", "my.models", "chat-leader-my-models-2647e8-0123ab"),
        (
            "a" * 47,
            "models",
            "a" * 47 + "-l" + "-35e76a-0123ab",
        ),
    ],
    ids=["plain", "capital", "dot", "long"],
)
def test_a_claim_is_named_after_its_item(workload, item, name):
    spec = a_spec({"leader.storage.pvc": [VOLUME | {"name": item}]})

    named = claim_names(spec, an_identity(workload))

    assert named == {f"leader/{item}": name}
    assert len(name) <= 63


@pytest.mark.parametrize(("length", "hashed"), [(43, False), (44, True)])
def test_a_claim_is_cut_only_where_it_must(length, hashed):
    spec = a_spec({"leader.storage.pvc": [VOLUME | {"name": "abcde"}]})

    (name,) = claim_names(spec, an_identity("w" * length)).values()

    assert len(name) == 63
    assert name.endswith("-abcde-0123ab") is not hashed


def test_items_that_differ_only_in_case_get_different_claims():
    rows = [VOLUME | {"name": name} for name in ("Models", "MODELS", "models")]
    spec = a_spec({"leader.storage.pvc": rows})

    assert len(set(claim_names(spec, an_identity()).values())) == 3


def test_only_claims_that_are_made_for_all_pods_are_named():
    rows = [
        VOLUME | {"name": "own"},
        VOLUME | {"name": "old", "existingPvc": True, "claimName": "models"},
    ]
    spec = a_spec({"leader.storage.pvc": rows, "replicas": 2})

    assert claim_names(spec, an_identity()) == {}


def test_a_set_that_knows_no_claim_templates_gets_one_claim_for_all():
    spec = a_spec({"leader.storage.pvc": [VOLUME | {"name": "own"}], "replicas": 2})

    found = objects(spec, lws_features=frozenset())

    assert found["PersistentVolumeClaim"]["metadata"]["name"].endswith("own-0123ab")
    template_of_set = found["LeaderWorkerSet"]["spec"]["leaderWorkerTemplate"]
    assert "volumeClaimTemplates" not in template_of_set


@pytest.mark.parametrize(
    ("serving", "address"),
    [
        (None, None),
        ({}, None),
        ({"port": 8000}, "http://chat-ep.runai-p1.svc.cluster.local"),
        (
            {"port": 8000, "servicePort": 81, "serviceName": "llm"},
            "http://llm.runai-p1.svc.cluster.local:81",
        ),
    ],
)
def test_the_address_is_the_services(serving, address):
    spec = a_spec({"servingPort": serving})

    assert endpoint_address(an_identity(), a_target(), spec) == address


def test_demand_counts_every_pod_of_every_replica():
    spec = a_spec(
        {
            "replicas": 2,
            "workers": 3,
            "leader.compute": {"gpuDevicesRequest": 1, "cpuCoreRequest": 0.5},
            "worker.image": "a/b:1",
            "worker.compute": {
                "gpuDevicesRequest": 2,
                "gpuRequestType": "portion",
                "gpuPortionRequest": 0.25,
                "cpuMemoryRequest": "8G",
            },
        }
    )

    asked = demand(spec)

    assert asked.pods == 8
    assert asked.per_role["leader"].gpus == 2
    assert asked.per_role["worker"].gpus == 3
    assert asked.per_replica.gpus == Decimal("2.5")
    assert asked.total.gpus == 5
    assert asked.total.cpu_cores == 1
    assert asked.total.memory_bytes == 48_000_000_000


def test_workers_that_are_not_asked_for_demand_nothing():
    spec = a_spec({"worker": {"compute": {"gpuDevicesRequest": 8}}})

    assert demand(spec).total.gpus == 0


def test_a_pool_without_a_queue_cannot_be_rendered():
    with pytest.raises(KeyError):
        manifests(a_spec({"nodePools": ["a100"]}), an_identity(), a_target())


def test_a_bare_pod_is_the_template_as_a_pod():
    spec = a_spec({"workers": 1, "worker.image": "c/d:2"})

    pods = probe_pods(spec, an_identity(), a_target())

    assert pods.keys() == {"leader", "worker"}
    assert pods["worker"]["kind"] == "Pod"
    assert pods["worker"]["metadata"]["namespace"] == "runai-p1"
    assert pods["worker"]["spec"] == template(spec, "worker")["spec"]


def test_a_bare_pod_has_a_volume_for_every_mount():
    rows = [VOLUME | {"name": "own"}]
    spec = a_spec({"leader.storage.pvc": rows, "replicas": 2})

    pod = probe_pods(spec, an_identity(), a_target())["leader"]["spec"]

    assert [v["name"] for v in pod["volumes"]] == ["leader-pvc-0"]
    assert [m["name"] for m in pod["containers"][0]["volumeMounts"]] == ["leader-pvc-0"]
