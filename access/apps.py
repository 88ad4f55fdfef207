"""The app of users and rights."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Who may do what."""

    name = "access"
