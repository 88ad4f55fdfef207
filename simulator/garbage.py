"""The garbage collector: what happens to dependents when an owner goes."""

from functools import partial

from simulator.answers import Manifest, Refusal
from simulator.controllers import Controller
from simulator.registry import FOREGROUND, ORPHAN, Deletion
from simulator.registry import Change as Rewrite
from simulator.store import Change, Record


class Garbage(Controller):
    """Keyed by the owner's uid: ``("uid", <uid>)``, and orphans to be checked."""

    def start(self) -> None:
        self.store.listeners[None].append(self._notice)
        for records in list(self.store.records.values()):
            for record in list(records.values()):
                self._look(record)

    def _notice(self, change: Change) -> None:
        if change.type == "DELETED":
            uid = change.record.item["metadata"]["uid"]
            if uid in self.store.owned:
                self.ring(("uid", uid))
            for owner in change.record.item["metadata"].get("ownerReferences") or ():
                self.ring(("uid", owner["uid"]))
            return
        self._look(change.record)

    def _look(self, record: Record) -> None:
        metadata = record.item["metadata"]
        if metadata.get("deletionTimestamp") and metadata.get("finalizers"):
            self.ring(("uid", metadata["uid"]))
        for owner in metadata.get("ownerReferences") or ():
            if not self.store.has_uid(owner["uid"]):
                self.ring(("uid", owner["uid"]))

    def reconcile(self, key: tuple[str, str]) -> None:
        uid = key[1]
        place = self.store.uids.get(uid)
        if place is None:
            for dependent in self.store.dependents(uid):
                self._lose(dependent, uid)
            return
        owner = self.store.records[place[0]][place[1]]
        metadata = owner.item["metadata"]
        if not metadata.get("deletionTimestamp"):
            return
        finalizers = metadata.get("finalizers") or ()
        if ORPHAN in finalizers:
            self._orphan(owner)
        elif FOREGROUND in finalizers:
            self._sweep_before(owner)

    def _lose(self, dependent: Record, uid: str) -> None:
        """An owner is gone: with the last one the dependent goes too."""
        owners = dependent.item["metadata"]["ownerReferences"]
        left = [owner for owner in owners if self.store.has_uid(owner["uid"])]
        if left:
            self._write(dependent, partial(with_owners, owners=left))
        elif not dependent.item["metadata"].get("deletionTimestamp"):
            self._delete(dependent, "Background")

    def _orphan(self, owner: Record) -> None:
        uid = owner.item["metadata"]["uid"]
        for dependent in self.store.dependents(uid):
            references = dependent.item["metadata"]["ownerReferences"]
            left = [found for found in references if found["uid"] != uid]
            self._write(dependent, partial(with_owners, owners=left))
        self._write(owner, partial(without_finalizer, finalizer=ORPHAN))

    def _sweep_before(self, owner: Record) -> None:
        """The owner waits until everything that blocks it is gone."""
        uid = owner.item["metadata"]["uid"]
        dependents = self.store.dependents(uid)
        for dependent in dependents:
            metadata = dependent.item["metadata"]
            others = [
                found
                for found in metadata["ownerReferences"]
                if found["uid"] != uid and self.store.has_uid(found["uid"])
            ]
            if others:
                self._write(dependent, partial(with_owners, owners=others))
            elif not metadata.get("deletionTimestamp"):
                deep = metadata["uid"] in self.store.owned
                self._delete(dependent, "Foreground" if deep else "Background")
        if not any(blocks(found, uid) for found in self.store.dependents(uid)):
            self._write(owner, partial(without_finalizer, finalizer=FOREGROUND))

    def _write(self, record: Record, change: Rewrite) -> None:
        try:
            self.registry.change(record.kind, record.key, change)
        except Refusal as refusal:
            if refusal.code != 404:
                raise

    def _delete(self, record: Record, policy: str) -> None:
        how = Deletion(policy, uid=record.item["metadata"]["uid"])
        try:
            self.registry.delete(record.kind, *record.key, how)
        except Refusal as refusal:
            if refusal.code not in (404, 409):
                raise


def blocks(dependent: Record, uid: str) -> bool:
    """Whether an object keeps this owner from going."""
    return any(
        owner["uid"] == uid and owner.get("blockOwnerDeletion")
        for owner in dependent.item["metadata"].get("ownerReferences") or ()
    )


def with_owners(item: Manifest, owners: list[Manifest]) -> Manifest:
    """The object with these owners, or with none."""
    item["metadata"]["ownerReferences"] = owners
    if not owners:
        del item["metadata"]["ownerReferences"]
    return item


def without_finalizer(item: Manifest, finalizer: str) -> Manifest:
    """The object without one of its finalizers."""
    kept = [f for f in item["metadata"].get("finalizers") or () if f != finalizer]
    item["metadata"]["finalizers"] = kept
    if not kept:
        del item["metadata"]["finalizers"]
    return item
