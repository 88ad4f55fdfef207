"""Where the farthest unit's rule wins, and not the nearest (policies.md §1.6)."""

from workloads.spec.paths import FieldPath

FARTHEST_WINS = tuple(
    FieldPath((role, section))
    for role in ("leader", "worker")
    for section in ("compute", "security")
)


def farthest_wins(path: FieldPath) -> bool:
    """Whether a department may not soften what the cluster demands of the field."""
    return path[:2] in FARTHEST_WINS
