"""Changing the organization. Every door leads through here."""

from hashlib import sha256

from django.db import models, transaction
from django.db.models import F

from projects.models import (
    AuditEntry,
    Cluster,
    Department,
    DepartmentQuota,
    GeneralSettings,
    NodePool,
    Outbox,
    Project,
    ProjectQuota,
)
from projects.models.outbox import changed

LONGEST_QUEUE = 63
KEPT = frozenset(
    {field.name for field in Outbox._meta.fields}
    | {"policy_version", "table_version", "inventory", "heard_at", "follower"}
    | {"follower_until", "gpus_allocated", "gpus_held"}
)
"""Columns that workers and followers write."""


def record(by, action: str, target: models.Model, **details: object) -> None:
    """Write who did what, in the change's own transaction."""
    AuditEntry.objects.create(
        actor=by,
        action=action,
        target=str(target.pk),
        details={"name": str(target)} | details,
    )


@transaction.atomic
def save_cluster(*, by, cluster: Cluster) -> Cluster:
    """Save a cluster; its priority classes are applied to it."""
    _save(cluster)
    rows = Cluster.objects.filter(pk=cluster.pk)
    rows.update(**changed(), policy_version=F("policy_version") + 1)
    record(by, "cluster.save", cluster)
    return cluster


@transaction.atomic
def save_node_pool(*, by, pool: NodePool) -> NodePool:
    """Save a node pool. Projects get a queue in it with their quota."""
    pool.save()
    record(by, "node-pool.save", pool)
    return pool


@transaction.atomic
def save_department(*, by, department: Department) -> Department:
    """Save a department; the queues of its projects hang below its own."""
    _save(department)
    _department_changed(department)
    record(by, "department.save", department)
    return department


@transaction.atomic
def save_project(*, by, project: Project) -> Project:
    """Save a project; its namespace and queues are applied to the cluster."""
    _save(project)
    project_changed(project)
    record(by, "project.save", project)
    return project


@transaction.atomic
def save_quota(*, by, quota: ProjectQuota | DepartmentQuota) -> None:
    """Save what a unit may use of a node pool. Its queue's name is made once."""
    owner = quota.project if isinstance(quota, ProjectQuota) else quota.department
    if not quota.queue:
        quota.queue = free_queue(str(owner), quota.pool)
    _save(quota)
    _quota_changed(owner)
    record(by, "quota.save", owner, pool=quota.pool.name, gpus=str(quota.gpus))


@transaction.atomic
def delete_quota(*, by, quota: ProjectQuota | DepartmentQuota) -> None:
    """Take a node pool from a unit. Its queue stays in the cluster."""
    owner = quota.project if isinstance(quota, ProjectQuota) else quota.department
    quota.delete()
    _quota_changed(owner)
    record(by, "quota.delete", owner, pool=quota.pool.name)


@transaction.atomic
def save_settings(*, by, row: GeneralSettings) -> GeneralSettings:
    """Save the general settings of the tenant."""
    _save(row)
    rows = GeneralSettings.objects.filter(pk=row.pk)
    rows.update(policy_version=F("policy_version") + 1)
    record(by, "settings.save", row)
    return row


def _save(row: models.Model) -> None:
    """Save what people say of a row; what the machine keeps in it stays as it is now.

    Between reading the form's row and saving it, a worker or follower may have written.
    """
    if row._state.adding:
        row.save()
        return
    own = [f.name for f in row._meta.concrete_fields if not f.primary_key]
    row.save(update_fields=[name for name in own if name not in KEPT])


def _quota_changed(owner: Project | Department) -> None:
    if isinstance(owner, Project):
        project_changed(owner)
    else:
        _department_changed(owner)


def project_changed(project: Project) -> None:
    """Make the project due, and its open tables and wizards look again."""
    Project.objects.filter(pk=project.pk).update(
        **changed(),
        policy_version=F("policy_version") + 1,
        table_version=F("table_version") + 1,
    )


def _department_changed(department: Department) -> None:
    rows = Department.objects.filter(pk=department.pk)
    rows.update(policy_version=F("policy_version") + 1)
    for project in department.projects.all():
        project_changed(project)


def free_queue(owner: str, pool: NodePool) -> str:
    """Return a queue name that no other unit of the cluster has.

    The owner's name, with the pool's unless it is the default (kubernetes.md §3.1).
    """
    wanted = owner if pool.name == "default" else f"{owner}-{pool.name}"
    taken = {
        name
        for model in (ProjectQuota, DepartmentQuota)
        for name in model.objects.filter(pool__cluster=pool.cluster_id).values_list(
            "queue", flat=True
        )
    }
    if len(wanted) <= LONGEST_QUEUE and wanted not in taken:
        return wanted
    for attempt in range(len(taken) + 1):
        mark = sha256(f"{owner}/{pool.name}/{attempt}".encode()).hexdigest()[:6]
        name = f"{wanted[: LONGEST_QUEUE - 7]}-{mark}"
        if name not in taken:
            return name
    raise ValueError(f"no free queue name for {owner}")
