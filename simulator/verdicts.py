"""What the scheduler writes when a group cannot be scheduled: KAI's shapes. Pure."""

from typing import Any

from simulator.gangs import Gang
from simulator.podstages import now
from simulator.quotas import Reason

Manifest = dict[str, Any]
DEFAULT_POOL = "default"


def message(gang: Gang, reason: Reason | None) -> str:
    """The text of the condition: it begins with a newline, as KAI's does."""
    if reason is None:
        return "\nUnable to schedule podgroup."
    text = f"\n{reason.reason}.\n{reason.message}."
    if gang.group["spec"].get("schedulingBackoff") == 1:
        return f"Node-Pool '{gang.pool or DEFAULT_POOL}': {text}"
    return text


def condition(gang: Gang, reason: Reason | None) -> Manifest:
    """The entry of ``status.schedulingConditions``."""
    found: Manifest = {
        "type": "UnschedulableOnNodePool",
        "status": "True",
        "reason": "Unschedulable",
        "nodePool": gang.pool or DEFAULT_POOL,
        "transitionID": "1",
        "lastTransitionTime": now(),
        "message": message(gang, reason),
    }
    if reason is not None:
        entry: Manifest = {"reason": reason.reason, "message": reason.message}
        if reason.details:
            entry["details"] = reason.details
        found["reasons"] = [entry]
    return found


def pod_text(reason: Reason | None) -> str:
    """The text of the pods' condition and events; the spacing is KAI's."""
    if reason is None:
        return "Unable to schedule pod"
    return f"{reason.reason}: {reason.message}."


def pod_condition(text: str) -> Manifest:
    """The status patch of a pod that waits."""
    return {
        "conditions": [
            {
                "type": "PodScheduled",
                "status": "False",
                "reason": "Unschedulable",
                "message": text,
                "lastTransitionTime": now(),
            }
        ]
    }


def not_ready(short: tuple[str, int, int]) -> str:
    """The event of a group whose pods are not all made yet."""
    name, wanted, there = short
    part = f" for SubGroup {name}" if name else ""
    return (
        f"Job is not ready for scheduling. Waiting for {wanted} pods{part}, currently "
        f"{there} exist, 0 are gated."
    )
