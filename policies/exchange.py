"""Policies as programs get and send them: the bodies of the reference API.

``{meta, policy, effective, effectiveUpdatedAt}`` of a unit (policies.md §1.1). The
endpoints call these functions; pages call the services below them.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django.core.exceptions import ValidationError

from access.models import User
from policies.engine.rules import Unit
from policies.engine.spelled import clear, overlay, rule_objects, spelled
from policies.errors import ChangedMeanwhile, NoSuchPolicy, NotSaved, PolicyRefused
from policies.models import PolicyVersion, UnitPolicy
from policies.places import HEADS
from policies.services import policy_of, save_policy, unit_of, validate
from policies.stored import effective_policy
from policies.units import OrgUnit, chain_of, may, named, scope_of, submits
from policies.writing import policy_text
from projects.models import Cluster, Department, GeneralSettings, Project
from workloads.spec.paths import FieldPath
from workloads.spec.schema import SCHEMA

Body = dict[str, Any]
META = frozenset(
    {"scope", "name", "projectId", "departmentId", "clusterId"}
    | {"id", "tenantId", "createdBy", "createdAt", "updatedBy", "updatedAt"}
)
IDS: dict[str, tuple[str, Any]] = {
    "cluster": ("clusterId", Cluster),
    "department": ("departmentId", Department),
    "project": ("projectId", Project),
}
LONGEST_ID = 36
TRIES = 5
"""How often a change is worked out again from what somebody saved meanwhile."""


class BadBody(PolicyRefused):
    """A body that has not the shape of a policy's, and where."""

    def __init__(self, field: str, text: str) -> None:
        self.field = field
        super().__init__(f"{field}: {text}" if field else f"The body {text}")


def body_of(*, by: User, unit: OrgUnit) -> Body:
    """Return what a unit demands, and what holds there.

    Without a policy of its own there is neither ``meta`` nor ``policy``; nor for
    somebody who only submits to the project (policies.md §8). Raises NoSuchPolicy
    where nothing holds at all, or the user may not know what.
    """
    reads = may(by, "read", unit)
    if not reads and not submits(by, unit):
        raise NoSuchPolicy(f"There is no policy of {named(unit)}.")
    versions = _versions(unit)
    if not versions:
        raise NoSuchPolicy(f"No policy holds in {named(unit)}.")
    own = versions.get(named(unit)) if reads else None
    body: Body = {} if own is None else {"meta": meta_of(own), "policy": own.document}
    declared = [(each, version.document) for each, version in versions.items()]
    sources = {each: source_of(version) for each, version in versions.items()}
    body["effective"] = spelled(effective_policy(unit), declared, sources)
    latest = max(version.at for version in versions.values())
    return body | {"effectiveUpdatedAt": latest.isoformat()}


def meta_of(version: PolicyVersion) -> Body:
    """Return whose the policy is, who made it, and who changed it last."""
    policy = version.policy
    kept = policy.versions.select_related("by")
    deletion = kept.filter(deletion=True).first()
    first = kept.filter(number__gt=deletion.number if deletion else 0).last() or version
    return source_of(version) | {
        "id": str(policy.pk),
        "name": str(policy),
        "createdBy": str(first.by or ""),
        "createdAt": first.at.isoformat(),
        "updatedBy": str(version.by or ""),
        "updatedAt": version.at.isoformat(),
    }


def source_of(version: PolicyVersion) -> Body:
    """Return the unit of a version: its scope and its id, a project's as a number."""
    unit = unit_of(version.policy)
    scope = scope_of(unit).name.lower()
    if scope not in IDS:
        return {"scope": scope}
    key = unit.pk if scope == "project" else str(unit.pk)
    return {"scope": scope, IDS[scope][0]: key}


def put_body(
    *, by: User, body: Any, validate_only: bool = False, based_on: int | None = None
) -> Body:
    """Put a policy in force as a program sent it, or say only whether it could be.

    Raises BadBody, NoSuchPolicy, NotAllowed, NotSaved or ChangedMeanwhile.
    """
    unit, document = _read(by, body, frozenset({"meta", "policy"}))
    return _put(by, unit, document, validate_only, based_on)


def patch_body(
    *, by: User, body: Any, validate_only: bool = False, based_on: int | None = None
) -> Body:
    """Change a policy field by field. ``reset`` names fields that say nothing any more.

    A field's default and its rule object are each taken as a whole, and so are the
    items of a list. Raises as `put_body` does.
    """
    unit, said = _read(by, body, frozenset({"meta", "policy", "reset"}))
    cleared = [_path(text) for text in _texts(body.get("reset"))]
    for _ in range(TRIES):
        policy = policy_of(unit)
        current = policy.current if policy else None
        document = deepcopy(current.document) if current else {}
        for path in cleared:
            clear(document, path)
        overlay(document, said)
        number = current.number if current else 0
        try:
            return _put(
                by,
                unit,
                document,
                validate_only,
                number if based_on is None else based_on,
            )
        except ChangedMeanwhile as refused:
            changed = refused
            if based_on is not None:
                break
    raise changed


def _put(
    by: User,
    unit: OrgUnit,
    document: Body,
    validate_only: bool,
    based_on: int | None,
) -> Body:
    try:
        text = policy_text(document)
    except (UnicodeError, RecursionError):
        raise BadBody("policy", "holds what no text of a policy can hold") from None
    if validate_only:
        found = validate(by=by, unit=unit, text=text)
        if found.findings:
            raise NotSaved(found.findings)
        return {"policy": found.document}
    save_policy(by=by, unit=unit, text=text, based_on=based_on)
    return body_of(by=by, unit=unit)


def _versions(unit: OrgUnit) -> dict[Unit, PolicyVersion]:
    """Return the versions that hold in a unit by whose they are, the farthest first."""
    chain = chain_of(unit)
    rows = (
        UnitPolicy.objects.of(*chain)
        .in_force()
        .select_related(
            "current__by",
            "cluster",
            "department__cluster",
            "project__department__cluster",
        )
    )
    known = {named(unit_of(row)): row for row in rows}
    found: dict[Unit, PolicyVersion] = {}
    for each in map(named, chain):
        row = known.get(each)
        if row and row.current:
            row.current.policy = row
            found[each] = row.current
    return found


def _read(by: User, body: Any, names: frozenset[str]) -> tuple[OrgUnit, Body]:
    """Return the unit that is meant, and what is said of it."""
    _object(body, "", names)
    meta = body.get("meta")
    _object(meta, "meta", META)
    policy = body.get("policy")
    policy = {} if policy is None else policy
    _object(policy, "policy", frozenset(HEADS))
    document = {name: value for name, value in policy.items() if value is not None}
    for _, _, rules in rule_objects(document):
        if isinstance(rules, dict) and not rules.get("sourceOfRule", True):
            del rules["sourceOfRule"]  # empty, as the vendor's models send it
    return unit_meant(by, meta), document


def unit_meant(by: User, meta: Mapping[str, Any]) -> OrgUnit:
    """Return the unit of a ``meta`` that the user may read. Raises NoSuchPolicy."""
    scope = meta.get("scope")
    if scope == "tenant":
        return GeneralSettings.current()
    if not isinstance(scope, str) or scope not in IDS:
        known = ", ".join(["tenant", *IDS])
        raise BadBody("meta.scope", f"must be one of {known}")
    name, model = IDS[scope]
    unit = _row(model, meta.get(name))
    if unit is None or not may(by, "read", unit):
        raise NoSuchPolicy(f"There is no {scope} of this {name}.")
    return unit


def _row(model: Any, key: Any) -> Any:
    text = str(key) if isinstance(key, str | int) else ""
    if len(text) > LONGEST_ID:
        return None
    try:
        return model.objects.filter(pk=text).first()
    except (ValueError, ValidationError):
        return None


def _object(value: Any, at: str, names: frozenset[str]) -> None:
    if not isinstance(value, dict):
        raise BadBody(at, "must be an object")
    for name in value:
        if name not in names:
            place = f"{at}.{name}" if at else str(name)
            raise BadBody(place, f'json: unknown field "{name}"')


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    raise BadBody("reset", "must be a list of paths")


def _path(text: str) -> FieldPath:
    """Return the field of a path, with or without ``$.`` in front."""
    path = FieldPath.parse(text.removeprefix("$").removeprefix("."))
    try:
        field = SCHEMA.at(path)
    except KeyError:
        field = SCHEMA
    if field is SCHEMA:
        raise BadBody("reset", f'json: unknown field "{text}"')
    return path
