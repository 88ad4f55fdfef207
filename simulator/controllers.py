"""The work queue that every controller inside the API server runs on."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable

from simulator.registry import Registry

Key = tuple[str, str]
logger = logging.getLogger(__name__)


class Controller:
    """Does one thing per key, as often as something about the key has changed."""

    def __init__(self, registry: Registry, speed: float) -> None:
        self.registry = registry
        self.store = registry.store
        self.speed = speed
        self.waiting: dict[Key, None] = {}
        self.delayed: dict[Key, asyncio.TimerHandle] = {}
        self.failures: dict[Key, int] = defaultdict(int)
        self.bell = asyncio.Event()

    def start(self) -> None:
        """Listen, and look at everything that is already there."""
        raise NotImplementedError

    def reconcile(self, key: Key) -> None:
        """Bring what belongs to the key one step further; safe to run twice."""
        raise NotImplementedError

    def ring(self, key: Key) -> None:
        """Look at a key soon."""
        self.waiting[key] = None
        self.bell.set()

    def ring_later(self, key: Key, seconds: float) -> None:
        """Look at a key after a while, once."""
        if key in self.delayed:
            return
        loop = asyncio.get_running_loop()
        self.delayed[key] = loop.call_later(seconds, self._ring_now, key)

    def _ring_now(self, key: Key) -> None:
        self.delayed.pop(key, None)
        self.ring(key)

    def retry(self, key: Key) -> None:
        """Look again after a pause that doubles with every failure."""
        self.failures[key] += 1
        pause = min(2 ** self.failures[key], 60) / self.speed
        self.ring_later(key, pause)

    async def run(self) -> None:
        """Work through the keys until cancelled."""
        while True:
            await self.bell.wait()
            self.bell.clear()
            while self.waiting:
                key = next(iter(self.waiting))
                del self.waiting[key]
                attempt(self.reconcile, key, self.retry)
                await asyncio.sleep(0)


def attempt(
    reconcile: Callable[[Key], None], key: Key, retry: Callable[[Key], None]
) -> None:
    """Run one reconciliation; a fault is logged and tried again, never fatal."""
    try:
        reconcile(key)
    except Exception:
        logger.exception("the controller stumbled over %s", key)
        retry(key)
