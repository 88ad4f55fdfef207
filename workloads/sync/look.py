"""What a cluster must have, looked at and kept in its row."""

from django.utils.timezone import now

from projects.models import Cluster as Row
from projects.models import Project
from workloads.cluster import Unavailable
from workloads.cluster.prerequisites import (
    Expected,
    Finding,
    prerequisites,
    unreachable,
)
from workloads.models.columns import PRIORITIES
from workloads.sync.clusters import cluster_for


def look(row: Row) -> list[Finding]:
    """Look at a cluster's prerequisites; what is found is stored, worst first."""
    found = found_in(row)
    Row.objects.filter(pk=row.pk).update(
        findings=[finding._asdict() for finding in found], checked_at=now()
    )
    return found


def found_in(row: Row) -> list[Finding]:
    """Return how the prerequisites of a cluster stand."""
    projects = Project.objects.filter(department__cluster=row)
    namespaces = {each.namespace: dict([each.label]) for each in projects}
    try:
        cluster = cluster_for(row)
    except Unavailable as error:
        return [unreachable(error)]
    return prerequisites(cluster, Expected(namespaces, PRIORITIES))
