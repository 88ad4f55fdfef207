"""The product as users start it: a real `./portal up` on a folder and a port."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.admin import Admin
from tests.support.console import Console

ROOT = Path(__file__).resolve().parent.parent.parent
SPEED = 20
LLM_SERVING = "4500000"
"""The project of the demo organization that has most quota."""

NAMESPACE = "runai-llm-serving"


@dataclass
class Cluster(Admin):
    """The simulated cluster of a running portal."""

    url: str
    token: str


@dataclass
class Portal:
    """A running portal. ``told`` is what it printed."""

    folder: Path
    speed: float = SPEED
    port: int = 0
    module: str = "runai_portal.up"
    environment: dict[str, str] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    """Further words of its command line."""

    process: subprocess.Popen | None = None
    told: dict[str, str] = field(default_factory=dict)
    visitor: Console | None = None

    def start(self, lines: int = 3) -> "Portal":
        """Start it, and read what it prints once its page answers."""
        command = [sys.executable, "-m", self.module, "--data", str(self.folder)]
        command += ["--port", str(self.port), "--speed", str(self.speed), *self.more]
        log = (self.folder.parent / f"{self.folder.name}.log").open("a")
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | self.environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        self.told, self.visitor = {}, None
        for _ in range(lines):
            name, _, value = self.process.stdout.readline().strip().partition(": ")
            self.told[name] = value
        return self

    @property
    def url(self) -> str:
        """Where its pages are, without the slash at the end."""
        return self.told["URL"].rstrip("/")

    def stop(self, by: signal.Signals = signal.SIGTERM) -> float:
        """End it; return the seconds that it took."""
        if self.process is None:
            return 0.0
        begun = time.monotonic()
        self.process.send_signal(by)
        self.process.wait(10)
        self.process = None
        return time.monotonic() - begun

    def ended(self, within: float) -> bool:
        """Whether it ended by itself, or was killed, within some seconds."""
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            return False
        self.process = None
        return True

    def log(self) -> str:
        """What it wrote to its standard error so far."""
        return (self.folder.parent / f"{self.folder.name}.log").read_text()

    @property
    def cluster(self) -> Cluster:
        """Its simulated cluster."""
        folder = self.folder / "simulator"
        words = (folder / name for name in ("url", "token"))
        return Cluster(*(word.read_text().strip() for word in words))

    def console(self) -> Console:
        """The first administrator without a browser, signed in once."""
        if self.visitor is None:
            self.visitor = Console(self.url)
            self.visitor.sign_in(self.told["User"], self.told["Password"])
        return self.visitor

    def submit(self, name: str, **fields: Any) -> str:
        """Go through the wizard as a browser without script does; return the id."""
        console = self.describe(name, **fields)
        console.post("wizard", do="create")
        if "created=" not in console.at:
            raise RuntimeError(f"{name} was not accepted at {console.at}")
        return console.at.partition("created=")[2].partition("&")[0]

    def describe(
        self,
        name: str,
        *,
        image: str = "a/b:1",
        gpus: int = 0,
        workers: int = 1,
        replicas: int = 1,
        fail: str = "",
        scratch: str = "",
    ) -> Console:
        """Go through the wizard as far as its review, which is where it ends.

        ``fail`` is one of the simulator's faults, for the workers. ``scratch`` is
        where the leader mounts an EmptyDir.
        """
        console = self.console()
        console.get("/")
        token = f"csrfmiddlewaretoken={console.token()}".encode()
        console.open(f"{self.url}/drafts/new/", token)
        asked = {"compute.gpuDevicesRequest": str(gpus or "")}
        worker = {"image": image, **asked} if workers else {}
        if fail:
            note = {"name": "simulator/fail", "value": fail}
            worker |= {"annotations:rows": '[[0, ""]]'}
            worker |= {f"annotations.0.{key}": text for key, text in note.items()}
        steps = (
            {"project": LLM_SERVING, "name": name},
            {"leader.image": image, "servingPort.port": "8000"},
            {f"leader.{key}": text for key, text in asked.items()} | mounted(scratch),
            {"workers": str(workers)}
            | {f"worker.{key}": text for key, text in worker.items()},
            {"replicas": str(replicas)},
        )
        for values in steps:
            console.post("wizard", **values, do="continue")
        return console

    def delete(self, *ids: str) -> None:
        """Delete workloads, as a browser without script does."""
        console = self.console()
        for id in ids:
            page = console.get(f"/workloads/{id}/delete/")
            proof = f"csrfmiddlewaretoken={console.token()}&next=/".encode()
            if "csrfmiddlewaretoken" in page:
                console.open(f"{self.url}/workloads/{id}/delete/", proof)


def mounted(path: str) -> dict[str, str]:
    """What the Leader step posts of an EmptyDir there."""
    name = "leader.storage.emptyDirVolume"
    row = {f"{name}:rows": '[[0, ""]]', f"{name}.0.path": path}
    return row if path else {}
