"""The controller of ResourceQuotas: what of each is in use."""

from simulator.controllers import Controller
from simulator.kinds import QUOTA
from simulator.quota import concerns, status
from simulator.selectors import Selector
from simulator.store import Change


class QuotaStatus(Controller):
    """Keyed by namespace and name of the quota."""

    def start(self) -> None:
        self.store.listeners[None].append(self._notice)
        for key in list(self.store.records[QUOTA]):
            self.ring(key)

    def _notice(self, change: Change) -> None:
        record = change.record
        if record.kind is QUOTA:
            self.ring(record.key)
            return
        for quota in self.store.find(QUOTA, Selector(record.key[0])):
            hard = (quota.item.get("spec") or {}).get("hard") or {}
            if any(concerns(line, record.kind) for line in hard):
                self.ring(quota.key)

    def reconcile(self, key: tuple[str, str]) -> None:
        quota = self.store.get(QUOTA, *key)
        if quota is not None:
            hard = (quota.item.get("spec") or {}).get("hard") or {}
            self.registry.set_status(QUOTA, key, status(self.store, key[0], hard))
