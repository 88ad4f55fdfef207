"""What a cluster must have, looked at and named, each with a next step."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from workloads.cluster.interface import (
    Cluster,
    ClusterError,
    Forbidden,
    Manifest,
    NotFound,
    Ref,
)
from workloads.cluster.inventory import CRD, LWS_SINCE, lws
from workloads.cluster.rights import EVERYWHERE, IN_PROJECTS

State = Literal["error", "warning", "ok"]
WORST = ("error", "warning", "ok")
OLDEST = (1, 27)
"""Numbers of StatefulSets that start at 1 (kubernetes.md §1.2)."""

SCHEDULER = ("queues.scheduling.run.ai", "podgroups.scheduling.run.ai")
DEFAULT = "storageclass.kubernetes.io/is-default-class"
ROLES = "Apply the files of deploy/rbac there, and bind them to the portal's account."
VERSION = re.compile(r"v?(\d+)\.(\d+)")


class Finding(NamedTuple):
    """One prerequisite, and how it stands."""

    name: str
    state: State
    text: str
    next_step: str = ""


class Expected(NamedTuple):
    """What only the rows know: namespaces with their labels, priorities by value."""

    namespaces: Mapping[str, Mapping[str, str]]
    priorities: Mapping[str, int]


def prerequisites(cluster: Cluster, expected: Expected) -> list[Finding]:
    """Return everything that was looked at, worst first.

    A cluster that does not answer, or refuses, is a finding and no error.
    """
    try:
        version = cluster.version()
    except ClusterError as error:
        return [unreachable(error)]
    looks: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
        ("Kubernetes", lambda: [_kubernetes(version)]),
        ("LeaderWorkerSet", lambda: [lws_finding(lws(cluster))]),
        ("Scheduler", lambda: [_scheduler(cluster)]),
        ("Permissions", lambda: [_permissions(cluster)]),
        ("Namespaces", lambda: [_namespaces(cluster, expected.namespaces)]),
        ("Storage classes", lambda: [_storage(cluster)]),
        ("Priority classes", lambda: [_priorities(cluster, expected.priorities)]),
    ]
    found = [Finding("Connection", "ok", "The cluster answers.")]
    for name, look in looks:
        found += _looked(name, look)
    return sorted(found, key=lambda finding: WORST.index(finding.state))


def unreachable(error: ClusterError) -> Finding:
    """Return why a cluster is not reached, and what to do."""
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        said = "Its certificate is not signed by the authority that was entered."
        return Finding("Connection", "error", said, "Enter its certificate authority.")
    if "Unauthorized" in text:
        said = "It does not know the portal's account: the token or certificate ended."
        return Finding("Connection", "error", said, "Connect it again.")
    return Finding("Connection", "error", text, "Look at its address and the network.")


def _looked(name: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except Forbidden as refusal:
        yield Finding(name, "error", f"May not be looked at: {refusal}", ROLES)
    except ClusterError as error:
        yield Finding(name, "error", f"Could not be looked at: {error}", "Check again.")


def _kubernetes(version: str) -> Finding:
    match = VERSION.match(version)
    if match and (int(match[1]), int(match[2])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return Finding("Kubernetes", "error", version, f"Needed: {oldest} or newer.")
    return Finding("Kubernetes", "ok", version)


def lws_finding(found: Mapping[str, Any]) -> Finding:
    """Return how an installed LeaderWorkerSet stands, by what its schema has."""
    name = "LeaderWorkerSet"
    if not found["lws"]:
        newest = f"Install LeaderWorkerSet {LWS_SINCE['observedGeneration']} or newer."
        return Finding(name, "error", "It is not installed.", newest)
    lacking = {LWS_SINCE[it]: it for it in LWS_SINCE if it not in found["lwsFeatures"]}
    if not lacking:
        newest = max(LWS_SINCE.values())
        return Finding(name, "ok", f"Installed, {newest} or newer.")
    text = (
        f"Older than {min(lacking)}: {', '.join(sorted(lacking.values()))} not offered."
    )
    return Finding(name, "warning", text, f"Update it to {max(lacking)} or newer.")


def _scheduler(cluster: Cluster) -> Finding:
    name = "Scheduler"
    missing = [kind for kind in SCHEDULER if _absent(cluster, CRD._replace(name=kind))]
    if missing:
        text = f"KAI Scheduler is not installed: no {' and no '.join(missing)}."
        return Finding(name, "error", text, "Install KAI Scheduler 0.13 or newer.")
    return Finding(name, "ok", "KAI Scheduler is installed.")


def _permissions(cluster: Cluster) -> Finding:
    missing = [
        str(right)
        for right in EVERYWHERE
        if not cluster.may(right.verb, right.group, right.resource, name=right.name)
    ]
    if missing:
        text = f"The portal's account may not: {'; '.join(missing)}."
        return Finding("Permissions", "error", text, ROLES)
    return Finding("Permissions", "ok", "The portal's account may do what it needs.")


def _namespaces(
    cluster: Cluster, namespaces: Mapping[str, Mapping[str, str]]
) -> Finding:
    """Namespaces that are somebody's, or in which the portal has no rights."""
    wrong = []
    there, _ = cluster.list("v1", "Namespace")
    labels = {item["metadata"]["name"]: _labels(item) for item in there}
    for name, marks in namespaces.items():
        if name in labels and not marks.items() <= labels[name].items():
            wrong.append(f"{name} is there already, and is not the project's")
        elif name in labels and not may_work_in(cluster, name):
            wrong.append(f"in {name} the portal's account has no rights")
    if wrong:
        step = f"Bind the role of the projects there, or remove it. {ROLES}"
        return Finding("Namespaces", "error", f"{'; '.join(wrong)}.", step)
    return Finding("Namespaces", "ok", f"{len(namespaces)} of projects.")


def may_work_in(cluster: Cluster, namespace: str) -> bool:
    """Whether the portal's account has the role of the projects in a namespace."""
    return all(cluster.may(r.verb, r.group, r.resource, namespace) for r in IN_PROJECTS)


def _storage(cluster: Cluster) -> Finding:
    classes, _ = cluster.list("storage.k8s.io/v1", "StorageClass")
    if not classes:
        text = "There are none: workloads cannot have new volumes."
        return Finding("Storage classes", "warning", text, "Install a provisioner.")
    names = sorted(
        f"{item['metadata']['name']} (default)"
        if (item["metadata"].get("annotations") or {}).get(DEFAULT) == "true"
        else str(item["metadata"]["name"])
        for item in classes
    )
    return Finding("Storage classes", "ok", f"{', '.join(names)}.")


def _priorities(cluster: Cluster, wanted: Mapping[str, int]) -> Finding:
    name, wrong = "Priority classes", []
    for priority, value in wanted.items():
        ref = Ref("scheduling.k8s.io/v1", "PriorityClass", priority)
        try:
            found = cluster.get(ref).get("value")
        except NotFound:
            wrong.append(f"{priority} is missing")
            continue
        if found != value:
            wrong.append(f"{priority} is {found}, not {value}")
    if wrong:
        step = "Remove what is wrong; the portal makes its own."
        return Finding(name, "error", f"{'; '.join(wrong)}.", step)
    return Finding(name, "ok", f"{', '.join(wanted)}.")


def _absent(cluster: Cluster, ref: Ref) -> bool:
    try:
        cluster.get(ref)
    except NotFound:
        return True
    return False


def _labels(item: Manifest) -> Mapping[str, str]:
    return item["metadata"].get("labels") or {}
