"""Events are forgotten after a while, as a real API server does."""

import asyncio
import datetime

from simulator.kinds import EVENT
from simulator.registry import Registry
from simulator.store import Record

PAUSE = 60.0
KEPT = datetime.timedelta(hours=1)
AT_ONCE = 200


async def forget_events(registry: Registry) -> None:
    """Remove old events, a few at a time, until cancelled."""
    while True:
        await asyncio.sleep(PAUSE)
        old = old_events(registry, datetime.datetime.now(datetime.UTC))
        for start in range(0, len(old), AT_ONCE):
            for record in old[start : start + AT_ONCE]:
                registry.store.remove(record)
            await asyncio.sleep(0)


def old_events(registry: Registry, now: datetime.datetime) -> list[Record]:
    """The events that were made longer ago than they are kept."""
    limit = (now - KEPT).strftime("%Y-%m-%dT%H:%M:%SZ")
    return [
        record
        for record in registry.store.records[EVENT].values()
        if record.item["metadata"]["creationTimestamp"] < limit
    ]
