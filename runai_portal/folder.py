"""The data folder of an embedded portal: one lock, keys apart from the database."""

import fcntl
import os
import secrets
from pathlib import Path
from typing import IO

FIRST_KIND = "simulated"
"""What a folder without a note was begun on."""


class FolderInUse(Exception):
    """Another portal runs on the folder."""


class BadFolder(Exception):
    """The folder cannot be used."""


class Folder:
    """``db/``, ``keys/`` (0600), ``static/``, the cluster's own, and the lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None

    def take(self) -> None:
        """Make the folder and lock it. Raises FolderInUse or BadFolder."""
        try:
            lock = self._made()
        except OSError as error:
            raise BadFolder(
                f"{self.path} cannot be used: {error.strerror}. "
                "Choose another folder with --data."
            ) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            pid = lock.read(20).strip()
            raise FolderInUse(
                f"A portal (process {pid}) already runs on {self.path}. "
                "Stop it, or choose another folder with --data."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _made(self) -> IO[str]:
        """Make what is not there; return the lock, open."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("db", "keys", "simulator", "static"):
            (self.path / name).mkdir(mode=0o700, exist_ok=True)
        return (self.path / "lock").open("a+", errors="replace")

    def keep_kind(self, kind: str) -> None:
        """Remember which kind of cluster the rows are about. Raises BadFolder."""
        kept = self.path / "cluster"
        begun = any((self.path / "db").iterdir())
        before = kept.read_text() if kept.exists() else FIRST_KIND if begun else kind
        if before != kind:
            raise BadFolder(
                f"{self.path} was begun on the {before} control plane. "
                f"Use that one, or choose another folder with --data."
            )
        kept.write_text(kind)

    def secret(self, name: str, length: int = 50) -> str:
        """Return a secret that is made once and kept 0600 under ``keys/``."""
        path = self.path / "keys" / name
        if not path.exists():
            made = path.with_suffix(".new")
            made.touch(mode=0o600)
            made.write_text(secrets.token_urlsafe(length))
            made.replace(path)
        return path.read_text()

    def first_password(self) -> str:
        """Return the first administrator's password."""
        return self.secret("first-password", 12)
