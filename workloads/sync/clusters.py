"""The connection to the cluster of a row, and a look that finds nothing."""

import json
from functools import lru_cache

from django.conf import settings

from projects.models import Cluster as Row
from projects.secrets import Lost, Place, place_of
from projects.secrets.unsealing import unseal
from workloads.cluster import (
    Cluster,
    KubernetesCluster,
    Manifest,
    NotFound,
    Ref,
    Unavailable,
)

ENTER_AGAIN = (
    "The portal has nothing to show to cluster {}: its key is lost, or nothing was "
    "entered. An administrator has to connect the cluster again."
)


def cluster_for(row: Row) -> KubernetesCluster:
    """Return the connection; one a revision of the row, shared by all threads.

    Raises Unavailable where what is sealed cannot be opened: it is entered again.
    """
    if row.account == Row.Account.IN_CLUSTER:
        return _of_our_pod(row.server, _authority())
    if row.access is None:
        raise Unavailable(ENTER_AGAIN.format(row))
    try:
        return _opened(row.server, row.ca, place_of(row, "access"), bytes(row.access))
    except Lost:
        raise Unavailable(ENTER_AGAIN.format(row)) from None


@lru_cache(maxsize=64)
def _opened(server: str, ca: str, place: Place, access: bytes) -> KubernetesCluster:
    shown: dict[str, str] = json.loads(unseal(access, place=place))
    return KubernetesCluster(
        server,
        shown.get("token", ""),
        ca_data=ca,
        certificate=shown.get("certificate", ""),
        key=shown.get("key", ""),
    )


@lru_cache(maxsize=8)
def _of_our_pod(server: str, ca: str) -> KubernetesCluster:
    token = settings.SERVICE_ACCOUNT / "token"
    return KubernetesCluster(server, ca_data=ca, token_file=token)


def _authority() -> str:
    """The authority as the pod has it now: it changes in time, as the token does."""
    try:
        return (settings.SERVICE_ACCOUNT / "ca.crt").read_text()
    except OSError as error:
        raise Unavailable(f"The portal runs in no pod: {error}") from error


def found(cluster: Cluster, ref: Ref) -> Manifest | None:
    """Return the object if there is one."""
    try:
        return cluster.get(ref)
    except NotFound:
        return None
