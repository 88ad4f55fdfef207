"""Which workloads need which credentials, and where their Secrets are."""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from assets.models import SharedCredential
from projects.models import Outbox, Project
from projects.models.outbox import OutboxQuerySet, changed
from workloads.models.workload import Workload

UNUSED_FOR = timedelta(minutes=10)
"""How long a Secret stays once nothing needs it (kubernetes.md §2.9)."""


class CredentialUse(models.Model):
    """A workload needs a credential: written with the workload, and gone with it."""

    workload = models.ForeignKey(
        Workload, on_delete=models.CASCADE, related_name="credential_uses"
    )
    credential = models.ForeignKey(
        SharedCredential, on_delete=models.PROTECT, related_name="uses"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workload", "credential"], name="one_use_a_credential"
            )
        ]

    def __str__(self) -> str:
        return self.workload.name


class SecretCopyQuerySet(OutboxQuerySet):
    """Secrets of projects, as far as something is to be done about them."""

    def with_use(self) -> Self:
        """With whether a workload of the project needs the credential."""
        uses = CredentialUse.objects.filter(
            credential=OuterRef("credential"), workload__project=OuterRef("project")
        )
        return self.annotate(used=Exists(uses))

    def lagging(self) -> Self:
        """Those whose value, or whose use, is not what it was when they were brought.

        One that was refused waits for a new value.
        """
        newer = Q(used=True, credential__revision__gt=F("wanted"))
        gone = Q(credential=None) & ~Q(names=[])
        there = Q(refused=False) | ~Q(names=[])
        idle = there & Q(used=False, unused_since__isnull=True)
        return self.with_use().filter(newer | gone | idle, due_at=None)


class SecretCopy(Outbox):
    """The Secret of a credential in a project's namespace. The row is the outbox."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="secrets"
    )
    credential = models.ForeignKey(
        SharedCredential, null=True, on_delete=models.SET_NULL, related_name="copies"
    )
    name = models.CharField(max_length=63)
    """The credential's, which outlives it here: the Secret has to go."""

    names = models.JSONField(default=list)
    """Of the Secrets that were made."""

    owner = models.UUIDField()
    """The credential's id, which the Secrets bear."""

    revision = models.PositiveIntegerField(default=0)
    """What the Secret holds; 0 while it is not there."""

    wanted = models.PositiveIntegerField(default=0)
    """What it should hold, when that was looked at last."""

    unused_since = models.DateTimeField(null=True, blank=True)

    objects = SecretCopyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="one_copy_a_project"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} in {self.project}"

    @property
    def kept(self) -> bool:
        """Whether it stays: it is needed, or was a moment ago."""
        if self.credential_id is None:
            return False
        if self.in_use():
            return True
        return self.unused_since is None or now() - self.unused_since < UNUSED_FOR

    def in_use(self) -> bool:
        """Whether a workload of the project needs it now."""
        uses = CredentialUse.objects.filter(credential=self.credential_id)
        return uses.filter(workload__project=self.project_id).exists()


def use(workload: Workload, names: frozenset[str]) -> frozenset[str]:
    """Write down which credentials a new workload needs; their Secrets become due.

    Return the names that are there.
    """
    found = set()
    rows: Any = SharedCredential.objects.usable_in(workload.project)
    for credential in rows.filter(kubernetes_name__in=names).order_by("pk"):
        found.add(credential.kubernetes_name)
        CredentialUse.objects.create(workload=workload, credential=credential)
        copy, made = SecretCopy.objects.get_or_create(
            project=workload.project,
            name=credential.kubernetes_name,
            defaults={"credential": credential, "owner": credential.pk},
        )
        if made or copy.unused_since or copy.refused:
            make_due(SecretCopy.objects.filter(pk=copy.pk))
    return frozenset(found)


def make_due(rows: Any) -> None:
    """Have Secrets brought to the cluster once more, as they are now."""
    credential = SharedCredential.objects.filter(pk=OuterRef("credential"))
    newest = Coalesce(Subquery(credential.values("revision")), 0)
    rows.update(wanted=newest, **changed())


def forget_uses() -> None:
    """Deleted workloads need nothing; what they needed may go in a while."""
    CredentialUse.objects.filter(workload__deleted_at__isnull=False).delete()
    SecretCopy.objects.filter(credential=None, names=[]).delete()
    lagging = SecretCopy.objects.lagging().values_list("pk", flat=True)
    if found := list(lagging):
        make_due(SecretCopy.objects.filter(pk__in=found))
