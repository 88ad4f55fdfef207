"""Where work happens."""

from projects.models.audit import AuditEntry
from projects.models.cluster import Cluster, NodePool
from projects.models.outbox import Outbox, Reach
from projects.models.settings import GeneralSettings
from projects.models.units import (
    Department,
    DepartmentQuota,
    Project,
    ProjectQuota,
    RemovedQueue,
)

__all__ = [
    "AuditEntry",
    "Cluster",
    "Department",
    "DepartmentQuota",
    "GeneralSettings",
    "NodePool",
    "Outbox",
    "Project",
    "ProjectQuota",
    "Reach",
    "RemovedQueue",
]
