"""The podgrouper: which pods belong together, and the PodGroup that says so. Pure."""

from dataclasses import dataclass
from typing import Any

from simulator.lwsnames import (
    GROUP_INDEX,
    NAME,
    annotations_of,
    is_leader,
    labels_of,
)
from simulator.placement import POOL

Manifest = dict[str, Any]
QUEUE = "kai.scheduler/queue"
PREEMPTIBILITY = "kai.scheduler/preemptibility"
GRACE = "kai.scheduler/staleness-grace-period"
SKIP = "kai.scheduler/skip-podgrouper"
GROUP_NAME = "pod-group-name"
SUBGROUP = "kai.scheduler/subgroup-name"
SEGMENT = "kai.scheduler/segment-size"
VERSION = "scheduling.run.ai/v2alpha2"


@dataclass(frozen=True)
class Membership:
    """The group of one pod: its name, and the sub-group that the pod is in."""

    name: str
    part: str


def membership(pod: Manifest, workload: Manifest | None) -> Membership:
    """The group that a pod belongs to."""
    metadata = pod["metadata"]
    if workload is None:
        return Membership(f"pg-{metadata['name']}-{metadata['uid']}", "")
    own, index = workload["metadata"], labels_of(pod).get(GROUP_INDEX, "0")
    name = f"pg-{own['name']}-{own['uid']}-group-{index}"
    return Membership(name, part_of(pod, workload))


def part_of(pod: Manifest, workload: Manifest) -> str:
    """The sub-group: leader or workers, or a segment of the group."""
    if part := segment(workload):
        number = int(labels_of(pod).get(f"{NAME.rsplit('/', 1)[0]}/worker-index", 0))
        return f"segment-{number // part}"
    return "leader" if is_leader(pod) else "workers"


def segment(workload: Manifest) -> int:
    """The size of the segments of a group, 0 for leader and workers."""
    template = workload["spec"]["leaderWorkerTemplate"]
    said = annotations_of(workload).get(SEGMENT)
    part = (template.get("subGroupPolicy") or {}).get("subGroupSize") or said or 0
    return int(part) if int(part) > 1 else 0


def subgroups(workload: Manifest, *, whole: bool) -> list[Manifest]:
    """The sub-groups with their least members."""
    size = workload["spec"]["leaderWorkerTemplate"]["size"]
    if part := segment(workload):
        sizes = [min(part, size - start) for start in range(0, size, part)]
        return [
            {"name": f"segment-{n}", "minMember": count}
            for n, count in enumerate(sizes)
        ]
    leader = {"name": "leader", "minMember": 1}
    if size == 1 or not whole:
        return [leader]
    return [leader, {"name": "workers", "minMember": size - 1}]


def pod_group(
    pod: Manifest, workload: Manifest | None, name: str, *, leader_bound: bool
) -> Manifest:
    """The PodGroup of a pod as the podgrouper writes it first."""
    top = workload or pod
    spec: Manifest = {
        "minMember": 1,
        "queue": labels_of(top).get(QUEUE, "default-queue"),
        "priorityClassName": priority_name(pod, top),
    }
    if workload is not None:
        whole = workload["spec"]["startupPolicy"] != "LeaderReady" or leader_bound
        spec["subGroups"] = subgroups(workload, whole=whole)
        spec["minMember"] = sum(part["minMember"] for part in spec["subGroups"])
    if said := labels_of(top).get(PREEMPTIBILITY):
        spec["preemptibility"] = said
    if grace := annotations_of(top).get(GRACE):
        spec["stalenessGracePeriod"] = grace
    metadata = top["metadata"]
    return {
        "apiVersion": VERSION,
        "kind": "PodGroup",
        "metadata": {
            "name": name,
            "namespace": metadata["namespace"],
            "labels": dict(labels_of(top)),
            "annotations": dict(annotations_of(top)),
            "ownerReferences": [
                {
                    "apiVersion": top["apiVersion"],
                    "kind": top["kind"],
                    "name": metadata["name"],
                    "uid": metadata["uid"],
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
        },
        "spec": spec,
    }


def priority_name(pod: Manifest, top: Manifest) -> str:
    """The label on the owner, then the pod's, then its class, then ``train``."""
    for found in (
        labels_of(top).get("priorityClassName"),
        labels_of(pod).get("priorityClassName"),
        pod["spec"].get("priorityClassName"),
    ):
        if found:
            return found
    return "train"


def renewed(live: Manifest, wanted: Manifest) -> Manifest | None:
    """The merge patch for a group that is there; queue and pool are kept."""
    spec = {
        name: value
        for name, value in wanted["spec"].items()
        if name != "queue" and (live.get("spec") or {}).get(name) != value
    }
    labels = {
        name: value
        for name, value in labels_of(wanted).items()
        if name != POOL and labels_of(live).get(name) != value
    }
    patch: Manifest = {}
    if spec:
        patch["spec"] = spec
    if labels:
        patch["metadata"] = {"labels": labels}
    return patch or None
