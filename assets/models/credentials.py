"""Credentials: what opens something. Their values lie sealed."""

import re
import secrets
import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models

from assets.contents import PULLS, Kind
from projects.models import Project
from projects.models.scoped import (
    Scoped,
    containing,
    one_a_unit,
    one_unit,
    within,
)
from projects.secrets import SealedField, can_open

LONGEST_SLUG = 47
"""So that ``cred-<slug>-<8 hex>-p`` has 63 characters at most."""


class Kinds(models.TextChoices):
    """Kinds of credentials, in words."""

    DOCKER_REGISTRY = Kind.DOCKER_REGISTRY.value, "Docker registry"
    GENERIC = Kind.GENERIC.value, "Generic secret"
    ACCESS_KEY = Kind.ACCESS_KEY.value, "Access key"
    PASSWORD = Kind.PASSWORD.value, "User name and password"
    NGC_API_KEY = Kind.NGC_API_KEY.value, "NGC API key"


class Credential(models.Model):
    """A name, a kind, and values that only the writer of Secrets opens."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=63)
    description = models.CharField(max_length=250, blank=True)
    kind = models.CharField(max_length=31, choices=Kinds)
    keys = models.JSONField(default=list)
    """Names of what can be taken from it, which are no secret."""

    sealed = SealedField()
    """Its values by name, as JSON. Empty where the Secret exists already."""

    revision = models.PositiveIntegerField(default=1, editable=False)
    """Raised by each new value, which is sealed for it."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def pulls(self) -> bool:
        """Whether images can be pulled with it."""
        return self.kind in PULLS

    @property
    def lost(self) -> bool:
        """Whether its key is gone: the values have to be entered again."""
        return self.sealed is not None and not can_open(bytes(self.sealed))


class SharedQuerySet(models.QuerySet):
    """Shared credentials, as far as somebody sees them."""

    def visible_to(self, user) -> Self:
        """Those of the units in which the user may read credentials."""
        reach = user.reach_for("read", "credentials")
        return self if reach.everything else self.filter(within(reach))

    def usable_in(self, project: Project) -> Self:
        """Those whose scope contains the project."""
        return self.filter(containing(project))


class SharedCredential(Scoped, Credential):
    """A credential of a unit, for all who submit below it."""

    entity = "credentials"

    kubernetes_name = models.CharField(max_length=63, unique=True, editable=False)
    """Of its Secret in each namespace. Fixed: documents refer to it."""

    existing = models.CharField(max_length=253, blank=True)
    """The Secret that an administrator made in the cluster; empty for one of ours."""

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = SharedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            one_unit("credential_of_one_unit"),
            *one_a_unit("credential_a_name", "name"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Give a new one the name of its Secret."""
        self.kubernetes_name = self.kubernetes_name or kubernetes_name(self.name)
        super().save(*args, **kwargs)


class OwnQuerySet(models.QuerySet):
    """Own credentials are their owner's, and nobody else sees them."""

    def owned_by(self, user) -> Self:
        """The user's own."""
        return self.filter(owner=user)


class OwnCredential(Credential):
    """A credential of one user."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credentials"
    )

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], name="one_own_credential_a_name"
            )
        ]


def kubernetes_name(name: str) -> str:
    """Return a new name for a Secret: a DNS label that tells what it is about."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower())[:LONGEST_SLUG].strip("-")
    parts = ("cred", slug, secrets.token_hex(4))
    return "-".join(part for part in parts if part)
