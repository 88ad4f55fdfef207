"""Who changed what."""

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """One row per change, written in its transaction. Never changed, no secrets."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    action = models.CharField(max_length=63)
    target = models.CharField(max_length=63)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at"]
        verbose_name_plural = "audit entries"
