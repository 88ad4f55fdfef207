"""Nothing that was answered is lost, however the cluster ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator import Simulator
from simulator.demo import furnish
from tests.cluster.simulator.conftest import Space
from tests.support.simulator import Http, until

TOKEN = "restart"


def project(http: Http, name: str = "kept") -> Space:
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    http.apply(f"/api/v1/namespaces/{name}", body)
    space = Space(http, name)
    space.queue(name)
    return space


def test_objects_uids_and_versions_go_on(tmp_path: Path):
    first = Simulator(tmp_path, speed=100, token=TOKEN)
    first.start()
    furnish(first.url, first.token)
    space = project(Http(first.url, TOKEN))
    space.apply(space.workload("chat"))
    before = space.available("chat")
    uids = {pod["metadata"]["uid"] for pod in space.pods().values()}
    first.stop()

    second = Simulator(tmp_path, speed=100, token=TOKEN)
    second.start()
    space = Space(Http(second.url, TOKEN), space.name)

    item = space.available("chat")
    assert item["metadata"]["uid"] == before["metadata"]["uid"]
    assert {pod["metadata"]["uid"] for pod in space.pods().values()} == uids
    answer = space.apply(space.workload("chat", replicas=2))
    assert int(answer.body["metadata"]["resourceVersion"]) > int(
        before["metadata"]["resourceVersion"]
    )
    space.available("chat")
    second.stop()


def test_a_watch_from_before_the_restart_is_told_that_its_version_is_gone(tmp_path):
    first = Simulator(tmp_path, token=TOKEN)
    first.start()
    http = Http(first.url, TOKEN)
    version = http("GET", "/api/v1/namespaces").body["metadata"]["resourceVersion"]
    project(http)
    first.stop()

    second = Simulator(tmp_path, token=TOKEN)
    second.start()
    path = f"/api/v1/namespaces?watch=true&resourceVersion={version}"
    answer = Http(second.url, TOKEN)("GET", path)
    second.stop()

    assert (answer.body["type"], answer.body["object"]["code"]) == ("ERROR", 410)


def test_stopping_takes_less_than_a_second(tmp_path: Path):
    cluster = Simulator(tmp_path, token=TOKEN)
    cluster.start()
    began = time.monotonic()

    cluster.stop()

    assert time.monotonic() - began < 1
    with pytest.raises(OSError, match="refused"):
        Http(cluster.url, TOKEN)("GET", "/version")


@pytest.fixture
def program(tmp_path: Path):
    """Starts the cluster as a program, as often as asked."""
    running: list[subprocess.Popen[str]] = []

    def start() -> tuple[subprocess.Popen[str], Http]:
        command = [sys.executable, "-m", "simulator", "serve", "--speed", "20"]
        process = subprocess.Popen(
            [*command, "--data", str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        running.append(process)
        assert process.stdout
        url, token = (process.stdout.readline().split()[1] for _ in "ab")
        return process, Http(url, token)

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_kill_in_the_middle_loses_nothing_that_was_answered(program):
    process, http = program()
    space = project(http)
    for number in range(8):
        body = space.workload(f"w{number}x", size=1)
        assert space.apply(body).code == 201
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    _, again = program()

    space = Space(again, space.name)
    for number in range(8):
        space.available(f"w{number}x")
    assert len(space.pods()) == 8


def test_failures_can_be_caused_from_the_command_line(program, tmp_path: Path):
    _, http = program()
    space = project(http)
    space.apply(space.workload("chat", size=1))
    space.available("chat")

    run = [sys.executable, "-m", "simulator", "crash", f"{space.name}/chat-0"]
    subprocess.run([*run, "--data", str(tmp_path)], check=True)

    until(lambda: "RecreateGroup" in space.reasons("LeaderWorkerSet"))
    nobody = [*run[:-1], f"{space.name}/nobody", "--data", str(tmp_path)]
    refused = subprocess.run(nobody, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "there is no pod or workload" in refused.stderr


def test_a_signal_ends_the_program_at_once(program):
    process, _ = program()
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=3) == 0
