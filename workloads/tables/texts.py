"""Numbers, times and sizes as people read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from workloads.models.columns import PRIORITIES

MINUTE, HOUR, DAY = 60, 3600, 86_400
PRIORITY_LABELS = {
    value: name.replace("-", " ").capitalize() for name, value in PRIORITIES.items()
}


def age(seconds: float) -> str:
    """How long, in the greatest unit that fits: ``6 min``. ``live-times`` agrees."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min"
    if whole < DAY:
        return f"{whole // HOUR} h"
    days = whole // DAY
    return "1 day" if days == 1 else f"{days} days"


def ago(at: datetime, now: datetime) -> str:
    """When, as seen from now."""
    return f"{age((now - at).total_seconds())} ago"


def exact(at: datetime) -> str:
    """The time itself, in UTC."""
    return at.astimezone(UTC).strftime("%-d %b %Y, %H:%M:%S UTC")


def short(at: datetime) -> str:
    """The time itself where there is little room; UTC."""
    return at.astimezone(UTC).strftime("%-d %b, %H:%M")


def iso(at: datetime | None) -> str:
    """The time for programs."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def number(value: Decimal | float) -> str:
    """A number without needless zeros: ``0.5``, ``16``."""
    return f"{Decimal(value).normalize():f}"


def cores(millicores: int) -> str:
    """CPU as cores."""
    return number(Decimal(millicores) / 1000)


def memory(size: int) -> str:
    """Bytes in decimal units, as in ``256 GB``."""
    for unit, name in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{number(round(Decimal(size) / unit, 1))} {name}"
    return f"{size} B"


def duration(seconds: int) -> str:
    """A stretch of time to the second: ``2:03:09``."""
    return str(timedelta(seconds=seconds))


def priority(value: int) -> str:
    """The name of a priority, or its number where somebody set another one."""
    return PRIORITY_LABELS.get(value, str(value))


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: ``1 pod``, ``3 pods``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def line(text: str) -> str:
    """The text on one line, whatever was in it."""
    return " ".join(text.split())
