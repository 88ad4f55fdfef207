"""From what is observed to what is shown. Pure."""

from workloads.status.phase import Phase

__all__ = ["Phase"]
