"""Starts the portal, and writes down every address that anything in it binds."""

import os
import sys
from pathlib import Path

from runai_portal import up

LOG = Path(os.environ["BOUND_LOG"])


def hook(event: str, details: tuple) -> None:
    """Note where a socket is bound."""
    if event == "socket.bind":
        with LOG.open("a") as log:
            log.write(f"{details[1]}\n")


sys.addaudithook(hook)

if __name__ == "__main__":
    up.main()
