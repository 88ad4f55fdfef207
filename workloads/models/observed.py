"""What was seen of a workload in its cluster."""

from django.db import models

from workloads.models.workload import Workload


class Applied(models.Model):
    """An object that was made, by its uid: only that one is ever overwritten."""

    workload = models.ForeignKey(
        Workload, on_delete=models.CASCADE, related_name="applied"
    )
    kind = models.CharField(max_length=63)
    name = models.CharField(max_length=253)
    uid = models.CharField(max_length=63)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workload", "kind", "name"], name="applied_once"
            )
        ]


class PhaseChange(models.Model):
    """One line of the log of phases."""

    workload = models.ForeignKey(
        Workload, on_delete=models.CASCADE, related_name="phase_changes"
    )
    at = models.DateTimeField()
    phase = models.CharField(max_length=15)
    message = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]


class Pod(models.Model):
    """A pod, reduced to what pages and status read. Written on change."""

    uid = models.CharField(max_length=63, primary_key=True)
    workload = models.ForeignKey(
        Workload, on_delete=models.CASCADE, related_name="pods"
    )
    name = models.CharField(max_length=253)
    manifest = models.JSONField()

    class Meta:
        ordering = ["name"]


class Termination(models.Model):
    """An instance of a container that ended, with its last words."""

    workload = models.ForeignKey(
        Workload, on_delete=models.CASCADE, related_name="terminations"
    )
    pod_uid = models.CharField(max_length=63)
    pod = models.CharField(max_length=253)
    container = models.CharField(max_length=63)
    at = models.DateTimeField()
    reason = models.CharField(max_length=63, blank=True)
    exit_code = models.IntegerField(null=True)
    log = models.TextField(blank=True)
    """The last 200 lines."""

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["pod_uid", "container", "at"], name="ended_once"
            )
        ]


class Event(models.Model):
    """An event of one of its objects; at most 500 a workload."""

    uid = models.CharField(max_length=63, primary_key=True)
    workload = models.ForeignKey(
        Workload, on_delete=models.CASCADE, related_name="events"
    )
    at = models.DateTimeField()
    manifest = models.JSONField()
    tells = models.BooleanField(default=True)
    """Whether the status is read from it too."""

    only_with_pod = models.CharField(max_length=63, blank=True)
    """The pod without which it tells nothing, by uid."""

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["workload", "-at"], name="events_of_workload")]
