"""The present, which remembers what it was asked about the future."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Answers whether a span is over, and knows when the next answer changes."""

    def __init__(self, now: datetime) -> None:
        self.now = now if now.tzinfo else now.replace(tzinfo=UTC)
        self.due: datetime | None = None
        """The first of the asked ends that is still to come."""

    def passed(self, since: datetime | None, span: timedelta) -> bool:
        """Whether the span since then is over. What never began is over."""
        if since is None:
            return True
        try:
            end = since + span
        except OverflowError:
            return since < self.now
        if end <= self.now:
            return True
        self.due = min(self.due or end, end)
        return False

    def within(self, since: datetime | None, span: timedelta) -> bool:
        """Whether the span since then is not over yet."""
        return not self.passed(since, span)
