"""How much of its quota a project uses."""

from decimal import Decimal
from typing import NamedTuple

from django.db.models import prefetch_related_objects

from projects.models import Project


class PoolPosition(NamedTuple):
    """GPUs of one node pool. ``limit`` None: unlimited."""

    pool: str
    deserved: Decimal
    allocated: Decimal
    held: Decimal
    """Of what is allocated, by non-preemptible workloads."""

    limit: Decimal | None
    nodes: int = 0
    gpus: int = 0
    """That all nodes of the pool have together."""


def quota_position(project: Project) -> list[PoolPosition]:
    """Return the position in each node pool, the project's own order first."""
    prefetch_related_objects([project], "quotas__pool")  # many may have been before
    order = {name: place for place, name in enumerate(project.default_node_pools)}
    seen = project.cluster.inventory.get("pools", {})
    found = [
        PoolPosition(
            quota.pool.name,
            quota.gpus,
            quota.gpus_allocated,
            quota.gpus_held,
            quota.gpu_limit,
            seen.get(quota.pool.name, {}).get("nodes", 0),
            seen.get(quota.pool.name, {}).get("gpus", 0),
        )
        for quota in project.quotas.all()
    ]
    return sorted(found, key=lambda p: (order.get(p.pool, len(order)), p.pool))
