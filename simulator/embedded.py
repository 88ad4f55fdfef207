"""The whole cluster in threads of this process."""

import asyncio
import logging
import secrets
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from aiohttp import web

from simulator.admin import Admin
from simulator.controllers import Controller
from simulator.demo import furnish
from simulator.garbage import Garbage
from simulator.leaderworkerset import LeaderWorkerSets
from simulator.namespaces import Namespaces
from simulator.programs import PROGRAMS, serve
from simulator.quotastatus import QuotaStatus
from simulator.registry import Registry
from simulator.retention import forget_events
from simulator.seed import seed
from simulator.server import Server
from simulator.statefulsets import StatefulSets
from simulator.store import Store
from simulator.users import PLAIN, User, administrator

CONTROLLERS: tuple[type[Controller], ...] = (
    Garbage,
    Namespaces,
    QuotaStatus,
    StatefulSets,
    LeaderWorkerSets,
)
TOKEN_FILE, URL_FILE, AUTHORITY_FILE = "token", "url", "ca.crt"
START_SECONDS, STOP_SECONDS, PAUSE = 30.0, 2.0, 0.5
logger = logging.getLogger(__name__)


class Simulator(Admin):
    """API server with controllers, kubelet and scheduler, in one thread.

    Kubelet and scheduler reach the server over HTTP only. One loop for all is a
    third faster than three that hand the interpreter to each other.
    """

    def __init__(
        self, folder: Path, *, port: int = 0, speed: float = 1.0, token: str = ""
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = port
        self.url = ""
        self.ca = ""
        """None: it speaks plain HTTP."""

        self.speed = speed
        self.token = token or kept_token(folder)
        fresh = {name: secrets.token_hex(24) for name in PLAIN}
        self.tokens = {"admin": self.token} | fresh
        """The token of each user; ``users.PLAIN`` have no rights until given some."""

        self.inner = {name: secrets.token_hex(16) for name in PROGRAMS}
        self.ready = threading.Event()
        self.failure: BaseException | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.task: asyncio.Task[None] | None = None
        self.thread = threading.Thread(target=self._run, name="simulator", daemon=True)

    def start(self) -> None:
        """Return when it answers; raises when it cannot."""
        self.thread.start()
        self.ready.wait(START_SECONDS)
        if self.failure:
            raise RuntimeError("the simulator did not start") from self.failure

    def furnish(self) -> None:
        """Make the demo nodes and storage classes; safe to run again."""
        furnish(self.url, self.token)

    def stop(self) -> None:
        """End within a second; what was answered is on disk."""
        if self.loop and self.task and self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.task.cancel)
            self.thread.join(timeout=STOP_SECONDS)

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.task = asyncio.current_task()
        try:
            await self._serve()
        except asyncio.CancelledError:
            logger.debug("the simulator was told to stop")
        except Exception as problem:
            self.failure = problem
            logger.exception("the simulator ended")
        finally:
            self.ready.set()

    async def _serve(self) -> None:
        store = Store(self.folder / "cluster.sqlite3")
        registry = Registry(store)
        seed(registry)
        store.forget_log()
        users = {
            self.tokens[name]: User(name) if name in PLAIN else administrator(name)
            for name in self.tokens
        }
        programs = {token: administrator(n) for n, token in self.inner.items()}
        server = Server(registry, users, programs)
        runner = web.AppRunner(
            server.app,
            access_log=None,
            shutdown_timeout=0.2,
            handler_cancellation=True,
        )
        try:
            await self._listen(runner)
            await self._work(registry)
        finally:
            server.cut_watches()
            await runner.cleanup()
            store.close()

    async def _listen(self, runner: web.AppRunner) -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        self.port = runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"
        (self.folder / URL_FILE).write_text(self.url)

    async def _work(self, registry: Registry) -> None:
        """Run the controllers and the two programs until cancelled."""
        async with asyncio.TaskGroup() as group:
            for kind in CONTROLLERS:
                controller = kind(registry, self.speed)
                controller.start()
                group.create_task(kept_alive(controller.run))
            for name, program in PROGRAMS.items():
                token = self.inner[name]
                run = partial(serve, program, self.url, token, self.speed)
                group.create_task(kept_alive(run))
            group.create_task(kept_alive(partial(forget_events, registry)))
            self.ready.set()


async def kept_alive(run: Callable[[], Awaitable[None]]) -> None:
    """Run a piece of the cluster; whatever ends it, it begins again."""
    while True:
        try:
            await run()
        except Exception:
            logger.exception("a piece of the cluster begins again")
        await asyncio.sleep(PAUSE)


def kept_token(folder: Path) -> str:
    """The token of the folder, made once, readable by its owner only."""
    path = folder / TOKEN_FILE
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(24))
    return path.read_text().strip()
