"""What the steps of a draft are given, from its rows and its verdict."""

import json
from hashlib import sha256
from typing import Any

from access.models import User
from assets.models import DataSource
from policies.engine.completed import Context
from policies.engine.effective import EffectivePolicy
from policies.engine.judge import judge
from projects.models import Cluster, GeneralSettings, Project
from workloads.manifests import demand
from workloads.models import Draft, Workload
from workloads.services.check import with_objections
from workloads.services.context import context_for
from workloads.services.drafts import usable_clusters
from workloads.services.errors import NameTaken
from workloads.services.quota import PoolPosition, quota_position
from workloads.spec.names import name_issues
from workloads.spec.platform import FORM_DEFAULTS
from workloads.wizard.around import NOTHING, Around, config_maps_of
from workloads.wizard.basics import Basics, ProjectCard, problems
from workloads.wizard.editing import Post, last, loaded
from workloads.wizard.handlers import at_open_handlers
from workloads.wizard.page import Opened, Problem, StepPage
from workloads.wizard.parts import Step
from workloads.wizard.summary import ZERO, counted, number, summary


def page_of(draft: Draft, step: Step, user: User, opened: Opened) -> StepPage:
    """Judge the draft and lay out a step of it."""
    context, quota = Context(platform=FORM_DEFAULTS), []
    if draft.project:
        quota = quota_position(draft.project)  # first: the context reads its rows too
        context = context_for(
            draft.project, user, name=draft.name, form=True, said_by=draft.sources
        )
    verdict = judge(draft.document, context)
    verdict = at_open_handlers(verdict, draft.controls)
    verdict = with_objections(verdict, draft)
    beside, around = None, NOTHING
    if draft.project:
        beside = summary(verdict.spec, demand(verdict.spec), quota, draft.project.name)
        around = around_of(draft.project, quota, context.policy)
    found = basics_problems(draft, strict=step.slug == "review")
    return StepPage(draft, step, verdict, context, opened, beside, around, found)


def around_of(
    project: Project, quota: list[PoolPosition], policy: EffectivePolicy
) -> Around:
    """Return what pages show beside their fields."""
    seen = project.cluster.inventory.get("configMaps") or {}
    settings = GeneralSettings.current()
    return Around(
        pool_notes={position.pool: _pool_note(position) for position in quota},
        config_maps=config_maps_of(seen, project.namespace),
        imposed=imposed_names(policy),
        ngc_catalog=settings.ngc_catalog,
        ngc_registry=settings.ngc_private_registry,
    )


def imposed_names(policy: EffectivePolicy) -> dict[str, str]:
    """Return the names of the data sources that a policy imposes, by id."""
    items = (item for items in policy.instances.values() for item in items.items())
    ids = {key for key, default in items if default.imposed}
    rows = DataSource.objects.filter(pk__in=ids) if ids else ()
    return {str(row.pk): row.name for row in rows}


def _pool_note(position: PoolPosition) -> str:
    """Say what is free in a node pool."""
    free = number(position.deserved - position.held)
    text = f"{free} of {number(position.deserved)} quota GPUs free"
    if not position.nodes:
        return text
    return (
        f"{text} · {counted(position.gpus, 'GPU')} on {counted(position.nodes, 'node')}"
    )


def basics_problems(draft: Draft, strict: bool = False) -> list[Problem]:
    """What is wrong in the first step; what is missing, once it is asked for."""
    taken = ""
    names = Workload.objects.live().filter(project=draft.project, name=draft.name)
    if draft.project and draft.name and names.exists():
        taken = str(NameTaken(draft.name))
    tried = strict or "basics" in draft.tried
    return problems(draft, name_issues(draft.name), taken, tried)


def basics_of(draft: Draft, user: User, found: Any) -> Basics:
    """Return what the first step shows."""
    clusters = usable_clusters(user)
    projects = Project.objects.usable_by(user).select_related("department__cluster")
    here = projects.filter(department__cluster=draft.cluster_id)
    cards = [_card(project, draft) for project in here.prefetch_related("quotas__pool")]
    return Basics(draft, clusters, cards, found, no_projects=not clusters)


def _card(project: Project, draft: Draft) -> ProjectCard:
    quota = quota_position(project)
    deserved = sum((p.deserved for p in quota), ZERO)
    held = sum((p.held for p in quota), ZERO)
    return ProjectCard(
        id=project.pk,
        name=project.name,
        department=project.department.name,
        chosen=draft.project_id == project.pk,
        quota=number(deserved),
        allocated=number(sum((p.allocated for p in quota), ZERO)),
        held=number(held),
        free=number(deserved - held),
        pools=[
            (
                p.pool,
                number(p.deserved),
                number(p.allocated),
                number(p.deserved - p.held),
            )
            for p in quota
        ],
    )


def columns_posted(user: User, draft: Draft, post: Post) -> dict[str, Any]:
    """Return the columns that the first step changes; out of reach is not there.

    What equals what the page showed stays as it is: another tab may have changed it.
    """
    shown = loaded(last(post, "shown", "{}"), dict)
    said = {
        name: last(post, name)
        for name in ("name", "cluster", "project")
        if name in post and last(post, name) != shown.get(name)
    }
    columns: dict[str, Any] = {}
    if "name" in said:
        columns["name"] = " ".join(said["name"].split())[:253]
    cluster = draft.cluster
    if "cluster" in said:
        known = {str(each.pk): each for each in usable_clusters(user)}
        cluster = known.get(said["cluster"])
        columns["cluster"] = cluster
    if "project" in said or "cluster" in said:
        columns["project"] = _project(user, cluster, said.get("project", ""), draft)
    return columns


def _project(
    user: User, cluster: Cluster | None, text: str, draft: Draft
) -> Project | None:
    """Return the project that is meant, if it is one of the cluster's."""
    text = text or str(draft.project_id or "")
    projects = Project.objects.usable_by(user).filter(department__cluster=cluster)
    known = text.isdecimal() and len(text) < 12
    return projects.filter(pk=text).first() if known else None


def fingerprint(draft: Draft) -> str:
    """Return what is submitted of a draft, in a word: another one means it changed."""
    whole = [draft.name, draft.project_id, draft.document]
    return sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]


def versions_of(project: Project) -> dict[str, int]:
    """Return the policy versions that the review is shown under."""
    department = project.department
    return {
        "tenant": GeneralSettings.current().policy_version,
        f"cluster {department.cluster}": department.cluster.policy_version,
        f"department {department}": department.policy_version,
        f"project {project}": project.policy_version,
    }
