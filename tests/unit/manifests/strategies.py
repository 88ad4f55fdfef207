"""Specs of every kind, for properties: any mix of the examples, any words."""

from typing import Any

from hypothesis import strategies as st

from tests.unit.manifests.fields import POD, WORKLOAD
from tests.unit.manifests.support import a_spec
from workloads.spec.workload import WorkloadSpec

KEYS = st.sampled_from(
    [
        "kai.scheduler/queue",
        "kai.scheduler/node-pool",
        "kai.scheduler/preemptibility",
        "priorityClassName",
        "project",
        "user",
        "runai-portal/workload-id",
        "runai-portal/role",
        "runai-portal/created-by",
        "app.kubernetes.io/managed-by",
        "gpu-fraction",
        "team",
        "app.kubernetes.io/version",
        "leaderworkerset.sigs.k8s.io/exclusive-topology",
        "kai.scheduler/skip-podgrouper",
    ]
) | st.text(min_size=1, max_size=20)
ENTRIES = st.lists(
    st.fixed_dictionaries({"name": KEYS, "value": st.text(max_size=20)}), max_size=6
)


@st.composite
def settings(draw: Any, root: str) -> dict[str, Any]:
    said: dict[str, Any] = {f"{root}.image": draw(st.sampled_from(["a", "a/b:1"]))}
    for path in draw(st.lists(st.sampled_from(sorted(POD)), max_size=12)):
        example = POD[path]
        value = draw(st.sampled_from([example.one, example.other]))
        said |= {f"{root}.{name}": around for name, around in example.around.items()}
        said[f"{root}.{path}"] = value
    return said


@st.composite
def specs(draw: Any) -> WorkloadSpec:
    said = draw(settings("leader")) | draw(settings("worker"))
    for path in draw(st.lists(st.sampled_from(sorted(WORKLOAD)), max_size=6)):
        example = WORKLOAD[path]
        said |= example.around
        said[path] = draw(st.sampled_from([example.one, example.other]))
    for role in ("leader", "worker"):
        for kind in ("labels", "annotations"):
            for name in [n for n in said if n.startswith(f"{role}.{kind}.")]:
                del said[name]
            said[f"{role}.{kind}"] = draw(ENTRIES)
    return a_spec(said)
