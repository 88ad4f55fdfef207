"""The app of workloads."""

from django.apps import AppConfig


class WorkloadsConfig(AppConfig):
    """What runs."""

    name = "workloads"
