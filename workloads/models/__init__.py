"""Drafts, workloads, and what was observed of them."""

from workloads.models.draft import Draft
from workloads.models.observed import Applied, Event, PhaseChange, Pod, Termination
from workloads.models.workload import Workload

__all__ = [
    "Applied",
    "Draft",
    "Event",
    "PhaseChange",
    "Pod",
    "Termination",
    "Workload",
]
