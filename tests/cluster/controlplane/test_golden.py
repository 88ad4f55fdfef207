"""Every golden manifest is accepted by the real API server and the real webhooks."""

from pathlib import Path

import pytest
import yaml

from tests.support.controlplane import connection, new_namespace
from tests.unit.manifests.support import a_target, an_identity
from workloads.cluster.kinds import LWS, collection
from workloads.manifests import manifests, probe_pods
from workloads.spec.workload import WorkloadSpec
from workloads.sync.organization import apply_priorities

CASES = sorted((Path(__file__).parents[2] / "unit" / "manifests" / "cases").iterdir())
NAMES = [case.name for case in CASES]


@pytest.fixture(scope="module")
def where(control_plane):
    """A namespace that has what the cases name."""
    name = new_namespace(control_plane, "golden")
    apply_priorities(connection(control_plane))
    return name


@pytest.fixture(params=CASES, ids=NAMES)
def rendered(request, control_plane, where):
    """Spec, identity and target of a case, in the namespace of the tests."""
    given = yaml.safe_load((request.param / "spec.yaml").read_text())
    spec = WorkloadSpec.model_validate(given["spec"])
    target = a_target(**(given.get("target", {}) | {"namespace": where}))
    for role in (spec.leader, spec.worker):
        if role and role.service_account_name:
            account = {"metadata": {"name": role.service_account_name}}
            path = f"/api/v1/namespaces/{where}/serviceaccounts"
            control_plane.ensure(path, account)
    return spec, an_identity(given["name"]), target


def test_every_object_is_accepted_by_a_strict_apply(control_plane, rendered):
    cluster = connection(control_plane)

    for manifest in manifests(*rendered):
        answer = cluster.apply(manifest, dry_run=True)

        assert answer["metadata"]["name"] == manifest["metadata"]["name"]
        assert answer["metadata"]["uid"]


def test_every_set_is_accepted_by_a_strict_create(real, rendered):
    sets = [each for each in manifests(*rendered) if each["kind"] == "LeaderWorkerSet"]
    path = collection(LWS, "LeaderWorkerSet", rendered[2].namespace)

    answers = [
        real("POST", f"{path}?dryRun=All&fieldValidation=Strict", body) for body in sets
    ]

    assert [(a.code, a.body.get("message", "")) for a in answers] == [(201, "")]
    assert "warning" not in {name.lower() for name in answers[0].headers}


def test_every_template_is_accepted_as_a_bare_pod(control_plane, rendered):
    cluster = connection(control_plane)

    for pod in probe_pods(*rendered).values():
        answer = cluster.create(pod, dry_run=True)

        assert answer["spec"]["schedulerName"] == rendered[2].scheduler


def test_what_the_portal_sends_is_kept_as_it_was_sent(control_plane, rendered):
    cluster = connection(control_plane)

    for manifest in manifests(*rendered):
        lost = list(missing_of(manifest, cluster.apply(manifest, dry_run=True)))

        assert lost == []


def missing_of(sent, kept, path=""):
    """Yield the places of what was sent that did not come back."""
    if isinstance(sent, dict):
        for name, value in sent.items():
            yield from missing_of(value, (kept or {}).get(name), f"{path}.{name}")
    elif isinstance(sent, list):
        for number, value in enumerate(sent):
            there = number < len(kept or ())
            other = kept[number] if there else None
            yield from missing_of(value, other, f"{path}[{number}]")
    elif sent != kept and str(sent) != kept:  # a quantity comes back as text
        yield path, sent, kept
