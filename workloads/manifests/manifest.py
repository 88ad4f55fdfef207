"""Kubernetes objects as JSON, and the one way of leaving something out."""

from typing import Any

Manifest = dict[str, Any]


def present(**fields: Any) -> Manifest:
    """Keep what says something: neither None nor empty; 0 and False do say it."""
    return {name: value for name, value in fields.items() if value or value == 0}
