"""Making, renaming, rotating and deleting credentials. Every door leads through here.

Values go in, and never come out: they are sealed before the row is written.
"""

import json
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.utils.timezone import now

from access.models import User
from assets.contents import Kind, Values, Wrong, key_names, wrong_values
from assets.errors import Gone, InUse, NameTaken, NotAllowed, WrongValues
from assets.models import Credential, OwnCredential, SharedCredential
from policies.services import hold
from policies.units import OrgUnit, may
from projects.models.scoped import unit_columns
from projects.secrets import place_of, seal
from projects.services import record
from workloads.spec.text import storable

C = TypeVar("C", bound=Credential)
LONGEST_NAME, LONGEST_DESCRIPTION = 63, 250


def share_credential(
    *,
    by: User,
    unit: OrgUnit,
    kind: str,
    name: str,
    values: Values,
    description: str = "",
) -> SharedCredential:
    """Make a credential for all who submit in a unit.

    Raises NotAllowed, WrongValues or NameTaken; then nothing is recorded.
    """
    if not may(by, "create", unit, "credentials"):
        raise NotAllowed("You may not make credentials there.")
    row = SharedCredential(kind=kind, created_by=by, **unit_columns(unit))
    return _made(by, row, name, values, description)


def keep_credential(
    *, by: User, kind: str, name: str, values: Values, description: str = ""
) -> OwnCredential:
    """Make a credential that is the user's own. Raises WrongValues or NameTaken."""
    row = OwnCredential(kind=kind, owner=by)
    return _made(by, row, name, values, description)


def give_new_value(*, by: User, credential: C, values: Values) -> C:
    """Replace the values. Who reads them when is a matter of how they are used.

    Raises NotAllowed, WrongValues or Gone.
    """
    _allowed(by, "update", credential)
    _right(credential.kind, credential.name, values)
    with transaction.atomic():
        held = _held(credential)
        _sealed(held, values)
        held.save(update_fields=["sealed", "keys", "updated_at"])
        record(by, "credential.rotate", held, name=held.name, revision=held.revision)
    return held


def rename_credential(
    *, by: User, credential: C, name: str, description: str | None = None
) -> C:
    """Rename it, or describe it anew.

    Raises NotAllowed, WrongValues, NameTaken or Gone.
    """
    _allowed(by, "update", credential)
    said = {"name": _name(name)}
    if description is not None:
        said["description"] = _short(description)
    _right_name(said["name"])
    rows: Any = type(credential)._default_manager.filter(pk=credential.pk)
    try:
        with transaction.atomic():
            if not rows.update(**said, updated_at=now()):
                raise Gone(f"{credential} was deleted meanwhile.")
            record(by, "credential.rename", credential, **said)
    except IntegrityError:
        raise _taken(said["name"]) from None
    return rows.get()


def delete_credential(*, by: User, credential: Credential) -> None:
    """Delete a credential that nothing uses. Raises NotAllowed or InUse."""
    _allowed(by, "delete", credential)
    try:
        with transaction.atomic():
            if isinstance(credential, SharedCredential):
                hold(credential.unit, raised=0)  # as a submission does
            record(by, "credential.delete", credential, name=credential.name)
            credential.delete()
    except ProtectedError as refused:
        users = sorted({str(each) for each in refused.protected_objects})
        raise InUse(credential.name, users) from None
    except IntegrityError:  # at the end of the transaction: used a moment ago
        raise InUse(credential.name, ["what was made just now"]) from None


def _made(by: User, row: C, name: str, values: Values, description: str) -> C:
    row.name, row.description = _name(name), _short(description)
    _right(row.kind, row.name, values)
    _sealed(row, values)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            record(by, "credential.create", row, name=row.name, kind=row.kind)
    except IntegrityError:
        raise _taken(row.name) from None
    return row


def _sealed(row: Credential, values: Values) -> None:
    plain = json.dumps(dict(values)).encode()
    row.sealed = seal(plain, place=place_of(row, "sealed"))
    row.keys = key_names(Kind(row.kind), values)


def _held(credential: C) -> C:
    """Return the row with its next revision, held until the transaction ends."""
    rows: Any = type(credential)._default_manager.filter(pk=credential.pk)
    if not rows.update(revision=F("revision") + 1):
        raise Gone(f"{credential} was deleted meanwhile.")
    return rows.get()


def _right(kind: str, name: str, values: Values) -> None:
    """Raise WrongValues unless all is as it should be."""
    try:
        known = Kind(kind)
    except ValueError:
        raise WrongValues([Wrong("kind", "is no kind of credential")]) from None
    found = [*_wrong_name(name), *wrong_values(known, values)]
    if found:
        raise WrongValues(found)


def _right_name(name: str) -> None:
    if found := _wrong_name(name):
        raise WrongValues(found)


def _wrong_name(name: str) -> list[Wrong]:
    if not name:
        return [Wrong("name", "is required")]
    if len(name) > LONGEST_NAME:
        return [Wrong("name", f"has {LONGEST_NAME} characters at most")]
    return []


def _name(name: str) -> str:
    return " ".join(str(storable(name)).split())


def _short(description: str) -> str:
    return str(storable(description)).strip()[:LONGEST_DESCRIPTION]


def _allowed(by: User, action: str, credential: Credential) -> None:
    match credential:
        case OwnCredential():
            allowed = credential.owner_id == by.pk
        case SharedCredential():
            allowed = may(by, action, credential.unit, "credentials")
        case _:
            allowed = False
    if not allowed:
        raise NotAllowed(f"You may not {action} this credential.")


def _taken(name: str) -> NameTaken:
    return NameTaken(f"There is a credential named {name} already.")
