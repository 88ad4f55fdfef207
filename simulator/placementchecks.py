"""What the API server finds wrong in where a pod wants to run. Pure."""

from collections.abc import Iterator
from typing import Any

from simulator.answers import Manifest
from simulator.checks import (
    LAST_ID,
    Causes,
    chosen,
    label_key,
    label_value,
    needed,
    whole,
    wrong,
)

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
OPERATORS = ("DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn")
VALUED = ("In", "NotIn")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def placement_causes(spec: Manifest, path: str) -> Causes:
    """Groups of the pod, selector, affinity and tolerations."""
    groups = (spec.get("securityContext") or {}).get("supplementalGroups") or ()
    for index, group in enumerate(groups):
        field = f"{path}.securityContext.supplementalGroups[{index}]"
        yield from whole(field, group, LAST_ID)
    for key, value in (spec.get("nodeSelector") or {}).items():
        yield from label_key(f"{path}.nodeSelector", key)
        yield from label_value(f"{path}.nodeSelector", value)
    affinity = spec.get("affinity") or {}
    yield from node_causes(affinity.get("nodeAffinity") or {}, f"{path}.affinity")
    for kind in ("podAffinity", "podAntiAffinity"):
        yield from pod_causes(affinity.get(kind) or {}, f"{path}.affinity.{kind}")
    yield from toleration_causes(spec, path)


def node_causes(said: Manifest, path: str) -> Causes:
    """The terms of a required affinity to nodes."""
    field = f"{path}.nodeAffinity.{REQUIRED}"
    terms = (said.get(REQUIRED) or {}).get("nodeSelectorTerms")
    if REQUIRED in said and not terms:
        yield needed(f"{field}.nodeSelectorTerms")
    for number, term in enumerate(terms or ()):
        for index, part in enumerate(term.get("matchExpressions") or ()):
            at = f"{field}.nodeSelectorTerms[{number}].matchExpressions[{index}]"
            yield from expression_causes(part, at)


def expression_causes(part: Manifest, field: str) -> Causes:
    """One expression: key, operator, and values where it has some."""
    operator, values = part.get("operator"), part.get("values") or ()
    yield from label_key(f"{field}.key", part.get("key", ""))
    if operator not in OPERATORS:
        yield wrong(f"{field}.operator", operator, "not a valid selector operator")
    if operator in VALUED and not values:
        text = "must be specified when `operator` is 'In' or 'NotIn'"
        yield needed(f"{field}.values", text)
    for index, value in enumerate(values if operator in VALUED else ()):
        yield from label_value(f"{field}.values[{index}]", value)


def pod_causes(said: Manifest, path: str) -> Causes:
    """The keys by which pods are kept together or apart."""
    for field, term in affinity_terms(said, path):
        key = term.get("topologyKey", "")
        if key:
            yield from label_key(f"{field}.topologyKey", key)
        else:
            yield needed(f"{field}.topologyKey", "can not be empty")


def affinity_terms(said: Manifest, path: str) -> Iterator[tuple[str, Any]]:
    """Every term, required or preferred, with its path."""
    for index, term in enumerate(said.get(REQUIRED) or ()):
        yield f"{path}.{REQUIRED}[{index}]", term
    for index, term in enumerate(said.get(PREFERRED) or ()):
        field = f"{path}.{PREFERRED}[{index}].podAffinityTerm"
        yield field, term.get("podAffinityTerm") or {}


def toleration_causes(spec: Manifest, path: str) -> Causes:
    """Tolerations: the words and the combinations that the API knows."""
    for index, said in enumerate(spec.get("tolerations") or ()):
        field, operator = f"{path}.tolerations[{index}]", said.get("operator", "Equal")
        if said.get("key"):
            yield from label_key(f"{field}.key", said["key"])
        elif operator != "Exists":
            text = "operator must be Exists when `key` is empty, which means "
            yield wrong(f"{field}.operator", operator, f'{text}"match all values"')
        if operator == "Exists" and said.get("value"):
            text = "value must be empty when `operator` is 'Exists'"
            yield wrong(f"{field}.operator", operator, text)
        elif operator == "Equal":
            yield from label_value(f"{field}.operator", said.get("value", ""))
        yield from chosen(f"{field}.operator", operator, ("Equal", "Exists"))
        yield from chosen(f"{field}.effect", said.get("effect") or None, EFFECTS)
        if "tolerationSeconds" in said and said.get("effect") != "NoExecute":
            text = "effect must be 'NoExecute' when `tolerationSeconds` is set"
            yield wrong(f"{field}.effect", said.get("effect", ""), text)
