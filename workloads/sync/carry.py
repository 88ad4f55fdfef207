"""One workload applied to its cluster, or removed from it (kubernetes.md §5.2, §6)."""

from typing import Any

from django.utils.timezone import now

from workloads.cluster import (
    Cluster,
    Conflict,
    Manifest,
    NotFound,
    Ref,
    Refused,
)
from workloads.models import Applied, Workload
from workloads.sync.clusters import cluster_for
from workloads.sync.target import bundle

ID = "runai-portal/workload-id"
MANAGED = "app.kubernetes.io/managed-by"
MANAGER = "runai-portal"
CLAIM = "PersistentVolumeClaim"
LONGEST_LOOK = 10.0
SHORTEST_LOOK = 0.5


class NotYet(Exception):
    """Something takes its time; look again after some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


def carry_out(workload: Workload) -> dict[str, Any]:
    """Make the cluster match the row; return the columns that follow."""
    cluster = cluster_for(workload.project.cluster)
    if workload.desired == Workload.Desired.DELETED:
        return remove(workload, cluster)
    try:
        return apply_all(workload, cluster)
    except (Refused, Conflict):
        if workload.applied_generation is None:
            _take_back(workload, cluster)
        raise


def apply_all(workload: Workload, cluster: Cluster) -> dict[str, Any]:
    """Apply the bundle: all of it dry and strict, then the anchor, then the rest."""
    objects = bundle(workload)
    holds = [_hold(workload, cluster, manifest) for manifest in objects]
    for manifest, uid in zip(objects, holds, strict=True):
        cluster.apply(manifest, uid=uid, force=bool(uid), dry_run=True)
    owner: Manifest | None = None
    for manifest, uid in zip(objects, holds, strict=True):
        body = owned(manifest, owner) if owner else manifest
        made = cluster.apply(body, uid=uid, force=bool(uid))
        _remember(workload, made)
        owner = owner or made
    return {"applied_at": now()}


def owned(manifest: Manifest, anchor: Manifest) -> Manifest:
    """Return the object with the anchor as its owner: it goes when the anchor goes."""
    reference = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": anchor["metadata"]["name"],
        "uid": anchor["metadata"]["uid"],
        "controller": False,
        "blockOwnerDeletion": True,
    }
    return manifest | {
        "metadata": manifest["metadata"] | {"ownerReferences": [reference]}
    }


def _hold(workload: Workload, cluster: Cluster, manifest: Manifest) -> str:
    """Return the uid of the object if it is ours, nothing if there is none.

    Raises Conflict for one of somebody else's: it is never overwritten.
    """
    ref = Ref.of(manifest)
    try:
        live = cluster.get(ref)
    except NotFound:
        return ""
    if "deletionTimestamp" in live["metadata"]:
        raise NotYet(1.0)
    if not ours(workload, live):
        raise Conflict(f"{ref} is taken by an object outside the portal.")
    return str(live["metadata"]["uid"])


def ours(workload: Workload, live: Manifest) -> bool:
    """Whether the object is the one that we made, or were making when we died."""
    known = workload.applied.filter(
        kind=live["kind"], name=live["metadata"]["name"]
    ).first()
    if known is not None:
        return bool(known.uid == live["metadata"]["uid"])
    labels = live["metadata"].get("labels") or {}
    return labels.get(MANAGED) == MANAGER and labels.get(ID) == str(workload.pk)


def _remember(workload: Workload, made: Manifest) -> None:
    Applied.objects.update_or_create(
        workload=workload,
        kind=made["kind"],
        name=made["metadata"]["name"],
        defaults={"uid": made["metadata"]["uid"]},
    )


def anchor_of(workload: Workload) -> Ref:
    """Return the object that owns all the others."""
    return Ref("v1", "ConfigMap", f"{workload.name}-anchor", workload.namespace)


def remove(workload: Workload, cluster: Cluster) -> dict[str, Any]:
    """Delete the anchor in the foreground; done once it answers 404."""
    ref = anchor_of(workload)
    try:
        anchor = cluster.get(ref)
    except NotFound:
        return {"deleted_at": now()}
    if not ours(workload, anchor):
        return {"deleted_at": now()}
    if "deletionTimestamp" not in anchor["metadata"]:
        if workload.keep_volumes:
            keep_claims(workload, cluster)
        uid = anchor["metadata"]["uid"]
        cluster.delete(ref, uid=uid, propagation="Foreground")
    raise NotYet(min(SHORTEST_LOOK * 2 ** min(workload.attempts, 6), LONGEST_LOOK))


def keep_claims(workload: Workload, cluster: Cluster) -> None:
    """Take the workload's volumes out of the anchor's ownership."""
    for applied in workload.applied.filter(kind=CLAIM):
        ref = Ref("v1", CLAIM, applied.name, workload.namespace)
        try:
            cluster.patch(ref, {"metadata": {"ownerReferences": None}})
        except NotFound:
            continue


def _take_back(workload: Workload, cluster: Cluster) -> None:
    """Remove what a refused first try left behind."""
    ref = anchor_of(workload)
    try:
        anchor = cluster.get(ref)
        if ours(workload, anchor):
            cluster.delete(ref, uid=anchor["metadata"]["uid"])
    except NotFound:
        return
