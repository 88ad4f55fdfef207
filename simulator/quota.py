"""ResourceQuota: what a namespace may hold, counted when a pod is made."""

from typing import Any

from simulator.amounts import number, plain
from simulator.answers import Manifest, Refusal, forbidden
from simulator.kinds import POD, QUOTA
from simulator.selectors import Selector

COUNTS = ("pods", "count/pods")


def refusal(registry: Any, pod: Manifest) -> Refusal | None:
    """The 403 of the first quota that the pod would exceed."""
    namespace = pod["metadata"]["namespace"]
    quotas = list(registry.store.find(QUOTA, Selector(namespace)))
    if not quotas:
        return None
    pods = [record.item for record in registry.store.find(POD, Selector(namespace))]
    for quota in quotas:
        hard = (quota.item.get("spec") or {}).get("hard") or {}
        exceeded = [name for name in hard if beyond(name, hard[name], pods, pod)]
        if exceeded:
            return exceeded_quota(quota.key[1], hard, exceeded, pods, pod)
    return None


def beyond(name: str, most: Any, pods: list[Manifest], pod: Manifest) -> bool:
    """Whether one more pod breaks one line of a quota."""
    wanted = use(name, pod)
    return wanted > 0 and sum(use(name, p) for p in pods) + wanted > number(most)


def use(name: str, pod: Manifest) -> float:
    """What a pod counts for in one line of a quota."""
    if name in COUNTS:
        return 1
    word, _, resource = name.partition(".")
    if word not in ("requests", "limits"):
        word, resource = "requests", name
    total = 0.0
    for container in pod["spec"]["containers"]:
        said = ((container.get("resources") or {}).get(word)) or {}
        total += number(said.get(resource, 0))
    return total


def exceeded_quota(
    name: str, hard: Manifest, lines: list[str], pods: list[Manifest], pod: Manifest
) -> Refusal:
    """The 403, with what was asked, used and allowed."""
    requested = ",".join(f"{line}={plain(use(line, pod))}" for line in lines)
    used = ",".join(f"{n}={plain(sum(use(n, p) for p in pods))}" for n in lines)
    limited = ",".join(f"{line}={hard[line]}" for line in lines)
    text = f"exceeded quota: {name}, requested: {requested}, used: {used}, "
    return forbidden(POD, pod["metadata"]["name"], f"{text}limited: {limited}")
