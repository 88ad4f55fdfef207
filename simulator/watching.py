"""Lists in pages, and watches that tell every change in order."""

import asyncio
import base64
import json
from collections import deque
from typing import Any

from aiohttp import web

from simulator.answers import Refusal, bad_request, expired
from simulator.forms import partial, text_of
from simulator.kinds import Kind
from simulator.selectors import Selector
from simulator.store import Change, Record, Store

BOOKMARK_SECONDS = 15.0
INITIAL_END = "k8s.io/initial-events-end"


def page(
    store: Store, kind: Kind, chosen: Selector, limit: int, token: str
) -> tuple[list[Record], dict[str, Any]]:
    """One page of a list and its metadata; raises a 410 for an old token."""
    records = sorted(store.find(kind, chosen), key=lambda record: record.key)
    version = store.version
    if token:
        version, after = read_token(token)
        if version < store.oldest:
            raise expired(version, store.oldest)
        records = [record for record in records if record.key > after]
    metadata: dict[str, Any] = {"resourceVersion": str(version)}
    if limit and len(records) > limit:
        metadata["continue"] = write_token(version, records[limit - 1].key)
        metadata["remainingItemCount"] = len(records) - limit
        records = records[:limit]
    return records, metadata


def write_token(version: int, key: tuple[str, str]) -> str:
    """The ``continue`` of a page: version and last key."""
    text = json.dumps([version, *key])
    return base64.urlsafe_b64encode(text.encode()).decode()


def read_token(token: str) -> tuple[int, tuple[str, str]]:
    """Read a ``continue``; raises a 400 for what is none."""
    try:
        version, namespace, name = json.loads(base64.urlsafe_b64decode(token))
    except ValueError as problem:
        raise bad_request("continue key is not valid") from problem
    return version, (namespace, name)


class Watch:
    """One watch: collects the changes it may tell, and writes them one by one."""

    def __init__(self, store: Store, kind: Kind, chosen: Selector, form: str) -> None:
        self.store, self.kind, self.chosen, self.form = store, kind, chosen, form
        self.lines: deque[bytes] = deque()
        self.bell = asyncio.Event()
        self.version = store.version
        self.cut = False

    def begin(self, version: str, *, initial: bool) -> None:
        """Collect what happened since a version; raises a 410 for an old one."""
        if version in ("", "0") or initial:
            for record in sorted(
                self.store.find(self.kind, self.chosen), key=lambda found: found.key
            ):
                self._say("ADDED", record)
        elif int(version) < self.store.oldest:
            raise expired(int(version), self.store.oldest)
        else:
            for change in self.store.since(self.kind, int(version)):
                self.notice(change)
        if initial:
            self.bookmark({INITIAL_END: "true"})

    def notice(self, change: Change) -> None:
        """Turn a change into what this watch sees of it."""
        self.version = change.record.version
        now = self.chosen.fits(change.record.item)
        before = change.before is not None and self.chosen.fits(change.before.item)
        if change.type == "DELETED" or (before and not now):
            if before:
                self._say("DELETED", change.record)
        elif now:
            self._say("MODIFIED" if before else "ADDED", change.record)

    def _say(self, word: str, record: Record) -> None:
        head = f'{{"type":"{word}","object":'.encode()
        self.lines.append(head + text_of(record, self.form) + b"}\n")
        self.bell.set()

    def bookmark(self, annotations: dict[str, str] | None = None) -> None:
        """Say only the version that has been reached."""
        metadata: dict[str, Any] = {"resourceVersion": str(self.store.version)}
        if annotations:
            metadata["annotations"] = annotations
        body = {
            "kind": self.kind.name,
            "apiVersion": self.kind.api_version,
            "metadata": metadata,
        }
        if self.form == "PartialObjectMetadata":
            body = partial(body)
        self._line("BOOKMARK", body)

    def error(self, refusal: Refusal) -> None:
        """Say an error and end."""
        self._line("ERROR", refusal.status())
        self.cut = True

    def end(self) -> None:
        """End the stream after what is still to be said."""
        self.cut = True
        self.bell.set()

    def _line(self, word: str, body: dict[str, Any]) -> None:
        self.lines.append(json.dumps({"type": word, "object": body}).encode() + b"\n")
        self.bell.set()

    async def stream(
        self, response: web.StreamResponse, seconds: float, marks: bool
    ) -> None:
        """Write line by line, one chunk each, until the time is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while True:
            while self.lines:
                await response.write(self.lines.popleft())
            left = until - loop.time()
            if self.cut or left <= 0:
                return
            self.bell.clear()
            try:
                await asyncio.wait_for(self.bell.wait(), min(left, BOOKMARK_SECONDS))
            except TimeoutError:
                if marks:
                    self.bookmark()
