"""Where pods may run."""

import re
from collections.abc import Iterator, Sequence

from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.spec.pod import MatchExpression, NodeAffinity
from workloads.spec.rules.pods import (
    Document,
    missing,
    pods,
    rows,
    warning,
    wrong,
)
from workloads.spec.syntax import dns_name, label_name, label_value
from workloads.spec.workload import WorkloadSpec

HERE = Location(("nodePools",))
FIELDS = {"run.ai/type": "Node type", "kai.scheduler/node-pool": "Node pools"}
WHOLE = re.compile(r"-?[0-9]{1,18}")


def pools(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Pools exist, the project has quota there, one network topology (X-23)."""
    known = {pool.name: pool for pool in facts.pools}
    chosen = [known[name] for name in spec.node_pools if name in known]
    if strangers := [name for name in spec.node_pools if name not in known]:
        text = f"has {', '.join(strangers)}, which the cluster does not have"
        yield wrong(HERE, "pools", text)
    if closed := [pool.name for pool in chosen if not pool.has_queue]:
        text = f"has {', '.join(closed)}, where the project has no quota: remove it"
        yield wrong(HERE, "quota", text)
    if len(set(spec.node_pools)) < len(spec.node_pools):
        yield wrong(HERE, "unique", "has a pool twice: remove one of them")
    if len({pool.topology for pool in chosen if pool.topology}) > 1:
        wired = (f"{pool.name} ({pool.topology})" for pool in chosen if pool.topology)
        text = (
            "has pools of different network topologies, which do not go together: "
            f"{', '.join(wired)}"
        )
        yield wrong(HERE, "topology", text)


def selectors(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Node labels have Kubernetes' syntax; two have fields of their own (X-29)."""
    for at, pod in pods(spec):
        for row, label in rows(at, "nodeSelector", pod.node_selector):
            if label.name and (field := FIELDS.get(label.name)):
                text = f"has a field of its own: {field}"
                yield wrong(row / "name", "reserved", text)
            elif label.name and (text := label_name(label.name)):
                yield wrong(row / "name", "syntax", text)
            if text := label_value(label.value or ""):
                yield wrong(row / "value", "syntax", text)


def tolerations(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """The key and the value of a taint have Kubernetes' syntax (X-10)."""
    for at, pod in pods(spec):
        for row, toleration in rows(at, "tolerations", pod.tolerations):
            if toleration.key and (text := label_name(toleration.key)):
                yield wrong(row / "key", "syntax", text)
            if toleration.value and (text := label_value(toleration.value)):
                yield wrong(row / "value", "syntax", text)


def topology(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """The topology is the name of a node label (R-116)."""
    for at, pod in pods(spec):
        key = pod.pod_affinity.key if pod.pod_affinity else None
        if key and (text := label_name(key)):
            yield wrong(at / "podAffinity" / "key", "syntax", text)


def affinity(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Expressions about nodes are such as Kubernetes takes."""
    for at, pod in pods(spec):
        for text in _expressions(pod.node_affinity_required):
            yield wrong(at / "nodeAffinityRequired", "syntax", text)


def _expressions(affinity: NodeAffinity | None) -> Iterator[str]:
    for term in affinity.node_selector_terms if affinity else ():
        for expression in term.match_expressions:
            if text := label_name(expression.key):
                yield f"names a label {expression.key[:63]!a} that {text}"
            elif text := _values(expression, expression.values):
                yield f"has {expression.operator} of {expression.key}, which {text}"


def _values(expression: MatchExpression, values: Sequence[str]) -> str:
    match expression.operator:
        case "Exists" | "DoesNotExist":
            return "takes no values" if values else ""
        case "Gt" | "Lt":
            whole = len(values) == 1 and WHOLE.fullmatch(values[0])
            return "" if whole else "takes one whole number"
    if not values:
        return "needs at least one value"
    found = next(filter(None, map(label_value, values)), "")
    return found and f"has a value that {found}"


def service_account(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """A service account has a name that Kubernetes can have (X-29)."""
    for at, pod in pods(spec):
        name = pod.service_account_name
        if name and (text := dns_name(name)):
            yield wrong(at / "serviceAccountName", "syntax", text)


def node_type(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """The project's rule demands one of its node types (R-111)."""
    demanded = facts.demanded_node_types
    for at, pod in pods(spec):
        here, chosen = at / "nodeType", pod.node_type
        if demanded and chosen is None:
            text = f"is required in this project: choose {_or(demanded)}"
            yield missing(here, "required", text)
        elif demanded and chosen not in demanded:
            text = f"must be {_or(demanded)}: the project has a rule for it"
            yield wrong(here, "nodeType", text)
        elif chosen and (text := label_value(chosen)):
            yield wrong(here, "syntax", text)
        elif chosen and facts.node_types is not None and chosen not in facts.node_types:
            text = f"no node of the cluster has the type {chosen} now: it would wait"
            yield warning(here, "nodeType", text)


def _or(names: tuple[str, ...]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


RULES = (
    pools,
    node_type,
    selectors,
    tolerations,
    topology,
    affinity,
    service_account,
)
