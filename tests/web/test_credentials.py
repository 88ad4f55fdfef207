"""Credentials: made, renamed, rotated, deleted; sealed at every moment."""

import base64
import json

import pytest
from django.db import connection

from assets.credentials import (
    delete_credential,
    give_new_value,
    keep_credential,
    rename_credential,
    share_credential,
)
from assets.errors import Gone, NameTaken, NotAllowed, WrongValues
from assets.models import OwnCredential, SharedCredential
from projects.models import AuditEntry
from projects.secrets import Lost, place_of
from projects.secrets.unsealing import unseal
from tests.support.policies import unit_in

pytestmark = pytest.mark.django_db
CANARY = "canary-9f2c41"
VALUES = {"token": CANARY, "user": "ann"}


def opened(row):
    """What the writer of Secrets reads."""
    return json.loads(unseal(bytes(row.sealed), place=place_of(row, "sealed")))


def shared(org, by=None, scope="project", name="hub", **more):
    return share_credential(
        by=by or org.admin,
        unit=unit_in(org, scope),
        kind="genericSecret",
        name=name,
        values=VALUES,
        **more,
    )


def own(by, name="mine", **more):
    values = more.pop("values", VALUES)
    return keep_credential(
        by=by, kind="genericSecret", name=name, values=values, **more
    )


def test_a_shared_one_is_kept_sealed_under_a_name_for_its_secret(org):
    made = shared(org, name="HF Hub", description="models")

    row = SharedCredential.objects.get()
    assert (row.name, row.description, row.scope) == ("HF Hub", "models", "project")
    assert row.kubernetes_name == made.kubernetes_name
    assert row.kubernetes_name.startswith("cred-hf-hub-")
    assert row.keys == ["token", "user"]
    assert opened(row) == VALUES


def test_its_name_fits_a_secret_however_long_it_is(org):
    row = shared(org, name="N" * 63)

    assert len(f"{row.kubernetes_name}-p") <= 63


def test_values_are_nowhere_but_in_the_sealed_column(org):
    shared(org)
    own(org.alice)

    dump = "\n".join(connection.connection.iterdump())
    assert CANARY not in dump
    assert CANARY.encode().hex() not in dump.lower()
    assert CANARY not in str(list(AuditEntry.objects.values()))


def test_a_new_value_replaces_the_old_one_which_opens_no_more(org):
    row = shared(org)
    before = bytes(row.sealed)

    give_new_value(by=org.admin, credential=row, values={"token": "new"})

    row.refresh_from_db()
    assert (row.revision, row.keys, opened(row)) == (2, ["token"], {"token": "new"})
    row.sealed = before
    with pytest.raises(Lost):
        opened(row)


def test_a_value_that_is_moved_to_another_row_does_not_open(org):
    one, other = shared(org), shared(org, name="other")

    other.sealed = one.sealed

    with pytest.raises(Lost):
        opened(other)


def test_once_its_key_is_gone_a_credential_has_to_be_entered_again(org, settings):
    row = own(org.alice)
    settings.KEYS = [base64.b64encode(b"another key of 32 bytes, no more").decode()]

    assert row.lost
    give_new_value(by=org.alice, credential=row, values=VALUES)
    row.refresh_from_db()
    assert not row.lost


@pytest.mark.parametrize("scope", ["tenant", "cluster", "department", "project"])
def test_who_submits_in_a_project_can_use_those_of_all_units_around_it(org, scope):
    row = shared(org, scope=scope)

    assert list(SharedCredential.objects.usable_in(org.project)) == [row]


def test_those_of_another_project_cannot_be_used(org):
    share_credential(
        by=org.admin,
        unit=org.other,
        kind="genericSecret",
        name="hub",
        values=VALUES,
    )

    assert not SharedCredential.objects.usable_in(org.project).exists()


@pytest.mark.parametrize("who", ["alice", "charlie"])
def test_only_administrators_share(org, who):
    with pytest.raises(NotAllowed):
        shared(org, by=getattr(org, who))

    assert not SharedCredential.objects.exists()


def test_an_administrator_shares_in_their_own_units_alone(org):
    shared(org, by=org.bob)

    with pytest.raises(NotAllowed):
        shared(org, by=org.bob, scope="cluster", name="wider")


def test_an_own_one_is_its_owners_and_nobody_elses(org):
    row = own(org.alice)

    assert list(OwnCredential.objects.owned_by(org.alice)) == [row]
    assert not OwnCredential.objects.owned_by(org.admin).exists()
    for change in (
        lambda by: give_new_value(by=by, credential=row, values=VALUES),
        lambda by: rename_credential(by=by, credential=row, name="x"),
        lambda by: delete_credential(by=by, credential=row),
    ):
        with pytest.raises(NotAllowed):
            change(org.admin)
    assert OwnCredential.objects.get().name == "mine"


def test_a_name_is_there_once_for_each_unit_and_each_owner(org):
    shared(org)
    own(org.alice)

    with pytest.raises(NameTaken):
        shared(org)
    with pytest.raises(NameTaken):
        own(org.alice)
    shared(org, scope="department")
    own(org.bob)


def test_renaming_leaves_the_value_and_the_secrets_name(org):
    row = shared(org)
    secret = row.kubernetes_name

    rename_credential(by=org.admin, credential=row, name="hub-2", description="d")

    row.refresh_from_db()
    assert (row.name, row.description, row.revision) == ("hub-2", "d", 1)
    assert (row.kubernetes_name, opened(row)) == (secret, VALUES)


def test_a_new_value_from_an_older_page_leaves_the_new_name(org):
    older = shared(org)
    rename_credential(by=org.admin, credential=older, name="renamed", description="d")
    older.name, older.description = "hub", ""

    give_new_value(by=org.admin, credential=older, values={"token": "new"})
    rename_credential(by=org.admin, credential=older, name="again")

    row = SharedCredential.objects.get()
    assert (row.name, row.description, row.revision) == ("again", "d", 2)
    assert opened(row) == {"token": "new"}


def test_what_was_deleted_meanwhile_is_gone(org):
    row = shared(org)
    SharedCredential.objects.all().delete()

    with pytest.raises(Gone):
        give_new_value(by=org.admin, credential=row, values=VALUES)
    with pytest.raises(Gone):
        rename_credential(by=org.admin, credential=row, name="x")


@pytest.mark.parametrize(
    "values", [None, "text", [], {"a": 5}, {"a": ["x"]}, {"a": "\ud800"}, {5: "x"}]
)
def test_what_is_no_text_is_refused(org, values):
    with pytest.raises(WrongValues):
        keep_credential(by=org.alice, kind="genericSecret", name="n", values=values)


def test_a_name_that_is_taken_is_not_given(org):
    shared(org)
    row = shared(org, name="other")

    with pytest.raises(NameTaken):
        rename_credential(by=org.admin, credential=row, name="hub")

    row.refresh_from_db()
    assert row.name == "other"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "n" * 64}, "name"),
        ({"kind": "x509"}, "kind"),
        ({"values": {}}, ""),
        ({"values": {"a/b": "x"}}, "a/b"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(org, change, field):
    said = {"kind": "genericSecret", "name": "n", "values": VALUES} | change

    with pytest.raises(WrongValues) as refused:
        keep_credential(by=org.alice, **said)

    assert [each.field for each in refused.value.wrong] == [field]
    assert not OwnCredential.objects.exists()


def test_deleting_leaves_nothing_but_the_audit(org):
    row = shared(org)

    delete_credential(by=org.admin, credential=row)

    assert not SharedCredential.objects.exists()
    entry = AuditEntry.objects.get(action="credential.delete")
    assert (entry.actor, entry.details["name"]) == (org.admin, "hub")
