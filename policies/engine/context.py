"""What a document is judged against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policies.engine.effective import EffectivePolicy
from workloads.spec.facts import Facts
from workloads.spec.paths import FieldPath

NO_POLICY = EffectivePolicy()
NOWHERE = Facts()


@dataclass(frozen=True)
class Context:
    """Everything that a document is judged against."""

    policy: EffectivePolicy = NO_POLICY
    facts: Facts = NOWHERE
    platform: Mapping[FieldPath, Any] = field(default_factory=dict)
    """Platform defaults that stand instead of the usual ones: those of a form."""

    said_by: Mapping[str, str] = field(default_factory=dict)
    """What was not typed by the user: ``asset:…``, ``copy``, ``clone``."""
