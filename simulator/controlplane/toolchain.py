"""Builds the control plane from its Go module, once per state of its sources."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

Say = Callable[[str], None]
LWS = "sigs.k8s.io/lws"
KUBERNETES = "k8s.io/kubernetes"
DEFINITION = "config/crd/bases/leaderworkerset.x-k8s.io_leaderworkersets.yaml"
VERSION = "k8s.io/component-base/version"
KEPT = 3
PROGRESS = 20.0


class CannotBuild(RuntimeError):
    """The toolchain refused; carries what it said."""


@dataclass(frozen=True)
class Build:
    """What a build leaves in the cache of the user."""

    program: Path
    definition: Path
    """The CustomResourceDefinition of LeaderWorkerSet, as JSON."""

    seconds: float = 0.0
    """How long the compilation took; 0 where everything was there."""


def missing(sources: Path) -> str:
    """Why the control plane cannot be built here, in a sentence; empty if it can."""
    if shutil.which("go") is None:
        return f"the real control plane needs Go {wanted(sources)}: no `go` is there"
    try:
        go(sources, "list", "-m")
    except CannotBuild as refusal:
        return f"the real control plane needs Go {wanted(sources)}: {refusal}"
    return ""


def wanted(sources: Path) -> str:
    """The least version of Go that the module asks for."""
    found = re.search(r"^go (\S+)$", (sources / "go.mod").read_text(), re.MULTILINE)
    return f"{found[1]} or newer" if found else ""


def built(sources: Path, say: Say = print) -> Build:
    """Return the build of these sources, made now where there is none.

    Safe to call from many processes: the others wait for the first. The sources of
    Kubernetes come through the module proxy that the toolchain is set up with. Raises
    CannotBuild.
    """
    if reason := missing(sources):
        raise CannotBuild(f"{reason[0].upper()}{reason[1:]}.")
    folder = cache() / f"controlplane-{key(sources)}"
    done = Build(folder / "controlplane", folder / "leaderworkersets.json")
    if done.program.exists():
        return done
    with alone(cache() / "lock", say):
        if done.program.exists():
            return done
        begun = time.monotonic()
        make(sources, done, say)
        forget_old(keep=folder)
        seconds = time.monotonic() - begun
    say(f"The control plane was compiled in {seconds:.0f} s.")
    return Build(done.program, done.definition, seconds)


def make(sources: Path, done: Build, say: Say) -> None:
    """Fill the folder; the program comes last and all at once."""
    say("Compiling Kubernetes' control plane: some minutes, once per machine.")
    done.program.parent.mkdir(parents=True, exist_ok=True)
    unfinished = done.program.with_suffix(".new")
    with told("still compiling", say):
        options = ["-trimpath", "-ldflags", link_flags(sources), "-o", str(unfinished)]
        go(sources, "build", *options, ".")
    module = Path(go(sources, "list", "-m", "-f", "{{.Dir}}", LWS))
    text = (module / DEFINITION).read_bytes()
    done.definition.write_text(json.dumps(yaml.load(text, Loader=yaml.CSafeLoader)))
    unfinished.rename(done.program)


def link_flags(sources: Path) -> str:
    """No symbols; and the version that the API server gives itself."""
    version = go(sources, "list", "-m", "-f", "{{.Version}}", KUBERNETES)
    major, minor, _ = version.removeprefix("v").split(".", 2)
    said = {
        "gitVersion": version,
        "gitMajor": major,
        "gitMinor": minor,
        "gitCommit": hashlib.sha1(version.encode()).hexdigest(),
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
    }
    return " ".join(["-s -w", *(f"-X {VERSION}.{k}={v}" for k, v in said.items())])


def go(sources: Path, *words: str) -> str:
    """Run the toolchain in the module. Raises CannotBuild with its last words."""
    done = subprocess.run(
        ["go", *words],
        cwd=sources,
        env=os.environ | {"CGO_ENABLED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotBuild(done.stderr.strip()[-2000:])
    return done.stdout.strip()


def key(sources: Path) -> str:
    """A word for the sources and the toolchain: both make the program."""
    files = sorted(sources / name for name in ("go.mod", "go.sum"))
    files += sorted(sources.glob("*.go"))
    found = hashlib.sha256(go(sources, "env", "GOVERSION").encode())
    for file in files:
        found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:16]


def cache() -> Path:
    """The folder for what can be made again, of this user."""
    above = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(above) / "runai-portal"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def forget_old(keep: Path) -> None:
    """Drop the builds of sources long changed: each is a hundred megabytes."""
    known = [path for path in cache().glob("controlplane-*") if path != keep]
    known.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in known[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def alone(path: Path, say: Say) -> Iterator[None]:
    """Hold the lock of the cache; it ends with the process, however that ends."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another process compiles the control plane: waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def told(text: str, say: Say) -> Iterator[None]:
    """Say now and then that something still goes on."""
    over, begun = threading.Event(), time.monotonic()

    def tell() -> None:
        while not over.wait(PROGRESS):
            say(f"… {text}, {time.monotonic() - begun:.0f} s")

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
