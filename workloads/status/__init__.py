"""How a workload is. Pure: all that it knows, it is given."""

from workloads.status.answer import Group, PodState, Status
from workloads.status.observed import Before, Manifest, Observed, Profile, Terminated
from workloads.status.phase import PASSING, Phase
from workloads.status.reduced import reduced
from workloads.status.table import remembered, status

__all__ = [
    "PASSING",
    "Before",
    "Group",
    "Manifest",
    "Observed",
    "Phase",
    "PodState",
    "Profile",
    "Status",
    "Terminated",
    "reduced",
    "remembered",
    "status",
]
