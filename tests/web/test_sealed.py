"""What lies sealed: bound to its row, rotated, and lost without an error."""

import base64
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.db.migrations.executor import MigrationExecutor

from projects.connecting import connect_cluster
from projects.connection import BadConnection, Connection
from projects.models import AuditEntry, Cluster
from projects.secrets import keyring, place_of, rotation
from projects.secrets.unsealing import unseal
from tests.support.organization import an_organization
from workloads.cluster import Unavailable
from workloads.sync.clusters import cluster_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def ring(settings, tmp_path):
    """A keyring in a file of its own, with one key."""
    settings.KEYS = []
    settings.KEYRING = tmp_path / "keys" / "keyring"
    keyring.ensure()
    return settings.KEYRING


@pytest.fixture
def org(ring):
    return an_organization("https://10.0.0.1", "canary-of-the-cluster")


def another(org, name):
    row, access = Cluster(name=name), Connection("https://10.0.0.1", token=name)
    return connect_cluster(by=org.admin, cluster=row, connection=access)


def opened(row):
    row.refresh_from_db()
    return unseal(bytes(row.access), place=place_of(row, "access"))


def keys(*words):
    said = StringIO()
    call_command("keys", *words, stdout=said)
    return said.getvalue()


def test_the_keyring_is_readable_by_its_owner_alone(ring):
    keyring.add()

    assert stat.S_IMODE(ring.stat().st_mode) == 0o600
    assert len(keyring.keys()) == 2


def test_a_key_that_is_there_is_not_replaced_at_the_next_start(ring):
    before = ring.read_text()

    keyring.ensure()

    assert ring.read_text() == before


def test_the_token_is_in_no_column(org):
    row = Cluster.objects.values().get()

    assert b"canary" not in bytes(row["access"])
    assert "canary" not in str({name: row[name] for name in row if name != "access"})
    assert b"canary-of-the-cluster" in opened(org.cluster)


def test_another_rows_value_does_not_open(org):
    other = another(org, "other")
    Cluster.objects.filter(pk=org.cluster.pk).update(access=bytes(other.access))
    org.cluster.refresh_from_db()

    with pytest.raises(Unavailable, match="connect the cluster again"):
        cluster_for(org.cluster)


def test_an_older_value_that_is_put_back_does_not_open(org):
    org.cluster.refresh_from_db()
    older = bytes(org.cluster.access)
    access = Connection("https://10.0.0.1", token="newer")
    connect_cluster(by=org.admin, cluster=org.cluster, connection=access)
    Cluster.objects.filter(pk=org.cluster.pk).update(access=older)
    org.cluster.refresh_from_db()

    with pytest.raises(Unavailable, match="connect the cluster again"):
        cluster_for(org.cluster)


def test_a_lost_key_says_enter_again_and_entering_again_is_all(org, ring):
    ring.unlink()
    keyring.ensure()
    org.cluster.refresh_from_db()

    assert org.cluster.needs_access
    with pytest.raises(Unavailable, match="connect the cluster again"):
        cluster_for(org.cluster)
    access = Connection("https://10.0.0.1", token="anew")
    connect_cluster(by=org.admin, cluster=org.cluster, connection=access)
    assert not org.cluster.needs_access
    assert b"anew" in opened(org.cluster)


def test_without_any_key_nothing_is_sealed_and_the_sentence_says_what_to_do(org, ring):
    ring.unlink()
    access = Connection("https://10.0.0.1", token="anew")

    with pytest.raises(BadConnection, match=r"`manage\.py keys new`"):
        connect_cluster(by=org.admin, cluster=org.cluster, connection=access)
    assert org.cluster.needs_access


def test_of_two_who_connect_at_once_the_second_is_told(org):
    first, second = Cluster.objects.get(), Cluster.objects.get()
    access = Connection("https://10.0.0.1", token="x")
    connect_cluster(by=org.admin, cluster=first, connection=access)

    with pytest.raises(BadConnection, match="Somebody else"):
        connect_cluster(by=org.admin, cluster=second, connection=access)


def test_after_a_rotation_the_older_key_may_go(org):
    (older,) = keyring.keys()
    keys("new")

    with pytest.raises(CommandError, match="keys rotate"):
        keys("drop", older.id.hex())
    keys("rotate")
    keys("drop", older.id.hex())

    assert keyring.keys() == [keyring.keys()[0]] != [older]
    assert b"canary-of-the-cluster" in opened(org.cluster)
    done = AuditEntry.objects.filter(action__startswith="keys.")
    assert [row.action for row in done] == ["keys.drop", "keys.rotate", "keys.new"]


def test_the_key_that_seals_stays(org):
    with pytest.raises(CommandError, match="does not seal"):
        keys("drop", keyring.keys()[0].id.hex())


def test_a_rotation_that_was_killed_goes_on_where_it_was(org, monkeypatch):
    rows = [org.cluster, another(org, "second"), another(org, "third")]
    keyring.add()
    sealing, seals = rotation.closed, iter([True, False])

    def dies(*given):
        if next(seals):
            return sealing(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(rotation, "closed", dies)
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate()
    monkeypatch.undo()

    assert rotation.uses()[keyring.keys()[0].id] == 1
    assert rotation.rotate() == {"rotated": 2}
    assert all(opened(row) for row in rows)


def test_what_is_entered_during_a_rotation_is_kept(org, monkeypatch):
    keyring.add()
    sealing, access = rotation.closed, Connection("https://10.0.0.1", token="meanwhile")

    def late(*given):
        connect_cluster(by=None, cluster=Cluster.objects.get(), connection=access)
        return sealing(*given)

    monkeypatch.setattr(rotation, "closed", late)
    done = rotation.rotate()

    assert done == {"changed": 1}
    assert b"meanwhile" in opened(org.cluster)


def test_a_rotation_tells_of_what_it_cannot_open(org, ring):
    ring.unlink()
    keyring.ensure()

    with pytest.raises(CommandError, match="1 cannot be opened"):
        keys("rotate")
    assert "LOST" in keys("list")


def test_keys_of_the_environment_are_changed_there(org, settings):
    settings.KEYS = [base64.b64encode(b"e" * 32).decode()]

    with pytest.raises(CommandError, match="PORTAL_KEYS"):
        keys("new")


@pytest.mark.django_db(transaction=True)
def test_tokens_of_an_earlier_version_are_sealed(ring):
    executor = MigrationExecutor(database)
    executor.migrate([("projects", "0003_cluster_connection")])
    state = executor.loader.project_state([("projects", "0003_cluster_connection")])
    older = state.apps.get_model("projects", "Cluster")
    older.objects.create(name="old", server="https://10.0.0.1", token="canary-before")

    executor = MigrationExecutor(database)
    executor.migrate(executor.loader.graph.leaf_nodes())

    row = Cluster.objects.get(name="old")
    assert b"canary-before" in opened(row)
    assert not row.needs_access
    assert b"canary-before" not in everything_on_the_disk()


def everything_on_the_disk():
    with database.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = Path(database.settings_dict["NAME"])
    files = list(file.parent.glob(f"{file.name}*"))
    assert file in files
    return b"".join(found.read_bytes() for found in files)
