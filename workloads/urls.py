"""Addresses of workloads and drafts."""

from django.urls import path

from workloads.views import table

app_name = "workloads"
urlpatterns = [
    path("", table.workloads, name="list"),
    path("workloads/deleted/", table.deleted, name="deleted"),
]
