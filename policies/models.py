"""The policies of units, with every version that was saved."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from policies.units import OrgUnit
from projects.models.scoped import Scopes, one_unit, unit_columns, within


class WorkloadType(models.TextChoices):
    """What a policy is about, as the reference API names it."""

    DISTRIBUTED_INFERENCE = "distributedInference", "Distributed inference"


class UnitPolicyQuerySet(models.QuerySet):
    """Policies, as far as somebody sees them."""

    def visible_to(self, user) -> Self:
        """Policies of the units in which the user may read policies."""
        reach = user.reach_for("read", "policies")
        if reach.everything:
            return self
        return self.filter(within(reach))

    def in_force(self) -> Self:
        """Policies that were not deleted."""
        return self.filter(current__isnull=False)

    def of(self, *units: OrgUnit) -> Self:
        """The policies of these units."""
        wanted = Q(pk__in=())
        for unit in units:
            wanted |= Q(**unit_columns(unit))
        return self.filter(wanted)


class UnitPolicy(models.Model):
    """What a unit demands of one type of workload. Deleted, it keeps its history."""

    Scopes = Scopes

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workload_type = models.CharField(
        max_length=31, choices=WorkloadType, default=WorkloadType.DISTRIBUTED_INFERENCE
    )
    scope = models.CharField(max_length=15, choices=Scopes)
    cluster = models.ForeignKey(
        "projects.Cluster",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="policies",
    )
    department = models.ForeignKey(
        "projects.Department",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="policies",
    )
    project = models.ForeignKey(
        "projects.Project",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="policies",
    )
    current = models.OneToOneField(
        "PolicyVersion",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    """The version in force; empty once the policy is deleted."""

    objects = UnitPolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "unit policies"
        constraints = [
            models.UniqueConstraint(
                fields=["workload_type"],
                condition=Q(scope="tenant"),
                name="one_tenant_policy_a_type",
            ),
            models.UniqueConstraint(
                fields=["workload_type", "cluster"], name="one_cluster_policy_a_type"
            ),
            models.UniqueConstraint(
                fields=["workload_type", "department"],
                name="one_department_policy_a_type",
            ),
            models.UniqueConstraint(
                fields=["workload_type", "project"], name="one_project_policy_a_type"
            ),
            one_unit("policy_of_one_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.get_workload_type_display()} policy of {self.unit_name}"

    @property
    def unit_name(self) -> str:
        """The unit in words: ``department research``."""
        unit = self.cluster or self.department or self.project
        return f"{self.scope} {unit}" if unit else self.scope


class PolicyVersion(models.Model):
    """A policy as somebody saved it, or its deletion. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey(
        UnitPolicy, on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    """As it was typed, with its comments."""

    document = models.JSONField(default=dict)
    """What the text said, in the types of its fields."""

    deletion = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=250, blank=True)
    restored_from = models.PositiveIntegerField(null=True, blank=True)
    """The number of the version whose text this is again."""

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "number"], name="one_version_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.policy}"
