"""Where a pod may go: the filters of a scheduler, and the choice of a node."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from simulator.amounts import Amount, lacking
from simulator.selectors import expression_fits

Manifest = dict[str, Any]
POOL = "kai.scheduler/node-pool"
AFFINITY = "node(s) didn't match Pod's node affinity/selector"


def refusal(pod: Manifest, node: Manifest, free: Amount, wanted: Amount) -> str:
    """Why the pod cannot go to the node; empty when it can."""
    spec, labels = pod["spec"], node["metadata"].get("labels") or {}
    if (node.get("spec") or {}).get("unschedulable"):
        return "node(s) were unschedulable"
    if any(labels.get(k) != v for k, v in (spec.get("nodeSelector") or {}).items()):
        return AFFINITY
    if not affinity_fits(spec, node):
        return AFFINITY
    if taint := untolerated(spec, node):
        value = taint.get("value", "")
        return f"node(s) had untolerated taint {{{taint['key']}: {value}}}"
    if short := lacking(free, wanted):
        return f"node(s) didn't have enough resources: {', '.join(short)}"
    return ""


def affinity_fits(spec: Manifest, node: Manifest) -> bool:
    """Whether one term of the required node affinity takes the node."""
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    terms = required.get("nodeSelectorTerms")
    if not terms:
        return True
    labels = node["metadata"].get("labels") or {}
    fields = {"metadata.name": node["metadata"]["name"]}
    return any(
        all(expression_fits(e, labels) for e in term.get("matchExpressions") or ())
        and all(expression_fits(e, fields) for e in term.get("matchFields") or ())
        for term in terms
    )


def untolerated(spec: Manifest, node: Manifest) -> Manifest | None:
    """A taint of the node that the pod does not bear."""
    for taint in (node.get("spec") or {}).get("taints") or ():
        if taint["effect"] == "PreferNoSchedule":
            continue
        tolerations = spec.get("tolerations") or ()
        if not any(tolerates(toleration, taint) for toleration in tolerations):
            return taint
    return None


def tolerates(toleration: Manifest, taint: Manifest) -> bool:
    """Whether one toleration covers one taint."""
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    return toleration.get("key") == taint["key"] and toleration.get(
        "value", ""
    ) == taint.get("value", "")


class Board:
    """Free resources of the nodes while pods are being placed by way of trial."""

    def __init__(self, nodes: Iterable[Manifest], free: dict[str, Amount]) -> None:
        self.nodes = {node["metadata"]["name"]: node for node in nodes}
        self.free = {name: dict(free[name]) for name in self.nodes}

    def place(self, pod: Manifest, wanted: Amount) -> str | None:
        """Take room on the fullest node that still fits."""
        fitting = [
            name
            for name, node in self.nodes.items()
            if not refusal(pod, node, self.free[name], wanted)
        ]
        if not fitting:
            return None
        best = min(fitting, key=lambda name: (self.free[name].get("gpu", 0), name))
        self.give(best, wanted, -1)
        return best

    def give(self, node: str, wanted: Amount, sign: int = 1) -> None:
        """Give room back to a node, or with -1 take it."""
        free = self.free.get(node)
        if free is None:
            return
        for name, value in wanted.items():
            free[name] = free.get(name, 0) + sign * value

    def histogram(self, pod: Manifest, wanted: Amount) -> str:
        """How many nodes refuse the pod, and why."""
        reasons = Counter(
            refusal(pod, node, self.free[name], wanted)
            for name, node in self.nodes.items()
        )
        texts = [f"{count} {why}" for why, count in sorted(reasons.items()) if why]
        return ", ".join(texts) or "0 node(s)"
