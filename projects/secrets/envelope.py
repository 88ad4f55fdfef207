"""One sealed value: version, key id, nonce, ciphertext. Pure.

What it is bound to is not in it: a value that was moved to another row or field, or an
older one that was put back, does not open.
"""

import json
import os
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
ID, NONCE = 4, 12
"""Bytes."""


class Lost(Exception):
    """A sealed value cannot be opened: it has to be entered again."""


class Place(NamedTuple):
    """Where a sealed value lies. It opens nowhere else."""

    kind: str
    """What the row is: ``cluster``, ``credential``. Each has keys of its own."""

    row: str
    field: str
    revision: int

    def bound(self) -> bytes:
        """What the value is bound to, as bytes that no other place has."""
        return json.dumps(self).encode()


class Key(NamedTuple):
    """A master key, 32 bytes."""

    secret: bytes

    @property
    def id(self) -> bytes:
        """A short name that tells nothing of the key."""
        return self.derived("id")[:ID]

    def derived(self, purpose: str) -> bytes:
        """Return the key for one purpose (HKDF), 32 bytes."""
        info = f"runai-portal {purpose}".encode()
        return HKDF(SHA256(), 32, salt=None, info=info).derive(self.secret)

    def __repr__(self) -> str:
        return f"<key {self.id.hex()}>"


def closed(plain: bytes, key: Key, place: Place) -> bytes:
    """Return the value, sealed."""
    head, nonce = VERSION + key.id, os.urandom(NONCE)
    cipher = AESGCM(key.derived(place.kind))
    return head + nonce + cipher.encrypt(nonce, plain, head + place.bound())


def opened(blob: bytes, key: Key, place: Place) -> bytes:
    """Return what was sealed. Raises Lost for another key, another place, or damage."""
    head, nonce = blob[: 1 + ID], blob[1 + ID : 1 + ID + NONCE]
    if head != VERSION + key.id:
        raise Lost
    cipher = AESGCM(key.derived(place.kind))
    try:
        return cipher.decrypt(nonce, blob[1 + ID + NONCE :], head + place.bound())
    except (InvalidTag, ValueError):
        raise Lost from None


def key_id(blob: bytes) -> bytes:
    """Return the id of the key that sealed a value."""
    return blob[1 : 1 + ID]
