"""What the API server refuses in a pod."""

from typing import Any

from simulator.answers import Manifest, invalid
from simulator.kinds import POD


def check(registry: Any, item: Manifest) -> None:
    """Refuse a pod that could never run."""
    causes: list[Manifest] = []
    if causes:
        raise invalid(POD, item["metadata"]["name"], causes)
