"""Unsealing. Its importers are named in the import contracts, one by one."""

from projects.secrets.envelope import Lost, Place, key_id, opened
from projects.secrets.keyring import NoKeys, keys


def unseal(blob: bytes, *, place: Place) -> bytes:
    """Return what was sealed for the place. Raises Lost: it must be entered again."""
    try:
        found = next((key for key in keys() if key.id == key_id(blob)), None)
    except NoKeys:
        found = None
    if found is None:
        raise Lost
    return opened(blob, found, place)
