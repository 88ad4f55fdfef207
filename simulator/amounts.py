"""Amounts of resources: what pods ask for and nodes have.

An amount maps ``gpu`` (devices, fractions allowed), ``cpu`` (millicores),
``memory`` (bytes), ``pods`` and extended names to numbers.
"""

import re
from collections.abc import Mapping
from typing import Any

from simulator.lwsnames import annotations_of

Manifest = dict[str, Any]
Amount = dict[str, float]
GPU = "nvidia.com/gpu"
DEFAULT_GPU_MEMORY = 81920
QUANTITY = re.compile(r"^([+-]?[0-9.]+)(.*)$")
SUFFIXES = {
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "": 1.0,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
    "E": 1e18,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
    "Ti": 2.0**40,
    "Pi": 2.0**50,
    "Ei": 2.0**60,
}
NAMES = {GPU: "gpu", "cpu": "cpu", "memory": "memory"}
WORDS = {"gpu": "GPUs", "cpu": "CPU cores", "memory": "memory"}
TINY = 1e-6


def number(quantity: str | float) -> float:
    """Read a quantity; raises ValueError for what is none."""
    found = QUANTITY.match(str(quantity))
    if found is None:
        raise ValueError(quantity)
    digits, suffix = found.groups()
    if suffix in SUFFIXES:
        return float(digits) * SUFFIXES[suffix]
    return float(f"{digits}{suffix}")


def amount(said: Mapping[str, Any]) -> Amount:
    """A list of resources as an amount."""
    found: Amount = {}
    for name, value in said.items():
        factor = 1000 if name == "cpu" else 1
        found[NAMES.get(name, name)] = number(value) * factor
    return found


def added(first: Amount, second: Amount, sign: int = 1) -> Amount:
    """The sum, or with sign -1 the difference."""
    names = first.keys() | second.keys()
    return {name: first.get(name, 0) + sign * second.get(name, 0) for name in names}


def lacking(free: Amount, wanted: Amount) -> list[str]:
    """The words for what is wanted and not free."""
    return [
        WORDS.get(name, name)
        for name, value in wanted.items()
        if value > 0 and value > free.get(name, 0) + TINY
    ]


def request_of(pod: Manifest) -> Amount:
    """What a pod asks for; a share of GPUs without the node's memory in it."""
    total: Amount = {"pods": 1}
    for container in pod["spec"]["containers"]:
        resources = container.get("resources") or {}
        limits, requests = (
            resources.get("limits") or {},
            resources.get("requests") or {},
        )
        total = added(total, amount({**limits, **requests}))
    total["gpu"] = total.get("gpu", 0) + share(pod)
    return {name: value for name, value in total.items() if value}


def share(pod: Manifest) -> float:
    """The devices that fractions come to."""
    said = annotations_of(pod)
    devices = int(said.get("gpu-fraction-num-devices", 1))
    if fraction := said.get("gpu-fraction"):
        return float(fraction) * devices
    if memory := said.get("gpu-memory"):
        return float(memory) / DEFAULT_GPU_MEMORY * devices
    return 0.0


def plain(value: float) -> str:
    """A number as messages write it: no digits that say nothing."""
    return f"{round(value, 3):g}" if value < 1e6 else str(round(value))
