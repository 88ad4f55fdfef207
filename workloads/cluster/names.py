"""Names are checked where the URL is built.

The client turns an empty name, ``.`` or ``..`` into the whole collection
(quality.md, finding 1), so nothing unchecked ever reaches it.
"""

import re

NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?", re.ASCII)
UID = re.compile(r"[-0-9A-Za-z]{1,63}", re.ASCII)


def checked_name(name: object) -> str:
    """Return the name. Raises ValueError for one that no object can have."""
    if isinstance(name, str) and NAME.fullmatch(name) and ".." not in name:
        return name
    raise ValueError(f"{name!r} is no name of a Kubernetes object")


def checked_uid(uid: object) -> str:
    """Return the uid. Raises ValueError for a text that is none."""
    if isinstance(uid, str) and UID.fullmatch(uid):
        return uid
    raise ValueError(f"{uid!r} is no uid")
