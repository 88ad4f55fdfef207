"""The whole cluster in threads of this process."""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from aiohttp import web

from simulator.admin import Admin
from simulator.client import Client
from simulator.controllers import Controller
from simulator.garbage import Garbage
from simulator.kubelet import Kubelet
from simulator.leaderworkerset import LeaderWorkerSets
from simulator.namespaces import Namespaces
from simulator.registry import Registry
from simulator.scheduler import Scheduler
from simulator.seed import seed
from simulator.server import Server
from simulator.statefulsets import StatefulSets
from simulator.store import Store

CONTROLLERS: tuple[type[Controller], ...] = (
    Garbage,
    Namespaces,
    StatefulSets,
    LeaderWorkerSets,
)
TOKEN_FILE, URL_FILE = "token", "url"
START_SECONDS = 30.0
logger = logging.getLogger(__name__)
Ready = Callable[[], None]


class Loop:
    """One thread with one event loop that runs until it is told to stop."""

    def __init__(self, name: str, work: Callable[[Ready], Coroutine[Any, Any, None]]):
        self.work = work
        self.ready = threading.Event()
        self.failure: BaseException | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.task: asyncio.Task[None] | None = None
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self.thread.start()
        self.ready.wait(START_SECONDS)
        if self.failure:
            raise RuntimeError(f"{self.thread.name} did not start") from self.failure

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.task = asyncio.current_task()
        try:
            await self.work(self.ready.set)
        except asyncio.CancelledError:
            pass
        except Exception as problem:
            self.failure = problem
            logger.exception("%s ended", self.thread.name)
        finally:
            self.ready.set()

    def stop(self) -> None:
        if self.loop and self.task and self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.task.cancel)
            self.thread.join(timeout=2)


class Simulator(Admin):
    """API server with controllers, kubelet and scheduler, each in its own thread."""

    def __init__(
        self, folder: Path, *, port: int = 0, speed: float = 1.0, token: str = ""
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = port
        self.url = ""
        self.speed = speed
        self.token = token or kept_token(folder)
        self.inner = {name: secrets.token_hex(16) for name in ("kubelet", "scheduler")}
        self.server: Server | None = None
        self.loops = [
            Loop("simulator-api", self._serve),
            Loop("simulator-kubelet", self._kubelet),
            Loop("simulator-scheduler", self._scheduler),
        ]

    def start(self) -> None:
        """Return when it answers."""
        for loop in self.loops:
            loop.start()

    def stop(self) -> None:
        """End all threads; what was answered is on disk."""
        for loop in reversed(self.loops):
            loop.stop()

    async def _serve(self, ready: Ready) -> None:
        store = Store(self.folder / "cluster.sqlite3")
        registry = Registry(store)
        seed(registry)
        tokens = {self.token, *self.inner.values()}
        self.server = Server(registry, tokens, self.speed)
        runner = web.AppRunner(
            self.server.app,
            access_log=None,
            shutdown_timeout=0.2,
            handler_cancellation=True,
        )
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        controllers = [kind(registry, self.speed) for kind in CONTROLLERS]
        for controller in controllers:
            controller.start()
        await site.start()
        self.port = runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"
        (self.folder / URL_FILE).write_text(self.url)
        ready()
        try:
            async with asyncio.TaskGroup() as group:
                for controller in controllers:
                    group.create_task(controller.run())
        finally:
            self.server.cut_watches()
            await runner.cleanup()
            store.close()

    async def _kubelet(self, ready: Ready) -> None:
        client = Client(self.url, self.inner["kubelet"], "kubelet")
        await serve(client, Kubelet(client, self.speed).run, ready)

    async def _scheduler(self, ready: Ready) -> None:
        client = Client(self.url, self.inner["scheduler"], "kai-scheduler")
        await serve(client, Scheduler(client, self.speed).run, ready)


async def serve(
    client: Client, run: Callable[[], Coroutine[Any, Any, None]], ready: Ready
) -> None:
    """Run one of the programs until it is cancelled."""
    ready()
    try:
        await run()
    finally:
        await client.close()


def kept_token(folder: Path) -> str:
    """The token of the folder, made once, readable by its owner only."""
    path = folder / TOKEN_FILE
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(24))
    return path.read_text().strip()
