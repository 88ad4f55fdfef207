"""The books: what every node and every queue has given away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.amounts import Amount, added, amount

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One bound pod: where it is, what it takes, and on whose account."""

    node: str
    wanted: tuple[tuple[str, float], ...]
    queue: str
    firm: bool

    def amount(self) -> Amount:
        return dict(self.wanted)


class Ledger:
    """Sums per node and queue, kept up with every pod that comes or goes."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.nodes: dict[str, Amount] = {}
        self.parents: dict[str, str] = {}
        self.allocated: dict[str, Amount] = {}
        self.firm: dict[str, Amount] = {}

    def enter(self, uid: str, entry: Entry) -> None:
        """Book a pod; booking it again changes nothing."""
        known = self.entries.get(uid)
        if known == entry:
            return
        if known:
            self.strike(uid)
        self.entries[uid] = entry
        self._book(entry, 1)

    def strike(self, uid: str) -> None:
        """Take a pod out of the books."""
        if entry := self.entries.pop(uid, None):
            self._book(entry, -1)

    def _book(self, entry: Entry, sign: int) -> None:
        wanted = entry.amount()
        self.nodes[entry.node] = added(self.nodes.get(entry.node, {}), wanted, sign)
        for queue in self.chain(entry.queue):
            self.allocated[queue] = added(self.allocated.get(queue, {}), wanted, sign)
            if entry.firm:
                self.firm[queue] = added(self.firm.get(queue, {}), wanted, sign)

    def chain(self, queue: str) -> list[str]:
        """A queue and its ancestors."""
        found = []
        while queue and queue not in found:
            found.append(queue)
            queue = self.parents.get(queue, "")
        return found

    def parent(self, queue: str, parent: str) -> None:
        """Note where a queue hangs; the sums are made again when that changes."""
        if self.parents.get(queue) == parent:
            return
        self.parents[queue] = parent
        entries = self.entries
        self.entries, self.nodes, self.allocated, self.firm = {}, {}, {}, {}
        for uid, entry in entries.items():
            self.enter(uid, entry)

    def free(self, node: Manifest) -> Amount:
        """What a node has left."""
        has = amount((node.get("status") or {}).get("allocatable") or {})
        return added(has, self.nodes.get(node["metadata"]["name"], {}), -1)


def limits_of(queue: Mapping[str, Any], word: str) -> Amount:
    """Quota or limit of a queue in our units; what is missing is nothing."""
    resources = (queue.get("spec") or {}).get("resources") or {}
    factors = {"gpu": 1.0, "cpu": 1.0, "memory": 1e6}
    found: Amount = {}
    for name, factor in factors.items():
        said = (resources.get(name) or {}).get(word, 0)
        found[name] = -1 if said == -1 else said * factor
    return found
