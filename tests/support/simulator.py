"""A running embedded cluster for tests, and a plain client of it."""

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from simulator import Simulator
from simulator.admin import opener
from simulator.demo import furnish

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
JSON = "application/json"
SPEED = 100.0


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One furnished cluster for the whole run, a hundred times as fast."""
    cluster = Simulator(tmp_path_factory.mktemp("cluster"), speed=SPEED)
    cluster.start()
    furnish(cluster.url, cluster.token)
    yield cluster
    cluster.stop()


@dataclass(frozen=True)
class Answer:
    """A code, the headers and the body."""

    code: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def causes(self) -> list[tuple[str, str]]:
        details = self.body.get("details") or {}
        return [(c["field"], c["message"]) for c in details.get("causes", ())]


@dataclass(frozen=True)
class Http:
    """Plain requests to a cluster."""

    url: str
    token: str
    trust: ssl.SSLContext | None = None

    def __call__(
        self, method: str, path: str, body: Any = None, content_type: str = JSON
    ) -> Answer:
        data = None if body is None else json.dumps(body)
        return self.send(path, data, content_type, method=method)

    def send(
        self,
        path: str,
        text: str | None,
        content_type: str,
        *,
        method: str = "PATCH",
        accept: str = JSON,
    ) -> Answer:
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if text is None else text.encode(),
            headers={
                "Accept": accept,
                "Authorization": f"Bearer {self.token}",
                "Content-Type": content_type,
                "User-Agent": "tests",
            },
        )
        try:
            with opener(self.trust).open(request, timeout=10) as response:
                return Answer(response.status, read(response), dict(response.headers))
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, read(refusal), dict(refusal.headers))

    def apply(self, path: str, body: Any, **query: Any) -> Answer:
        words = {"fieldManager": "runai-portal", "fieldValidation": "Strict"} | query
        text = "&".join(f"{name}={value}" for name, value in words.items())
        return self("PATCH", f"{path}?{text}", body, APPLY)

    def items(self, path: str) -> list[dict[str, Any]]:
        return self("GET", path).body["items"]


def read(response: Any) -> Any:
    raw = response.read()
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode()


def until(claim: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait until the claim holds; returns what it returned."""
    end = time.monotonic() + seconds
    while not (found := claim()):
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)
    return found
