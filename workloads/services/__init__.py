"""What people and programs do with workloads. Every door leads through here."""

from workloads.services.change import (
    delete_workload,
    recreate_workload,
    retry_workload,
    scale_workload,
)
from workloads.services.context import context_for
from workloads.services.copies import copy_workload, edit_and_retry
from workloads.services.errors import HasIssues, NameTaken, Refusal, StalePolicy
from workloads.services.preview import manifest_text, manifest_text_of, pod_log
from workloads.services.quota import PoolPosition, quota_position
from workloads.services.submit import submit_workload

__all__ = [
    "HasIssues",
    "NameTaken",
    "PoolPosition",
    "Refusal",
    "StalePolicy",
    "context_for",
    "copy_workload",
    "delete_workload",
    "edit_and_retry",
    "manifest_text",
    "manifest_text_of",
    "pod_log",
    "quota_position",
    "recreate_workload",
    "retry_workload",
    "scale_workload",
    "submit_workload",
]
