"""The worked example of policies.md §1.9, row by row."""

from pathlib import Path

import pytest
import yaml

from policies.engine.effective import EffectivePolicy
from policies.engine.judge import judge, objections
from policies.engine.policy import Imposable, Policy
from tests.support.documents import UNITS, a_context, a_document, at, named
from workloads.spec.paths import FieldPath, Location

MODELS = Imposable(
    "storage.pvc",
    {"path": "/models", "existingPvc": True, "claimName": "models"},
)
DOCUMENTS = yaml.safe_load((Path(__file__).parent / "example.yaml").read_text())
POLICIES = [
    Policy.read(UNITS[scope], document, {"shared-models": MODELS})
    for scope, document in DOCUMENTS.items()
]
API = a_context(*POLICIES)
FORM = a_context(*POLICIES, form=True)
ENV = "leader.environmentVariables"


@pytest.mark.parametrize(
    ("path", "value", "source"),
    [
        ("replicas", 3, "project Llamas"),
        ("workers", 1, "platform"),
        ("priorityClass", "high", "department Research"),
        ("leader.image", "nvcr.io/nim/meta/llama3:1.0", "project Llamas"),
        ("leader.imagePullPolicy", "IfNotPresent", "cluster Frankfurt"),
        ("worker.imagePullPolicy", "IfNotPresent", "platform"),
        ("servingPort.port", 8000, "project Llamas"),
        ("servingPort.exposeExternally", False, "project Llamas"),
        ("servingPort.authorizationType", "authenticatedUsers", "project Llamas"),
        ("leader.compute.cpuMemoryRequest", "8G", "cluster Frankfurt"),
    ],
)
def test_a_new_form_is_prefilled(path, value, source):
    verdict = judge({}, FORM)

    assert at(verdict.shown, path) == value
    assert verdict.sources[Location.parse(path)] == source


def test_a_new_form_lacks_only_the_worker_image():
    verdict = judge({}, FORM)

    assert named(verdict.issues) == [("worker.image", "required")]
    assert at(verdict.shown, f"{ENV}.0.name") == "HTTP_PROXY"
    assert at(verdict.shown, "leader.storage.pvc.0.path") == "/models"
    assert at(verdict.shown, "worker.storage.pvc.0.path") == "/models"


def test_the_api_presumes_no_workers():
    assert named(judge({}, API).issues) == [("workers", "min")]


@pytest.mark.parametrize(
    ("document", "issues"),
    [
        ({"replicas": 7}, [("replicas", "max")]),
        ({"workers": 2}, [("workers", "step")]),
        ({"workers": 0}, [("workers", "min")]),
        ({"leader.image": "other"}, [("leader.image", "options")]),
        (
            {f"{ENV}": [{"name": "HTTP_PROXY", "exclude": True}]},
            [(f"{ENV}.0", "locked")],
        ),
        (
            {ENV: [{"name": "LOG_LEVEL", "exclude": True}, {"name": "A", "value": ""}]},
            [],
        ),
        ({ENV: [{"name": "HTTP_PROXY", "value": "http://proxy:3128"}]}, []),
        (
            {"leader.compute.gpuDevicesRequest": 6},
            [("leader.compute.gpuDevicesRequest", "max")],
        ),
        (
            {"servingPort.exposeExternally": True},
            [("servingPort.exposeExternally", "canEdit")],
        ),
        ({"servingPort.exposeExternally": False}, []),
        (
            {"servingPort.authorizationType": "public"},
            [("servingPort.authorizationType", "options")],
        ),
        (
            {"leader.storage.pvc": [{"path": "/a", "claimInfo": {"size": "1G"}}]},
            [("leader.storage.pvc.0", "canAdd")],
        ),
        ({"worker.storage.pvc": [{"path": "/a", "claimInfo": {"size": "1G"}}]}, []),
        ({"worker.image": "any", "worker.compute.gpuDevicesRequest": 9}, []),
        ({"leader.security.runAsUid": 500}, [("leader.security.runAsUid", "min")]),
        ({"leader.tolerations": [{"key": "gpu"}]}, []),
    ],
)
def test_a_request_by_the_api(document, issues):
    whole = a_document({"workers": 1, "worker.image": "any"} | document)

    verdict = judge(whole, API)

    assert named(verdict.issues) == issues


def test_new_tolerations_begin_with_the_projects_attributes():
    document = a_document({"leader.tolerations": [{"key": "gpu"}]})

    verdict = judge(document, API)

    assert at(verdict.resolved, "leader.tolerations.0") == {
        "key": "gpu",
        "operator": "Exists",
        "effect": "NoSchedule",
    }


def test_default_items_come_first_and_are_named_by_key():
    document = {"leader": {"environmentVariables": [{"name": "A", "value": "1"}]}}

    verdict = judge(document, API)

    rows = [row["name"] for row in at(verdict.resolved, ENV)]
    assert rows == ["HTTP_PROXY", "LOG_LEVEL", "A"]
    sources = {str(place): who for place, who in verdict.sources.items()}
    assert sources[f"{ENV}[HTTP_PROXY].value"] == "department Research"
    assert sources[f"{ENV}.0.value"] == "you"


def test_the_winner_of_compute_is_the_cluster_and_elsewhere_the_project():
    rules = EffectivePolicy.of(POLICIES).rules

    gpus = rules[FieldPath.parse("leader.compute.gpuDevicesRequest")]
    access = rules[FieldPath.parse("servingPort.authorizationType")]
    assert (str(gpus.bounds[0]), gpus.source) == (
        "must be at most 4",
        "cluster Frankfurt",
    )
    assert (access.options, access.source) == (
        ("authenticatedUsers",),
        "project Llamas",
    )


def test_assets_are_judged_with_a_worker_and_only_where_they_say_something():
    claim = {"storage": {"pvc": [{"path": "/a", "claimInfo": {"size": "1G"}}]}}

    assert named(objections({"leader": claim}, API)) == [
        ("leader.storage.pvc.0", "canAdd")
    ]
    assert objections({"worker": claim}, API) == []
    four = {"leader": {"compute": {"gpuDevicesRequest": 4}}}
    assert objections(four, API) == []
