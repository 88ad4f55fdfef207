"""Items of lists in a few words, and whether two lists say the same."""

from collections.abc import Sequence
from typing import Any

from workloads.spec.paths import FieldPath
from workloads.wizard.kinds import UNIT_NAMES, Amount
from workloads.wizard.words import HIDDEN_KEYS

LONGEST = 80
"""Characters of an item that are told."""

Item = dict[str, Any]
SOURCES = {
    "configMap": "ConfigMap",
    "secret": "Secret",
    "userCredential": "credential",
    "podFieldRef": "pod field",
}


def told(path: FieldPath, items: Sequence[Item]) -> str:
    """Return all items of a list in one line."""
    return ", ".join(_cut(_item(path[-1], item)) for item in _there(items))


def alike(path: FieldPath, mine: Sequence[Item], theirs: Sequence[Item]) -> bool:
    """Whether two lists hold the same; keys that nobody sees do not count."""
    hidden = "name" if path[-1] in HIDDEN_KEYS else ""
    one, other = (
        [{k: v for k, v in item.items() if k != hidden} for item in _there(items)]
        for items in (mine, theirs)
    )
    return one == other


def _there(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.get("exclude") is not True]


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _item(of: str, item: Item) -> str:
    match of:
        case "environmentVariables":
            return f"{item.get('name', 'unnamed')}{_value(item)}"
        case "imagePullSecrets":
            return str(item.get("name", "unnamed"))
        case "tolerations":
            value = f" = {item['value']}" if item.get("value") else " Exists"
            effect = item.get("effect", "Any")
            ending = "" if effect == "Any" else f" {effect}"
            return f"{item.get('key', '')}{value}{ending}"
        case "extendedResources":
            return f"{item.get('resource', '')} {item.get('quantity', '')}"
        case "ports":
            protocol = item.get("protocol", "TCP")
            port = f"{item.get('name', '')} {item.get('containerPort', '')}"
            return port if protocol == "TCP" else f"{port} {protocol}"
        case "labels" | "annotations" | "nodeSelector":
            return f"{item.get('name', '')}={item.get('value', '')}"
    return _mounted(item)


def _value(item: Item) -> str:
    source = next((name for name in SOURCES if item.get(name)), "")
    return f" from {SOURCES[source]}" if source else f"={item.get('value', '')}"


def _mounted(item: Item) -> str:
    where = item.get("mountPath") or item.get("path") or "no path"
    size = item.get("sizeLimit") or item.get("claimInfo", {}).get("size")
    return f"{where}, {quantity(size)}" if size else str(where)


def quantity(text: str) -> str:
    """Return an amount with its unit in words."""
    texts = Amount().texts(text, {})
    unit = texts[":unit"]
    return f"{texts['']} {UNIT_NAMES.get(unit, unit)}"
