"""A workload's objects, in the order in which they are applied."""

from workloads.manifests.claims import claim_templates, claims
from workloads.manifests.manifest import Manifest, present
from workloads.manifests.metadata import (
    in_order,
    metadata,
    normalised,
    own_annotations,
    own_labels,
    patience,
    product_annotations,
    product_labels,
    scheduling_labels,
    spec_hash,
    topology,
)
from workloads.manifests.network import service
from workloads.manifests.pod import pod_template
from workloads.manifests.role import roles_of
from workloads.manifests.target import Identity, Target
from workloads.spec.workload import Rollout, WorkloadSpec


def manifests(
    spec: WorkloadSpec, identity: Identity, target: Target
) -> tuple[Manifest, ...]:
    """Return the anchor, the claims, the Service and the LeaderWorkerSet.

    Without owner references, which only the cluster's answer allows, and without
    nulls: a server-side apply owns what it says. Raises KeyError for a pool that has
    no Queue.
    """
    text = normalised(spec)
    return (
        anchor(identity, target, text),
        *claims(spec, identity, target, text),
        *service(spec, identity, target, text),
        leader_worker_set(spec, identity, target, text),
    )


def anchor(identity: Identity, target: Target, text: str) -> Manifest:
    """Return the object that owns the others: one deletion removes them all."""
    name = f"{identity.name}-anchor"
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(name, identity, target, text),
        "data": {
            "generation": str(identity.generation),
            "spec": text,
            "spec-hash": spec_hash(text),
        },
    }


def leader_worker_set(
    spec: WorkloadSpec, identity: Identity, target: Target, text: str
) -> Manifest:
    """Return the set of groups. Without workers its worker is a copy of the leader."""
    roles = roles_of(spec, identity, target)
    leader = pod_template(roles["leader"])
    worker = pod_template(roles["worker"]) if "worker" in roles else leader
    template = present(
        size=spec.workers + 1,
        restartPolicy=spec.restart_policy,
        leaderTemplate=leader,
        workerTemplate=worker,
        volumeClaimTemplates=claim_templates(spec, identity, target),
    )
    return {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "metadata": _metadata(spec, identity, target, text),
        "spec": present(
            replicas=spec.replicas,
            startupPolicy=spec.startup_policy,
            rolloutStrategy=rollout(spec.rollout, target),
            leaderWorkerTemplate=template,
        ),
    }


def rollout(said: Rollout, target: Target) -> Manifest:
    """Return how a change reaches the groups; only what is said."""
    able = "partition" in target.lws_features
    parts = present(
        maxUnavailable=said.max_unavailable and said.max_unavailable.of_manifest,
        maxSurge=said.max_surge and said.max_surge.of_manifest,
        partition=said.partition if able else None,
    )
    if not parts:
        return {}
    return {"type": "RollingUpdate", "rollingUpdateConfiguration": parts}


def _metadata(
    spec: WorkloadSpec, identity: Identity, target: Target, text: str
) -> Manifest:
    return {
        "name": identity.name,
        "namespace": target.namespace,
        "labels": in_order(
            own_labels(spec.leader),
            product_labels(identity),
            scheduling_labels(spec, target),
        ),
        "annotations": in_order(
            own_annotations(spec.leader),
            topology(spec, target),
            patience(spec),
            product_annotations(identity, text),
        ),
    }
