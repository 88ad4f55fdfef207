"""The cluster is asked before anything is applied (kubernetes.md §5.2, §7.6).

A dry run of the objects finds little; that of one bare pod per template finds most.
"""

import logging
from collections.abc import Iterable
from typing import Any

from workloads.cluster import (
    Cluster,
    Conflict,
    Forbidden,
    Manifest,
    NotFound,
    Raced,
    Refused,
    Unavailable,
)
from workloads.manifests import (
    Finding,
    Identity,
    Objection,
    Target,
    claim_names,
    manifests,
    objections,
    probe_pods,
)
from workloads.models import Draft, Workload
from workloads.spec.issues import CLUSTER, Issue
from workloads.spec.paths import Location
from workloads.spec.workload import WorkloadSpec
from workloads.sync.clusters import cluster_for
from workloads.sync.target import (
    identity_of,
    identity_of_draft,
    spec_of,
    target_of,
)
from workloads.wizard.sentences import called_at, role_of, sentence

NO_NAMESPACE = "The project's namespace is not made yet: the cluster checks on creation"
NO_RIGHT = "The portal's account may not try pods there: the cluster checks on creation"
NO_ANSWER = "The cluster does not answer: it checks again on creation"
RACED = "Something changed while the cluster was asked: it checks again on creation"
NO_QUEUE = "The project has no queue in node pool {}"

logger = logging.getLogger(__name__)


def of_pods(
    cluster: Cluster, spec: WorkloadSpec, identity: Identity, target: Target
) -> list[Objection]:
    """Try one bare pod of each role. Raises Forbidden, NotFound and Unavailable."""
    found: list[Objection] = []
    for role, pod in probe_pods(spec, identity, target).items():
        try:
            cluster.create(pod, dry_run=True)
        except (Forbidden, NotFound):
            raise
        except Refused as refusal:
            found += meant(refusal, spec, role=role)
        except Conflict as taken:
            logger.info("%s/%s: %s", target.namespace, identity.name, taken)
    return found


def of_objects(
    cluster: Cluster,
    spec: WorkloadSpec,
    identity: Identity,
    objects: Iterable[tuple[Manifest, str]],
) -> list[Objection]:
    """Try all objects, each with the uid that is held. Raises what is no refusal."""
    found: list[Objection] = []
    items = {name: item for item, name in claim_names(spec, identity).items()}
    for manifest, uid in objects:
        kind, name = manifest["kind"], manifest["metadata"]["name"]
        try:
            cluster.apply(manifest, uid=uid, force=bool(uid), dry_run=True)
        except (Forbidden, NotFound):
            raise
        except Refused as refusal:
            found += meant(refusal, spec, kind=kind, item=items.get(name, ""))
    return found


def meant(refusal: Refused, spec: WorkloadSpec, **where: Any) -> list[Objection]:
    """Return what a refusal says, at the places of the spec."""
    causes = tuple(Finding(cause.field, cause.message) for cause in refusal.causes)
    return objections(causes, str(refusal), spec, **where)


def each_once(found: Iterable[Objection]) -> list[Objection]:
    """Leave of several objections to a place the first."""
    once: dict[Location, Objection] = {}
    for objection in found:
        once.setdefault(objection.place, objection)
    return list(once.values())


def expect_welcome(
    workload: Workload, cluster: Cluster, objects: Iterable[tuple[Manifest, str]]
) -> None:
    """Ask before the first application. Raises Refused with all that is against it.

    What only stands against it now, such as a used-up quota, stops nothing.
    """
    spec, identity = spec_of(workload), identity_of(workload)
    found: list[Objection] = []
    if workload.applied_generation is None:
        try:
            found = of_pods(cluster, spec, identity, target_of(workload.project))
        except Forbidden as refusal:
            logger.warning("Pods of %s are not tried: %s", workload, refusal)
    found += of_objects(cluster, spec, identity, objects)
    lasting = [each for each in each_once(found) if each.lasting]
    kept = [kept_as(each, workload.resolved) for each in lasting]
    if kept != workload.objections:
        Workload.objects.filter(pk=workload.pk).update(objections=kept)
    if lasting:
        told = (said(each, workload.resolved) for each in lasting)
        raise Refused(" ".join(told))


def said(objection: Objection, resolved: Manifest) -> str:
    """Return an objection as a sentence that says where."""
    place = objection.place
    issue = Issue(place, CLUSTER, objection.text)
    return role_of([issue]) + sentence(called_at(place, resolved), issue)


def kept_as(objection: Objection, resolved: Manifest) -> dict[str, Any]:
    """Return an objection as JSON, with the value that it is about."""
    return {
        "place": str(objection.place),
        "text": objection.text,
        "value": objection.place.value_in(resolved),
    }


def check_draft(pk: Any) -> None:
    """Ask the cluster what a page of a draft wants to know.

    The answer is written beside the question; one that comes after a newer question
    is dropped.
    """
    draft = Draft.objects.select_related("project", "owner").filter(pk=pk).first()
    asked = draft.cluster_check if draft else {}
    if draft is None or draft.project is None or asked.get("state") != "asked":
        return
    answer = asked | answered(draft, asked["spec"]) | {"spec": {}}
    rows = Draft.objects.filter(pk=pk, cluster_check__asked_at=asked["asked_at"])
    rows.update(cluster_check=answer)


def answered(draft: Draft, resolved: Manifest) -> dict[str, Any]:
    """Return how the cluster answers: its state, its objections, or a note."""
    try:
        found = of_draft(draft, WorkloadSpec.model_validate(resolved))
    except KeyError as pool:
        return {"state": "skipped", "note": NO_QUEUE.format(pool.args[0])}
    except NotFound:
        return {"state": "skipped", "note": NO_NAMESPACE}
    except Forbidden:
        return {"state": "skipped", "note": NO_RIGHT}
    except Raced:
        return {"state": "skipped", "note": RACED}
    except Unavailable:
        return {"state": "skipped", "note": NO_ANSWER}
    return {"state": "done", "findings": [kept_as(each, resolved) for each in found]}


def of_draft(draft: Draft, spec: WorkloadSpec) -> list[Objection]:
    """Return all that the cluster has against what a draft would become."""
    project = draft.project
    assert project is not None
    cluster, target = cluster_for(project.cluster), target_of(project)
    identity = identity_of_draft(draft.name, project, draft.owner.username)
    found = of_pods(cluster, spec, identity, target)
    objects = [(each, "") for each in manifests(spec, identity, target)]
    try:
        found += of_objects(cluster, spec, identity, objects)
    except Raced:
        raise
    except Conflict:
        taken = "is taken in the project's namespace by something outside the portal"
        found.append(Objection(Location(("name",)), taken))
    return each_once(found)
