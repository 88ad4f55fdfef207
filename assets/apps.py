"""The app of assets."""

from django.apps import AppConfig


class AssetsConfig(AppConfig):
    """Reusable pieces of the spec."""

    name = "assets"
