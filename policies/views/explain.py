"""Why a field is as it is in a unit: every default and every rule, and which hold."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.requests import Request
from policies.engine.effective import EffectivePolicy
from policies.engine.explained import (
    PLATFORM_NAME,
    Explained,
    attributes,
    explained,
)
from policies.engine.policy import Policy
from policies.engine.standing import Standing
from policies.stored import effective_policy, policies_of
from policies.units import OrgUnit, chain_of, named
from policies.views.doors import choices, picked, readers_only
from policies.views.parameters import kind_of, title_of
from workloads.spec.paths import FieldPath
from workloads.spec.schema import SCHEMA, Field

LONGEST = 200
"""Characters of a field's name that are answered."""


class Row(NamedTuple):
    """A unit of the chain, with what it says."""

    unit: str
    said: tuple[Standing, ...]


class Told(NamedTuple):
    """A field with the chain behind it."""

    title: str
    path: str
    kind: str
    help: str
    defaults: list[Row]
    rules: list[Row]
    items: list[tuple[str, list[Row]]]
    guard: str
    key: str
    """Of a list: the name by which its items are told apart."""

    outcome: list[tuple[str, str]]
    """What it comes to, in a few words."""


@require_safe
def explain(request: Request) -> HttpResponse:
    """Show the chain behind one field of one unit, both picked by the user."""
    readers_only(request)
    units = choices(request.user, "read")
    address = request.GET.get("unit", "")
    chosen = picked(units, address) if address else None
    name = request.GET.get("field", "").strip()[:LONGEST]
    field = fields().get(name)
    page: dict[str, Any] = {
        "units": units,
        "chosen": chosen,
        "fields": fields().values(),
        "name": name,
        "problem": f"No policy has a field called {name}."
        if name and not field
        else "",
    }
    if chosen and field:
        page |= _answer(chosen.unit, field)
    status = 404 if page["problem"] else 200
    return render(request, "policies/explain.html", {"page": page}, status=status)


@cache
def fields() -> dict[str, Field]:
    """Return every field that a policy can speak of, by its path."""
    return {
        str(field.path): field
        for field in SCHEMA
        if (field.items or not field.children) and field.path[-1] != "exclude"
    }


def _answer(unit: OrgUnit, field: Field) -> dict[str, Any]:
    chain = chain_of(unit)
    declared, effective = policies_of(chain), effective_policy(unit)
    units = [str(named(each)) for each in chain]
    told = _told(field.path, declared, effective, units)
    return {
        "told": told,
        "attributes": [
            _told(path, declared, effective, units)
            for path in attributes(field.path, declared)
        ],
        "inside": _list_of(field.path),
        "unreadable": effective.unreadable,
    }


def _told(
    path: FieldPath,
    chain: Sequence[Policy],
    effective: EffectivePolicy,
    units: list[str],
) -> Told:
    field, found = SCHEMA.at(path), explained(path, chain, effective)
    return Told(
        title_of(field),
        str(path),
        kind_of(field),
        field.info.description or "",
        _rows(found.defaults, [*units, PLATFORM_NAME]),
        _rows(found.rules, units),
        _items(found, units),
        found.guard,
        field.key,
        _outcome(found, bool(field.key)),
    )


def _outcome(found: Explained, is_list: bool) -> list[tuple[str, str]]:
    """Return what stands where nothing is said, and what is demanded."""
    items = [each.key for each in found.items if any(s.wins for s in each.standings)]
    stands = ", ".join(items) if is_list else _winners(found.defaults)
    what = "Default items" if is_list else "Where nothing is said"
    rule = _winners(found.rules) or "no demand"
    return [(what, stands or "nothing stands there"), ("Demanded", rule)]


def _winners(standings: Sequence[Standing]) -> str:
    return "; ".join(f"{each.text} ({each.unit})" for each in standings if each.wins)


def _items(found: Explained, units: list[str]) -> list[tuple[str, list[Row]]]:
    return [(each.key, _rows(each.standings, units)) for each in found.items]


def _rows(said: Sequence[Standing], units: list[str]) -> list[Row]:
    """Return a row for each unit, those that say nothing too."""
    return [Row(u, tuple(each for each in said if each.unit == u)) for u in units]


def _list_of(path: FieldPath) -> str:
    """Return the list that a field is an attribute of; empty where there is none."""
    for length in range(1, len(path)):
        if SCHEMA.at(path[:length]).items:
            return str(FieldPath(path[:length]))
    return ""
