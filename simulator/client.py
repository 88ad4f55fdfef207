"""The HTTP client of kubelet and scheduler: all they know of the cluster."""

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp

Manifest = dict[str, Any]
Seen = Callable[[str, Manifest], None]
PAGE = 500
LONGEST_PAUSE = 5.0
STRATEGIC = "application/strategic-merge-patch+json"
MERGE = "application/merge-patch+json"
logger = logging.getLogger(__name__)


class Answered(Exception):
    """The API refused; carries the code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Client:
    """One connection to one API server under one token."""

    def __init__(
        self, url: str, token: str, agent: str, trust: ssl.SSLContext | None = None
    ) -> None:
        self.url = url.rstrip("/")
        self.untold: asyncio.Queue[Manifest] = asyncio.Queue()
        self.teller: asyncio.Task[None] | None = None
        self.session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {token}", "User-Agent": agent},
            connector=aiohttp.TCPConnector(limit=32, ssl=trust or True),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=600),
        )

    async def close(self) -> None:
        if self.teller:
            self.teller.cancel()
        await self.session.close()

    def tell(self, event: Manifest) -> None:
        """Post an event behind what is urgent; what is not yet sent may be lost."""
        self.untold.put_nowait(event)
        if self.teller is None:
            self.teller = asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        while True:
            event = await self.untold.get()
            path = f"/api/v1/namespaces/{event['metadata']['namespace']}/events"
            await self.attempt("POST", path, event)

    async def request(
        self, method: str, path: str, body: Any = None, content_type: str = ""
    ) -> Manifest:
        """One request; raises Answered for a refusal."""
        headers = {"Content-Type": content_type or "application/json"}
        data = None if body is None else json.dumps(body)
        async with self.session.request(
            method, self.url + path, data=data, headers=headers
        ) as response:
            raw = await response.read()
            if response.status >= 400:
                raise Answered(response.status, raw.decode(errors="replace"))
            return json.loads(raw)

    async def attempt(
        self, method: str, path: str, body: Any = None, content_type: str = ""
    ) -> Manifest | None:
        """A write whose object may have gone or moved on: then nothing is lost."""
        try:
            return await self.request(method, path, body, content_type)
        except Answered as refusal:
            if refusal.code not in (404, 409, 403, 422):
                logger.warning("%s %s: %s", method, path, refusal)
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            logger.info("%s %s: %s", method, path, problem)
        except RuntimeError:
            logger.debug("%s %s: the session is closed", method, path)
        return None

    async def found(self, path: str) -> Manifest | None:
        """One object; None for a 404."""
        try:
            return await self.request("GET", path)
        except Answered as refusal:
            if refusal.code != 404:
                raise
        return None

    async def items(self, path: str) -> tuple[list[Manifest], str]:
        """A whole list, read in pages, and its version."""
        found: list[Manifest] = []
        token, version = "", ""
        while True:
            page = await self.request("GET", f"{path}?limit={PAGE}&continue={token}")
            found += named(page)
            version = page["metadata"]["resourceVersion"]
            token = page["metadata"].get("continue", "")
            if not token:
                return found, version

    async def changes(self, path: str, version: str) -> AsyncIterator[Manifest]:
        """The lines of one watch."""
        query = f"?watch=true&allowWatchBookmarks=true&resourceVersion={version}"
        rest = b""
        async with self.session.get(self.url + path + query) as response:
            if response.status >= 400:
                raise Answered(response.status, await response.text())
            async for chunk in response.content.iter_any():
                *whole, rest = (rest + chunk).split(b"\n")
                for line in filter(None, whole):
                    yield json.loads(line)


class Mirror:
    """A copy of one list, kept by list and watch; tells what changes."""

    def __init__(self, client: Client, path: str, seen: Seen) -> None:
        self.client, self.path, self.seen = client, path, seen
        self.objects: dict[tuple[str, str], Manifest] = {}
        self.filled = asyncio.Event()

    async def run(self) -> None:
        """Follow until cancelled, through every error."""
        pause = 0.05
        while True:
            try:
                version = await self._fill()
                pause = 0.05
                while True:
                    version = await self._follow(version)
            except (Answered, aiohttp.ClientError, TimeoutError, OSError) as problem:
                logger.info("%s: %s", self.path, problem)
            except Exception:
                logger.exception("%s: the mirror begins again", self.path)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _fill(self) -> str:
        items, version = await self.client.items(self.path)
        fresh = {key_of(item): item for item in items}
        for key in [key for key in self.objects if key not in fresh]:
            self.seen("DELETED", self.objects.pop(key))
        for key, item in fresh.items():
            known = self.objects.get(key)
            self.objects[key] = item
            if known is None:
                self.seen("ADDED", item)
            elif known["metadata"]["resourceVersion"] != version_of(item):
                self.seen("MODIFIED", item)
        self.filled.set()
        return version

    async def _follow(self, version: str) -> str:
        async for line in self.client.changes(self.path, version):
            item = line["object"]
            if line["type"] == "ERROR":
                raise Answered(item.get("code", 500), item.get("message", ""))
            version = version_of(item)
            if line["type"] == "BOOKMARK":
                continue
            if line["type"] == "DELETED":
                self.objects.pop(key_of(item), None)
            elif is_older(item, self.objects.get(key_of(item))):
                continue
            else:
                self.objects[key_of(item)] = item
            self.seen(line["type"], item)
        return version

    def take(self, item: Manifest) -> None:
        """Know what a write returned before the watch tells it.

        Whoever decides by the copy would else do the same again.
        """
        known = self.objects.get(key_of(item))
        if known and is_older(known, item):
            self.objects[key_of(item)] = item


def is_older(item: Manifest, other: Manifest | None) -> bool:
    """Whether it is an earlier version of the same object (versions are numbers)."""
    if other is None or other["metadata"]["uid"] != item["metadata"]["uid"]:
        return False
    return int(version_of(item)) < int(version_of(other))


async def guarded(work: Awaitable[Any]) -> None:
    """Log what goes wrong in the background: it never ends the program."""
    try:
        await work
    except Exception:
        logger.exception("a piece of work failed")


def named(page: Manifest) -> list[Manifest]:
    """The items of a list with their kind: a list of a built-in kind leaves it out."""
    kind = {"apiVersion": page["apiVersion"], "kind": page["kind"].removesuffix("List")}
    return [kind | item for item in page["items"]]


def key_of(item: Manifest) -> tuple[str, str]:
    """Namespace and name."""
    metadata = item["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def version_of(item: Manifest) -> str:
    """The resourceVersion."""
    return item["metadata"]["resourceVersion"]
