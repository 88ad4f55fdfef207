"""Where no toolchain is, the real control plane says so."""

import threading

import pytest

from simulator.controlplane import missing
from simulator.controlplane.toolchain import CannotBuild, alone, go, key
from tests.support.controlplane import REQUIRED, SOURCES, why_not
from tests.support.simulator import until


@pytest.fixture
def without_go(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))


def test_without_a_toolchain_the_reason_is_a_sentence(without_go):
    assert missing(SOURCES) == (
        "the real control plane needs Go 1.26.0 or newer: no `go` is there"
    )


def test_without_a_toolchain_its_tests_are_skipped(without_go, monkeypatch):
    monkeypatch.delenv(REQUIRED, raising=False)

    with pytest.raises(pytest.skip.Exception, match="needs Go"):
        why_not()


def test_where_it_is_required_a_missing_toolchain_is_a_failure(without_go, monkeypatch):
    monkeypatch.setenv(REQUIRED, "1")

    with pytest.raises(pytest.fail.Exception, match="needs Go"):
        why_not()


def test_a_toolchain_that_refuses_the_module_is_a_missing_one(tmp_path):
    why_not()
    (tmp_path / "go.mod").write_text("module later\n\ngo 9.99.0\n")

    assert missing(tmp_path).startswith("the real control plane needs Go 9.99.0 or")
    with pytest.raises(CannotBuild):
        go(tmp_path, "list", "-m")


def test_other_sources_are_another_build(tmp_path):
    why_not()
    for path in (*SOURCES.glob("go.*"), *SOURCES.glob("*.go")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    same = key(tmp_path)
    with (tmp_path / "lws.go").open("a") as file:
        file.write("// changed\n")

    assert same == key(SOURCES) != key(tmp_path)


def test_of_two_builds_one_says_that_it_waits_and_goes_on_after_the_other(tmp_path):
    said, done = [], threading.Event()

    def other():
        with alone(tmp_path / "lock", said.append):
            done.set()

    with alone(tmp_path / "lock", said.append):
        waiting = threading.Thread(target=other)
        waiting.start()
        until(lambda: said)
        went_past = done.is_set()
    waiting.join(5)

    assert said == ["Another process compiles the control plane: waiting for it."]
    assert (went_past, done.is_set()) == (False, True)
