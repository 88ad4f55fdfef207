"""The volumes of a workload: those that were applied, and those that pods got.

The claims of a volumeClaimTemplate are made by the StatefulSets of LeaderWorkerSet,
without our labels and without an owner (kubernetes.md §2.4, §6). Seen, they get both;
kept, they lose both, so that nothing of the workload finds them again.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from projects.models import Cluster as Row
from workloads.cluster import Cluster, Manifest, NotFound, Ref
from workloads.models import Applied, Workload
from workloads.sync.owners import reference

CLAIM = "PersistentVolumeClaim"
ID = "runai-portal/workload-id"
KEPT = "runai-portal/kept"
MANAGED = "app.kubernetes.io/managed-by"
MANAGER = "runai-portal"
SET = "leaderworkerset.sigs.k8s.io/name"


def adopt(row: Row, cluster: Cluster) -> None:
    """Give new claims of pods to the workloads that they were made for."""
    claims, _ = cluster.list("v1", CLAIM, selector=f"{SET},!{ID},!{KEPT}")
    wanted = {_place(claim): claim for claim in claims}
    names = {name for _, name in wanted}
    running = Workload.objects.live().filter(
        project__department__cluster=row, desired=Workload.Desired.RUNNING
    )
    here = {
        (workload.namespace, workload.name): workload
        for workload in running.filter(name__in=names).select_related("project")
    }
    for claim in claims:
        workload = here.get(_place(claim))
        anchor = workload and _anchor(workload)
        if workload and anchor:
            _patch(cluster, claim, _ours(workload, anchor.name, anchor.uid))


def adopt_claims(workload: Workload, cluster: Cluster, anchor: Manifest) -> None:
    """Have the claims of a workload that is deleted go with its anchor."""
    meta = anchor["metadata"]
    for claim in of_pods(workload, cluster):
        _patch(cluster, claim, _ours(workload, meta["name"], meta["uid"]))


def keep_claims(workload: Workload, cluster: Cluster) -> None:
    """Take the workload's volumes out of its hands: they outlive it."""
    lost = {"ownerReferences": None, "labels": {ID: None, KEPT: workload.name}}
    for claim in (*_labelled(workload, cluster), *of_pods(workload, cluster)):
        _patch(cluster, claim, lost)


def delete_claims(workload: Workload, cluster: Cluster) -> int:
    """Delete what is left of the claims. Return how many there were."""
    left = [*_labelled(workload, cluster), *of_pods(workload, cluster)]
    for claim in left:
        if "deletionTimestamp" not in claim["metadata"]:
            with suppress(NotFound):
                cluster.delete(Ref.of(claim), uid=claim["metadata"]["uid"])
    return len(left)


def of_pods(workload: Workload, cluster: Cluster) -> Iterator[Manifest]:
    """Yield the claims that pods of the workload got and nobody has adopted."""
    if any(pod_claims(workload)):
        yield from _list(workload, cluster, f"{SET}={workload.name},!{ID},!{KEPT}")


def pod_claims(workload: Workload) -> Iterator[Any]:
    """Yield the new volumes of the workload: those that may be made for each pod."""
    for role in ("leader", "worker"):
        storage = (workload.resolved.get(role) or {}).get("storage") or {}
        yield from (v for v in storage.get("pvc") or () if not v.get("existingPvc"))


def _labelled(workload: Workload, cluster: Cluster) -> list[Manifest]:
    return _list(workload, cluster, f"{ID}={workload.pk}")


def _list(workload: Workload, cluster: Cluster, selector: str) -> list[Manifest]:
    found, _ = cluster.list(
        "v1", CLAIM, selector=selector, namespace=workload.namespace
    )
    return [claim | {"apiVersion": "v1", "kind": CLAIM} for claim in found]


def _anchor(workload: Workload) -> Applied | None:
    applied = workload.applied.filter(kind="ConfigMap", name=f"{workload.name}-anchor")
    return applied.first()


def _ours(workload: Workload, anchor: str, uid: str) -> dict[str, Any]:
    return {
        "labels": {MANAGED: MANAGER, ID: str(workload.pk)},
        "ownerReferences": [reference(anchor, uid)],
    }


def _patch(cluster: Cluster, claim: Manifest, metadata: dict[str, Any]) -> None:
    meta = claim["metadata"]
    ref = Ref("v1", CLAIM, meta["name"], meta["namespace"])
    with suppress(NotFound):
        cluster.patch(ref, {"metadata": {"uid": meta["uid"]} | metadata})


def _place(claim: Manifest) -> tuple[str, str]:
    meta = claim["metadata"]
    return meta["namespace"], meta["labels"][SET]
