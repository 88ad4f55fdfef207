"""The phases of a workload (form.md §5)."""

from enum import StrEnum


class Phase(StrEnum):
    """What a workload is doing, in one word."""

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
    COMPLETED = "Completed"
    DELETING = "Deleting"
    UNKNOWN = "Unknown"
