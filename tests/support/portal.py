"""The product as users start it: a real `./portal up` on a folder and a port."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SPEED = 20


@dataclass
class Portal:
    """A running portal. ``told`` is what it printed."""

    folder: Path
    speed: float = SPEED
    port: int = 0
    module: str = "runai_portal.up"
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None
    told: dict[str, str] = field(default_factory=dict)

    def start(self, lines: int = 3) -> "Portal":
        """Start it, and read what it prints once its page answers."""
        command = [sys.executable, "-m", self.module, "--data", str(self.folder)]
        command += ["--port", str(self.port), "--speed", str(self.speed)]
        log = (self.folder.parent / f"{self.folder.name}.log").open("a")
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | self.environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        self.told = {}
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
