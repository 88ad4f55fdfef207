"""Departments and projects, with their quota by node pool."""

from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from projects.models.cluster import Cluster, NodePool
from projects.models.outbox import Outbox, OutboxQuerySet, Reach

FIRST_ID = 4_500_000
STAYS = (
    "A project stays in its cluster: its namespace, queues and workloads are there. "
    "Make a new project in the other department."
)
UNIT_NAME = RegexValidator(
    r"^[a-z]([-a-z0-9]{0,38}[a-z0-9])?\Z",
    "Starts with a letter; lower-case letters, digits and hyphens; at most 40.",
)


def next_id(units: models.QuerySet) -> int:
    """The id of a new unit: integers as the reference API has them (api.md §0.11)."""
    newest = units.order_by("-pk").values_list("pk", flat=True).first()
    return max(FIRST_ID, (newest or 0) + 1)


class DepartmentQuerySet(models.QuerySet):
    """Departments, as far as somebody sees them."""

    def visible_to(self, user) -> Self:
        """Departments that the user reaches, or reaches a project of."""
        reach = user.reach()
        if reach.everything:
            return self
        return self.filter(
            Q(pk__in=reach.departments)
            | Q(cluster__in=reach.clusters)
            | Q(projects__in=reach.projects)
        ).distinct()


class Department(models.Model):
    """Projects that share a quota."""

    id = models.PositiveIntegerField(primary_key=True, editable=False)
    cluster = models.ForeignKey(
        Cluster, on_delete=models.PROTECT, related_name="departments"
    )
    name = models.CharField(max_length=40, validators=[UNIT_NAME])
    policy_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "name"], name="one_department_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        """Give a new department its number."""
        if self.pk is None:
            self.pk = next_id(Department.objects.all())
        super().save(*args, **kwargs)

    @property
    def label(self) -> tuple[str, str]:
        """The label that its objects bear in the cluster."""
        return "runai-portal/department", str(self.pk)


class ProjectQuerySet(OutboxQuerySet):
    """Projects, as far as somebody sees them."""

    def visible_to(self, user) -> Self:
        """The projects in the user's reach."""
        return self.within(user.reach())

    def usable_by(self, user) -> Self:
        """The projects in which the user may create workloads."""
        return self.within(user.reach_for("create", "workloads"))

    def within(self, reach: Reach) -> Self:
        """The projects that lie in the reach."""
        if reach.everything:
            return self
        return self.filter(
            Q(pk__in=reach.projects)
            | Q(department__in=reach.departments)
            | Q(department__cluster__in=reach.clusters)
        )


class Project(Outbox):
    """Where workloads belong. Owns a namespace, and a queue in every node pool."""

    id = models.PositiveIntegerField(primary_key=True, editable=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="projects"
    )
    name = models.CharField(max_length=40, validators=[UNIT_NAME])
    namespace = models.CharField(max_length=63, editable=False)
    """Stored when made, never computed again."""

    description = models.CharField(max_length=250, blank=True)
    default_node_pools = models.JSONField(default=list, blank=True)
    """Names, in order of priority."""

    node_types = models.JSONField(default=list, blank=True)
    """Node types of which a workload must choose one; empty: no rule."""

    policy_version = models.PositiveIntegerField(default=1)
    table_version = models.PositiveBigIntegerField(default=1)
    """Bumped in the transaction of any change that the Workloads table shows."""

    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"], name="one_project_a_name"
            ),
            models.UniqueConstraint(
                fields=["namespace", "department"], name="one_namespace_a_project"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def cluster(self) -> Cluster:
        """The cluster of its department."""
        return self.department.cluster

    @property
    def label(self) -> tuple[str, str]:
        """The label that its objects bear in the cluster."""
        return "runai-portal/project", str(self.pk)

    def clean(self) -> None:
        """Refuse a department of another cluster. Raises ValidationError."""
        if not (self.pk and self.department_id):
            return
        before = Department.objects.filter(projects=self.pk).first()
        if before and before.cluster_id != self.department.cluster_id:
            raise ValidationError({"department": STAYS})

    def shows_change(self) -> None:
        """Tell open tables that something of the project changed."""
        rows = Project.objects.filter(pk=self.pk)
        rows.update(table_version=F("table_version") + 1)

    def save(self, *args, **kwargs) -> None:
        """Give a new project its number and its namespace."""
        if self.pk is None:
            self.pk = next_id(Project.objects.all())
        if not self.namespace:
            self.namespace = self.free_namespace()
        super().save(*args, **kwargs)

    def free_namespace(self) -> str:
        """Return a namespace that no other project of the cluster has."""
        others = Project.objects.filter(department__cluster=self.cluster)
        wanted = f"runai-{self.name}"
        while others.filter(namespace=wanted).exclude(pk=self.pk).exists():
            wanted = f"{wanted}-{self.pk}"
        return wanted


class PoolQuota(models.Model):
    """What a unit may use of a node pool. Empty limits are unlimited."""

    pool = models.ForeignKey(NodePool, on_delete=models.CASCADE, related_name="+")
    queue = models.CharField(max_length=63, blank=True, editable=False)
    """The name of the Queue in the cluster, stored when made."""

    gpus = models.DecimalField(
        max_digits=12, decimal_places=3, default=0, validators=[MinValueValidator(0)]
    )
    """Deserved devices."""

    gpu_limit = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, blank=True
    )
    cpu_millicores = models.PositiveBigIntegerField(null=True, blank=True)
    memory_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    over_quota_weight = models.PositiveIntegerField(default=2)
    gpus_allocated = models.DecimalField(
        max_digits=12, decimal_places=3, default=0, editable=False
    )
    """As the follower last read it from the Queue."""

    gpus_held = models.DecimalField(
        max_digits=12, decimal_places=3, default=0, editable=False
    )
    """Of it by non-preemptible workloads."""

    class Meta:
        abstract = True


class DepartmentQuota(PoolQuota):
    """A department's quota in one node pool."""

    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, related_name="quotas"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["department", "pool"], name="one_department_quota_a_pool"
            )
        ]

    @property
    def unit(self) -> Department:
        """Whose quota it is."""
        return self.department


class ProjectQuota(PoolQuota):
    """A project's quota in one node pool."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="quotas"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "pool"], name="one_project_quota_a_pool"
            )
        ]

    @property
    def unit(self) -> Project:
        """Whose quota it is."""
        return self.project


class RemovedQueue(models.Model):
    """A queue whose quota was taken away: it goes once nothing uses it any more."""

    cluster = models.ForeignKey(
        Cluster, on_delete=models.CASCADE, related_name="removed_queues"
    )
    queue = models.CharField(max_length=63)
    unit = models.CharField(max_length=63)
    """Label and value that the queue bears: ``runai-portal/project=4500000``."""

    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "queue"], name="one_removal_a_queue"
            )
        ]

    def __str__(self) -> str:
        return self.queue
