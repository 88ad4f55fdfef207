"""Addresses of the pages of policies."""

from django.urls import path

from policies.views import editing, explain, history, reading

ONE = "policies/<uuid:pk>/"
VERSION = f"{ONE}versions/<int:number>/"

app_name = "policies"
urlpatterns = [
    path("policies/", reading.policies, name="list"),
    path("policies/new/", editing.new, name="new"),
    path("policies/effective/", reading.effective, name="effective"),
    path("policies/explain/", explain.explain, name="explain"),
    path(f"{ONE}", reading.detail, name="detail"),
    path(f"{ONE}edit/", editing.edit, name="edit"),
    path(f"{ONE}history/", history.history, name="history"),
    path(f"{ONE}delete/", history.delete, name="delete"),
    path(f"{VERSION}", history.version, name="version"),
    path(f"{VERSION}restore/", history.restored, name="restore"),
]
