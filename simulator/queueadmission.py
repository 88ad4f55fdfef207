"""What KAI's admission asks of a queue."""

from typing import Any

from simulator.answers import Manifest, denied


def queue(_: Any, item: Manifest, before: Manifest | None) -> None:
    """Refuse a queue that says no resources at all."""
    if not (item.get("spec") or {}).get("resources"):
        raise denied("queuevalidation-v2.kai.scheduler", "resources must be specified")
