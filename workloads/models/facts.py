"""What the rules of the spec need to know of a project's surroundings."""

from collections.abc import Mapping
from dataclasses import replace

from access.models import User
from assets.models import SharedCredential
from projects.models import Cluster, GeneralSettings, Project
from workloads.models.workload import Workload
from workloads.spec.facts import Facts, Pool


def facts_for(project: Project, user: User, name: str = "") -> Facts:
    """Return what the rules need to know of the project's surroundings."""
    cluster = project.cluster
    seen = cluster.inventory
    others = Workload.objects.live().filter(project=project).exclude(name=name)
    shared = SharedCredential.objects.usable_in(project)
    facts = Facts(
        pools=pools_of(project),
        project_pools=tuple(project.default_node_pools),
        node_types=_known(seen, "nodeTypes"),
        demanded_node_types=tuple(project.node_types),
        storage_classes=_known(seen, "storageClasses"),
        external_access=cluster.external_access,
        auth_profile=bool(cluster.authorization_profile),
        gpu_memory_limit=_gpu_limits(cluster),
        lws_features=cluster.lws_features,
        secrets=frozenset(shared.values_list("kubernetes_name", flat=True)),
        workload_name=name,
        taken_names=frozenset(others.values_list("name", flat=True)),
    )
    return submitted_by(facts, user)


def submitted_by(facts: Facts, user: User) -> Facts:
    """Return the same surroundings with another submitter."""
    groups = frozenset(user.idp_groups)
    return replace(facts, submitter=user.username, groups=groups)


def pools_of(project: Project) -> tuple[Pool, ...]:
    """Return the node pools of the project's cluster."""
    queues = {quota.pool_id for quota in project.quotas.all()}
    return tuple(
        Pool(pool.name, pool.topology, pool.pk in queues)
        for pool in project.cluster.node_pools.all()
    )


def _known(seen: Mapping, name: str) -> frozenset[str] | None:
    return frozenset(seen[name]) if name in seen else None


def _gpu_limits(cluster: Cluster) -> bool:
    return cluster.gpu_limits and GeneralSettings.current().gpu_resource_optimization
