"""The stock admin for the demo organization. Saves through the services."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join

from projects import services
from projects.connecting import check_cluster, connect_cluster
from projects.connection import BadConnection
from projects.connection_form import ClusterForm
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

CHECKING = "The check has begun. Load this page again in a few seconds."
LOST = "Nothing that opens: connect it again."
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
    form = ClusterForm
    list_display = ["name", "server", "worst", "heard_at", "last_error"]
    readonly_fields = [
        "server",
        "account",
        "state",
        "prerequisites",
        "checked_at",
        "heard_at",
        "last_error",
        "applied_generation",
    ]
    fieldsets = (
        (None, {"fields": ("name", "domain", "scheduler")}),
        (
            "State",
            {"fields": ("prerequisites", "checked_at", "heard_at", "last_error")},
        ),
        (
            "Settings",
            {
                "fields": (
                    "external_access",
                    "authorization_profile",
                    "gpu_limits",
                    "fail_after_seconds",
                    "flap_window_seconds",
                )
            },
        ),
        ("Connected now", {"fields": ("server", "account", "state")}),
        (
            "Connect, or connect anew",
            {
                "fields": (
                    "kubeconfig",
                    "context",
                    "address",
                    "authority",
                    "token",
                    "certificate",
                    "key",
                    "own_pod",
                )
            },
        ),
    )

    def save_model(
        self, request: HttpRequest, obj: Cluster, form: Any, change: bool
    ) -> None:
        if change and form.changed_data:
            services.save_cluster(by=request.user, cluster=obj)
        if form.connection is None:
            return
        try:
            connect_cluster(by=request.user, cluster=obj, connection=form.connection)
        except BadConnection as refusal:
            self.message_user(request, str(refusal), messages.ERROR)

    def response_change(self, request: HttpRequest, obj: Cluster) -> HttpResponse:
        if "_check" not in request.POST:
            return super().response_change(request, obj)
        check_cluster(by=request.user, cluster=obj)
        self.message_user(request, CHECKING)
        page = reverse("admin:projects_cluster_change", args=[obj.pk])
        return HttpResponseRedirect(page)

    @admin.display(description="Access")
    def state(self, obj: Cluster) -> str:
        return LOST if obj.needs_access else f"Sealed, revision {obj.revision}."

    @admin.display(description="Prerequisites")
    def prerequisites(self, obj: Cluster) -> str:
        rows = (
            (found["state"], found["name"], found["text"], found["next_step"])
            for found in obj.findings
        )
        lines = format_html_join("", "<li><b>{}</b> {}: {} {}</li>", rows)
        return lines or "Not checked yet."

    @admin.display(description="Prerequisites")
    def worst(self, obj: Cluster) -> str:
        return obj.findings[0]["state"] if obj.findings else "not checked"


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
