"""The units that have policies: the tenant, clusters, departments and projects."""

from collections.abc import Iterator

from access.models import User
from policies.engine.rules import Scope, Unit
from projects.models import Cluster, Department, GeneralSettings, Project, Reach

OrgUnit = GeneralSettings | Cluster | Department | Project
"""The row that holds a unit's ``policy_version``; the settings stand for the tenant."""


def scope_of(unit: OrgUnit) -> Scope:
    """Return where the unit stands."""
    match unit:
        case GeneralSettings():
            return Scope.TENANT
        case Cluster():
            return Scope.CLUSTER
        case Department():
            return Scope.DEPARTMENT
        case _:
            return Scope.PROJECT


def named(unit: OrgUnit) -> Unit:
    """Return the unit as policies and issues name it."""
    scope = scope_of(unit)
    return Unit(scope, "" if scope is Scope.TENANT else str(unit))


def chain_of(
    unit: OrgUnit, tenant: GeneralSettings | None = None
) -> tuple[OrgUnit, ...]:
    """Return the unit and all that it lies in, the farthest first."""
    tenant = tenant or GeneralSettings.current()
    match unit:
        case GeneralSettings():
            return (tenant,)
        case Cluster():
            return tenant, unit
        case Department():
            return tenant, unit.cluster, unit
        case _:
            return tenant, unit.cluster, unit.department, unit


def units_below(unit: OrgUnit) -> Iterator[OrgUnit]:
    """Yield every unit that lies in this one, the farthest first."""
    clusters = Cluster.objects.all()
    departments = Department.objects.select_related("cluster")
    projects = Project.objects.select_related("department__cluster")
    match unit:
        case GeneralSettings():
            yield from clusters
        case Cluster():
            departments = departments.filter(cluster=unit)
            projects = projects.filter(department__cluster=unit)
        case Department():
            departments = departments.none()
            projects = projects.filter(department=unit)
        case _:
            return
    yield from departments
    yield from projects


def may(by: User, action: str, unit: OrgUnit, entity: str = "policies") -> bool:
    """Whether the user may do this to the unit's things of a kind."""
    reach = by.reach_for(action, entity)
    return reach.everything or any(_reached(reach, each) for each in chain_of(unit))


def submits(by: User, unit: OrgUnit) -> bool:
    """Whether the user submits there: then they may know what holds."""
    return isinstance(unit, Project) and by.may("create", "workloads", unit)


def _reached(reach: Reach, unit: OrgUnit) -> bool:
    match unit:
        case Cluster():
            return unit.pk in reach.clusters
        case Department():
            return unit.pk in reach.departments
        case Project():
            return unit.pk in reach.projects
        case _:
            return False
