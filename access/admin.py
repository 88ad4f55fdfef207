"""The stock admin for users of the demo."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from access.models import AccessRule, User
from projects.services import record


class AccessRuleInline(admin.TabularInline):
    model = AccessRule
    extra = 0


@admin.register(User)
class PortalUserAdmin(UserAdmin):
    """Users are switched off, never deleted: what they did names them."""

    inlines = [AccessRuleInline]
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Personal info", {"fields": ("first_name", "last_name", "email")}),
        ("Identity provider", {"fields": ("idp_groups",)}),
        ("Permissions", {"fields": ("is_active", "is_staff", "is_superuser")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        rules = [str(rule) for rule in form.instance.access_rules.all()]
        record(request.user, "user.save", form.instance, rules=rules)
