"""A real control plane, begun and ended like the embedded cluster."""

import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from simulator.admin import Admin, opener
from simulator.controlplane.objects import (
    DEFINITIONS,
    collections,
    definitions,
    first_objects,
    hooks,
)
from simulator.controlplane.plan import Plan
from simulator.controlplane.processes import DidNotStart, Part, free_ports
from simulator.controlplane.standins import StandIns
from simulator.controlplane.toolchain import Build, Say, built
from simulator.demo import furnish
from simulator.embedded import AUTHORITY_FILE, URL_FILE, kept_token

START_SECONDS = 60.0
STOP_SECONDS = 3.0
PAUSE = 0.03
ACCOUNT = "/api/v1/namespaces/default/serviceaccounts/default"


class ControlPlane(Admin):
    """API server, controllers, stock scheduler and LeaderWorkerSet: the real ones.

    Kubelets and KAI are ours: the programs of the simulator, in a thread. Objects are
    kept in ``folder`` from one start to the next; certificates and ports are not.
    ``start`` has to be called by a thread that lives as long as the cluster.
    """

    def __init__(
        self,
        folder: Path,
        *,
        sources: Path,
        speed: float = 1.0,
        token: str = "",
        say: Say = print,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.sources, self.speed, self.say = folder, sources, speed, say
        self.token = token or kept_token(folder)
        self.plan = Plan(folder / "run", tokens={"admin": self.token})
        self.url = ""
        self.ca = ""
        """The certificate of the authority, as PEM."""

        self.parts: dict[str, Part] = {}
        self.stand_ins: StandIns | None = None
        self.kubelet_port = 0

    @property
    def tokens(self) -> dict[str, str]:
        """The token of each user of ``plan.USERS``."""
        return self.plan.tokens

    def start(self) -> None:
        """Return when it answers; raises DidNotStart or CannotBuild when it cannot."""
        build = built(self.sources, self.say)
        self.plan.write()
        self.url, self.ca = self.plan.url, self.plan.ca
        self.trust = ssl.create_default_context(cadata=self.ca)
        try:
            self._begin(build)
        except BaseException:
            self.stop()
            raise
        for name, text in ((URL_FILE, self.url), (AUTHORITY_FILE, self.ca)):
            (self.folder / name).write_text(text)

    def stop(self) -> None:
        """End everything within some seconds; nothing of it is left running."""
        if self.stand_ins:
            self.stand_ins.stop()
        for part in reversed(self.parts.values()):
            part.stop(STOP_SECONDS)

    def furnish(self) -> None:
        """Make the demo nodes and storage classes; safe to run again."""
        furnish(self.url, self.token, self.trust, self.kubelet_port)

    def kubeconfig(self, user: str = "admin") -> Path:
        """A file with which ``kubectl`` speaks as a user."""
        return self.plan.kubeconfig(user)

    def _begin(self, build: Build) -> None:
        self.parts = self._parts(build.program)
        for name in ("etcd", "apiserver"):
            self.parts[name].start()
            self.parts[name].wait(START_SECONDS)
        for definition in definitions(build.definition):
            self.ensure(DEFINITIONS, definition)
        self._wait("the kinds are served", self._serves_all)
        others = [
            self.parts[name] for name in ("controller-manager", "scheduler", "lws")
        ]
        for part in others:
            part.start()
        for path, body in first_objects():
            self.ensure(path, body)
        for part in others:
            part.wait(START_SECONDS)
        at = f"https://127.0.0.1:{self.plan.ports['webhook']}"
        for path, body in hooks(at, self.ca):
            self.ensure(path, body)
        self._wait("there is a service account", self._has_account)
        self._begin_stand_ins()

    def _begin_stand_ins(self) -> None:
        (self.kubelet_port,) = free_ports(1)
        self.stand_ins = StandIns(
            self.url,
            self.tokens,
            self.plan.folder,
            speed=self.speed,
            port=self.kubelet_port,
        )
        self.stand_ins.start()

    def _parts(self, program: Path) -> dict[str, Part]:
        plan = self.plan
        ports = plan.ports
        told: dict[str, tuple[Sequence[str], str]] = {
            "etcd": (plan.store(), f"http://127.0.0.1:{ports['store']}/health"),
            "apiserver": (plan.apiserver(), f"{plan.url}/readyz"),
            "controller-manager": (plan.manager(), at(ports["manager"])),
            "scheduler": (plan.scheduler(), at(ports["scheduler"])),
            "lws": (plan.lws(), f"http://127.0.0.1:{ports['probe']}/readyz"),
        }
        return {
            name: Part(
                name,
                [str(program), name, *words],
                plan.folder / f"{name}.log",
                partial(self._is_well, url),
            )
            for name, (words, url) in told.items()
        }

    def _is_well(self, url: str) -> bool:
        headers = {"Authorization": f"Bearer {self.token}"}
        asked = urllib.request.Request(url, headers=headers)
        try:
            with opener(self.trust).open(asked, timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _wait(self, what: str, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + START_SECONDS
        while not holds():
            if time.monotonic() > end:
                raise DidNotStart(f"it did not come about that {what}")
            time.sleep(PAUSE)

    def _serves_all(self) -> bool:
        return all(self._is_well(self.url + path) for path in collections())

    def _has_account(self) -> bool:
        return self.call("GET", ACCOUNT, missing=True) is not None

    def ensure(self, path: str, body: dict[str, Any]) -> None:
        """Make an object, or bring it up to date; a merge as the administrator."""
        name = body["metadata"]["name"]
        if self.call("GET", f"{path}/{name}", missing=True) is None:
            self.call("POST", path, body)
        else:
            self.call("PATCH", f"{path}/{name}", body)


def at(port: int) -> str:
    """Where a part of the control plane says that it is well."""
    return f"https://127.0.0.1:{port}/healthz"
