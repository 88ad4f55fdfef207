"""General settings of the tenant."""

from typing import Self

from django.db import models


class GeneralSettings(models.Model):
    """One row: what administrators switched on for everybody (policies.md §7)."""

    ngc_catalog = models.BooleanField(default=False, verbose_name="NGC catalog")
    ngc_private_registry = models.BooleanField(
        default=False, verbose_name="NGC private registry"
    )
    gpu_resource_optimization = models.BooleanField(
        default=False, verbose_name="GPU resource optimization"
    )
    policy_version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "general settings"

    def __str__(self) -> str:
        return "General settings"

    @classmethod
    def current(cls) -> Self:
        """The row; its defaults where nobody saved one yet."""
        return cls.objects.first() or cls()

    @classmethod
    def stored(cls) -> Self:
        """The row, made first where there is none: only what is there can be held."""
        return cls.objects.first() or cls.objects.get_or_create(pk=1)[0]
