"""Users and the rules that say what they may do."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models

from access.roles import Role, may
from projects.models import Cluster, Department, Project, Reach


class User(AbstractUser):
    """Somebody who signs in. Groups come from the identity provider, later."""

    must_change_password = models.BooleanField(default=False, editable=False)
    """Whether the password is still the first one."""

    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    idp_groups = models.JSONField(default=list, blank=True)
    """Names of groups, exactly as the identity provider has them."""

    table = models.JSONField(default=dict, blank=True, editable=False)
    """Columns of the Workloads table that the user chose."""

    def rules(self) -> list["AccessRule"]:
        """The user's access rules, read once per object."""
        if not hasattr(self, "_rules"):
            self._rules = list(self.access_rules.all()) if self.is_active else []
        return self._rules

    def reach(self) -> Reach:
        """What the user may see at all."""
        return self.reach_for("read", "workloads")

    def reach_for(self, action: str, entity: str) -> Reach:
        """The units in which the user may do this."""
        rules = [rule for rule in self.rules() if may(rule.role, action, entity)]
        return Reach(
            any(rule.everywhere for rule in rules),
            frozenset(rule.cluster_id for rule in rules if rule.cluster_id),
            frozenset(rule.department_id for rule in rules if rule.department_id),
            frozenset(rule.project_id for rule in rules if rule.project_id),
        )

    def may(self, action: str, entity: str, project: Project) -> bool:
        """Whether the user may do this in the project."""
        reach = self.reach_for(action, entity)
        return (
            reach.everything
            or project.pk in reach.projects
            or project.department_id in reach.departments
            or project.department.cluster_id in reach.clusters
        )


class AccessRule(models.Model):
    """A user has a role in a unit and in all below; without a unit, everywhere."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="access_rules"
    )
    role = models.CharField(max_length=63, choices=Role.choices)
    cluster = models.ForeignKey(
        Cluster, null=True, blank=True, on_delete=models.CASCADE
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE
    )
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.CASCADE
    )

    def __str__(self) -> str:
        return f"{self.user} is {self.get_role_display()}"

    @property
    def everywhere(self) -> bool:
        """Whether the rule holds for the whole tenant."""
        return not any(self.units())

    def units(self) -> Iterator[int | UUID | None]:
        """The ids of its unit, of which at most one is there."""
        yield self.cluster_id
        yield self.department_id
        yield self.project_id

    def clean(self) -> None:
        """Refuse two units in one rule."""
        if sum(unit is not None for unit in self.units()) > 1:
            raise ValidationError("A rule names one unit: make two rules.")
