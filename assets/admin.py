"""The stock admin for assets, until they have pages. Saves through the services."""

from copy import copy
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from access.models import User
from assets.errors import AssetRefused, NotWhole
from assets.models import Asset, ComputeResource, DataSource, Environment
from assets.services import delete_asset, save_asset
from policies.imposed import imposing

SCOPE = ("scope", "cluster", "department", "project")


class AssetForm(forms.ModelForm):
    """Has the service say what is wrong, before anything is kept."""

    by: User

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self.errors:
            self.try_it()

    def try_it(self) -> None:
        try:
            with transaction.atomic():
                save_asset(by=self.by, asset=copy(self.instance))
                transaction.set_rollback(True)
        except NotWhole as refusal:
            for issue in refusal.issues:
                self.add_error("piece", f"{issue.location}: {issue.text}")
        except AssetRefused as refusal:
            self.add_error(None, str(refusal))


@admin.register(Environment, ComputeResource, DataSource)
class AssetAdmin(admin.ModelAdmin):
    form = AssetForm
    list_display = ["name", "unit_name", "id", "revision", "created_by", "updated_at"]
    readonly_fields = ["id", "revision", "created_by"]
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, *SCOPE] if obj else fields

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, *args, **kwargs)
        form.by = request.user
        return form

    def save_model(
        self, request: HttpRequest, obj: Asset, form: Any, change: bool
    ) -> None:
        save_asset(by=form.by, asset=obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name the policies that forbid a deletion, as the stock page does."""
        *found, protected = super().get_deleted_objects(objs, request)
        sources = [each for each in objs if isinstance(each, DataSource)]
        named = [str(policy) for each in sources for policy in imposing(each)]
        return *found, [*protected, *named]

    def delete_model(self, request: HttpRequest, obj: Asset) -> None:
        delete_asset(by=cast(User, request.user), asset=obj)
