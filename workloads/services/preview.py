"""What a cluster is given, and what its pods say."""

from access.models import User
from projects.models import Project
from workloads.cluster import Forbidden, NotFound, Refused, Unavailable
from workloads.manifests import manifests, yaml_text
from workloads.models import Workload
from workloads.services.errors import Refusal
from workloads.spec.workload import WorkloadSpec
from workloads.sync.clusters import cluster_for
from workloads.sync.target import bundle, identity_of_draft, target_of


def manifest_text(workload: Workload) -> str:
    """Return the YAML of what the cluster was given. Raises Refusal without a queue."""
    try:
        return yaml_text(bundle(workload))
    except KeyError as missing:
        raise Refusal(f"The project has no queue in node pool {missing}.") from None


def manifest_text_of(
    project: Project, user: User, name: str, spec: WorkloadSpec
) -> str:
    """Return the YAML of what a draft would become. Raises Refusal without a queue."""
    identity = identity_of_draft(name, project, user.username)
    try:
        return yaml_text(manifests(spec, identity, target_of(project)))
    except KeyError as missing:
        raise Refusal(f"The project has no queue in node pool {missing}.") from None


def pod_log(
    workload: Workload, pod: str, container: str, **options: object
) -> list[str]:
    """Return lines of a container: ``tail, since_seconds, previous, timestamps``.

    Asks the cluster, with a time limit. Raises Refusal with a sentence.
    """
    try:
        cluster = cluster_for(workload.project.cluster)
        return cluster.logs(pod, workload.namespace, container, **options)
    except NotFound:
        raise Refusal("This pod is gone from the cluster.") from None
    except Forbidden:
        raise Refusal("The portal's account may not read logs here.") from None
    except Refused as refusal:
        raise Refusal(f"No log: {refusal}") from None
    except Unavailable:
        raise Refusal("The cluster does not answer. Try again.") from None
