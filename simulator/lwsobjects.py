"""The objects that stand behind a LeaderWorkerSet."""

import json

from simulator.answers import Manifest
from simulator.lwsnames import (
    GROUP_INDEX,
    GROUP_KEY,
    LEADER_NAME,
    NAME,
    POLICY,
    REPLICAS,
    REVISION,
    SIZE,
    SUBGROUP_SIZE,
    WORKER_INDEX,
    annotations_of,
    labels_of,
    ordinal,
    owner,
    revision_of,
)
from simulator.lwsrollout import Plan


def pod_annotations(item: Manifest) -> dict[str, str]:
    """What every pod of the group is told about it."""
    template = item["spec"]["leaderWorkerTemplate"]
    found = {SIZE: str(template["size"])}
    policy = item["spec"]["networkConfig"]["subdomainPolicy"]
    if policy != "Shared":
        found[POLICY] = policy
    if part := (template.get("subGroupPolicy") or {}).get("subGroupSize"):
        found[SUBGROUP_SIZE] = str(part)
    return found


def pod_template(
    item: Manifest, role: str, labels: dict[str, str], annotations: dict[str, str]
) -> Manifest:
    """The template of one role, with the place in the group written on it."""
    templates = item["spec"]["leaderWorkerTemplate"]
    said = templates.get(f"{role}Template") or templates["workerTemplate"]
    template: Manifest = json.loads(json.dumps(said))
    metadata = template.setdefault("metadata", {})
    metadata["labels"] = (metadata.get("labels") or {}) | labels
    metadata["annotations"] = (metadata.get("annotations") or {}) | annotations
    return template


def leader_set(item: Manifest, steps: Plan) -> Manifest:
    """The set of all leaders."""
    name = item["metadata"]["name"]
    own = {NAME: name, REVISION: revision_of(item)}
    spec = {
        "replicas": steps.replicas,
        "podManagementPolicy": "Parallel",
        "serviceName": name,
        "selector": {"matchLabels": {NAME: name, WORKER_INDEX: "0"}},
        "template": pod_template(
            item, "leader", own | {WORKER_INDEX: "0"}, pod_annotations(item)
        ),
        "updateStrategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"partition": steps.partition},
        },
    }
    found = stateful_set(item, name, own, with_claims(item, spec), owner(item))
    found["metadata"]["annotations"][REPLICAS] = str(item["spec"]["replicas"])
    return found


def worker_set(item: Manifest, leader: Manifest) -> Manifest:
    """The set of one group's workers, owned by the group's leader pod."""
    name, workload = leader["metadata"]["name"], item["metadata"]["name"]
    group = {
        NAME: workload,
        GROUP_INDEX: str(ordinal(name)),
        GROUP_KEY: labels_of(leader)[GROUP_KEY],
    }
    own = group | {REVISION: labels_of(leader)[REVISION]}
    alone = item["spec"]["networkConfig"]["subdomainPolicy"] != "Shared"
    spec = {
        "replicas": item["spec"]["leaderWorkerTemplate"]["size"] - 1,
        "ordinals": {"start": 1},
        "podManagementPolicy": "Parallel",
        "serviceName": name if alone else workload,
        "selector": {"matchLabels": group},
        "template": pod_template(
            item, "worker", own, pod_annotations(item) | {LEADER_NAME: name}
        ),
    }
    return stateful_set(item, name, own, with_claims(item, spec), owner(leader))


def with_claims(item: Manifest, spec: Manifest) -> Manifest:
    """The set's spec with the claims that every pod gets."""
    template = item["spec"]["leaderWorkerTemplate"]
    if claims := template.get("volumeClaimTemplates"):
        spec["volumeClaimTemplates"] = claims
        retention = template.get("persistentVolumeClaimRetentionPolicy") or {}
        spec["persistentVolumeClaimRetentionPolicy"] = {
            "whenDeleted": "Retain",
            "whenScaled": "Retain",
        } | retention
    return spec


def stateful_set(
    item: Manifest, name: str, own: dict[str, str], spec: Manifest, owned_by: Manifest
) -> Manifest:
    """A set that carries the workload's labels and annotations, as 0.10 does."""
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {
            "name": name,
            "namespace": item["metadata"]["namespace"],
            "labels": labels_of(item) | own,
            "annotations": dict(annotations_of(item)),
            "ownerReferences": [owned_by],
        },
        "spec": spec,
    }


def headless_service(item: Manifest, name: str, leader: Manifest | None) -> Manifest:
    """The service behind the pods' names: of the workload, or of one group."""
    workload = item["metadata"]["name"]
    chosen = {NAME: workload}
    if leader is not None:
        chosen[GROUP_INDEX] = labels_of(leader)[GROUP_INDEX]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": name,
            "namespace": item["metadata"]["namespace"],
            "ownerReferences": [owner(leader or item)],
        },
        "spec": {
            "clusterIP": "None",
            "publishNotReadyAddresses": True,
            "selector": chosen,
        },
    }
