"""The whole product in one process: for trying, for development and for tests."""

import gc
import logging
import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from hashlib import sha256
from pathlib import Path

import django
from celery.beat import Scheduler, Service
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from waitress.server import create_server

from access.models import User
from projects.connection import Connection
from projects.secrets import keyring
from runai_portal import demo
from runai_portal.celery import app
from runai_portal.folder import Folder
from simulator import Simulator
from simulator.controlplane import CannotBuild, ControlPlane
from workloads.sync.followers import Followers
from workloads.sync.work import free_leases

THREADS = 4
SECONDS_TO_STOP = 2.0

logger = logging.getLogger(__name__)


class Portal:
    """Web, worker, clock, followers and a cluster."""

    def __init__(
        self,
        folder: Folder,
        port: socket.socket,
        speed: float,
        *,
        real: bool = False,
    ) -> None:
        self.folder, self.socket = folder, port
        self.cluster = cluster_in(folder, speed, real=real)
        self.followers = Followers()
        self.worker = app.WorkController(
            pool_cls="threads",
            concurrency=THREADS,
            hostname="embedded@localhost",
            without_mingle=True,
            without_gossip=True,
            without_heartbeat=True,
        )
        self.beat = Service(app, scheduler_cls=Scheduler)

    def run(self) -> None:
        """Prepare, start everything, serve until the process is told to end."""
        keyring.ensure()
        call_command("migrate", verbosity=0, interactive=False)
        collect()
        try:
            self.cluster.start()
        except CannotBuild as refusal:
            sys.exit(str(refusal))
        self.furnish()
        free_leases()
        self.start_threads()
        server = create_server(
            get_wsgi_application(),
            sockets=[self.socket],
            threads=THREADS,
            ident="",
        )
        threading.Thread(target=self.announce, daemon=True).start()
        gc.collect()
        gc.freeze()  # what is there now stays: no request waits for a look through it
        server.run()

    def furnish(self) -> None:
        """Give the cluster its nodes, and the database its organization."""
        self.cluster.furnish()
        user = User.objects.filter(is_superuser=True).first()
        if user is None:
            user = demo.administrator(self.folder.first_password())
        there = self.cluster
        demo.prepare(user, Connection(there.url, there.ca, token=there.token))

    def start_threads(self) -> None:
        """Start the worker, the clock and the follower."""
        threading.Thread(target=self.worker.start, name="worker", daemon=True).start()
        clock = threading.Thread(
            target=self.beat.start,
            kwargs={"embedded_process": True},
            name="beat",
            daemon=True,
        )
        clock.start()
        self.followers.start()

    def announce(self) -> None:
        """Say where the portal is, once its page answers."""
        host, port = self.socket.getsockname()
        url = f"http://{host}:{port}/"
        while not answers(f"{url}livez/"):
            time.sleep(0.02)
        lines = [f"URL: {url}"]
        first = User.objects.filter(username=demo.FIRST_USER).first()
        if first is not None and first.must_change_password:
            lines += [f"User: {first}", f"Password: {self.folder.first_password()}"]
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()

    def stop(self, code: int = 0) -> None:
        """End everything; what does not end in time ends with the process."""
        threading.Timer(SECONDS_TO_STOP, lambda: os._exit(code)).start()
        try:
            self.followers.stop()
            self.beat.stop()
            self.worker.stop()
            self.cluster.stop()
        finally:
            sys.stderr.flush()
            os._exit(code)


def cluster_in(folder: Folder, speed: float, *, real: bool) -> Simulator | ControlPlane:
    """Return the folder's cluster, not started yet."""
    if not real:
        return Simulator(folder.path / "simulator", speed=speed)
    return ControlPlane(
        folder.path / "control-plane",
        sources=settings.BASE_DIR / "tests" / "cluster" / "controlplane",
        speed=speed,
        say=lambda text: print(text, file=sys.stderr, flush=True),  # noqa: T201
    )


def answers(url: str) -> bool:
    """Whether a page answers."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=5):  # our own page
            return True
    except (urllib.error.URLError, OSError):
        return False


def collect() -> None:
    """Collect the static files where they changed since the last start."""
    stamp = settings.STATIC_ROOT / ".stamp"
    current = fingerprint(settings.BASE_DIR / "static")
    if stamp.exists() and stamp.read_text() == current:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(current)


def fingerprint(folder: Path) -> str:
    """Return one word for the names, sizes and times of all files."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    found = [f"{p} {p.stat().st_size} {p.stat().st_mtime_ns}" for p in files]
    found.append(django.get_version())
    return sha256("\n".join(found).encode()).hexdigest()
