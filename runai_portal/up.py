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
from pathlib import Path

from runai_portal.folder import Folder, FolderInUse

DEFAULT_PORT = 8080


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="./portal up")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0: any free")
    parser.add_argument("--data", type=Path, default=Path("var"), metavar="FOLDER")
    parser.add_argument(
        "--speed", type=float, default=1.0, help="of the simulated cluster's stages"
    )
    return parser.parse_args()


def listening(port: int) -> socket.socket:
    """Open the port on loopback. Raises SystemExit with a sentence when it is taken."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
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


def main() -> None:
    """Run until Ctrl-C or SIGTERM."""
    chosen = arguments()
    folder = Folder(chosen.data.absolute())
    try:
        folder.take()
    except FolderInUse as refusal:
        sys.exit(str(refusal))
    port = listening(chosen.port)
    configure(folder, chosen.speed)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Settings are read from the environment that was set just now.
    from runai_portal.embedded import Portal  # noqa: PLC0415

    portal = Portal(folder, port, chosen.speed)
    try:
        portal.run()
    except KeyboardInterrupt:
        print("Stopping.", file=sys.stderr)  # noqa: T201  # a terminal's answer
    finally:
        portal.stop()


if __name__ == "__main__":
    main()
