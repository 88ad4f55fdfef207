"""The two programs that know nothing but the Kubernetes API, and how to run them."""

import ssl

from simulator.client import Client
from simulator.kubelet import Kubelet
from simulator.scheduler import Scheduler

PROGRAMS: dict[str, type[Kubelet] | type[Scheduler]] = {
    "kubelet": Kubelet,
    "kai-scheduler": Scheduler,
}


async def serve(
    program: type[Kubelet] | type[Scheduler],
    url: str,
    token: str,
    speed: float,
    trust: ssl.SSLContext | None = None,
) -> None:
    """Run a program against an API server until it is cancelled."""
    name = next(name for name, known in PROGRAMS.items() if known is program)
    client = Client(url, token, name, trust)
    try:
        await program(client, speed).run()
    finally:
        await client.close()
