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
    RemovedQueue,
)
from projects.models.outbox import changed

LONGEST_QUEUE = 63
KEPT = frozenset(
    {field.name for field in Outbox._meta.fields}
    | {"policy_version", "table_version", "inventory", "heard_at", "follower"}
    | {"follower_until", "gpus_allocated", "gpus_held", "findings", "checked_at"}
    | {"server", "ca", "account", "access", "revision"}
)
"""Columns that workers and followers write, and those of ``connect_cluster``."""


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
    """Save a project; its namespace and queues are applied to the cluster.

    Raises ValidationError for a department of another cluster.
    """
    project.clean()
    _save(project)
    project_changed(project)
    record(by, "project.save", project)
    return project


@transaction.atomic
def save_quota(*, by, quota: ProjectQuota | DepartmentQuota) -> None:
    """Save what a unit may use of a node pool. Its queue's name is made once."""
    unit = quota.unit
    if not quota.queue:
        quota.queue = free_queue(unit, quota.pool)
    _save(quota)
    removed = RemovedQueue.objects.filter(cluster=quota.pool.cluster)
    removed.filter(queue=quota.queue).delete()
    _quota_changed(unit)
    record(by, "quota.save", unit, pool=quota.pool.name, gpus=str(quota.gpus))


@transaction.atomic
def delete_quota(*, by, quota: ProjectQuota | DepartmentQuota) -> None:
    """Take a node pool from a unit. Its queue goes once nothing uses it any more."""
    unit = quota.unit
    quota.delete()
    RemovedQueue.objects.create(
        cluster=quota.pool.cluster, queue=quota.queue, unit="=".join(unit.label)
    )
    _quota_changed(unit)
    record(by, "quota.delete", unit, pool=quota.pool.name)


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


def _quota_changed(unit: Project | Department) -> None:
    if isinstance(unit, Project):
        project_changed(unit)
    else:
        _department_changed(unit)


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


def free_queue(unit: Project | Department, pool: NodePool) -> str:
    """Return a queue name that no other unit of the cluster has.

    The unit's name, with the pool's unless it is the default (kubernetes.md §3.1).
    """
    wanted = str(unit) if pool.name == "default" else f"{unit}-{pool.name}"
    taken = _taken(unit, pool.cluster)
    if len(wanted) <= LONGEST_QUEUE and wanted not in taken:
        return wanted
    for attempt in range(len(taken) + 1):
        mark = sha256(f"{unit}/{pool.name}/{attempt}".encode()).hexdigest()[:6]
        name = f"{wanted[: LONGEST_QUEUE - 7]}-{mark}"
        if name not in taken:
            return name
    raise ValueError(f"no free queue name for {unit}")


def _taken(unit: Project | Department, cluster: Cluster) -> set[str]:
    """Names in use, and those of other units' queues that are still to go."""
    removed = RemovedQueue.objects.filter(cluster=cluster)
    found = set(
        removed.exclude(unit="=".join(unit.label)).values_list("queue", flat=True)
    )
    for model in (ProjectQuota, DepartmentQuota):
        rows = model.objects.filter(pool__cluster=cluster)
        found |= set(rows.values_list("queue", flat=True))
    return found
