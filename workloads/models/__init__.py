"""Drafts, workloads, and what was observed of them."""

from workloads.models.credentials import CredentialUse, SecretCopy
from workloads.models.draft import Draft
from workloads.models.impact import ImpactFinding, ImpactRun
from workloads.models.observed import Applied, Event, PhaseChange, Pod, Termination
from workloads.models.workload import Workload

__all__ = [
    "Applied",
    "CredentialUse",
    "Draft",
    "Event",
    "ImpactFinding",
    "ImpactRun",
    "PhaseChange",
    "Pod",
    "SecretCopy",
    "Termination",
    "Workload",
]
