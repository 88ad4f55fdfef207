"""The objects of the cluster: in memory, indexed, with SQLite as the journal."""

import json
import sqlite3
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.kinds import BY_RESOURCE, Kind
from simulator.selectors import Selector

Manifest = dict[str, Any]
Key = tuple[str, str]

TABLES = """
CREATE TABLE IF NOT EXISTS objects (
  kind TEXT, namespace TEXT, name TEXT, text BLOB,
  PRIMARY KEY (kind, namespace, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER);
INSERT OR IGNORE INTO counters VALUES ('ceiling', 1);
"""
BLOCK = 1000


@dataclass(frozen=True)
class Record:
    """One state of one object. ``item`` is shared: nobody writes into it."""

    kind: Kind
    item: Manifest
    text: bytes
    version: int

    @property
    def key(self) -> Key:
        metadata = self.item["metadata"]
        return metadata.get("namespace", ""), metadata["name"]

    def copy(self) -> Manifest:
        """An object of one's own to change."""
        return json.loads(self.text)


@dataclass(frozen=True)
class Change:
    """What a watch tells: the type, the state after and the state before."""

    type: str
    record: Record
    before: Record | None


Listener = Callable[[Change], None]


class Store:
    """Keeps every object; a write is on disk before it is visible."""

    def __init__(self, path: Path, *, window: int = 5000) -> None:
        self.database = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False
        )
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=NORMAL")
        self.database.executescript(TABLES)
        self.records: dict[Kind, dict[Key, Record]] = defaultdict(dict)
        self.labelled: dict[tuple[Kind, str, str], set[Key]] = defaultdict(set)
        self.spaces: dict[tuple[Kind, str], set[Key]] = defaultdict(set)
        self.owned: dict[str, set[tuple[Kind, Key]]] = defaultdict(set)
        self.uids: dict[str, tuple[Kind, Key]] = {}
        self.listeners: dict[Kind | None, list[Listener]] = defaultdict(list)
        self.log: deque[Change] = deque(maxlen=window)
        self.ceiling = self.version = self._load()
        self.oldest = self.version

    def _load(self) -> int:
        rows = self.database.execute("SELECT kind, text FROM objects")
        for resource, text in rows:
            item = json.loads(text)
            version = int(item["metadata"]["resourceVersion"])
            self._index(Record(BY_RESOURCE[resource], item, text, version))
        row = self.database.execute("SELECT value FROM counters").fetchone()
        return row[0]

    @staticmethod
    def text(item: Manifest) -> bytes:
        """The object as it is kept and sent."""
        return json.dumps(item, separators=(",", ":")).encode()

    def close(self) -> None:
        self.database.close()

    def get(self, kind: Kind, namespace: str, name: str) -> Record | None:
        return self.records[kind].get((namespace if kind.namespaced else "", name))

    def find(self, kind: Kind, chosen: Selector) -> Iterator[Record]:
        """Yield what the selector takes, from the smallest index that covers it."""
        records = self.records[kind]
        for key in self._candidates(kind, chosen):
            record = records.get(key)
            if record and chosen.fits(record.item):
                yield record

    def _candidates(self, kind: Kind, chosen: Selector) -> list[Key]:
        name = chosen.exact_name()
        if name and (chosen.namespace or not kind.namespaced):
            return [(chosen.namespace, name)]
        if label := chosen.exact_label():
            return list(self.labelled.get((kind, *label), ()))
        if chosen.namespace:
            return list(self.spaces.get((kind, chosen.namespace), ()))
        return list(self.records[kind])

    def dependents(self, uid: str) -> list[Record]:
        """The objects that name this uid as an owner."""
        return [self.records[kind][key] for kind, key in self.owned.get(uid, ())]

    def has_uid(self, uid: str) -> bool:
        return uid in self.uids

    def put(self, kind: Kind, item: Manifest) -> Record:
        """Write an object under the next version, and tell the listeners."""
        self._count()
        item["metadata"]["resourceVersion"] = str(self.version)
        text = self.text(item)
        record = Record(kind, item, text, self.version)
        row = (kind.resource, *record.key, text)
        write = "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)"
        self.database.execute(write, row)
        before = self.records[kind].get(record.key)
        if before:
            self._forget(before)
        self._index(record)
        self._tell(Change("MODIFIED" if before else "ADDED", record, before))
        return record

    def remove(self, before: Record) -> Record:
        """Take an object away, and tell the listeners its last state."""
        self._count()
        row = (before.kind.resource, *before.key)
        self.database.execute(
            "DELETE FROM objects WHERE kind = ? AND namespace = ? AND name = ?", row
        )
        item = before.copy()
        item["metadata"]["resourceVersion"] = str(self.version)
        text = self.text(item)
        self._forget(before)
        record = Record(before.kind, item, text, self.version)
        self._tell(Change("DELETED", record, before))
        return record

    def _count(self) -> None:
        """Take the next version; blocks are reserved, so that none comes twice."""
        self.version += 1
        if self.version > self.ceiling:
            self.ceiling = self.version + BLOCK
            update = "UPDATE counters SET value = ?"
            self.database.execute(update, (self.ceiling,))

    def _index(self, record: Record) -> None:
        kind, key, metadata = record.kind, record.key, record.item["metadata"]
        self.records[kind][key] = record
        self.uids[metadata["uid"]] = (kind, key)
        if kind.namespaced:
            self.spaces[kind, key[0]].add(key)
        for label in (metadata.get("labels") or {}).items():
            self.labelled[(kind, *label)].add(key)
        for owner in metadata.get("ownerReferences") or ():
            self.owned[owner["uid"]].add((kind, key))

    def _forget(self, record: Record) -> None:
        kind, key, metadata = record.kind, record.key, record.item["metadata"]
        self.records[kind].pop(key, None)
        self.uids.pop(metadata["uid"], None)
        discard(self.spaces, (kind, key[0]), key)
        for label in (metadata.get("labels") or {}).items():
            discard(self.labelled, (kind, *label), key)
        for owner in metadata.get("ownerReferences") or ():
            discard(self.owned, owner["uid"], (kind, key))

    def _tell(self, change: Change) -> None:
        if len(self.log) == self.log.maxlen:
            self.oldest = self.log[0].record.version
        self.log.append(change)
        for listener in (
            *self.listeners[change.record.kind],
            *self.listeners[None],
        ):
            listener(change)

    def forget_log(self) -> None:
        """Empty the window: every older version is answered with 410."""
        self.log.clear()
        self.oldest = self.version

    def since(self, kind: Kind, version: int) -> list[Change]:
        """The changes of a kind after a version that is still in the window."""
        return [
            change
            for change in self.log
            if change.record.kind is kind and change.record.version > version
        ]


def discard(index: dict[Any, set[Any]], key: Any, member: Any) -> None:
    """Take a member out of an index, and an emptied entry with it."""
    members = index.get(key)
    if members is None:
        return
    members.discard(member)
    if not members:
        del index[key]
