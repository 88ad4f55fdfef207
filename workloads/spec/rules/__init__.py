"""What hangs together across fields. Items are named by their place in the spec.

A rule never raises, stands at a field or a row, and says the way out.
"""

from workloads.spec.rules import (
    claims,
    compute,
    container,
    group,
    metadata,
    network,
    offered,
    placement,
    probes,
    storage,
    variables,
)
from workloads.spec.rules.pods import Document, Rule

FAMILIES = (
    group,
    network,
    container,
    variables,
    metadata,
    compute,
    placement,
    storage,
    claims,
    probes,
    offered,
)
RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in family.RULES)

__all__ = ["RULES", "Document", "Rule"]
