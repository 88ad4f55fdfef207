"""Connecting a cluster, and asking for its check. Every door leads through here."""

from typing import Any

from django.db import transaction

from projects.connection import BadConnection, Connection, check
from projects.models import Cluster, Project
from projects.models.outbox import changed
from projects.secrets import NoKeys, place_of, seal
from projects.services import record, save_cluster

MEANWHILE = "Somebody else connected the cluster just now. Look, and try again."


@transaction.atomic
def connect_cluster(*, by: Any, cluster: Cluster, connection: Connection) -> Cluster:
    """Keep how a cluster is reached, sealed; the workers use it from now on.

    Raises BadConnection with a sentence. A cluster that is not saved yet is saved.
    """
    check(connection)
    if cluster._state.adding:
        cluster.server = connection.server
        save_cluster(by=by, cluster=cluster)
    rows = Cluster.objects.filter(pk=cluster.pk, revision=cluster.revision)
    if not rows.update(**columns_of(cluster, connection), **changed()):
        raise BadConnection(MEANWHILE)
    cluster.refresh_from_db()
    details = {"server": connection.server, "account": connection.account}
    record(by, "cluster.connect", cluster, **details)
    return cluster


def columns_of(cluster: Cluster, connection: Connection) -> dict[str, Any]:
    """Return the columns of a cluster's next connection. Raises BadConnection."""
    revision = cluster.revision + 1
    place = place_of(cluster, "access", revision)
    try:
        sealed = seal(connection.secret(), place=place)
    except NoKeys as missing:
        raise BadConnection(str(missing)) from None
    return {
        "server": connection.server,
        "ca": connection.ca,
        "account": connection.account,
        "access": sealed,
        "revision": revision,
    }


@transaction.atomic
def check_cluster(*, by: Any, cluster: Cluster) -> None:
    """Have the prerequisites looked at now; what is found is written into the row.

    What its projects have there is applied once more, what it refused included.
    """
    Cluster.objects.filter(pk=cluster.pk).update(**changed())
    Project.objects.filter(department__cluster=cluster).update(**changed())
    record(by, "cluster.check", cluster)
