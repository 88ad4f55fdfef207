"""The arithmetic of queues: limits, quotas, and the texts when they are reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.amounts import TINY, Amount, added, plain
from simulator.ledger import Ledger, limits_of

Manifest = dict[str, Any]
CHECKED = ("gpu", "cpu", "memory")
UNITS = {"gpu": "GPUs", "cpu": "cores", "memory": "GB"}
TITLES = {"gpu": "GPUs", "cpu": "CPU cores", "memory": "memory"}
FACTORS = {"gpu": 1.0, "cpu": 1e-3, "memory": 1e-9}
RESOURCES = {"gpu": "nvidia.com/gpu", "cpu": "cpu", "memory": "memory"}


@dataclass(frozen=True)
class Reason:
    """Why a group is not scheduled: the word, the text and what it rests on."""

    reason: str
    message: str
    details: Manifest | None = None


def shown(name: str, value: float) -> str:
    """A value with its unit: ``3 GPUs``, ``2 cores``."""
    return f"{plain(value * FACTORS[name])} {UNITS[name]}"


def missing_queue(name: str) -> Reason:
    """The reason for a queue that is not there."""
    return Reason("QueueDoesNotExist", f"Queue '{name}' does not exist")


def beyond(
    queues: Mapping[str, Manifest],
    ledger: Ledger,
    queue: str,
    wanted: Amount,
    *,
    firm: bool,
) -> Reason | None:
    """The first limit or quota on the way up that the request breaks."""
    for name in ledger.chain(queue):
        allocated, held = ledger.allocated.get(name, {}), ledger.firm.get(name, {})
        limits, quotas = (limits_of(queues[name], word) for word in ("limit", "quota"))
        for unit in CHECKED:
            if over(limits[unit], allocated.get(unit, 0), wanted.get(unit, 0)):
                text = over_limit(name, unit, limits, allocated, wanted)
                return Reason("OverLimit", text, facts(queues, ledger, name, wanted))
        for unit in CHECKED if firm else ():
            if over(quotas[unit], held.get(unit, 0), wanted.get(unit, 0)):
                text = over_quota(name, unit, quotas, held, wanted)
                details = facts(queues, ledger, name, wanted)
                return Reason("NonPreemptibleOverQuota", text, details)
    return None


def over(most: float, held: float, wanted: float) -> bool:
    """Whether a request goes beyond a most; -1 is no most."""
    return wanted > 0 and most != -1 and held + wanted > most + TINY


def over_limit(
    queue: str, unit: str, limits: Amount, held: Amount, wanted: Amount
) -> str:
    """The text for a limit."""
    return (
        f"{queue} quota has reached the allowable limit of {TITLES[unit]}. Limit is "
        f"{shown(unit, limits[unit])}, currently {shown(unit, held.get(unit, 0))} "
        f"allocated and workload requested {shown(unit, wanted[unit])}"
    )


def over_quota(
    queue: str, unit: str, quotas: Amount, held: Amount, wanted: Amount
) -> str:
    """The text for a quota."""
    return (
        "Non-preemptible workload is over quota. Workload requested "
        f"{shown(unit, wanted[unit])}, but {queue} quota is "
        f"{shown(unit, quotas[unit])}, while {shown(unit, held.get(unit, 0))} are "
        "already allocated for non-preemptible pods. Use a preemptible workload to go "
        "over quota."
    )


def facts(
    queues: Mapping[str, Manifest], ledger: Ledger, name: str, wanted: Amount
) -> Manifest:
    """``details.queueDetails``: strings, cpu in cores."""
    queue = queues[name]
    return {
        "queueDetails": {
            "name": name,
            "queueRequestedResources": texts(
                added(ledger.allocated.get(name, {}), wanted)
            ),
            "queueDeservedResources": texts(limits_of(queue, "quota")),
            "queueAllocatedResources": texts(ledger.allocated.get(name, {})),
            "queueAllocatedNonPreemptibleResources": texts(ledger.firm.get(name, {})),
            "queueResourceLimits": limit_texts(limits_of(queue, "limit")),
            "podGroupRequestedResources": texts(wanted),
            "podGroupRequestedNonPreemptibleResources": texts(wanted),
        }
    }


def texts(values: Amount) -> dict[str, str]:
    """An amount in the strings of ``queueDetails``."""
    return {RESOURCES[unit]: text_of(unit, values.get(unit, 0)) for unit in CHECKED}


def text_of(unit: str, value: float) -> str:
    """One value of it; cpu in cores."""
    if value == -1:
        return "-1m" if unit == "cpu" else "-1"
    return plain(value / 1000 if unit == "cpu" else value)


def limit_texts(values: Amount) -> dict[str, str]:
    """As KAI writes them: no limit on GPUs is "0"."""
    found = texts(values)
    if values["gpu"] == -1:
        found[RESOURCES["gpu"]] = "0"
    return found


def queue_status(ledger: Ledger, name: str, requested: Amount) -> Manifest:
    """What the queue controller writes."""
    return {
        "allocated": quantities(ledger.allocated.get(name, {})),
        "allocatedNonPreemptible": quantities(ledger.firm.get(name, {})),
        "requested": quantities(requested),
    }


def quantities(values: Amount) -> dict[str, str]:
    """An amount as quantities; shares of GPUs in thousandths."""
    found = {}
    for unit in CHECKED:
        value = values.get(unit, 0)
        if value < TINY:
            continue
        thousandths = round(value * (1 if unit == "cpu" else 1000))
        if unit == "memory":
            found["memory"] = str(round(value))
        elif thousandths % 1000:
            found[RESOURCES[unit]] = f"{thousandths}m"
        else:
            found[RESOURCES[unit]] = str(thousandths // 1000)
    return found
