"""What a filter is compared with: as the columns show it, or as the API has it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from workloads.models.columns import PRIORITIES
from workloads.spec.quantity import UNITS

MOST = 10**15
MOST_GPUS = Decimal(10**8)
"""As many as the database column holds."""

FIRST_YEAR, LAST_YEAR = 1970, 9000
SIZE = re.compile(r"([\d.]+)\s*([kKMGTP]?i?)B?", re.ASCII)
CLOCK = re.compile(r"(\d{1,6}):([0-5]?\d):([0-5]?\d)", re.ASCII)


def number(value: str) -> Decimal:
    """The number. Raises ValueError."""
    try:
        found = Decimal(value.strip())
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not found.is_finite() or abs(found) > MOST:
        raise ValueError(f"{value!r} is not a number that can be compared")
    return found


def moment(value: str) -> datetime:
    """The moment, UTC where no zone is said. Raises ValueError."""
    try:
        found = parse_datetime(value.strip())
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"{value!r} is not a time such as 2026-05-01T00:00:00Z")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def identity(value: str) -> UUID:
    """The id. Raises ValueError."""
    try:
        return UUID(value.strip())
    except ValueError:
        raise ValueError(f"{value!r} is not an id") from None


def yes(value: str) -> bool:
    """True or false. Raises ValueError."""
    known = {"true": True, "yes": True, "false": False, "no": False}
    if (found := known.get(value.strip().casefold())) is None:
        raise ValueError(f"{value!r} is neither true nor false")
    return found


def gpus(value: str) -> Decimal:
    """Devices, as many as a column holds. Raises ValueError."""
    return max(-MOST_GPUS, min(MOST_GPUS, number(value)))


def millicores(value: str) -> Decimal:
    """CPU as the database has it; cores are said. Raises ValueError."""
    return number(value) * 1000


def size(value: str) -> Decimal:
    """Bytes: ``256 GB``, ``16Gi``, or a number. Raises ValueError."""
    match = SIZE.fullmatch(value.strip())
    unit = match[2].replace("K", "k") if match else ""
    factor = UNITS.get("Ki" if unit == "ki" else unit)
    if match is None or factor is None:
        return number(value)
    found = number(match[1]) * factor
    if found > MOST:
        raise ValueError(f"{value!r} is more than can be compared")
    return found


def seconds(value: str) -> Decimal:
    """A stretch of time: ``2:03:09``, or seconds. Raises ValueError."""
    if match := CLOCK.fullmatch(value.strip()):
        hours, minutes, rest = map(int, match.groups())
        return Decimal(hours * 3600 + minutes * 60 + rest)
    return number(value)


def rank(value: str) -> Decimal:
    """A priority: ``Very high``, ``very-high``, or its number. Raises ValueError."""
    name = value.strip().casefold().replace(" ", "-")
    return Decimal(PRIORITIES[name]) if name in PRIORITIES else number(value)


def phase(value: str) -> str:
    """A status; it begins with a capital, however it is typed."""
    return value.strip().capitalize()


READERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "phase": phase,
    "number": number,
    "decimal": gpus,
    "cores": millicores,
    "size": size,
    "duration": seconds,
    "priority": rank,
    "time": moment,
    "yes": yes,
    "id": identity,
}
"""By the kind of a column."""
