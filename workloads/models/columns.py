"""The columns of a workload that come from its spec."""

from typing import Any

from projects.models import Project
from workloads.manifests import demand
from workloads.models.sources import data_sources
from workloads.spec.workload import ServingPort, WorkloadSpec

PRIORITIES = {
    "very-low": 25,
    "low": 40,
    "medium-low": 65,
    "medium": 80,
    "medium-high": 90,
    "high": 125,
    "very-high": 150,
}
"""The values of the seven PriorityClasses (kubernetes.md §3.2)."""


def columns_of(
    spec: WorkloadSpec, project: Project, submitted_by: str
) -> dict[str, Any]:
    """Return what the table shows of a workload that nothing was observed of yet."""
    total = demand(spec)
    return {
        "project_name": project.name,
        "department_name": project.department.name,
        "cluster_name": project.cluster.name,
        "submitted_by": submitted_by,
        "image": spec.leader.image or "",
        "replicas": spec.replicas,
        "workers": spec.workers,
        "requested_pods": total.pods,
        "pools": ", ".join(spec.node_pools),
        "requested_gpus": total.total.gpus,
        "requested_cpu": int(total.total.cpu_cores * 1000),
        "requested_memory": int(total.total.memory_bytes),
        "priority": PRIORITIES[spec.priority_class],
        "preemptible": spec.preemptibility == "preemptible",
        "access": access_of(spec.serving_port),
        "category": spec.category or "Deploy",
        "data_sources": ", ".join(s.name for s in data_sources(spec))[:500],
    }


def access_of(serving: ServingPort | None) -> str:
    """Return who may call the endpoint, in a few words."""
    if serving is None:
        return ""
    match serving.authorization_type:
        case "public":
            return "Public"
        case "authenticatedUsers":
            return "Signed-in users"
        case "authorizedGroups":
            return _counted(len(serving.authorized_groups), "group")
        case _:
            return _counted(len(serving.authorized_users), "user")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
