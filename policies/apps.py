"""The app of policies."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """What is allowed."""

    name = "policies"
