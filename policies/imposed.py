"""The data sources that policies impose, as they are now."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from access.models import User
from assets.models import DataSource
from policies.engine.policy import Imposable
from policies.engine.rules import Scope
from policies.models import UnitPolicy, WorkloadType
from policies.units import OrgUnit, scope_of
from projects.models import Cluster, Department, Project

TENANT = ("tenant", None)
Places = frozenset[tuple[str, Any]]


class Shelved(NamedTuple):
    """A data source as a key: whatever changes of it makes another one."""

    id: str
    revision: int
    path: str
    item: str
    refused: str


Shelf = tuple[Shelved, ...]
"""Those that one policy imposes, as far as their scope contains its unit."""


def imposed_ids(document: Any) -> frozenset[str]:
    """Return the ids that a policy's document imposes, whatever else it says."""
    roles = document.get("imposedAssets") if isinstance(document, dict) else None
    lists = roles.values() if isinstance(roles, dict) else ()
    return frozenset(
        str(each) for ids in lists if isinstance(ids, list) for each in ids
    )


def shelf_for(unit: OrgUnit, document: Any) -> Shelf:
    """Return what the unit may impose of what a document names."""
    (shelf,) = shelves([(scope_of(unit), imposed_ids(document))], unit)
    return shelf


def shelves(
    wanted: Sequence[tuple[Scope, frozenset[str]]], unit: OrgUnit | None
) -> tuple[Shelf, ...]:
    """Return the shelf of each policy of a chain, by its scope and the ids it names.

    One query, none where nothing is imposed. ``unit`` is the chain's nearest; without
    one it is not asked whose an asset is.
    """
    rows = _rows(each for _, ids in wanted for each in ids)
    if not rows:
        return ((),) * len(wanted)
    places = None if unit is None else places_above(unit)
    return tuple(
        tuple(
            _shelved(rows[each])
            for each in sorted(ids & rows.keys())
            if places is None or _contains(rows[each], scope, places)
        )
        for scope, ids in wanted
    )


def as_assets(shelf: Shelf) -> dict[str, Imposable]:
    """Return a shelf as the engine takes it."""
    return {
        each.id: Imposable(each.path, json.loads(each.item), each.refused)
        for each in shelf
    }


def imposing(asset: DataSource) -> list[UnitPolicy]:
    """Return the policies in force that impose the data source."""
    rows = UnitPolicy.objects.in_force().filter(
        workload_type=WorkloadType.DISTRIBUTED_INFERENCE,
        current__document__has_key="imposedAssets",
    )
    rows = rows.select_related("current", "cluster", "department", "project")
    return [
        each
        for each in rows
        if each.current and str(asset.pk) in imposed_ids(each.current.document)
    ]


def imposable(unit: OrgUnit, user: User) -> list[DataSource]:
    """Return what the unit's policy may impose, as far as the user sees it."""
    places, scope = places_above(unit), scope_of(unit)
    rows = DataSource.objects.visible_to(user).with_units()
    return [
        each for each in rows if not each.not_imposed and _contains(each, scope, places)
    ]


def places_above(unit: OrgUnit) -> Places:
    """Return what tells the unit, and each in which it lies, from all others."""
    match unit:
        case Cluster():
            return frozenset({TENANT, ("cluster", unit.pk)})
        case Department():
            here = ("cluster", unit.cluster_id), ("department", unit.pk)
            return frozenset({TENANT, *here})
        case Project():
            return places_above(unit.department) | {("project", unit.pk)}
        case _:
            return frozenset({TENANT})


def _rows(ids: Iterable[str]) -> dict[str, DataSource]:
    """Ids are written in one way: another spelling is no asset."""
    known = [each for each in ids if _is_id(each)]
    rows = DataSource.objects.filter(pk__in=known) if known else ()
    return {str(row.pk): row for row in rows}


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _contains(row: DataSource, scope: Scope, places: Places) -> bool:
    return row.place in places and Scope[row.scope.upper()] <= scope


def _shelved(row: DataSource) -> Shelved:
    item = json.dumps(row.piece, sort_keys=True)
    return Shelved(str(row.pk), row.revision, row.path, item, row.not_imposed)
