"""The two webhooks of the LeaderWorkerSet: defaults, then what is not allowed."""

import re
from typing import Any

from simulator.answers import Manifest, denied

LABEL = re.compile(r"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")
QUANTITY = re.compile(
    r"^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$",
)
LAST_REPLICAS = 1_000_000


def leader_worker_set(_: Any, item: Manifest, before: Manifest | None) -> None:
    """Fill in defaults and refuse what the validating webhook refuses."""
    default(item["spec"])
    for place, text in (*mistakes(item), *changes(item, before)):
        raise denied("vleaderworkerset.kb.io", f"{place}: {text}")


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
    """A rollout that could never move."""
    update = spec["rolloutStrategy"]["rollingUpdateConfiguration"]
    path = "spec.rolloutStrategy.rollingUpdateConfiguration"
    idle = [str(update[name]) in ("0", "0%") for name in ("maxUnavailable", "maxSurge")]
    if all(idle) and spec["replicas"]:
        text = "must not be 0 when `maxSurge` is 0"
        return [
            (
                f"{path}.maxUnavailable",
                f"Invalid value: {update['maxUnavailable']}: {text}",
            )
        ]
    return []


def subgroup_mistakes(spec: Manifest) -> list[tuple[str, str]]:
    """Sub-groups that do not come out even."""
    template = spec["leaderWorkerTemplate"]
    policy = template.get("subGroupPolicy")
    if not policy or not policy.get("subGroupSize"):
        return []
    size, part = template["size"], policy["subGroupSize"]
    whole = policy["subGroupPolicyType"] == "LeaderWorker" and size % part == 0
    if whole or (size - 1) % part == 0:
        return []
    text = f"Invalid value: {part}: size or size - 1 must be divisible by subGroupSize"
    return [("spec.leaderWorkerTemplate.subGroupPolicy.subGroupSize", text)]


def changes(item: Manifest, before: Manifest | None) -> list[tuple[str, str]]:
    """What must not change once it is there."""
    if before is None:
        return []
    path = "spec.leaderWorkerTemplate.subGroupPolicy"
    old = before["spec"]["leaderWorkerTemplate"].get("subGroupPolicy")
    new = item["spec"]["leaderWorkerTemplate"].get("subGroupPolicy")
    if bool(old) != bool(new):
        word = "removed" if old else "added"
        text = f"Invalid value: cannot be {word} after creation"
        return [(path, text)]
    if old and old.get("subGroupSize") != new.get("subGroupSize"):
        text = f"Invalid value: {new.get('subGroupSize')}: field is immutable"
        return [(f"{path}.subGroupSize", text)]
    return []
