"""Health checks (X-27)."""

from collections.abc import Iterator
from typing import Any

from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.spec.probes import Handler, Probe
from workloads.spec.rules.pods import (
    LEADER,
    Document,
    inside,
    missing,
    pods,
    warning,
    wrong,
)
from workloads.spec.workload import WorkloadSpec

KINDS = ("readiness", "startup", "liveness")
HANDLERS = (
    ("http_get", "httpGet", "port"),
    ("tcp_socket", "tcpSocket", "port"),
    ("exec", "exec", "command"),
    ("grpc", "grpc", "port"),
)


def each(spec: WorkloadSpec) -> Iterator[tuple[Location, str, Probe]]:
    """Yield every health check with its place and its kind."""
    for at, pod in pods(spec):
        for kind in KINDS:
            probe = getattr(pod.probes, kind)
            if probe is not None:
                yield at / "probes" / kind, kind, probe


def handlers(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """A health check asks in exactly one way."""
    for at, _, probe in each(spec):
        here = at / "handler"
        given = list(_given(probe.handler))
        if not given and not inside(document, *map(str, here)):
            text = "needs a way to ask the container: HTTP, TCP, gRPC or a command"
            yield missing(here / "httpGet" / "port", "handler", text)
        for alias, field in given[1:]:
            text = f"is a second way of asking, beside {given[0][0]}: keep one"
            yield wrong(here / alias / field, "handler", text)


def _given(handler: Handler) -> Iterator[tuple[str, str]]:
    for name, alias, field in HANDLERS:
        if getattr(handler, name) is not None:
            yield alias, field


def thresholds(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Only readiness may ask for several successes in a row."""
    for at, kind, probe in each(spec):
        if kind != "readiness" and probe.success_threshold not in (None, 1):
            text = f"must be 1 for a {kind} check, not {probe.success_threshold}"
            yield wrong(at / "successThreshold", "threshold", text)


def paths(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """A page begins with a slash."""
    for at, _, probe in each(spec):
        page = probe.handler.http_get
        if page is not None and page.path and not page.path.startswith("/"):
            text = f"must begin with a slash: /{page.path[:60]}"
            yield wrong(at / "handler" / "httpGet" / "path", "path", text)


def deadlock(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Workers that wait for a leader that waits for them (kubernetes.md §0.2)."""
    readiness, serving = spec.leader.probes.readiness, spec.serving_port
    waits = spec.startup_policy == "LeaderReady" and spec.workers > 0
    if not waits or readiness is None or serving is None or serving.port is None:
        return
    for alias, port in _ports(readiness.handler):
        if port == serving.port:
            text = (
                f"asks the serving port {port}, which most servers open only when "
                "the workers have joined; but they are created once the leader is "
                "ready. Ask another port, or create the workers with the leader"
            )
            here = LEADER / "probes" / "readiness" / "handler" / alias / "port"
            yield warning(here, "deadlock", text)


def _ports(handler: Handler) -> Iterator[tuple[str, Any]]:
    for name, alias, field in HANDLERS:
        asked = getattr(handler, name)
        if asked is not None and field == "port":
            yield alias, asked.port


RULES = (handlers, thresholds, paths, deadlock)
