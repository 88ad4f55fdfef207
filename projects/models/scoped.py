"""Rows that belong to one unit: the tenant, a cluster, a department or a project."""

from django.db import models
from django.db.models import Q

from projects.models.cluster import Cluster
from projects.models.outbox import Reach
from projects.models.settings import GeneralSettings
from projects.models.units import Department, Project

UNITS = ("cluster", "department", "project")


class Scopes(models.TextChoices):
    """Where units stand, as the reference API names it."""

    TENANT = "tenant", "Tenant"
    CLUSTER = "cluster", "Cluster"
    DEPARTMENT = "department", "Department"
    PROJECT = "project", "Project"


def one_unit(name: str) -> models.CheckConstraint:
    """Return the constraint that a row's scope and its unit's column agree."""
    condition = Q()
    for scope in Scopes.values:
        empty = {f"{unit}__isnull": unit != scope for unit in UNITS}
        condition |= Q(scope=scope, **empty)
    return models.CheckConstraint(condition=condition, name=name)


def one_a_unit(name: str, *fields: str) -> list[models.UniqueConstraint]:
    """Return the constraints that the fields are unique in each unit."""
    tenant = models.UniqueConstraint(
        fields=fields, condition=Q(scope=Scopes.TENANT), name=f"one_tenant_{name}"
    )
    return [tenant] + [
        models.UniqueConstraint(fields=[*fields, unit], name=f"one_{unit}_{name}")
        for unit in UNITS
    ]


def within(reach: Reach) -> Q:
    """Return the rows of the units that a reach holds, and of all below them."""
    return (
        Q(cluster__in=reach.clusters)
        | Q(department__in=reach.departments)
        | Q(department__cluster__in=reach.clusters)
        | Q(project__in=reach.projects)
        | Q(project__department__in=reach.departments)
        | Q(project__department__cluster__in=reach.clusters)
    )


def above(reach: Reach) -> Q:
    """Return the rows of the units in which those of a reach lie."""
    departments = Department.objects.filter(
        Q(pk__in=reach.departments) | Q(projects__in=reach.projects)
    )
    clusters = Cluster.objects.filter(
        Q(pk__in=reach.clusters) | Q(departments__in=departments)
    )
    return (
        Q(scope=Scopes.TENANT) | Q(cluster__in=clusters) | Q(department__in=departments)
    )


def containing(project: Project) -> Q:
    """Return the rows of the project, and of the units in which it lies."""
    return (
        Q(scope=Scopes.TENANT)
        | Q(cluster=project.department.cluster_id)
        | Q(department=project.department_id)
        | Q(project=project.pk)
    )


def unit_columns(
    unit: GeneralSettings | Cluster | Department | Project,
) -> dict[str, object]:
    """Return the columns that say whose a row is."""
    scope = Scopes.TENANT
    match unit:
        case Cluster():
            scope = Scopes.CLUSTER
        case Department():
            scope = Scopes.DEPARTMENT
        case Project():
            scope = Scopes.PROJECT
    return {"scope": scope.value} | (
        {} if scope == Scopes.TENANT else {scope.value: unit}
    )


class Scoped(models.Model):
    """A row of one unit, which holds for all below it."""

    scope = models.CharField(max_length=15, choices=Scopes)
    cluster = models.ForeignKey(
        Cluster, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def unit(self) -> GeneralSettings | Cluster | Department | Project:
        """Whose it is; the settings stand for the tenant."""
        found = self.cluster or self.department or self.project
        return found or GeneralSettings.current()

    @property
    def place(self) -> tuple[str, object]:
        """What tells its unit from all others."""
        return self.scope, self.cluster_id or self.department_id or self.project_id

    @property
    def unit_name(self) -> str:
        """Its unit in words: ``department research``."""
        unit = self.cluster or self.department or self.project
        return f"{self.scope} {unit}" if unit else self.scope
