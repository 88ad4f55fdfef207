"""What a cluster says, taken into the rows. Level-triggered: a list makes all good."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils.timezone import now

from projects.models import Cluster
from workloads.cluster import Manifest
from workloads.cluster.kinds import LWS, PODGROUP
from workloads.models import Event, Pod, Workload
from workloads.status.reduced import reduced
from workloads.status.telling import only_with_pod, tells
from workloads.sync.belonging import Owners, event_time
from workloads.sync.evidence import hold
from workloads.sync.forget import trim_events

SELECTOR = "app.kubernetes.io/managed-by=runai-portal"


class Watched(NamedTuple):
    """A kind that the follower keeps an eye on."""

    api: str
    kind: str
    selector: str = SELECTOR


WATCHED = (
    Watched(LWS, "LeaderWorkerSet"),
    Watched("v1", "Pod"),
    Watched(PODGROUP, "PodGroup"),
    Watched("v1", "PersistentVolumeClaim"),
    Watched("v1", "Event", ""),
)
KEPT_IN_ROW = {"PodGroup": "podGroups", "PersistentVolumeClaim": "claims"}


TOGETHER = 5_000
"""Values of one statement."""


class Seen(NamedTuple):
    """One object, there or gone."""

    manifest: Manifest
    gone: bool = False


def take_in(cluster: Cluster, kind: str, seen: Iterable[Seen]) -> set[str]:
    """Write changes of one kind. Return the workloads that they touch."""
    changes = list(seen)
    owners = Owners.among(cluster, (item.manifest for item in changes))
    found = [(owners.of_object(item.manifest), item) for item in changes]
    belonging = [(owner, item) for owner, item in found if owner]
    if not belonging:
        return set()
    touched = {owner for owner, _ in belonging}
    with transaction.atomic():
        count_sightings(touched)
        match kind:
            case "Pod":
                _take_pods(belonging)
            case "Event":
                _take_events(belonging)
            case _:
                _take_into_rows(kind, belonging)
    return touched


def count_sightings(workloads: Iterable[Any]) -> None:
    """Hold the rows, and note that what is known of them changes: first of all.

    What was worked out before is then not written any more.
    """
    for part in _parts(workloads):
        hold(part)
        rows = Workload.objects.filter(pk__in=part)
        rows.update(sightings=F("sightings") + 1)


def _parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    rest = sorted(values)
    for start in range(0, len(rest), TOGETHER):
        yield rest[start : start + TOGETHER]


def take_stock(cluster: Cluster, kind: str, items: Iterable[Manifest]) -> set[str]:
    """Make the rows match a list, gone objects included. Return who is touched."""
    there = list(items)
    touched = take_in(cluster, kind, map(Seen, there))
    uids = {_uid(item) for item in there}
    return touched | _forget_all_but(cluster, kind, uids)


def heard(cluster: Cluster) -> None:
    """Write that the cluster was heard just now."""
    Cluster.objects.filter(pk=cluster.pk).update(heard_at=now())


def _uid(manifest: Manifest) -> str:
    return str((manifest.get("metadata") or {}).get("uid", ""))


def _name(manifest: Manifest) -> str:
    return str((manifest.get("metadata") or {}).get("name", ""))


def _take_pods(belonging: list[tuple[str, Seen]]) -> None:
    gone = [_uid(item.manifest) for _, item in belonging if item.gone]
    Pod.objects.filter(pk__in=gone).delete()
    there = {
        _uid(item.manifest): Pod(
            uid=_uid(item.manifest),
            workload_id=owner,
            name=_name(item.manifest),
            manifest=reduced(item.manifest, "Pod"),
        )
        for owner, item in belonging
        if not item.gone
    }
    Pod.objects.bulk_create(
        there.values(),
        update_conflicts=True,
        unique_fields=["uid"],
        update_fields=["manifest", "name"],
    )


def _take_events(belonging: list[tuple[str, Seen]]) -> None:
    """Keep an event though it expires in the cluster; the newest 500 a workload."""
    rows = {
        _uid(item.manifest): Event(
            uid=_uid(item.manifest),
            workload_id=owner,
            at=event_time(item.manifest) or now(),
            manifest=reduced(item.manifest, "Event"),
            tells=tells(item.manifest),
            only_with_pod=only_with_pod(item.manifest),
        )
        for owner, item in belonging
        if not item.gone
    }
    Event.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["uid"],
        update_fields=["at", "manifest"],
    )
    trim_events({owner for owner, _ in belonging})


def _take_into_rows(kind: str, belonging: list[tuple[str, Seen]]) -> None:
    by_owner: dict[str, list[Seen]] = {}
    for owner, item in belonging:
        by_owner.setdefault(owner, []).append(item)
    for row in Workload.objects.filter(pk__in=by_owner):
        stored = row.observed
        for item in by_owner[str(row.pk)]:
            stored = _with(stored, kind, item)
        columns: dict[str, Any] = {"observed": stored}
        if kind == "LeaderWorkerSet" and stored.get("lws"):
            columns["lws_seen"] = True
        if stored != row.observed or "lws_seen" in columns:
            Workload.objects.filter(pk=row.pk).update(**columns)


def _with(stored: dict[str, Any], kind: str, item: Seen) -> dict[str, Any]:
    """Return what is kept in the row, with one object changed."""
    if kind == "LeaderWorkerSet":
        uid = _uid(stored.get("lws") or {})
        if item.gone and uid not in ("", _uid(item.manifest)):
            return stored  # an older one of the same name
        return stored | {"lws": None if item.gone else reduced(item.manifest, kind)}
    name = KEPT_IN_ROW[kind]
    others = {
        uid: manifest
        for uid, manifest in (stored.get(name) or {}).items()
        if uid != _uid(item.manifest)
    }
    mine = {} if item.gone else {_uid(item.manifest): reduced(item.manifest, kind)}
    return stored | {name: others | mine}


def _forget_all_but(cluster: Cluster, kind: str, uids: set[str]) -> set[str]:
    """Drop what the rows hold of a kind and the list has not. Events are kept."""
    if kind == "Event":
        return set()
    rows = Workload.objects.live().filter(project__department__cluster=cluster)
    if kind == "Pod":
        held = Pod.objects.filter(workload__in=rows)
        gone = {
            uid: str(owner)
            for uid, owner in held.values_list("uid", "workload_id")
            if uid not in uids
        }
        if gone:
            _forget_pods(gone)
        return set(gone.values())
    touched = set()
    for pk, held in rows.exclude(observed={}).values_list("pk", "observed"):
        stored = _without_gone(held, kind, uids)
        if stored != held:
            Workload.objects.filter(pk=pk).update(observed=stored)
            touched.add(str(pk))
    return touched


@transaction.atomic
def _forget_pods(gone: Mapping[str, str]) -> None:
    """Drop pods, given with their workloads."""
    count_sightings(set(gone.values()))
    for part in _parts(gone):
        Pod.objects.filter(pk__in=part).delete()


def _without_gone(stored: dict[str, Any], kind: str, uids: set[str]) -> dict[str, Any]:
    if kind == "LeaderWorkerSet":
        held = stored.get("lws")
        return stored | {"lws": None} if held and _uid(held) not in uids else stored
    name = KEPT_IN_ROW[kind]
    if name not in stored:
        return stored
    kept = {uid: held for uid, held in stored[name].items() if uid in uids}
    return stored | {name: kept}
