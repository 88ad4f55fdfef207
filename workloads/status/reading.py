"""Reading JSON of any shape without ever failing."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from workloads.spec.quantity import Quantity

LONGEST = 2000


def at(value: Any, *path: str) -> Any:
    """Return what stands there, or None."""
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def text(value: Any, *path: str) -> str:
    """Return the text there, or an empty one. Never endless."""
    found = at(value, *path)
    return found[:LONGEST] if isinstance(found, str) else ""


def number(value: Any, *path: str) -> int:
    """Return the whole number there, or 0."""
    return maybe_number(value, *path) or 0


def maybe_number(value: Any, *path: str) -> int | None:
    """Return the whole number there, if there is one; labels hold them as text."""
    found = at(value, *path)
    if isinstance(found, str) and found.isdecimal() and len(found) < 10:
        return int(found)
    whole = isinstance(found, int) and not isinstance(found, bool)
    return found if whole and abs(found) < 2**31 else None


def rows(value: Any, *path: str) -> list[dict[str, Any]]:
    """Return the objects of the list there."""
    found = at(value, *path)
    if not isinstance(found, list | tuple):
        return []
    return [item for item in found if isinstance(item, dict)]


def words(value: Any, *path: str) -> list[str]:
    """Return the texts of the list there."""
    found = at(value, *path)
    return (
        [item for item in found if isinstance(item, str)]
        if isinstance(found, list)
        else []
    )


def table(value: Any, *path: str) -> dict[str, Any]:
    """Return the object there, or an empty one."""
    found = at(value, *path)
    return found if isinstance(found, dict) else {}


def moment(value: Any, *path: str) -> datetime | None:
    """Return the time there, or None."""
    written = text(value, *path)
    try:
        found = datetime.fromisoformat(written)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def amount(value: Any, *path: str) -> Decimal:
    """Return the quantity there in its base unit, or 0."""
    found = at(value, *path)
    if isinstance(found, int | float) and not isinstance(found, bool):
        found = str(found) if math.isfinite(found) else ""
    try:
        return Quantity(found).amount if isinstance(found, str) else Decimal(0)
    except ValueError:
        return Decimal(0)


def condition(value: Any, kind: str) -> dict[str, Any]:
    """Return the newest condition of a kind, or an empty one."""
    found = [c for c in rows(value, "status", "conditions") if text(c, "type") == kind]
    return found[-1] if found else {}


def holds(value: Any, kind: str) -> bool:
    """Whether a condition is True."""
    return text(condition(value, kind), "status") == "True"


def earliest(times: Iterable[datetime | None]) -> datetime | None:
    """Return the first of the times that are known."""
    return min((time for time in times if time), default=None)
