"""The organization that a first start makes."""

from decimal import Decimal

from access.models import AccessRule, User
from access.roles import Role
from projects import services
from projects.connecting import columns_of, connect_cluster
from projects.connection import Connection
from projects.models import (
    Cluster,
    Department,
    DepartmentQuota,
    NodePool,
    Project,
    ProjectQuota,
)
from runai_portal import demo_assets

POOLS = ("default", "h100", "a100")
DEPARTMENTS = {
    "research": {"default": 16, "h100": 32, "a100": 16},
    "product": {"default": 16, "h100": 16, "a100": 16},
}
PROJECTS = {
    "llm-serving": ("research", {"default": 8, "h100": 24, "a100": 8}),
    "eval-lab": ("research", {"default": 8, "h100": 8, "a100": 8}),
    "search-ranking": ("product", {"default": 8, "h100": 8, "a100": 16}),
}
ORDER = {
    "llm-serving": ["h100", "a100"],
    "eval-lab": ["a100", "default"],
    "search-ranking": ["a100", "h100"],
}
FIRST_USER = "admin"


def administrator(password: str) -> User:
    """Make the first administrator."""
    user = User(username=FIRST_USER, email="admin@example.com", is_staff=True)
    user.is_superuser = user.must_change_password = True
    user.set_password(password)
    user.save()
    AccessRule.objects.create(user=user, role=Role.SYSTEM_ADMINISTRATOR)
    return user


def prepare(by: User, connection: Connection) -> None:
    """Make the organization, or tell that of an earlier start where the cluster is."""
    cluster = Cluster.objects.filter(name="demo").first()
    if cluster is None:
        organization(by, connection)
        return
    columns = columns_of(cluster, connection)
    Cluster.objects.filter(pk=cluster.pk).update(**columns)


def organization(by: User, connection: Connection) -> None:
    """Make one cluster, its pools, two departments and three projects with quota."""
    cluster = Cluster(name="demo", fail_after_seconds=30)
    connect_cluster(by=by, cluster=cluster, connection=connection)
    pools = {
        name: services.save_node_pool(
            by=by, pool=NodePool(cluster=cluster, name=name, label_value=name)
        )
        for name in POOLS
    }
    departments = {}
    for name, gpus in DEPARTMENTS.items():
        made = Department(cluster=cluster, name=name)
        departments[name] = services.save_department(by=by, department=made)
        for pool, count in gpus.items():
            above = DepartmentQuota(
                department=made, pool=pools[pool], gpus=Decimal(count)
            )
            services.save_quota(by=by, quota=above)
    projects = {}
    for name, (department, gpus) in PROJECTS.items():
        project = projects[name] = Project(
            department=departments[department],
            name=name,
            default_node_pools=ORDER[name],
        )
        services.save_project(by=by, project=project)
        for pool, count in gpus.items():
            quota = ProjectQuota(project=project, pool=pools[pool], gpus=Decimal(count))
            services.save_quota(by=by, quota=quota)
    demo_assets.seed(by, projects["llm-serving"])
