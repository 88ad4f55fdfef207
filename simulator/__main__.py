"""``python -m simulator``: serve a cluster, or make pods of one fail."""

import argparse
import asyncio
import contextlib
import signal
import ssl
import sys
import threading
from pathlib import Path

from simulator.admin import Admin
from simulator.demo import furnish
from simulator.embedded import AUTHORITY_FILE, Simulator
from simulator.programs import PROGRAMS
from simulator.programs import serve as run

WORDS = {"fail": "image-pull", "crash": "crash", "oom": "oom", "heal": ""}


class Remote(Admin):
    """A running cluster, known by its URL and token."""

    def __init__(self, url: str, token: str, authority: Path) -> None:
        self.url = url
        self.token = token
        if url.startswith("https:"):
            self.trust = ssl.create_default_context(cafile=authority)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve a cluster until interrupted")
    serve.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    serve.add_argument("--port", type=int, default=0)
    serve.add_argument("--speed", type=float, default=1.0)
    serve.add_argument("--token", default="")
    serve.add_argument("--bare", action="store_true", help="without the demo nodes")
    for name in PROGRAMS:
        program = commands.add_parser(name, help=f"run the {name} for another server")
        program.add_argument("--url", required=True)
        program.add_argument("--token", required=True)
        program.add_argument("--speed", type=float, default=1.0)
        program.add_argument("--certificate", help="of the authority, a PEM file")
    for word, usual in WORDS.items():
        command = commands.add_parser(word, help=f"{word} a pod or a workload")
        command.add_argument("target", metavar="NAMESPACE/POD_OR_WORKLOAD")
        command.add_argument("--kind", default=usual, help="what goes wrong")
        command.add_argument("--role", choices=("leader", "worker"), default="")
        command.add_argument("--url", default="")
        command.add_argument("--token", default="")
        command.add_argument("--data", type=Path, default=Path("var/simulator"))
    return parser.parse_args()


def serve(said: argparse.Namespace) -> None:
    """Serve until a signal comes."""
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    simulator = Simulator(said.data, port=said.port, speed=said.speed, token=said.token)
    simulator.start()
    if not said.bare:
        furnish(simulator.url, simulator.token)
    sys.stdout.write(f"URL: {simulator.url}\nToken: {simulator.token}\n")
    sys.stdout.flush()
    over.wait()
    simulator.stop()


def work(said: argparse.Namespace) -> None:
    """Run one program against a server of another kind, until interrupted."""
    trust = None
    if said.certificate:
        trust = ssl.create_default_context(cafile=said.certificate)
    program = PROGRAMS[said.command]
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(program, said.url, said.token, said.speed, trust))


def cause(said: argparse.Namespace) -> None:
    """Make a pod or a workload fail, or heal it."""
    namespace, _, name = said.target.partition("/")
    remote = Remote(
        said.url or read(said.data / "url"),
        said.token or read(said.data / "token"),
        said.data / AUTHORITY_FILE,
    )
    if said.command == "heal":
        remote.heal(namespace, name)
    else:
        kind = f"{said.role}:{said.kind}" if said.role else said.kind
        remote.fail(namespace, name, kind)


def read(path: Path) -> str:
    """A word that a running cluster left in its folder."""
    if not path.exists():
        sys.exit(f"{path} is missing: say --url and --token, or --data FOLDER")
    return path.read_text().strip()


def main() -> None:
    """Do what the command line says."""
    said = arguments()
    if said.command == "serve":
        serve(said)
        return
    if said.command in PROGRAMS:
        work(said)
        return
    try:
        cause(said)
    except (LookupError, RuntimeError, OSError, ValueError) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
