"""How Kubernetes learns whether a container is well."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from workloads.spec.model import NEEDED, SpecModel
from workloads.spec.quantity import CommandLine

PortNumber = Annotated[int, Field(ge=1, le=65535)]
Times = Annotated[int, Field(ge=1, le=100_000)]
Delay = Annotated[int, Field(ge=0, le=100_000)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class HttpGet(SpecModel):
    """Asks a page of the container."""

    port: Annotated[PortNumber | None, NEEDED] = Field(None, title="Port")
    path: Word | None = Field(None, title="Path")
    scheme: Literal["HTTP", "HTTPS"] = Field("HTTP", title="Scheme")
    host: Word | None = Field(None, title="Host")


class TcpSocket(SpecModel):
    """Opens a port of the container."""

    port: Annotated[PortNumber | None, NEEDED] = Field(None, title="Port")


class Exec(SpecModel):
    """Runs a command in the container."""

    command: Annotated[CommandLine | None, NEEDED] = Field(None, title="Command")


class Grpc(SpecModel):
    """Asks gRPC's health service."""

    port: Annotated[PortNumber | None, NEEDED] = Field(None, title="Port")
    service: Word | None = Field(None, title="Service")


class Handler(SpecModel):
    """The way of asking: exactly one."""

    http_get: HttpGet | None = None
    tcp_socket: TcpSocket | None = None
    exec: Exec | None = None
    grpc: Grpc | None = None


class Probe(SpecModel):
    """A health check. Seconds and counts."""

    handler: Handler = Handler()
    initial_delay_seconds: Delay | None = Field(None, title="Initial delay")
    period_seconds: Times | None = Field(None, title="Period")
    timeout_seconds: Times | None = Field(None, title="Timeout")
    success_threshold: Times | None = Field(None, title="Success threshold")
    failure_threshold: Times | None = Field(None, title="Failure threshold")


class Probes(SpecModel):
    """The health checks, each off until it is added."""

    readiness: Probe | None = None
    """Whether the pod may get requests."""

    startup: Probe | None = None
    """Gives a slow start the time that it needs."""

    liveness: Probe | None = None
    """A failed check rebuilds the whole replica."""
