"""A start under bad conditions ends with one sentence; a good one hears only here."""

import base64
import os
import socket
import subprocess
import sys
from ast import literal_eval

import pytest

from tests.support.portal import ROOT, Portal


def start(*words: str, **environment: str) -> subprocess.CompletedProcess:
    """Start a portal that is meant to refuse."""
    return subprocess.run(
        [sys.executable, "-m", "runai_portal.up", *words],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def says(refused: subprocess.CompletedProcess, *words: str) -> None:
    """One sentence for a person, and no success."""
    assert refused.returncode != 0
    assert refused.stdout == ""
    assert "Traceback" not in refused.stderr
    told = refused.stderr.strip().splitlines()[-1]
    for word in words:
        assert word in told


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        says(start("--data", str(tmp_path / "d"), "--port", port), port, "--port")


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    says(start("--data", str(tmp_path / "d"), "--port", port), "0 to 65535")


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "fast", "1e9"])
def test_a_speed_that_is_none_is_refused(tmp_path, speed):
    says(start("--data", str(tmp_path / "d"), "--speed", speed), "a speed is a number")


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "d").write_text("")

    for data in (tmp_path / "d", tmp_path / "d" / "below"):
        says(start("--data", str(data), "--port", "0"), str(data), "--data")


def test_a_folder_that_cannot_be_written_is_refused():
    says(start("--data", "/proc/portal", "--port", "0"), "/proc/portal", "--data")


def test_a_lock_that_is_no_file_is_refused(tmp_path):
    (tmp_path / "d" / "lock").mkdir(parents=True)

    says(start("--data", str(tmp_path / "d"), "--port", "0"), "cannot be used")


def test_a_lock_that_holds_rubbish_locks_nothing(tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "lock").write_bytes(b"\xff\xfe\x00" * 100)
    portal = Portal(folder)

    portal.start()
    held = start("--data", str(folder), "--port", "0")
    pid = str(portal.process.pid)
    portal.stop()

    says(held, pid, "already runs")


def test_a_setting_that_cannot_be_used_is_named(tmp_path):
    refused = start("--data", str(tmp_path / "d"), "--port", "0", PORTAL_TLS="maybe")

    says(refused, "PORTAL_TLS", "maybe")


def test_a_database_that_is_none_is_no_silent_end(tmp_path):
    (tmp_path / "d" / "db").mkdir(parents=True)
    (tmp_path / "d" / "db" / "portal.sqlite3").write_text("rubbish" * 1000)

    refused = start("--data", str(tmp_path / "d"), "--port", "0")

    assert refused.returncode == 1
    assert "file is not a database" in refused.stderr
    assert "could not start" in refused.stderr.strip().splitlines()[-1]


def test_nothing_is_bound_but_loopback_and_a_proxy_is_not_asked(tmp_path):
    bound = tmp_path / "bound"
    portal = Portal(tmp_path / "d", module="tests.faults.listener")
    proxy = dict.fromkeys(("http_proxy", "HTTP_PROXY"), "http://127.0.0.1:9")
    portal.environment = {"BOUND_LOG": str(bound)} | proxy

    portal.start()
    portal.submit("bound", workers=0)
    portal.stop()

    addresses = [literal_eval(line) for line in bound.read_text().splitlines()]
    hosts = {address[0] for address in addresses}
    assert "127.0.0.1" in hosts
    assert hosts <= {"127.0.0.1", "::1"}


def test_another_service_on_another_host_may_not_be_reached_as_ours(tmp_path):
    portal = Portal(tmp_path / "d").start()
    port = int(portal.told["URL"].rstrip("/").rpartition(":")[2])

    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        answer = line.recv(200)
    portal.stop()

    assert answer.startswith(b"HTTP/1.1 400")


RING = base64.b64encode(b"r" * 32).decode()


def production(tmp_path, **given):
    """How the start of a production server ends."""
    own = {"PORTAL_SECRET_KEY": "k" * 32, "PORTAL_KEYS": RING}
    return subprocess.run(
        [sys.executable, "-c", "import runai_portal.wsgi"],
        cwd=ROOT,
        env=os.environ | own | {"PORTAL_DATA": str(tmp_path)} | given,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"PORTAL_SECRET_KEY": ""}, b"PORTAL_SECRET_KEY"),
        ({"PORTAL_SECRET_KEY": "short"}, b"PORTAL_SECRET_KEY"),
        ({"PORTAL_KEYS": ""}, b"manage.py keys new"),
        ({"PORTAL_KEYS": "c2hvcnQ="}, b"A key is 32 bytes in base64"),
    ],
    ids=["no session key", "short session key", "no keys", "short key"],
)
def test_a_production_server_without_keys_of_its_own_does_not_start(
    tmp_path, given, sentence
):
    refused = production(tmp_path, **given)

    assert refused.returncode != 0
    assert sentence in refused.stderr


def test_a_production_server_with_keys_of_its_own_starts(tmp_path):
    assert production(tmp_path).returncode == 0
