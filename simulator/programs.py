"""The two programs that know nothing but the Kubernetes API, and how to run them."""

import ssl

from simulator.client import Client
from simulator.kubelet import Kubelet
from simulator.scheduler import KaiScheduler, Scheduler

PROGRAMS: dict[str, type[Kubelet] | type[Scheduler]] = {
    "kubelet": Kubelet,
    "kai-scheduler": Scheduler,
}
BESIDE_STOCK: dict[str, type[Kubelet] | type[Scheduler]] = PROGRAMS | {
    "kai-scheduler": KaiScheduler,
}
"""The same where the stock scheduler is there too."""


async def serve(
    program: type[Kubelet] | type[Scheduler],
    url: str,
    token: str,
    speed: float,
    trust: ssl.SSLContext | None = None,
) -> None:
    """Run a program against an API server until it is cancelled."""
    client = Client(url, token, program.agent, trust)
    try:
        await program(client, speed).run()
    finally:
        await client.close()
