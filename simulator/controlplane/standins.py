"""What no machine here has: the kubelets of the nodes, and KAI. Over HTTPS only."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from aiohttp import web

from simulator.answers import Refusal
from simulator.client import Client
from simulator.embedded import kept_alive
from simulator.podlogs import lines
from simulator.programs import BESIDE_STOCK, serve
from simulator.subresources import say, selected

FOLLOW_PAUSE = 0.25
STOP_SECONDS = 2.0


class StandIns:
    """Kubelet, its logs and kai-scheduler, in one thread of this process."""

    def __init__(
        self,
        url: str,
        tokens: Mapping[str, str],
        folder: Path,
        *,
        speed: float,
        port: int,
    ) -> None:
        self.url, self.tokens, self.speed, self.port = url, tokens, speed, port
        self.trust = ssl.create_default_context(cafile=folder / "ca.crt")
        self.serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.serving.load_cert_chain(folder / "tls.crt", folder / "tls.key")
        self.loop = asyncio.new_event_loop()
        self.task: asyncio.Task[None] | None = None
        self.thread = threading.Thread(target=self._run, name="stand-ins", daemon=True)

    def start(self) -> None:
        """Begin in the background; what ends is begun again."""
        self.thread.start()

    def stop(self) -> None:
        """End within a moment."""
        if self.thread.is_alive() and self.task is not None:
            self.loop.call_soon_threadsafe(self.task.cancel)
            self.thread.join(STOP_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.task = self.loop.create_task(self._serve())
        with contextlib.suppress(asyncio.CancelledError):
            self.loop.run_until_complete(self.task)
        self.loop.close()

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as group:
            for name, program in BESIDE_STOCK.items():
                work = partial(
                    serve, program, self.url, self.tokens[name], self.speed, self.trust
                )
                group.create_task(kept_alive(work))
            group.create_task(kept_alive(self._serve_logs))

    async def _serve_logs(self) -> None:
        """Answer the API server as the kubelets of all nodes do."""
        client = Client(self.url, self.tokens["kubelet"], "kubelet-logs", self.trust)
        app = web.Application()
        path = "/containerLogs/{namespace}/{pod}/{container}"
        app.router.add_get(path, partial(answer, client))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=self.serving)
        try:
            await site.start()
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()
            await client.close()


async def answer(client: Client, request: web.Request) -> web.StreamResponse:
    """The log of one container."""
    place, query = request.match_info, request.query
    path = f"/api/v1/namespaces/{place['namespace']}/pods/{place['pod']}"
    pod = await client.found(path)
    if pod is None:
        raise web.HTTPNotFound
    read = partial(
        lines, container=place["container"], previous=query.get("previous") == "true"
    )
    try:
        told = selected(read(pod), query)
    except Refusal as refusal:
        return web.Response(status=refusal.code, text=refusal.message)
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(request)
    await say(response, told, query)
    while query.get("follow") == "true" and (pod := await client.found(path)):
        await asyncio.sleep(FOLLOW_PAUSE)
        last = told[-1].at if told else ""
        more = [line for line in read(pod) if line.at > last]
        await say(response, more, query)
        told = more or told
    return response
