"""Clusters and their node pools."""

import uuid
from typing import Self

from django.db import models

from projects.models.outbox import Outbox, OutboxQuerySet
from projects.secrets import SealedField, can_open


class ClusterQuerySet(OutboxQuerySet):
    """Clusters, as far as somebody sees them."""

    def visible_to(self, user) -> Self:
        """The clusters in which the user reaches something."""
        reach = user.reach()
        if reach.everything:
            return self
        return self.filter(
            models.Q(pk__in=reach.clusters)
            | models.Q(departments__in=reach.departments)
            | models.Q(departments__projects__in=reach.projects)
        ).distinct()


class Cluster(Outbox):
    """A Kubernetes cluster that workloads run on."""

    class Account(models.TextChoices):
        """How the portal says there who it is."""

        TOKEN = "token", "token"
        CERTIFICATE = "certificate", "client certificate"
        IN_CLUSTER = "in-cluster", "service account of the portal's own pod"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=63, unique=True)
    server = models.URLField(max_length=200)
    """Address of the API server."""

    ca = models.TextField(blank=True, verbose_name="certificate authority")
    """PEM. Empty: the authorities that the portal's machine trusts."""

    account = models.CharField(max_length=15, choices=Account, default=Account.TOKEN)
    access = SealedField()
    """Token, or client certificate and key, as JSON, sealed."""

    revision = models.PositiveIntegerField(default=0, editable=False)
    """Of the connection; what is sealed is bound to it."""

    domain = models.CharField(max_length=253, default="cluster.local")
    scheduler = models.CharField(max_length=63, default="kai-scheduler")
    external_access = models.BooleanField(
        default=False, verbose_name="External access is configured"
    )
    authorization_profile = models.CharField(
        max_length=63, blank=True, help_text="How restricted endpoints are guarded."
    )
    gpu_limits = models.BooleanField(
        default=False, verbose_name="GPU memory limits are enforced"
    )
    fail_after_seconds = models.PositiveIntegerField(default=600)
    """How long an error lasts before a workload counts as Failed."""

    flap_window_seconds = models.PositiveIntegerField(default=600)
    inventory = models.JSONField(default=dict, blank=True)
    """What the follower saw: features, storage classes, node types, pools …"""

    findings = models.JSONField(default=list, blank=True, editable=False)
    """What the last check of the prerequisites found, worst first."""

    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    heard_at = models.DateTimeField(null=True, blank=True)
    """When the follower last heard from it."""

    follower = models.CharField(max_length=63, blank=True)
    follower_until = models.DateTimeField(null=True, blank=True)
    policy_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClusterQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def needs_access(self) -> bool:
        """Whether token or certificate are missing, or their key is lost."""
        if self.account == self.Account.IN_CLUSTER:
            return False
        return self.access is None or not can_open(bytes(self.access))

    @property
    def lws_features(self) -> frozenset[str]:
        """What the installed LeaderWorkerSet can do (kubernetes.md §1.6)."""
        return frozenset(self.inventory.get("lwsFeatures", ()))

    @property
    def has_lws(self) -> bool:
        """Whether LeaderWorkerSet is installed, as far as the follower saw."""
        return bool(self.inventory.get("lws", False))


class NodePool(models.Model):
    """Nodes with one label value; the scheduler serves each pool for itself."""

    cluster = models.ForeignKey(
        Cluster, on_delete=models.CASCADE, related_name="node_pools"
    )
    name = models.CharField(max_length=63)
    label_key = models.CharField(max_length=317, default="kai.scheduler/node-pool")
    label_value = models.CharField(max_length=63, blank=True)
    topology = models.CharField(max_length=63, blank=True)
    """The network topology that its nodes are wired by."""

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["cluster", "name"], name="one_pool_a_name")
        ]

    def __str__(self) -> str:
        return self.name
