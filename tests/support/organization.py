"""The cast, and a small organization for them.

Alice runs workloads in llm-serving; Bob administers its department; Charlie has no
access.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.timezone import now

from access.models import AccessRule, User
from access.roles import Role
from projects import services
from projects.connecting import connect_cluster
from projects.connection import Connection
from projects.models import (
    Cluster,
    Department,
    DepartmentQuota,
    NodePool,
    Project,
    ProjectQuota,
)

INVENTORY = {
    "lws": True,
    "lwsFeatures": ["observedGeneration", "partition", "volumeClaimTemplates"],
    "storageClasses": ["fast", "standard"],
    "nodeTypes": ["dgx-a100", "dgx-h100"],
    "pools": {
        "default": {"nodes": 4, "gpus": 32},
        "h100": {"nodes": 6, "gpus": 48},
        "a100": {"nodes": 4, "gpus": 32},
    },
    "configMaps": {},
}


@dataclass(frozen=True)
class Organization:
    """Rows that most tests need."""

    cluster: Cluster
    department: Department
    project: Project
    other: Project
    alice: User
    bob: User
    charlie: User
    admin: User


def an_organization(
    server: str = "http://127.0.0.1:9", token: str = "", ca: str = ""
) -> Organization:
    """Make a cluster, a department, two projects with quota, and the cast."""
    admin = _user("admin", role=Role.SYSTEM_ADMINISTRATOR)
    cluster = Cluster(
        name="gpu-west-1",
        server=server,
        inventory=INVENTORY,
        heard_at=now(),
    )
    services.save_cluster(by=admin, cluster=cluster)
    if token:
        access = Connection(server, ca, token)
        connect_cluster(by=admin, cluster=cluster, connection=access)
    pools = [
        services.save_node_pool(by=admin, pool=NodePool(cluster=cluster, name=name))
        for name in ("default", "h100", "a100")
    ]
    department = Department(cluster=cluster, name="research")
    services.save_department(by=admin, department=department)
    for pool in pools:
        quota = DepartmentQuota(department=department, pool=pool, gpus=Decimal(32))
        services.save_quota(by=admin, quota=quota)
    project = _project(admin, department, "llm-serving", pools)
    other = _project(admin, department, "eval-lab", pools)
    return Organization(
        cluster,
        department,
        project,
        other,
        _user("alice", role=Role.PRACTITIONER, project=project),
        _user("bob", role=Role.DEPARTMENT_ADMINISTRATOR, department=department),
        _user("charlie"),
        admin,
    )


def _project(
    by: User, department: Department, name: str, pools: list[NodePool]
) -> Project:
    project = Project(
        department=department, name=name, default_node_pools=["h100", "a100"]
    )
    services.save_project(by=by, project=project)
    for pool in pools:
        quota = ProjectQuota(project=project, pool=pool, gpus=Decimal(16))
        services.save_quota(by=by, quota=quota)
    return project


def _user(name: str, role: Role | None = None, **unit: object) -> User:
    user = User.objects.create_user(name, f"{name}@example.com", "correct horse")
    if role is not None:
        AccessRule.objects.create(user=user, role=role, **unit)
    return user
