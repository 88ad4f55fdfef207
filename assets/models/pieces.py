"""Pieces of the spec that are kept under a name, to be loaded into workloads."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from projects.models import Project
from projects.models.scoped import (
    Scoped,
    above,
    containing,
    one_a_unit,
    one_unit,
    within,
)

Document = dict[str, Any]


class AssetQuerySet(models.QuerySet):
    """Assets, as far as somebody sees them."""

    def visible_to(self, user) -> Self:
        """Those of the units that the user reaches, of all below and of all above."""
        model: Any = self.model
        reach = user.reach_for("read", model.entity)
        if reach.everything:
            return self
        if not any((reach.clusters, reach.departments, reach.projects)):
            return self.none()
        return self.filter(within(reach) | above(reach))

    def usable_in(self, project: Project) -> Self:
        """Those whose scope contains the project."""
        return self.filter(containing(project))

    def with_units(self) -> Self:
        """With the rows that say whose they are."""
        return self.select_related(
            "cluster", "department", "project", "created_by"
        ).order_by("name")


class Asset(Scoped):
    """A piece of the spec, kept with its root. Loading it copies its values."""

    entity: ClassVar[str]
    """What rights on it are called."""

    noun: ClassVar[str]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=63)
    description = models.CharField(max_length=250, blank=True)
    piece = models.JSONField(default=dict)
    """Sparse, in the names of the spec, below the place that `document` gives it."""

    revision = models.PositiveIntegerField(default=1, editable=False)
    """Raised by every save: what was loaded tells which one it was."""

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AssetQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """What a draft keeps of what was loaded: ``asset:<id>@<revision>``."""
        return f"asset:{self.pk}@{self.revision}"

    def document(self, role: str) -> Document:
        """Return a document that says nothing but the piece, under a role."""
        raise NotImplementedError


class Environment(Asset):
    """What a container runs: a part of ``PodSettings``, and the serving port."""

    entity = "environments"
    noun = "environment"
    names: ClassVar[frozenset[str]] = frozenset(
        {
            "image",
            "imagePullPolicy",
            "imagePullSecrets",
            "command",
            "args",
            "environmentVariables",
            "workingDir",
            "createHomeDir",
            "security",
            "servingPort",
        }
    )
    """Of the fields that it may say."""

    class Meta(Asset.Meta):
        constraints = [
            one_unit("environment_of_one_unit"),
            *one_a_unit("environment_a_name", "name"),
        ]

    def document(self, role: str) -> Document:
        """The serving port is the leader's: workers have none."""
        pod = {name: each for name, each in self.piece.items() if name != "servingPort"}
        port = self.piece.get("servingPort") if role == "leader" else None
        return {role: pod} | ({"servingPort": port} if port else {})


class ComputeResource(Asset):
    """What each pod asks for: a part of ``Compute``."""

    entity = "compute-resources"
    noun = "compute resource"
    names: ClassVar[frozenset[str]] = frozenset(
        {
            "gpuDevicesRequest",
            "gpuRequestType",
            "gpuPortionRequest",
            "gpuPortionLimit",
            "gpuMemoryRequest",
            "gpuMemoryLimit",
            "cpuCoreRequest",
            "cpuCoreLimit",
            "cpuMemoryRequest",
            "cpuMemoryLimit",
            "largeShmRequest",
            "shmSize",
            "extendedResources",
        }
    )

    class Meta(Asset.Meta):
        constraints = [
            one_unit("compute_of_one_unit"),
            *one_a_unit("compute_a_name", "name"),
        ]

    def document(self, role: str) -> Document:
        return {role: {"compute": self.piece}}


class DataSource(Asset):
    """What is mounted: an item of one of the lists of ``storage``. Never S3."""

    class Kinds(models.TextChoices):
        """The lists of the spec that have such items."""

        PVC = "pvc", "PVC"
        NFS = "nfs", "NFS"
        GIT = "git", "Git"
        HOST_PATH = "hostPath", "Host path"
        CONFIG_MAP = "configMapVolume", "ConfigMap"
        SECRET = "secretVolume", "Secret"
        EMPTY_DIR = "emptyDirVolume", "EmptyDir"

    entity = "data-sources"
    noun = "data source"

    kind = models.CharField(max_length=31, choices=Kinds)

    class Meta(Asset.Meta):
        constraints = [
            one_unit("data_source_of_one_unit"),
            *one_a_unit("data_source_a_name", "name"),
        ]

    @property
    def path(self) -> str:
        """The list of the spec, below a role."""
        return f"storage.{self.kind}"

    def document(self, role: str) -> Document:
        return {role: {"storage": {self.kind: [self.piece]}}}

    @property
    def not_imposed(self) -> str:
        """Why no policy may impose it, after its name; empty where one may."""
        if self.kind == self.Kinds.SECRET:
            return "is a Secret: what only some may read is imposed on nobody"
        if self.kind == self.Kinds.GIT and self.piece.get("credentialId"):
            return "is a private repository: its credential is imposed on nobody"
        return ""
