"""The stock admin for the demo organization. Saves through the services."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from projects import services
from projects.models import (
    AuditEntry,
    Cluster,
    Department,
    DepartmentQuota,
    GeneralSettings,
    NodePool,
    Project,
    ProjectQuota,
)

KEPT = ["generation", "applied_generation", "due_at", "attempts", "lease_until"]
KEPT += ["last_error", "refused", "policy_version"]


class QuotaInline(admin.TabularInline):
    extra = 0
    readonly_fields = ["queue", "gpus_allocated", "gpus_held"]


class ProjectQuotaInline(QuotaInline):
    model = ProjectQuota


class DepartmentQuotaInline(QuotaInline):
    model = DepartmentQuota


class Kept(admin.ModelAdmin):
    """Rows that are not deleted here: the cluster would keep what was made for them."""

    placed_by: tuple[str, ...] = ()
    """Where a row belongs: chosen once."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, *self.placed_by] if obj else fields


class ThroughServices(Kept):
    """Saves rows and their quota as every other door does."""

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: bool
    ) -> None:
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            services.delete_quota(by=request.user, quota=row)
        for row in rows:
            services.save_quota(by=request.user, quota=row)


@admin.register(Cluster)
class ClusterAdmin(Kept):
    exclude = ["token", "follower", "follower_until", "inventory"]
    readonly_fields = [*KEPT, "heard_at"]
    list_display = ["name", "server", "heard_at", "last_error"]

    def save_model(
        self, request: HttpRequest, obj: Cluster, form: Any, change: bool
    ) -> None:
        services.save_cluster(by=request.user, cluster=obj)


@admin.register(NodePool)
class NodePoolAdmin(Kept):
    placed_by = ("cluster", "name")
    list_display = ["name", "cluster", "topology"]

    def save_model(
        self, request: HttpRequest, obj: NodePool, form: Any, change: bool
    ) -> None:
        services.save_node_pool(by=request.user, pool=obj)


@admin.register(Department)
class DepartmentAdmin(ThroughServices):
    placed_by = ("cluster",)
    inlines = [DepartmentQuotaInline]
    readonly_fields = ["policy_version"]
    list_display = ["name", "cluster"]

    def save_model(
        self, request: HttpRequest, obj: Department, form: Any, change: bool
    ) -> None:
        services.save_department(by=request.user, department=obj)


@admin.register(Project)
class ProjectAdmin(ThroughServices):
    inlines = [ProjectQuotaInline]
    readonly_fields = [*KEPT, "namespace", "table_version"]
    list_display = ["name", "department", "namespace", "last_error"]

    def save_model(
        self, request: HttpRequest, obj: Project, form: Any, change: bool
    ) -> None:
        services.save_project(by=request.user, project=obj)


@admin.register(GeneralSettings)
class GeneralSettingsAdmin(Kept):
    readonly_fields = ["policy_version"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not GeneralSettings.objects.exists()

    def save_model(
        self, request: HttpRequest, obj: GeneralSettings, form: Any, change: bool
    ) -> None:
        services.save_settings(by=request.user, row=obj)


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    list_display = ["at", "actor", "action", "target"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
