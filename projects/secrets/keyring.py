"""The keys: one a line, base64 of 32 bytes. The first seals, all open.

From the environment (``PORTAL_KEYS``), else from a file (``PORTAL_KEYRING``, by default
``keys/keyring`` in the data folder). Read at each use: a new key is known at once.
"""

import base64
import os
from pathlib import Path

from django.conf import settings

from projects.secrets.envelope import Key

LENGTH = 32


class NoKeys(Exception):
    """There is no key to seal with, or what stands for one is none."""


def keys() -> list[Key]:
    """Return all keys, the sealing one first. Raises NoKeys."""
    lines = settings.KEYS or _lines(settings.KEYRING)
    found = [Key(_secret(line)) for line in lines]
    if not found:
        raise NoKeys(
            f"There are no keys: set PORTAL_KEYS, or make {settings.KEYRING} "
            "with `manage.py keys new`."
        )
    return found


def ensure() -> None:
    """Make a first key where there is none."""
    if not settings.KEYS and not _lines(settings.KEYRING):
        add()


def add() -> Key:
    """Make a key that seals from now on. Raises NoKeys where the keys are not ours."""
    _ours()
    made = Key(os.urandom(LENGTH))
    _write([base64.b64encode(made.secret).decode(), *_lines(settings.KEYRING)])
    return made


def drop(key: Key) -> None:
    """Remove a key for good. Raises NoKeys where the keys are not ours."""
    _ours()
    _write([line for line in _lines(settings.KEYRING) if _secret(line) != key.secret])


def _ours() -> None:
    if settings.KEYS:
        raise NoKeys("The keys come from PORTAL_KEYS; change them there.")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except FileNotFoundError:
        return []


def _write(lines: list[str]) -> None:
    """Replace the file, never readable by others, and on the disk before it counts."""
    path = settings.KEYRING
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600, exist_ok=False)
    with new.open("w") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _secret(line: str) -> bytes:
    try:
        found = base64.b64decode(line, validate=True)
    except ValueError:
        found = b""
    if len(found) != LENGTH:
        raise NoKeys("A key is 32 bytes in base64; one of the keyring's is not.")
    return found
