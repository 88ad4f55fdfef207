"""What holds for every spec, whatever a user may say in it."""

import copy
import json
import re
from pathlib import Path

from hypothesis import given, settings

from tests.unit.manifests.strategies import specs
from tests.unit.manifests.support import ALICE, UUID, a_target, an_identity
from workloads.manifests import manifests, probe_pods, yaml_text

ALLOWED = frozenset(
    (Path(__file__).parent / "allowed_paths.txt").read_text().splitlines()
)
ALIKE = (
    (
        re.compile(r"^LeaderWorkerSet\.spec\.leaderWorkerTemplate\.\w+Template\."),
        "Pod.",
    ),
    (re.compile(r"\.(readiness|startup|liveness)Probe\."), ".<any>Probe."),
)
"""Leader and worker are made of the same things, and so are the three probes."""

MAPS = re.compile(
    r"\.(labels|annotations|nodeSelector|requests|limits|selector|matchLabels)\..+",
    re.DOTALL,
)
TARGET = a_target(topologies={"h100": "racks"}, nearest_levels={"h100": "rack"})


def rendered(spec):
    return manifests(spec, an_identity(), TARGET)


def paths(value, path=""):
    """Yield every path; items of lists and keys of maps are all alike."""
    if isinstance(value, dict) and value:
        for name, inside in value.items():
            yield from paths(inside, MAPS.sub(r".\1.*", f"{path}.{name}"))
    elif isinstance(value, list):
        for inside in value:
            yield from paths(inside, f"{path}[]")
    else:
        yield path


def alike(path):
    for pattern, name in ALIKE:
        path = pattern.sub(name, path)
    return path


def every(value):
    yield value
    inside = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for part in inside:
            yield from every(part)


@settings(deadline=None)
@given(specs())
def test_nothing_is_rendered_that_is_not_on_the_published_list(spec):
    found = {f"{o['kind']}{path}" for o in rendered(spec) for path in paths(o)}

    assert {alike(path) for path in found} - ALLOWED == set()


@settings(deadline=None)
@given(specs())
def test_the_products_keys_are_the_products(spec):
    _, *_, workers = rendered(spec)
    pool = spec.node_pools[0] if spec.node_pools else None
    template = workers["spec"]["leaderWorkerTemplate"]

    for place in (workers, template["leaderTemplate"], template["workerTemplate"]):
        labels = place["metadata"]["labels"]
        assert labels["kai.scheduler/queue"] == ("p1-h100" if pool else "p1")
        assert labels.get("kai.scheduler/node-pool") == pool
        assert labels["kai.scheduler/preemptibility"] == spec.preemptibility
        assert labels["priorityClassName"] == spec.priority_class
        assert labels["app.kubernetes.io/managed-by"] == "runai-portal"
        assert labels["runai-portal/workload-id"] == UUID
        assert labels["runai-portal/workload"] == "chat"
        assert labels["runai-portal/project"] == "7"
        assert not {"project", "user"} & labels.keys()
        assert "kai.scheduler/skip-podgrouper" not in labels


@settings(deadline=None)
@given(specs())
def test_the_products_annotations_are_the_products(spec):
    for manifest in rendered(spec):
        notes = manifest["metadata"]["annotations"]
        assert notes["runai-portal/created-by"] == ALICE
        assert len(notes["runai-portal/spec-hash"]) == 64
        assert "leaderworkerset.sigs.k8s.io/exclusive-topology" not in notes
        assert "kai.scheduler/skip-podgrouper" not in notes


@settings(deadline=None)
@given(specs())
def test_nothing_is_sent_that_says_nothing(spec):
    for value in every(list(rendered(spec))):
        assert value is not None
        assert value != []


@settings(deadline=None)
@given(specs())
def test_the_same_workload_is_the_same_text(spec):
    once, again = rendered(spec), rendered(copy.deepcopy(spec))

    assert json.dumps(once) == json.dumps(again)
    assert yaml_text(once) == yaml_text(again)


@settings(deadline=None)
@given(specs())
def test_nobody_changes_what_another_reads(spec):
    once = rendered(spec)
    kept = copy.deepcopy(once)

    for value in every(list(rendered(spec))):
        if isinstance(value, dict):
            value.clear()

    assert rendered(spec) == kept


@settings(deadline=None)
@given(specs())
def test_a_pod_never_gets_a_token_and_never_names_its_node(spec):
    for pod in probe_pods(spec, an_identity(), TARGET).values():
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert pod["spec"]["schedulerName"] == "kai-scheduler"
        assert "nodeName" not in pod["spec"]
        assert "priorityClassName" not in pod["spec"]


@settings(deadline=None)
@given(specs())
def test_a_pod_that_shares_gpus_asks_for_no_whole_ones(spec):
    for pod in probe_pods(spec, an_identity(), TARGET).values():
        notes = pod["metadata"].get("annotations", {})
        resources = pod["spec"]["containers"][0].get("resources", {})
        shares = notes.keys() & {"gpu-fraction", "gpu-memory"}
        assert not (shares and "nvidia.com/gpu" in resources.get("limits", {}))
