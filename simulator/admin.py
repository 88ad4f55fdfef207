"""What an administrator does to the cluster to see things go wrong."""

import json
import ssl
import urllib.error
import urllib.request
from functools import lru_cache
from typing import Any

from simulator.podfaults import ANNOTATION, KINDS

WORKLOADS = "/apis/leaderworkerset.x-k8s.io/v1"
FAULTS = "/simulator/faults"


class Admin:
    """Faults of the server and of pods, over HTTP. Needs ``url`` and ``token``."""

    url: str
    token: str
    trust: ssl.SSLContext | None = None
    """Of the server's authority, where it is spoken to over HTTPS."""

    def fault(self, **switch: Any) -> None:
        """Switch a fault on; the words are those of ``simulator.faults.Fault``.

        ``do="cut-watches"`` ends all watches, ``do="expire"`` makes old versions 410.
        """
        self.call("POST", FAULTS, switch)

    def clear_faults(self) -> None:
        """Switch all faults off."""
        self.call("DELETE", FAULTS)

    def fail(self, namespace: str, name: str, kind: str) -> None:
        """Make a pod, or with a workload's name all its pods, fail until healed.

        ``kind`` is one of ``podfaults.KINDS``; for a workload also ``worker:crash``.
        """
        if kind.rpartition(":")[2] not in KINDS:
            raise ValueError(f"{kind} is none of {', '.join(KINDS)}")
        self._mark(namespace, name, kind)

    def heal(self, namespace: str, name: str) -> None:
        """Let a pod or a workload go on."""
        self._mark(namespace, name, None)

    def _mark(self, namespace: str, name: str, kind: str | None) -> None:
        patch = {"metadata": {"annotations": {ANNOTATION: kind}}}
        for base in ("/api/v1", WORKLOADS):
            plural = "pods" if base == "/api/v1" else "leaderworkersets"
            path = f"{base}/namespaces/{namespace}/{plural}/{name}"
            if self.call("PATCH", path, patch, missing=True) is not None:
                return
        raise LookupError(f"there is no pod or workload {namespace}/{name}")

    def call(
        self, method: str, path: str, body: Any = None, *, missing: bool = False
    ) -> Any:
        """One request; None for a 404 when that is allowed."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": content_type(method),
                "User-Agent": "simulator-admin",
            },
        )
        try:
            with opener(self.trust).open(request, timeout=10) as response:
                return json.loads(response.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                if missing and refusal.code == 404:
                    return None
                raise RuntimeError(refusal.read().decode()) from refusal


@lru_cache(maxsize=8)
def opener(trust: ssl.SSLContext | None) -> urllib.request.OpenerDirector:
    """The cluster is on this machine: no proxy of the environment is asked."""
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
    )


def content_type(method: str) -> str:
    patch = method == "PATCH"
    return "application/merge-patch+json" if patch else "application/json"
