"""The two webhooks of the LeaderWorkerSet: defaults, then what is not allowed."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

from simulator.answers import Manifest, denied

LABEL = re.compile(r"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")
QUANTITY = re.compile(
    r"^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$",
)
PERCENT = re.compile(r"^[0-9]+%$")
SUBGROUP = "spec.leaderWorkerTemplate.SubGroupPolicy.subGroupSize"
LAST_REPLICAS = 1_000_000


def leader_worker_set(_: Any, item: Manifest, before: Manifest | None) -> None:
    """Fill in defaults and refuse what the validating webhook refuses."""
    default(item["spec"])
    found = (*mistakes(item), *changes(item, before))
    texts = [f"{place}: {text}" for place, text in found]
    if texts:
        told = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
        raise denied("vleaderworkerset.kb.io", told)


def default(spec: Manifest) -> None:
    """Write the defaults that the schema and the webhook fill in."""
    spec.setdefault("replicas", 1)
    spec.setdefault("startupPolicy", "LeaderCreated")
    spec.setdefault("networkConfig", {}).setdefault("subdomainPolicy", "Shared")
    rollout = spec.setdefault("rolloutStrategy", {})
    rollout.setdefault("type", "RollingUpdate")
    update = rollout.setdefault("rollingUpdateConfiguration", {})
    update.setdefault("maxUnavailable", 1)
    update.setdefault("maxSurge", 0)
    update.setdefault("partition", 0)
    template = spec["leaderWorkerTemplate"]
    template.setdefault("size", 1)
    template.setdefault("restartPolicy", "RecreateGroupOnPodRestart")
    if template["restartPolicy"] == "Default":
        template["restartPolicy"] = "None"
    if "subGroupPolicy" in template:
        template["subGroupPolicy"].setdefault("subGroupPolicyType", "LeaderWorker")
    for role in ("leaderTemplate", "workerTemplate"):
        check_quantities(template.get(role))


def check_quantities(template: Any) -> None:
    """Refuse what is no quantity: the webhook cannot even read the object."""
    containers = ((template or {}).get("spec") or {}).get("containers") or ()
    for container in containers:
        for values in (container.get("resources") or {}).values():
            for value in values.values() if isinstance(values, dict) else ():
                if not QUANTITY.match(str(value)):
                    raise denied_quantity()


def denied_quantity() -> Exception:
    """The 400 with which the webhook refuses what it cannot read."""
    refusal = denied(
        "mleaderworkerset.kb.io",
        "quantities must match the regular expression "
        "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    )
    refusal.code, refusal.reason = 400, "BadRequest"
    return refusal


def mistakes(item: Manifest) -> list[tuple[str, str]]:
    """What is wrong with the object as it stands: path and text."""
    spec = item["spec"]
    name, size = item["metadata"]["name"], spec["leaderWorkerTemplate"]["size"]
    found = []
    if not LABEL.match(name):
        text = f'Invalid value: "{name}": a DNS-1035 label must consist of lower case '
        text += "alphanumeric characters or '-', start with an alphabetic character, "
        text += "and end with an alphanumeric character"
        found.append(("metadata.name", text))
    if size < 1:
        text = f"Invalid value: {size}: size must be equal or greater than 1"
        found.append(("spec.leaderWorkerTemplate.size", text))
    if spec["replicas"] > LAST_REPLICAS:
        text = f"Invalid value: {spec['replicas']}: must be at most {LAST_REPLICAS}"
        found.append(("spec.replicas", text))
    return [*found, *rollout_mistakes(spec), *subgroup_mistakes(spec)]


def rollout_mistakes(spec: Manifest) -> list[tuple[str, str]]:
    """A rollout that says no numbers, or could never move."""
    update = spec["rolloutStrategy"]["rollingUpdateConfiguration"]
    path = "spec.rolloutStrategy.rollingUpdateConfiguration"
    found = [
        (f"{path}.{word}", f"Invalid value: {json.dumps(update[word])}: {text}")
        for word in ("partition", "maxUnavailable", "maxSurge")
        for text in amount_mistakes(update[word])
    ]
    down = scaled(update["maxUnavailable"], spec["replicas"], math.floor)
    more = scaled(update["maxSurge"], spec["replicas"], math.ceil)
    if not (down or more) and spec["replicas"]:
        said = json.dumps(update["maxUnavailable"])
        text = f"Invalid value: {said}: must not be 0 when `maxSurge` is 0"
        found.append((f"{path}.maxUnavailable", text))
    return found


def amount_mistakes(said: Any) -> list[str]:
    """What is wrong with a number of groups, or a percentage of them."""
    if isinstance(said, int):
        return [] if said >= 0 else ["must be greater than or equal to 0"]
    if not PERCENT.match(said):
        text = "a valid percent string must be a numeric string followed by an ending "
        return [f"{text}'%'", "invalid value"]
    return ["must not be greater than 100%"] if int(said[:-1]) > 100 else []


def scaled(said: Any, replicas: int, rounded: Callable[[float], int]) -> int:
    """A number, or a percentage of the replicas; what is neither counts as none."""
    if isinstance(said, int):
        return said
    if not PERCENT.match(said):
        return 0
    return rounded(int(said[:-1]) * replicas / 100)


def subgroup_mistakes(spec: Manifest) -> list[tuple[str, str]]:
    """Sub-groups that do not come out even."""
    template = spec["leaderWorkerTemplate"]
    policy = template.get("subGroupPolicy")
    if not policy or not policy.get("subGroupSize"):
        return []
    size, part = template["size"], policy["subGroupSize"]
    found = []
    whole = policy["subGroupPolicyType"] == "LeaderWorker" and size % part == 0
    if not whole and (size - 1) % part:
        text = "size or size - 1 must be divisible by subGroupSize"
        found.append((SUBGROUP, f"Invalid value: {part}: {text}"))
    if part > size:
        text = f"Invalid value: {part}: subGroupSize cannot be larger than size"
        found.append((SUBGROUP, text))
    return found


def changes(item: Manifest, before: Manifest | None) -> list[tuple[str, str]]:
    """What must not change once it is there."""
    if before is None:
        return []
    old, new = (subgroup_size(each) for each in (before, item))
    if old == new:
        return []
    if old is None:
        text = "cannot enable subGroupSize after the lws is already created"
        return [(SUBGROUP, f"Invalid value: {new}: {text}")]
    text = "field is immutable" if new else "cannot remove subGroupSize after enabled"
    return [(SUBGROUP, f"Invalid value: {new or old}: {text}")]


def subgroup_size(item: Manifest) -> int | None:
    """The size of the sub-groups, where there are some."""
    policy = item["spec"]["leaderWorkerTemplate"].get("subGroupPolicy") or {}
    return policy.get("subGroupSize")
