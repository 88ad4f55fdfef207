"""One workload applied to its cluster, or removed from it (kubernetes.md §5.2, §6)."""

import logging
from contextlib import suppress
from typing import Any

from django.utils.timezone import now

from workloads.cluster import (
    Cluster,
    Conflict,
    Manifest,
    NotFound,
    Raced,
    Ref,
    Refused,
)
from workloads.models import Applied, Workload
from workloads.sync.check import expect_welcome
from workloads.sync.claims import adopt_claims, delete_claims, keep_claims
from workloads.sync.clusters import cluster_for, found
from workloads.sync.owners import owned
from workloads.sync.secrets import expect_secrets
from workloads.sync.target import bundle
from workloads.sync.turn import NotYet, go_on

ID = "runai-portal/workload-id"
MANAGED = "app.kubernetes.io/managed-by"
MANAGER = "runai-portal"
LONGEST_LOOK = 10.0
SHORTEST_LOOK = 0.5
REMOVED = "Somebody removed it from the cluster. Recreate it, or delete it here too."

logger = logging.getLogger(__name__)


def carry_out(workload: Workload) -> dict[str, Any]:
    """Make the cluster match the row; return the columns that follow."""
    cluster = cluster_for(workload.project.cluster)
    if workload.desired == Workload.Desired.DELETED:
        return remove(workload, cluster)
    try:
        return apply_all(workload, cluster)
    except Raced:
        raise
    except (Refused, Conflict):
        if workload.applied_generation is None:
            _take_back(workload, cluster)
        raise


def apply_all(workload: Workload, cluster: Cluster) -> dict[str, Any]:
    """Apply the bundle: first the cluster is asked, then the anchor, then the rest."""
    expect_secrets(workload)
    try:
        objects = bundle(workload)
    except KeyError as pool:
        raise Refused(
            f"The project has no queue in node pool {pool.args[0]}."
        ) from None
    holds = [_hold(workload, cluster, manifest) for manifest in objects]
    expect_welcome(workload, cluster, zip(objects, holds, strict=True))
    owner: Manifest | None = None
    for manifest, uid in zip(objects, holds, strict=True):
        go_on(workload)
        body = owned(manifest, owner) if owner else manifest
        made = cluster.apply(body, uid=uid, force=bool(uid))
        _remember(workload, made)
        owner = owner or made
    return {"applied_at": now()}


def _hold(workload: Workload, cluster: Cluster, manifest: Manifest) -> str:
    """Return the uid of the object if it is ours, nothing if there is none.

    Raises Conflict for one of somebody else's, which is never overwritten, and for a
    set that somebody removed, which is not made again unasked.
    """
    ref = Ref.of(manifest)
    try:
        live = cluster.get(ref)
    except NotFound:
        if workload.lws_seen and ref.kind == "LeaderWorkerSet":
            raise Conflict(REMOVED) from None
        return ""
    if "deletionTimestamp" in live["metadata"]:
        raise NotYet(pause(workload))
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
    anchor = found(cluster, ref)
    if anchor is None or not ours(workload, anchor):
        return gone(workload, cluster)
    if "deletionTimestamp" not in anchor["metadata"]:
        if workload.keep_volumes:
            keep_claims(workload, cluster)
        else:
            adopt_claims(workload, cluster, anchor)
        uid = anchor["metadata"]["uid"]
        go_on(workload)
        with suppress(NotFound):
            cluster.delete(ref, uid=uid, propagation="Foreground")
    raise NotYet(pause(workload))


def gone(workload: Workload, cluster: Cluster) -> dict[str, Any]:
    """Return that it is deleted, once no volume that a pod got is left either."""
    if workload.keep_volumes:
        keep_claims(workload, cluster)
    elif delete_claims(workload, cluster):
        raise NotYet(pause(workload))
    return {"deleted_at": now()}


def pause(workload: Workload) -> float:
    """Return how long to wait before the next look, longer each time."""
    doubled: float = SHORTEST_LOOK * 2 ** min(workload.attempts, 6)
    return min(doubled, LONGEST_LOOK)


def _take_back(workload: Workload, cluster: Cluster) -> None:
    """Remove what a refused first try left behind."""
    ref = anchor_of(workload)
    try:
        anchor = found(cluster, ref)
        if anchor is not None and ours(workload, anchor):
            cluster.delete(ref, uid=anchor["metadata"]["uid"])
    except (Refused, Conflict) as refusal:
        logger.warning("%s stays behind: %s", ref, refusal)
