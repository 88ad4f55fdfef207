"""What policies fix in a workload, for the column beside the form."""

from collections.abc import Iterator, Mapping

from policies.engine.judge import Verdict
from workloads.spec.paths import FieldPath, Location
from workloads.spec.schema import SCHEMA
from workloads.wizard import words
from workloads.wizard.kinds import KINDS
from workloads.wizard.sentences import label_of, spoken
from workloads.wizard.steps import WORKER
from workloads.wizard.view import about

Fixed = tuple[str, str]
"""A field with its value, or an item; and whose rule it is."""


def fixed(verdict: Verdict, imposed: Mapping[str, str]) -> Iterator[Fixed]:
    """Yield what nobody may change. ``imposed`` has the names of data sources by id."""
    policy = verdict.context.policy
    for path, rules in policy.rules.items():
        shut = rules.can_edit is False or rules.blocked
        if shut and _is_field(path) and _has_role(path, verdict):
            value = spoken(about(path), Location(path).value_in(verdict.shown))
            name = f"{label_of(path)}{_of_workers(path)}"
            yield f"{name}, {value or 'none'}", rules.source
    yield from _items(verdict, imposed)


def _items(verdict: Verdict, imposed: Mapping[str, str]) -> Iterator[Fixed]:
    policy = verdict.context.policy
    for path, items in policy.instances.items():
        locked = policy.rules[path].locked if path in policy.rules else frozenset()
        for key, default in items.items() if _has_role(path, verdict) else ():
            if default.imposed or key in locked:
                noun = f"{words.NOUNS[path[-1]]} {key}"
                name = f"data source {imposed[key]}" if key in imposed else noun
                text = f"{name}{_of_workers(path)}"
                yield text[0].upper() + text[1:], default.source


def _is_field(path: FieldPath) -> bool:
    """Whether a path is no list and in none."""
    above = (SCHEMA.at(path[:n]) for n in range(1, len(path)))
    return path in KINDS and not any(field.items for field in above)


def _has_role(path: FieldPath, verdict: Verdict) -> bool:
    """Whether the workload has the role that the path is about, if it is one."""
    return path[:1] != WORKER or verdict.spec.worker is not None


def _of_workers(path: FieldPath) -> str:
    return " of the workers" if path[:1] == WORKER else ""
