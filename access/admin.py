"""The stock admin for users of the demo."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from access.models import AccessRule, User


class AccessRuleInline(admin.TabularInline):
    model = AccessRule
    extra = 0


@admin.register(User)
class PortalUserAdmin(UserAdmin):
    inlines = [AccessRuleInline]
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Personal info", {"fields": ("first_name", "last_name", "email")}),
        ("Identity provider", {"fields": ("idp_groups",)}),
        ("Permissions", {"fields": ("is_active", "is_staff", "is_superuser")}),
    )
