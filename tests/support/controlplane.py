"""The real control plane for tests, and clients of it.

``python -m tests.support.controlplane`` builds it, ``--time`` also measures a start,
``--cold`` does that with every cache empty, as on a machine that has never built it.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.controlplane import ControlPlane, built, missing
from simulator.controlplane.toolchain import go
from tests.support.simulator import Http, until
from workloads.cluster import KubernetesCluster

SOURCES = Path(__file__).parent.parent / "cluster" / "controlplane"
REQUIRED = "PORTAL_REQUIRE_CONTROL_PLANE"
SPEED = 20.0


@pytest.fixture(scope="session")
def control_plane(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ControlPlane]:
    """One furnished real control plane for the whole run, its pods twentyfold fast."""
    why_not()
    terminal = request.config.pluginmanager.get_plugin("terminalreporter")
    plane = ControlPlane(
        tmp_path_factory.mktemp("control-plane"),
        sources=SOURCES,
        speed=SPEED,
        say=terminal.write_line if terminal else print,
    )
    plane.start()
    plane.furnish()
    yield plane
    plane.stop()


def why_not() -> None:
    """Skip where no control plane can be built; fail where one is required."""
    reason = missing(SOURCES)
    if reason and os.environ.get(REQUIRED) == "1":
        pytest.fail(reason, pytrace=False)
    if reason:
        pytest.skip(reason)


def http(plane: ControlPlane, user: str = "admin") -> Http:
    """Plain requests as a user."""
    return Http(plane.url, plane.tokens[user], plane.trust)


def connection(plane: ControlPlane, user: str = "admin") -> KubernetesCluster:
    """The portal's own client as a user."""
    return KubernetesCluster(plane.url, plane.tokens[user], ca_data=plane.ca)


def new_namespace(plane: ControlPlane, name: str) -> str:
    """Make a namespace, and wait until pods can be made in it."""
    body: dict[str, Any] = {"metadata": {"name": name}}
    plane.ensure("/api/v1/namespaces", body)
    account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
    until(lambda: plane.call("GET", account, missing=True))
    return name


def bind(plane: ControlPlane, user: str, role: str) -> None:
    """Give a user a ClusterRole everywhere."""
    body = {
        "metadata": {"name": f"{user}-{role}"},
        "subjects": [{"kind": "User", "name": user}],
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "ClusterRole",
            "name": role,
        },
    }
    plane.ensure("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", body)


def lose_node(plane: ControlPlane, name: str) -> None:
    """A node falls silent: NotReady, taken by nobody, and its pods are evicted.

    No controller for that runs here, so its work is done by hand. The stand-in for
    the kubelets lets the pods go, as in the end the collector of lost pods would.
    """
    mark_node(plane, name, ready=False)
    pods = f"/api/v1/pods?fieldSelector=spec.nodeName={name}"
    for pod in plane.call("GET", pods)["items"]:
        metadata = pod["metadata"]
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
        body = {"preconditions": {"uid": metadata["uid"]}}
        plane.call("DELETE", path, body, missing=True)


def find_node(plane: ControlPlane, name: str) -> None:
    """The node is back."""
    mark_node(plane, name, ready=True)


def mark_node(plane: ControlPlane, name: str, *, ready: bool) -> None:
    """Write what the node controller would: the condition and the taint."""
    path = f"/api/v1/nodes/{name}"
    status = "True" if ready else "Unknown"
    reason = "KubeletReady" if ready else "NodeStatusUnknown"
    condition = {"type": "Ready", "status": status, "reason": reason}
    plane.call("PATCH", f"{path}/status", {"status": {"conditions": [condition]}})
    taint = {"key": "node.kubernetes.io/unreachable", "effect": "NoSchedule"}
    plane.call("PATCH", path, {"spec": {"taints": None if ready else [taint]}})


def measured() -> dict[str, float]:
    """Build where that is needed, then start and stop: seconds."""
    build = built(SOURCES)
    found = {"compilation": build.seconds}
    with tempfile.TemporaryDirectory() as folder:
        plane = ControlPlane(Path(folder), sources=SOURCES)
        for name, step in (
            ("start", plane.start),
            ("nodes", plane.furnish),
            ("stop", plane.stop),
        ):
            begun = time.monotonic()
            step()
            found[name] = time.monotonic() - begun
    return found


def cold() -> dict[str, float]:
    """The same as on a new machine: nothing is downloaded or compiled yet."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("XDG_CACHE_HOME", "GOCACHE", "GOMODCACHE"):
            os.environ[name] = str(Path(folder) / name)
        os.environ["GOFLAGS"] = "-modcacherw"
        begun = time.monotonic()
        go(SOURCES, "mod", "download")
        download = time.monotonic() - begun
        return {"download": download} | measured()


def main() -> None:
    """Build, or build and measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.controlplane")
    parser.add_argument("--time", action="store_true", help="also start and stop it")
    parser.add_argument("--cold", action="store_true", help="that with empty caches")
    said = parser.parse_args()
    if reason := missing(SOURCES):
        raise SystemExit(reason)
    if not (said.time or said.cold):
        built(SOURCES)
        return
    for name, seconds in (cold() if said.cold else measured()).items():
        print(f"{name:12} {seconds:6.1f} s")


if __name__ == "__main__":
    main()
