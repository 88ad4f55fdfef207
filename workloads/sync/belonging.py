"""Which workload an object of the cluster belongs to."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from projects.models import Cluster
from workloads.cluster import Manifest
from workloads.models import Workload
from workloads.status.reading import moment, table

ID = "runai-portal/workload-id"
CLAIM = "PersistentVolumeClaim"
SKEW = timedelta(seconds=30)
"""How far a cluster's clock may be behind."""

LONGEST = 5_000
"""Values of one statement."""

OF_SET = re.compile(r"(?P<name>.+?)(-\d+){0,2}\Z")
OF_GROUP = re.compile(r"pg-(?P<name>.+)-[0-9a-f-]{36}-group-\d+\Z")


class Owner(NamedTuple):
    """A live workload, and since when there is one."""

    id: str
    since: datetime


@dataclass(frozen=True)
class Owners:
    """The live workloads that some objects may belong to."""

    namespaces: Mapping[str, str]
    by_name: Mapping[tuple[str, str], Owner]

    @classmethod
    def among(cls, cluster: Cluster, manifests: Iterable[Manifest]) -> "Owners":
        """Return the cluster's workloads that these objects name."""
        ids: set[UUID] = set()
        names: set[str] = set()
        for manifest in manifests:
            if _is_event(manifest):
                names.update(name for _, name in _named(manifest))
            elif (found := labelled(manifest)) is not None:
                ids.add(found)
        rows = Workload.objects.live().filter(project__department__cluster=cluster)
        by_name = {
            (namespace, name): Owner(str(pk), since)
            for part in (*_parts("pk", ids), *_parts("name", names))
            for pk, name, namespace, since in rows.filter(**part).values_list(
                "pk", "name", "project__namespace", "created_at"
            )
        }
        places = {owner.id: place[0] for place, owner in by_name.items()}
        return cls(places, by_name)

    def of_object(self, manifest: Manifest) -> str:
        """Return the id of the workload, or nothing for a stranger's object."""
        if _is_event(manifest):
            found = (self.by_name.get(place) for place in _named(manifest))
            about = next(filter(None, found), None)
            at = event_time(manifest)
            old = about and at and at < about.since - SKEW  # of another of that name
            return about.id if about and not old else ""
        owner = str(labelled(manifest) or "")
        namespace = table(manifest, "metadata").get("namespace")
        known = self.namespaces.get(owner)  # a label alone is anybody's
        return owner if known and namespace == known else ""


def _parts(column: str, values: Iterable[Any]) -> Iterator[dict[str, list[Any]]]:
    """Yield filters, each as long as a statement may be."""
    rest = list(values)
    for start in range(0, len(rest), LONGEST):
        yield {f"{column}__in": rest[start : start + LONGEST]}


def _is_event(manifest: Manifest) -> bool:
    return "involvedObject" in manifest or "regarding" in manifest


def labelled(manifest: Manifest) -> UUID | None:
    """Return the workload that an object's label names."""
    labels = table(manifest, "metadata", "labels")
    try:
        return UUID(str(labels.get(ID, "")))
    except ValueError:
        return None


def _named(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Yield the workloads that an event may be about, by namespace and name.

    Events bear no labels: their object's name says whose they are. Names of
    workloads never end in a number, so it is plain where one ends.
    """
    about = table(manifest, "involvedObject") or table(manifest, "regarding")
    name, namespace = str(about.get("name", "")), str(about.get("namespace", ""))
    if about.get("kind") == CLAIM:
        parts = name.split("-")
        for length in range(len(parts), 0, -1):
            yield namespace, "-".join(parts[:length])
        return
    pattern = OF_GROUP if about.get("kind") == "PodGroup" else OF_SET
    if match := pattern.match(name):
        yield namespace, match["name"]


def event_time(manifest: Manifest) -> datetime | None:
    """Return when an event happened last (kubernetes.md §4.1)."""
    return (
        moment(manifest, "series", "lastObservedTime")
        or moment(manifest, "eventTime")
        or moment(manifest, "lastTimestamp")
        or moment(manifest, "metadata", "creationTimestamp")
    )
