"""An error of Kubernetes' finds the field that it is about."""

import re

import pytest

from tests.unit.manifests.fields import OTHERWISE, POD, WORKLOAD, Example
from tests.unit.manifests.support import a_spec, a_target, an_identity
from workloads.manifests import location_of, manifests, probe_pods
from workloads.spec.paths import Location
from workloads.spec.schema import SCHEMA

ROLES = ("leader", "worker")
ANCHOR_HASH = "runai-portal/spec-hash"
CHANGES = [
    *((path, "", example) for path, example in WORKLOAD.items()),
    *((path, role, example) for path, example in POD.items() for role in ROLES),
]
WITH_IT = {
    "compute.gpuDevicesRequest": {"environmentVariables"},
    "podAffinity.type": {"podAffinity.key"},
}
"""What changes with a field and is not its own, such as the built-in count of GPUs."""


def a_workload(path, role, example, value):
    root = f"{role}." if role else ""
    around = {f"{root}{name}": said for name, said in example.around.items()}
    workers = {"workers": 2, "worker.image": "a/b:1"} if role == "worker" else {}
    return a_spec(workers | around | {f"{root}{path}": value})


def leaves(value, path=""):
    """Flatten JSON to paths in Kubernetes' writing."""
    if isinstance(value, dict):
        for name, inside in value.items():
            part = f"[{name}]" if "." in name or "/" in name else f".{name}"
            yield from leaves(inside, f"{path}{part}")
    elif isinstance(value, list):
        for place, inside in enumerate(value):
            yield from leaves(inside, f"{path}[{place}]")
    else:
        yield path, value


def changed(before, after):
    """Return the paths where two objects differ, without the hash of the spec."""
    old, new = dict(leaves(before)), dict(leaves(after))
    paths = {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
    return sorted(path for path in paths if ANCHOR_HASH not in path)


def by_kind(spec):
    rendered = manifests(spec, an_identity(), a_target())
    return {o["kind"]: o for o in rendered if o["kind"] != "ConfigMap"}


@pytest.mark.parametrize(
    ("path", "role", "example"),
    CHANGES,
    ids=[f"{role}.{path}".lstrip(".") for path, role, _ in CHANGES],
)
def test_what_a_field_changes_in_the_objects_leads_back_to_it(
    path, role, example: Example
):
    one = a_workload(path, role, example, example.one)
    other = a_workload(path, role, example, example.other)

    found = set()
    before, after = by_kind(one), by_kind(other)
    for kind in before.keys() | after.keys():
        for at in changed(before.get(kind, {}), after.get(kind, {})):
            item = f"{role}/models" if kind == "PersistentVolumeClaim" else ""
            shown = other if at in dict(leaves(after.get(kind, {}))) else one
            found.add(str(location_of(at, None, shown, kind=kind, item=item)))

    expected = str(Location.parse(f"{role}.{path}".lstrip(".")))
    assert any(expected.startswith(at) for at in found if at)
    assert found <= {expected, *_neighbours(expected)} | _with(path, role)


def _neighbours(expected):
    """A row that comes or goes has its other fields with it."""
    parts = expected.split(".")
    return {".".join(parts[:end]) for end in range(1, len(parts) + 1)}


def _with(path, role):
    return {f"{role}.{name}".lstrip(".") for name in WITH_IT.get(path, ())}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", POD)
def test_what_a_dry_run_of_a_bare_pod_finds_leads_to_the_role(path, role):
    example = POD[path]
    one = a_workload(path, role, example, example.one)
    other = a_workload(path, role, example, example.other)

    before = probe_pods(one, an_identity(), a_target())[role]
    after = probe_pods(other, an_identity(), a_target())[role]
    found = {
        str(location_of(at, role, other if at in dict(leaves(after)) else one))
        for at in changed(before, after)
    }

    expected = str(Location.parse(f"{role}.{path}"))
    assert found <= {expected, *_neighbours(expected)} | _with(path, role)


def test_every_field_of_the_spec_has_an_example_or_a_reason():
    known = {_plain(path) for path in WORKLOAD} | set(OTHERWISE)
    known |= {_plain(f"pod.{path}") for path in POD}

    named = {
        _plain(str(field.path).replace("leader.", "pod.", 1))
        for field in SCHEMA
        if not field.children and field.path[0] != "worker"
    }

    assert {name for name in named - known if not name.endswith(".exclude")} == set()


def _plain(path):
    """Drop positions; the three probes are made of the same things."""
    return re.sub(r"probes\.(readiness|startup|liveness)", "probes", path).replace(
        ".0", ""
    )


@pytest.mark.parametrize(
    ("field", "role", "place"),
    [
        ("spec.containers[0].image", "worker", "worker.image"),
        (".spec.replicas", None, "replicas"),
        ("spec.leaderWorkerTemplate.size", None, "workers"),
        ("metadata.name", None, "name"),
        (
            '.spec.leaderWorkerTemplate.leaderTemplate.spec.containers[name="leader"]'
            ".ports[0].containerPort",
            None,
            "servingPort.port",
        ),
        (
            'spec.leaderWorkerTemplate.leaderTemplate.spec.containers[name="leader"]'
            '.env[name="B"].value',
            None,
            "leader.environmentVariables.2.value",
        ),
        (
            "spec.containers[0].env[1].value",
            "leader",
            "leader.environmentVariables.2.value",
        ),
        (
            "spec.containers[0].resources.limits[nvidia.com/gpu]",
            "leader",
            "leader.compute.gpuDevicesRequest",
        ),
        ("spec.containers[0].volumeMounts[1].name", "leader", "leader.storage.nfs.0"),
        ("spec.something.new", "leader", "leader"),
        ("", None, ""),
    ],
)
def test_an_error_of_the_cluster_names_its_place_in_the_spec(field, role, place):
    variables = [
        {"name": "A", "value": "1"},
        {"name": "KEY", "userCredential": {"name": "c", "key": "k"}},
        {"name": "B", "value": "2"},
    ]
    spec = a_spec(
        {
            "leader.environmentVariables": variables,
            "leader.storage.emptyDirVolume": [{"path": "/tmp"}],
            "leader.storage.nfs": [{"server": "a", "path": "/a", "mountPath": "/b"}],
            "servingPort.port": 80,
            "workers": 1,
            "worker.image": "a/b:1",
        }
    )

    found = location_of(field, role, spec)

    assert str(found) == place
