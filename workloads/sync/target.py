"""A row as the renderer wants it."""

from assets.contents import Kind
from assets.models import SharedCredential
from projects.models import Project
from workloads.manifests import Identity, Manifest, Target, manifests
from workloads.models import Workload
from workloads.spec.workload import WorkloadSpec

UNMADE = "00000000-0000-0000-0000-000000000000"
"""Stands for the id that a workload gets when it is created."""


def identity_of(workload: Workload) -> Identity:
    """Return who the workload is."""
    return Identity(
        id=str(workload.pk),
        name=workload.name,
        project_id=str(workload.project_id),
        project=workload.project_name,
        created_by=workload.submitted_by,
        generation=workload.generation,
    )


def identity_of_draft(name: str, project: Project, username: str) -> Identity:
    """Return who a draft would be; the id is made with the workload."""
    known = str(project.pk), project.name, username
    return Identity(UNMADE, name or "unnamed", *known)


def target_of(project: Project, claims: dict[str, str] | None = None) -> Target:
    """Return where the project's workloads go."""
    cluster = project.cluster
    usable = SharedCredential.objects.usable_in(project)
    pairs = usable.filter(kind=Kind.NGC_API_KEY)
    quotas = list(project.quotas.select_related("pool"))
    return Target(
        namespace=project.namespace,
        queues={quota.pool.name: quota.queue for quota in quotas},
        topologies={q.pool.name: q.pool.topology for q in quotas if q.pool.topology},
        domain=cluster.domain,
        scheduler=cluster.scheduler,
        lws_features=cluster.lws_features,
        gpu_limits=cluster.gpu_limits,
        claims=claims or {},
        two_secrets=frozenset(pairs.values_list("kubernetes_name", flat=True)),
    )


def spec_of(workload: Workload) -> WorkloadSpec:
    """Return what was accepted, typed."""
    return WorkloadSpec.model_validate(workload.resolved)


def bundle(workload: Workload) -> tuple[Manifest, ...]:
    """Return the workload's objects, the anchor first."""
    target = target_of(workload.project, workload.claims)
    return manifests(spec_of(workload), identity_of(workload), target)
