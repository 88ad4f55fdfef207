"""The real control plane: who is let in, what it serves, how it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.controlplane import bind, http
from tests.support.simulator import Http
from workloads.cluster.kinds import KINDS, collection

PODS = "/api/v1/pods"
KILLED = """
import sys, time
from pathlib import Path
from simulator.controlplane import ControlPlane
plane = ControlPlane(Path(sys.argv[1]), sources=Path(sys.argv[2]))
plane.start()
print("processes", *(part.process.pid for part in plane.parts.values()), flush=True)
time.sleep(60)
"""


def test_it_is_the_version_that_the_module_names(portal):
    assert portal.version() == "v1.36.3"


@pytest.mark.parametrize(("api", "kind"), KINDS, ids=lambda word: word.split("/")[-1])
def test_it_serves_every_kind_that_the_portal_speaks_of(real, api, kind):
    root = f"/apis/{api}" if "/" in api else f"/api/{api}"
    served = {entry["kind"] for entry in real("GET", root).body["resources"]}

    assert kind in served
    assert real("GET", collection(api, kind)).code == 200


def test_it_has_the_demo_nodes_in_their_pools(portal):
    inventory = portal.inventory()

    assert inventory["pools"] == {
        "default": {"nodes": 4, "gpus": 32},
        "h100": {"nodes": 6, "gpus": 48},
        "a100": {"nodes": 4, "gpus": 32},
    }
    assert inventory["lws"] is True
    assert inventory["lwsFeatures"] == [
        "observedGeneration",
        "partition",
        "volumeClaimTemplates",
    ]
    assert inventory["storageClasses"] == ["fast", "standard"]


def test_a_stranger_is_not_let_in(control_plane):
    stranger = Http(control_plane.url, "no such token", control_plane.trust)

    answer = stranger("GET", PODS)

    assert (answer.code, answer.body["message"]) == (401, "Unauthorized")


def test_a_user_without_a_role_is_told_what_he_may_not(control_plane):
    answer = http(control_plane, "alice")("GET", PODS)

    assert answer.code == 403
    assert answer.body["message"].startswith('pods is forbidden: User "alice" cannot')


def test_a_user_may_what_a_role_gives_him(control_plane):
    user = http(control_plane, "alice")
    bind(control_plane, "alice", "system:node-problem-detector")

    nodes, pods = user("GET", "/api/v1/nodes/gpu-h100-1"), user("GET", PODS)

    assert (nodes.code, pods.code) == (200, 403)


def test_a_killed_run_takes_every_part_with_it(control_plane, tmp_path):
    run = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), str(control_plane.sources)],
        stdout=subprocess.PIPE,
        text=True,
    )
    line = next(line for line in run.stdout if line.startswith("processes"))
    parts = [int(word) for word in line.split()[1:]]
    alive = [Path(f"/proc/{part}").exists() for part in parts]

    os.kill(run.pid, signal.SIGKILL)
    run.communicate()

    assert alive == [True] * 5
    assert all(ends(part) for part in parts)


def ends(process: int) -> bool:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if not running(process):
            return True
        time.sleep(0.02)
    return False


def running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in ("Z", "X")
