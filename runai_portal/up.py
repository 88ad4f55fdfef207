"""`./portal up`: everything in one process, on this machine's loopback.

1. takes the data folder, so that a second start on it is refused;
2. migrates, collects the static files, makes the demo organization on a first start;
3. starts the simulated cluster, the worker, the clock and the follower as threads;
4. serves, and says where once the page answers.
"""

import argparse
import os
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path

import django

from runai_portal.environment import BadSetting
from runai_portal.folder import BadFolder, Folder, FolderInUse

DEFAULT_PORT = 8080
LATEST = 2.5
"""Seconds after a signal at which the process is gone, come what may."""

KINDS = ("simulated", "real")
SPOILT = "The portal could not start, or broke; what is above says why. Data: {}"


def port_number(text: str) -> int:
    """Read a port. Raises ArgumentTypeError with a sentence."""
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def speed(text: str) -> float:
    """Read a speed. Raises ArgumentTypeError with a sentence."""
    try:
        found = float(text)
    except ValueError:
        found = 0
    if not 0 < found <= 1000:
        raise argparse.ArgumentTypeError("a speed is a number above 0, up to 1000")
    return found


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="./portal up")
    parser.add_argument(
        "--port", type=port_number, default=DEFAULT_PORT, help="0: any free"
    )
    parser.add_argument("--data", type=Path, default=Path("var"), metavar="FOLDER")
    parser.add_argument(
        "--speed", type=speed, default=1.0, help="of the simulated cluster's stages"
    )
    parser.add_argument(
        "--control-plane",
        choices=KINDS,
        default=KINDS[0],
        help="real: Kubernetes' own programs, built with Go on the first start",
    )
    return parser.parse_args()


def listening(port: int) -> socket.socket:
    """Open the port on loopback. Raises SystemExit with a sentence when it is taken."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
    except PermissionError:
        sys.exit(f"Port {port} is for administrators. Choose another one with --port.")
    except OSError:
        sys.exit(f"Port {port} is taken. Choose another one with --port.")
    return found


def configure(folder: Folder, speed: float) -> None:
    """Set the environment that the settings read."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "runai_portal.settings",
        "PORTAL_EMBEDDED": "true",
        "PORTAL_DATA": str(folder.path),
        "PORTAL_SECRET_KEY": folder.secret("session-key"),
        "PORTAL_SPEED": str(speed),
        "PORTAL_BROKER": "memory://localhost/",
    }


def leave(number: int, _frame: object) -> None:
    """Ask the main thread to end, and end the process soon in any case.

    The exception may come where it is swallowed, such as in a finalizer. Nothing that
    was accepted is lost by an end at any point.
    """
    last = threading.Timer(LATEST, os._exit, [0])
    last.daemon = True
    last.start()
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(0)


def main() -> None:
    """Run until Ctrl-C or SIGTERM."""
    chosen = arguments()
    folder = Folder(chosen.data.absolute())
    try:
        folder.take()
        folder.keep_kind(chosen.control_plane)
    except (FolderInUse, BadFolder) as refusal:
        sys.exit(str(refusal))
    port = listening(chosen.port)
    configure(folder, chosen.speed)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    try:
        # The settings, and with them the models, read the environment set just now.
        django.setup()
        from runai_portal.embedded import Portal  # noqa: PLC0415
    except BadSetting as refusal:
        sys.exit(f"{refusal}.")
    portal = Portal(folder, port, chosen.speed, real=chosen.control_plane == "real")
    code = 1
    try:
        portal.run()
        code = 0  # the server returns once a signal ended it
    except KeyboardInterrupt:
        code = 0
        print("Stopping.", file=sys.stderr)  # noqa: T201  # a terminal's answer
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else 1
        if isinstance(asked.code, str):
            print(asked.code, file=sys.stderr)  # noqa: T201
    except Exception:  # noqa: BLE001  # whatever it is, it is said before the end
        traceback.print_exc()
        print(SPOILT.format(folder.path), file=sys.stderr)  # noqa: T201
    finally:
        portal.stop(code)


if __name__ == "__main__":
    main()
