"""A new draft from a workload."""

from access.models import User
from workloads.models import Draft, Workload
from workloads.services.check import answered
from workloads.services.errors import Refusal
from workloads.spec.names import free_name
from workloads.status import Phase

SAID = ("you", "copy", "clone", "asset:")
"""Who gave what stands in a document; the rest comes from policies and defaults."""


def copy_workload(*, by: User, workload: Workload) -> Draft:
    """Return a draft that says what the workload said, under a free name."""
    project = workload.project
    if not by.may("create", "workloads", project):
        raise Refusal(f"You may not create workloads in {project}.")
    taken = Workload.objects.live().filter(project=project)
    sources = workload.sources.items()
    said = {place: "clone" for place, who in sources if who.startswith(SAID)}
    return Draft.objects.create(
        owner=by,
        name=free_name(workload.name, set(taken.values_list("name", flat=True))),
        cluster=project.cluster,
        project=project,
        document=workload.document,
        controls=workload.controls,
        sources=said,
        visited=["basics", "environment", "leader", "workers", "setup", "review"],
    )


def edit_and_retry(*, by: User, workload: Workload) -> Draft:
    """Return a draft of a failed workload, which stays until it is deleted."""
    if workload.phase != Phase.FAILED:
        raise Refusal("Only a failed workload is edited and tried again.")
    draft = copy_workload(by=by, workload=workload)
    draft.cluster_check = answered(draft, workload.objections)
    draft.save(update_fields=["cluster_check"])
    return draft
