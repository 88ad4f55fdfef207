"""The serving endpoint, who may use it, and further ports."""

import re
from collections.abc import Iterator

from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.spec.rules.pods import LEADER, Document, pods, rows, warning, wrong
from workloads.spec.syntax import service_name
from workloads.spec.workload import ServingPort, WorkloadSpec

HERE = Location(("servingPort",))
PORT_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ADDRESS = re.compile(
    r"(?:https?://)?[A-Za-z0-9][-.A-Za-z0-9]*(?::[0-9]{1,5})?(?:/\S*)?"
)


def endpoint(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Without a port there is no endpoint, which is legal (X-25)."""
    if spec.serving_port is None:
        text = "is not given: without an endpoint nobody can call the workload"
        yield warning(HERE / "port", "endpoint", text)
    elif (url := spec.serving_port.exposed_url) and not ADDRESS.fullmatch(url):
        text = "must be an address, such as https://chat.example.com"
        yield wrong(HERE / "exposedUrl", "syntax", text)


def exposure(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """External needs a cluster that can be reached (R-070)."""
    port = spec.serving_port
    if port is not None and port.expose_externally and not facts.external_access:
        text = (
            "must be internal: an administrator has not set up the cluster for "
            "access from outside"
        )
        yield wrong(HERE / "exposeExternally", "externalAccess", text)


def access(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Restricted access needs a cluster that asks who calls (kubernetes.md §2.8)."""
    port = spec.serving_port
    if port is None or port.authorization_type == "public":
        return
    if not facts.auth_profile:
        text = (
            "must be public: an administrator has not set up the cluster to check "
            "who calls an endpoint"
        )
        yield wrong(HERE / "authorizationType", "authProfile", text)
    yield from _own_access(port, facts)


def _own_access(port: ServingPort, facts: Facts) -> Iterator[Issue]:
    """Warn somebody who locks himself out (R-066, R-068)."""
    groups, users = port.authorized_groups, port.authorized_users
    if groups and not facts.groups.intersection(groups):
        text = "has no group of yours: you will have no access yourself"
        yield warning(HERE / "authorizedGroups", "ownGroup", text)
    if users and facts.submitter and facts.submitter not in users:
        text = f"does not have {facts.submitter}: you will have no access yourself"
        yield warning(HERE / "authorizedUsers", "ownUser", text)


def service(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """The Service has a name that no workload and nothing of it has (X-28)."""
    name = spec.serving_port.service_name if spec.serving_port else None
    if not name:
        return
    if text := service_name(name):
        yield wrong(HERE / "serviceName", "syntax", text)
    elif owner := _owner(name, facts):
        text = f"is a name that the workload {owner} needs: choose another one"
        yield wrong(HERE / "serviceName", "taken", text)


def _owner(name: str, facts: Facts) -> str:
    base, _, number = name.rpartition("-")
    names = facts.taken_names | {facts.workload_name} - {""}
    for candidate in (name, base if number.isdecimal() else ""):
        if candidate in names:
            return candidate
    other = name.removesuffix("-ep")
    return other if other != name and other in facts.taken_names else ""


def ports(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Further ports have names of their own, and are not the endpoint's (X-28)."""
    for at, pod in pods(spec):
        serving = spec.serving_port if at == LEADER else None
        taken = {("TCP", serving.port)} if serving and serving.port else set()
        for row, port in rows(at, "ports", pod.ports):
            if port.name and (text := _port_name(port.name, at)):
                yield wrong(row / "name", "syntax", text)
            if port.container_port is None:
                continue
            address = (port.protocol, port.container_port)
            if address in taken:
                text = f"is taken: {port.container_port}/{port.protocol} is there twice"
                yield wrong(row / "containerPort", "unique", text)
            taken.add(address)


def _port_name(name: str, at: Location) -> str:
    if name == "http" and at == LEADER:
        return "is the name of the serving endpoint's port: choose another one"
    if PORT_NAME.fullmatch(name) and any(c.isalpha() for c in name):
        return ""
    return "may have lower-case letters, digits and single -, and at least one letter"


RULES = (endpoint, exposure, access, service, ports)
