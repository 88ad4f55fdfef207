"""Platform defaults: in the walk that judges, and in what a form draws."""

from typing import Any

from policies.engine.combined import Default
from policies.engine.context import Context
from policies.engine.rules import Bound
from policies.engine.tree import Leaf, Row, Tree, near
from workloads.spec.platform import PLATFORM
from workloads.spec.schema import SCHEMA, Field, with_sections

FILLED = with_sections(f.path for f in SCHEMA if f.default is not None) | (
    with_sections(PLATFORM)
)
"""What the platform fills in, and where: the rest is visited only if it is there."""

FILLED_IN = {
    section: tuple(child for child in section.children.values() if child in FILLED)
    for section in (SCHEMA, *SCHEMA)
}


def filled(
    field: Field, leaf: Leaf, done: Tree, context: Context
) -> tuple[Leaf, tuple[Bound, Any] | None]:
    """Return the leaf over its platform default, or the bound that this one breaks."""
    value = _platform_default(field, done, context)
    rules = context.policy.rules_of.get(field)
    if value is None or (rules is not None and rules.blocked):
        return leaf, None
    bound = rules.broken_by(value) if rules else None
    if bound is None:
        return Leaf(leaf.said, Default(value, "platform")), None
    return leaf, (bound, value)


def drawn(tree: Tree, context: Context) -> Tree:
    """Return the same without pruning, as if every optional object was there."""
    return _section(SCHEMA, tree, context)


def lacks(field: Field, leaf: Leaf, context: Context) -> bool:
    """Whether somebody has to say something; no platform default does it for him."""
    asked = field.needed or field in context.policy.required
    return asked and leaf.value in (None, ())


def _leaf(field: Field, leaf: Leaf, done: Tree, context: Context) -> Leaf:
    return leaf if leaf.default else filled(field, leaf, done, context)[0]


def _platform_default(field: Field, done: Tree, context: Context) -> Any:
    if field.path in context.platform:
        return context.platform[field.path]
    rule = PLATFORM.get(field.path)
    value = rule(near(done), context.facts) if rule else None
    return field.default if value is None else value


def _section(field: Field, tree: Tree, context: Context) -> Tree:
    done = dict(tree)
    for child in FILLED_IN[field]:
        name = child.path[-1]
        node = tree.get(name)
        if child.items:
            done[name] = [_row(child, row, context) for row in node or ()]
        elif child.children:
            done[name] = _section(child, node or {}, context)
        elif not lacks(child, node or Leaf(), context):
            done[name] = _leaf(child, node or Leaf(), done, context)
    return done


def _row(field: Field, row: Row, context: Context) -> Row:
    if row.excluded:
        return row
    return row._replace(fields=_section(field, row.fields, context))
