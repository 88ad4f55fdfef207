"""What a write means: names, versions, generations, finalizers, owners of fields."""

import datetime
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from simulator import admission
from simulator.answers import (
    Manifest,
    already_exists,
    bad_request,
    cause,
    forbidden,
    invalid,
    not_found,
    stale,
    timestamp,
)
from simulator.apply import applied, updated_entries, with_entries
from simulator.kinds import EVENT, NAMESPACE, NODE, POD, POD_GROUP, Kind
from simulator.preconditions import (
    check_finalizers,
    check_preconditions,
    check_version,
)
from simulator.store import Record, Store
from simulator.validation import decoded, typed

SUBDOMAIN = re.compile(r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
KEPT = (
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "generateName",
)
FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"
UNTRACKED = (EVENT, NODE, POD, POD_GROUP)
LOOSE_NAMES = (EVENT.name, "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")


@dataclass(frozen=True)
class Write:
    """How a write was asked for. No manager: a controller, not tracked."""

    manager: str = ""
    dry_run: bool = False
    strict: bool = False
    force: bool = False
    subresource: str = ""
    patch: bool = False


@dataclass(frozen=True)
class Deletion:
    """How a deletion was asked for."""

    policy: str = "Background"
    grace: int | None = None
    uid: str = ""
    version: str = ""
    dry_run: bool = False


CONTROLLER = Write()
Change = Callable[[Manifest], Manifest]


@dataclass
class Registry:
    """The API without HTTP: every write of clients and controllers goes through."""

    store: Store
    admit: Callable[..., None] = field(default=admission.admit)

    def record(self, kind: Kind, namespace: str, name: str) -> Record:
        found = self.store.get(kind, namespace, name)
        if found is None:
            raise not_found(kind, name)
        return found

    def create(
        self, kind: Kind, namespace: str, item: Manifest, write: Write = CONTROLLER
    ) -> Manifest:
        """Make an object; raises when the name is taken."""
        metadata = item.setdefault("metadata", {})
        name_object(kind, namespace, item)
        self._expect_namespace(kind, namespace)
        if self.store.get(kind, namespace, metadata["name"]):
            raise already_exists(kind, metadata["name"])
        if write.manager:
            item = decoded(kind, item, strict=write.strict)
        return self._make(kind, item, write)

    def _make(self, kind: Kind, item: Manifest, write: Write) -> Manifest:
        metadata = item["metadata"]
        for name in ("resourceVersion", "deletionTimestamp", "selfLink"):
            metadata.pop(name, None)
        metadata["uid"] = str(uuid.uuid4())
        metadata["creationTimestamp"] = timestamp()
        if "spec" in item:
            metadata["generation"] = 1
        if "status" in kind.subresources:
            item.pop("status", None)
        item |= {"apiVersion": kind.api_version, "kind": kind.name}
        self.admit(self, kind, item, None)
        if tracked(kind, write) and "managedFields" not in metadata:
            entries = updated_entries(kind, None, item, write.manager, "")
            with_entries(kind, item, entries)
        if write.dry_run:
            return item
        return self.store.put(kind, item).item

    def change(
        self,
        kind: Kind,
        place: tuple[str, str],
        change: Change,
        write: Write = CONTROLLER,
    ) -> Manifest:
        """Rewrite an object that is there by a function of its present state."""
        before = self.record(kind, *place)
        after = change(before.copy())
        check_version(kind, before, after, patch=write.patch)
        if not write.subresource and "status" in kind.subresources:
            after.pop("status", None)
        if write.manager and not write.subresource and says_new(kind, before, after):
            after = decoded(kind, after, strict=write.strict)
        separate(before.item, after, kind, write.subresource)
        if tracked(kind, write):
            entries = updated_entries(
                kind, before.item, after, write.manager, write.subresource
            )
            with_entries(kind, after, entries)
        return self._finish(kind, before, after, write)

    def apply(
        self, kind: Kind, namespace: str, said: Manifest, write: Write
    ) -> tuple[Manifest, bool]:
        """Server-side apply; says whether the object was made."""
        name_object(kind, namespace, said)
        metadata = said["metadata"]
        if metadata.get("managedFields"):
            raise bad_request("metadata.managedFields must be nil")
        self._expect_namespace(kind, namespace)
        typed(kind, said)
        before = self.store.get(kind, namespace, metadata["name"])
        if before is None:
            if metadata.get("uid"):
                why = "uid mismatch: the provided object specified uid "
                why += f"{metadata['uid']}, and no existing object was found"
                raise stale(kind, metadata["name"], why)
            item = applied(kind, None, said, write.manager, force=write.force)
            return self._make(kind, item, write), True
        check_version(kind, before, said, patch=True)
        live = before.copy()
        after = applied(kind, live, said, write.manager, force=write.force)
        separate(before.item, after, kind, write.subresource)
        return self._finish(kind, before, after, write), False

    def _finish(
        self, kind: Kind, before: Record, after: Manifest, write: Write
    ) -> Manifest:
        metadata = after["metadata"]
        check_finalizers(kind, before, after)
        if not write.subresource:
            self.admit(self, kind, after, before.item)
        metadata["resourceVersion"] = before.item["metadata"]["resourceVersion"]
        if after == before.item:
            return before.item
        if "generation" in metadata and meaning(after) != meaning(before.item):
            metadata["generation"] += 1
        if write.dry_run:
            return after
        if metadata.get("deletionTimestamp") and finished(kind, after):
            return self.store.remove(
                replace(before, item=after, text=self.store.text(after))
            ).item
        return self.store.put(kind, after).item

    def set_status(self, kind: Kind, place: tuple[str, str], status: Manifest) -> None:
        """Write a status if it differs; an object that is gone is no matter."""
        before = self.store.get(kind, *place)
        if before is None or before.item.get("status") == status:
            return
        after = before.copy()
        after["status"] = status
        self.store.put(kind, after)

    def delete(
        self, kind: Kind, namespace: str, name: str, how: Deletion | None = None
    ) -> Manifest:
        """Delete or begin to; returns the last state."""
        how = how or Deletion()
        before = self.record(kind, namespace, name)
        check_preconditions(kind, before, how.uid, how.version)
        after = before.copy()
        mark(kind, after, how)
        if how.dry_run:
            return after
        if finished(kind, after):
            if kind is POD and "deletionTimestamp" not in before.item["metadata"]:
                before = self.store.put(kind, after)
            return self.store.remove(before).item
        return after if after == before.item else self.store.put(kind, after).item

    def _expect_namespace(self, kind: Kind, namespace: str) -> None:
        if not kind.namespaced:
            return
        space = self.store.get(NAMESPACE, "", namespace)
        if space is None:
            raise not_found(NAMESPACE, namespace)
        if space.item["metadata"].get("deletionTimestamp") and kind is not EVENT:
            why = f"unable to create new content in namespace {namespace} because "
            raise forbidden(kind, "", why + "it is being terminated")


def tracked(kind: Kind, write: Write) -> bool:
    """Whether the write's fields get an owner; not for what nobody ever applies."""
    if kind in UNTRACKED or write.subresource == "status":
        return False
    return bool(write.manager)


def says_new(kind: Kind, before: Record, after: Manifest) -> bool:
    """Whether a change needs the schema: labels on pods are too many to walk."""
    return kind is not POD or after.get("spec") != before.item["spec"]


def name_object(kind: Kind, namespace: str, item: Manifest) -> None:
    """Give the object its final name and namespace; raises when they do not fit."""
    metadata = item.setdefault("metadata", {})
    said = item.get("kind", kind.name), item.get("apiVersion", kind.api_version)
    if said != (kind.name, kind.api_version):
        raise bad_request(
            f"the object provided is unrecognized: {said[1]}, Kind={said[0]}"
        )
    if kind.namespaced and metadata.setdefault("namespace", namespace) != namespace:
        raise bad_request(
            "the namespace of the provided object does not match the namespace sent "
            "on the request"
        )
    if not kind.namespaced:
        metadata.pop("namespace", None)
    if not metadata.get("name") and metadata.get("generateName"):
        metadata["name"] = metadata["generateName"] + uuid.uuid4().hex[:5]
    name = metadata.get("name", "")
    if not name:
        text = "Required value: name or generateName is required"
        missing = cause("metadata.name", "FieldValueRequired", text)
        raise invalid(kind, "", [missing])
    if kind.name not in LOOSE_NAMES and not (SUBDOMAIN.match(name) and len(name) < 254):
        raise invalid(kind, name, [bad_name(name)])


def bad_name(name: str) -> Manifest:
    """The cause for a name that is none."""
    text = (
        f'Invalid value: "{name}": a lowercase RFC 1123 subdomain must consist of '
        "lower case alphanumeric characters, '-' or '.', and must start and end with "
        "an alphanumeric character"
    )
    return cause("metadata.name", "FieldValueInvalid", text)


def separate(before: Manifest, after: Manifest, kind: Kind, subresource: str) -> None:
    """Keep what this way of writing must not touch."""
    kept = before["metadata"]
    metadata = after.setdefault("metadata", {})
    for name in KEPT:
        metadata.pop(name, None)
        if name in kept:
            metadata[name] = kept[name]
    after |= {"apiVersion": kind.api_version, "kind": kind.name}
    if "status" not in kind.subresources or subresource == "binding":
        return
    if subresource == "status":
        status = after.get("status")
        after.clear()
        after.update(before | {"status": status})
        after["metadata"] = dict(kept)
        return
    after.pop("status", None)
    if "status" in before:
        after["status"] = before["status"]


def mark(kind: Kind, item: Manifest, how: Deletion) -> None:
    """Write into the object that it is to go, and how."""
    metadata = item["metadata"]
    finalizers = set(metadata.get("finalizers") or ()) - {FOREGROUND, ORPHAN}
    if how.policy == "Foreground":
        finalizers.add(FOREGROUND)
    if how.policy == "Orphan":
        finalizers.add(ORPHAN)
    if FOREGROUND in (metadata.get("finalizers") or ()):
        finalizers.add(FOREGROUND)
    metadata["finalizers"] = sorted(finalizers)
    if not finalizers:
        del metadata["finalizers"]
    if kind is NAMESPACE:
        item.setdefault("status", {})["phase"] = "Terminating"
    seconds = grace_of(kind, item, how)
    earlier = metadata.get("deletionGracePeriodSeconds")
    if earlier is None or seconds < earlier:
        until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(0, seconds)
        metadata["deletionTimestamp"] = until.strftime("%Y-%m-%dT%H:%M:%SZ")
        metadata["deletionGracePeriodSeconds"] = seconds


def grace_of(kind: Kind, item: Manifest, how: Deletion) -> int:
    """Seconds until the object goes: only pods on a node have some."""
    status = item.get("status") or {}
    bound = kind is POD and item["spec"].get("nodeName")
    if not bound or status.get("phase") in ("Failed", "Succeeded"):
        return 0
    if how.grace is not None:
        return how.grace
    return item["spec"].get("terminationGracePeriodSeconds", 30)


def finished(kind: Kind, item: Manifest) -> bool:
    """Whether nothing holds an object that is to go."""
    if item["metadata"].get("finalizers"):
        return False
    if kind is NAMESPACE:
        return not (item.get("spec") or {}).get("finalizers")
    return not item["metadata"].get("deletionGracePeriodSeconds")


def meaning(item: Manifest) -> dict[str, Any]:
    """The part whose change makes a new generation."""
    return {k: v for k, v in item.items() if k not in ("metadata", "status")}
