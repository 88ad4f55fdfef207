"""Sealing is free."""

from projects.secrets.envelope import Place, closed, key_id
from projects.secrets.keyring import NoKeys, keys


def seal(plain: bytes, *, place: Place) -> bytes:
    """Seal a value for one place, with the newest key. Raises NoKeys."""
    return closed(plain, keys()[0], place)


def can_open(blob: bytes) -> bool:
    """Whether the key is there. False: the value has to be entered again."""
    try:
        return any(key.id == key_id(blob) for key in keys())
    except NoKeys:
        return False
