"""Namespaces: a service account at birth, an empty room at the end."""

from simulator.answers import Refusal
from simulator.controllers import Controller
from simulator.kinds import ACCOUNT, KINDS, NAMESPACE
from simulator.registry import Deletion
from simulator.selectors import Selector
from simulator.store import Change, Record


class Namespaces(Controller):
    """Keyed by ``("", <namespace>)``."""

    def start(self) -> None:
        self.store.listeners[None].append(self._notice)
        for key in list(self.store.records[NAMESPACE]):
            self.ring(key)

    def _notice(self, change: Change) -> None:
        if change.record.kind is NAMESPACE:
            self.ring(change.record.key)
            return
        if change.type != "DELETED":
            return
        space = self.store.get(NAMESPACE, "", change.record.key[0])
        if space and space.item["metadata"].get("deletionTimestamp"):
            self.ring(space.key)

    def reconcile(self, key: tuple[str, str]) -> None:
        space = self.store.get(NAMESPACE, *key)
        if space is None:
            return
        if space.item["metadata"].get("deletionTimestamp"):
            self._empty(key)
        elif self.store.get(ACCOUNT, key[1], "default") is None:
            self._furnish(key[1])

    def _furnish(self, namespace: str) -> None:
        item = {"metadata": {"name": "default", "namespace": namespace}}
        self.registry.create(ACCOUNT, namespace, item)

    def _empty(self, key: tuple[str, str]) -> None:
        left = 0
        for kind in KINDS:
            if not kind.namespaced:
                continue
            for record in list(self.store.find(kind, Selector(key[1]))):
                left += 1
                if not record.item["metadata"].get("deletionTimestamp"):
                    self._delete(record)
                left -= self.store.get(kind, *record.key) is None
        if not left:
            self.registry.change(NAMESPACE, key, without_content)

    def _delete(self, record: Record) -> None:
        try:
            self.registry.delete(record.kind, *record.key, Deletion())
        except Refusal as refusal:
            if refusal.code != 404:
                raise


def without_content(item: dict) -> dict:
    """Let the namespace go."""
    item["spec"] = {"finalizers": []}
    return item
