"""Readers of the environment that fail loudly."""

import os


class BadSetting(Exception):
    """A variable of the environment has a value that cannot be used."""


def text(name: str, default: str = "") -> str:
    """The variable, or the default."""
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    """A variable that is ``true`` or ``false``."""
    value = os.environ.get(name, str(default)).lower()
    if value not in ("true", "false"):
        raise BadSetting(f"{name} must be true or false, not {value!r}")
    return value == "true"


def number(name: str, default: float) -> float:
    """A variable that is a number above zero."""
    value = os.environ.get(name, str(default))
    try:
        found = float(value)
    except ValueError:
        raise BadSetting(f"{name} must be a number, not {value!r}") from None
    if not 0 < found < 1e9:
        raise BadSetting(f"{name} must be above zero, not {value!r}")
    return found


def words(name: str, default: str = "") -> list[str]:
    """A variable that is a list, separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
