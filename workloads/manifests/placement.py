"""Where a pod may run."""

from workloads.manifests.manifest import Manifest, present
from workloads.manifests.metadata import LWS
from workloads.spec.pod import MatchExpression, PodAffinity, PodSettings, Toleration

NODE_TYPE = "run.ai/type"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def node_selector(pod: PodSettings) -> Manifest:
    """Return the labels that the node must have."""
    wanted = {label.name: label.value or "" for label in pod.node_selector}
    return {name: wanted[name] for name in sorted(filter(None, wanted))}


def affinity(pod: PodSettings, name: str) -> Manifest:
    """Return the nodes, and the neighbourhood of the replica's other pods."""
    terms = node_terms(pod)
    node = {REQUIRED: {"nodeSelectorTerms": terms}} if terms else None
    return present(nodeAffinity=node, podAffinity=neighbourhood(pod.pod_affinity, name))


def node_terms(pod: PodSettings) -> list[Manifest]:
    """Return the terms. One of them is enough, so the node type stands in each."""
    typed = pod.node_type and {
        "key": NODE_TYPE,
        "operator": "In",
        "values": [pod.node_type],
    }
    of_type = [typed] if typed else []
    wanted = pod.node_affinity_required
    said = [
        [expression(part) for part in term.match_expressions]
        for term in (wanted.node_selector_terms if wanted else ())
    ]
    every = said or ([[]] if of_type else [])
    return [{"matchExpressions": [*term, *of_type]} for term in every]


def expression(part: MatchExpression) -> Manifest:
    """Return what a node's label must be."""
    return present(key=part.key, operator=part.operator, values=list(part.values))


def neighbourhood(rule: PodAffinity | None, name: str) -> Manifest:
    """Keep the pods of each replica, not all replicas, in one topology domain."""
    if rule is None or not rule.key:
        return {}
    term = {
        "labelSelector": {"matchLabels": {f"{LWS}/name": name}},
        "matchLabelKeys": [f"{LWS}/group-index"],
        "topologyKey": rule.key,
    }
    if rule.type == "Preferred":
        return {PREFERRED: [{"weight": 100, "podAffinityTerm": term}]}
    return {REQUIRED: [term]}


def toleration(row: Toleration) -> Manifest:
    """Return a taint that the pod bears. Any effect is none said."""
    return present(
        key=row.key,
        operator=row.operator,
        value=row.value if row.operator == "Equal" else None,
        effect=row.effect if row.effect != "Any" else None,
        tolerationSeconds=row.seconds if row.effect == "NoExecute" else None,
    )
