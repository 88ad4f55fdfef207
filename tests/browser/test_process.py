"""The process as its user starts and ends it."""

import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.portal import ROOT, Portal

STOPPED = 3.0
STARTED = 6.0
CHOSEN = "a-much-better-one-7"


def children(pid):
    """The processes that a process has started."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [child for path in listed for child in path.read_text().split()]


SWALLOWS = """
import signal, sys, time
from runai_portal.up import leave
signal.signal(int(sys.argv[1]), leave)
print("ready", flush=True)
while True:
    try:
        time.sleep(60)
    except BaseException:
        pass
"""


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_three_seconds_and_leaves_no_process(tmp_path, by):
    portal = Portal(tmp_path / "data").start()
    portal.submit("running", workers=0)
    left = children(portal.process.pid)
    process = portal.process

    taken = portal.stop(by)

    assert taken < STOPPED
    assert process.returncode == 0
    assert not [child for child in left if Path(f"/proc/{child}").exists()]


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_time_though_somebody_swallows_the_exception(by):
    process = subprocess.Popen(
        [sys.executable, "-c", SWALLOWS, str(int(by))],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"

    process.send_signal(by)

    assert process.wait(STOPPED) == 0


def test_a_second_start_is_quick_keeps_everything_and_prints_the_password(tmp_path):
    portal = Portal(tmp_path / "data").start()
    id = portal.submit("kept", workers=0)
    first = dict(portal.told)
    portal.stop()
    portal.port = int(first["URL"].strip("/").rpartition(":")[2])
    begun = time.monotonic()

    portal.start()

    assert time.monotonic() - begun < STARTED
    assert portal.told == first
    assert "kept" in portal.console().get(f"/workloads/{id}/")
    portal.stop()


def test_the_password_is_printed_until_it_is_changed(tmp_path):
    portal = Portal(tmp_path / "data").start()
    kept = portal.folder / "keys" / "first-password"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    console = portal.console()
    console.get("/user/password/")
    console.page = console.page.replace("<form ", '<form id="change" ')
    answer = console.post(
        "change",
        "/user/password/",
        old_password=portal.told["Password"],
        new_password1=CHOSEN,
        new_password2=CHOSEN,
    )
    assert "There is a problem" not in answer
    portal.stop()

    portal.start(lines=1)

    assert set(portal.told) == {"URL"}
    portal.told |= {"User": "admin", "Password": CHOSEN}
    assert "Workloads" in portal.console().get("/")
    portal.stop()


def test_a_second_start_on_a_held_folder_is_refused_with_a_sentence(portal):
    command = [sys.executable, "-m", "runai_portal.up", "--data", str(portal.folder)]

    refused = subprocess.run(
        [*command, "--port", "0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert refused.returncode == 1
    assert "already runs on" in refused.stderr
    assert "--data" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_taken_port_is_refused_with_a_sentence(portal, tmp_path):
    port = portal.url.rpartition(":")[2]
    command = [sys.executable, "-m", "runai_portal.up", "--data", str(tmp_path / "d")]

    refused = subprocess.run(
        [*command, "--port", port],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stderr == f"Port {port} is taken. Choose another one with --port.\n"
