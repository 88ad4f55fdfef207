"""The phases of a workload, as the table and the API name them."""

from enum import StrEnum


class Phase(StrEnum):
    """How a workload is."""

    CREATING = "Creating"
    PENDING = "Pending"
    INITIALIZING = "Initializing"
    RUNNING = "Running"
    UPDATING = "Updating"
    DEGRADED = "Degraded"
    FAILED = "Failed"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    RESUMING = "Resuming"
    DELETING = "Deleting"
    UNKNOWN = "Unknown"
    COMPLETED = "Completed"
    """Never of a LeaderWorkerSet, whose pods always restart."""


PASSING = frozenset(
    {
        Phase.CREATING,
        Phase.PENDING,
        Phase.INITIALIZING,
        Phase.UPDATING,
        Phase.STOPPING,
        Phase.RESUMING,
        Phase.DELETING,
    }
)
"""Phases that lead to another one by themselves."""
