"""Labels and annotations: the user's below, the product's above."""

from collections.abc import Mapping
from hashlib import sha256

from workloads.manifests.manifest import Manifest, present
from workloads.manifests.target import Identity, Target
from workloads.spec.pod import PodSettings
from workloads.spec.rules.reserved import TOPOLOGY as TOPOLOGY_KEYS
from workloads.spec.rules.reserved import reserved_annotation, reserved_label
from workloads.spec.workload import WorkloadSpec

MANAGER = "runai-portal"
LWS = "leaderworkerset.sigs.k8s.io"
TOPOLOGY = "kai.scheduler/topology"


def normalised(spec: WorkloadSpec) -> str:
    """Return what the spec says beyond the defaults, as the text that is hashed."""
    return spec.model_dump_json(by_alias=True, exclude_defaults=True)


def spec_hash(text: str) -> str:
    """Return the hash of a normalised spec."""
    return sha256(text.encode()).hexdigest()


def product_labels(identity: Identity) -> Manifest:
    """Return what every object of the workload bears."""
    return {
        "app.kubernetes.io/managed-by": MANAGER,
        "runai-portal/project": identity.project_id,
        "runai-portal/workload": identity.name,
        "runai-portal/workload-id": identity.id,
    }


def product_annotations(identity: Identity, text: str) -> Manifest:
    """Return who made the object from what. Never on a template: it would roll."""
    return {
        "runai-portal/created-by": identity.created_by,
        "runai-portal/spec-hash": spec_hash(text),
    }


def metadata(name: str, identity: Identity, target: Target, text: str) -> Manifest:
    """Return the metadata of an object that the user has no say in."""
    return {
        "name": name,
        "namespace": target.namespace,
        "labels": product_labels(identity),
        "annotations": product_annotations(identity, text),
    }


def pool_of(spec: WorkloadSpec, target: Target) -> str:
    """Return the pool to begin with; the assigner moves on (kubernetes.md §3.5)."""
    return spec.node_pools[0] if spec.node_pools else target.default_pool


def scheduling_labels(spec: WorkloadSpec, target: Target) -> Manifest:
    """Return what the scheduler reads on set and pods. Raises KeyError: no Queue."""
    pool = pool_of(spec, target)
    return present(
        **{
            "kai.scheduler/node-pool": None if pool == target.default_pool else pool,
            "kai.scheduler/preemptibility": spec.preemptibility,
            "kai.scheduler/queue": target.queues[pool],
            "priorityClassName": spec.priority_class,
        }
    )


def patience(spec: WorkloadSpec) -> Manifest:
    """Keep KAI from evicting a leader whose workers come later (fact 1)."""
    if spec.startup_policy != "LeaderReady":
        return {}
    return {"kai.scheduler/staleness-grace-period": "-1s"}


def topology(spec: WorkloadSpec, target: Target) -> Manifest:
    """Return the network topology of each replica. What the user says beats the pool's.

    Without a word of the user's: preferably at the nearest level (policies.md §12).
    """
    pool = pool_of(spec, target)
    said = {
        note.name: note.value or ""
        for note in spec.leader.annotations
        if note.name in TOPOLOGY_KEYS
    }
    near = None if said else target.nearest_levels.get(pool)
    of_pool = present(
        **{
            TOPOLOGY: target.topologies.get(pool),
            f"{TOPOLOGY}-preferred-placement": near,
        }
    )
    return of_pool | said


def own_labels(pod: PodSettings) -> Manifest:
    """Return the user's labels of a role, never one that is the platform's."""
    return {
        label.name: label.value or ""
        for label in pod.labels
        if label.name and not reserved_label(label.name)
    }


def own_annotations(pod: PodSettings) -> Manifest:
    """Return the user's annotations of a role, never one that is the platform's."""
    return {
        note.name: note.value or ""
        for note in pod.annotations
        if note.name and not reserved_annotation(note.name)
    }


def in_order(*layers: Mapping[str, str]) -> Manifest:
    """Merge, later layers winning; the same keys always come in the same order."""
    merged: Manifest = {}
    for layer in layers:
        merged |= layer
    return dict(sorted(merged.items()))
