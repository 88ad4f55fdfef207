"""Secrets brought to the namespaces that need them, and taken away again.

The only place, but for connections, where what lies sealed is opened: it goes into the
body of one request, and nowhere else.
"""

import json
from contextlib import suppress
from typing import Any

from django.utils.timezone import now

from assets.contents import Content, Kind, contents
from projects.secrets import Lost, place_of
from projects.secrets.unsealing import unseal
from workloads.cluster import Cluster, NotFound, Ref, Refused
from workloads.manifests.secrets import CREDENTIAL, secret
from workloads.models import CredentialUse, SecretCopy, Workload
from workloads.models.credentials import UNUSED_FOR
from workloads.sync.clusters import cluster_for, found
from workloads.sync.organization import MANAGED, bears, put
from workloads.sync.turn import NotYet

LOST = "The value of credential {} cannot be opened any more: enter it again."
SOON = 0.5


def bring(copy: SecretCopy) -> dict[str, Any]:
    """Make the namespace hold what it should; return the columns that follow."""
    cluster = cluster_for(copy.project.cluster)
    if not copy.kept:
        SecretCopy.objects.filter(pk=copy.pk).update(revision=0)  # nobody starts on it
        take_away(copy, cluster)
        return {"revision": 0, "names": [], "unused_since": now()}
    used = copy.in_use()
    if not used:
        since = copy.unused_since or now()
        if copy.unused_since is None:
            SecretCopy.objects.filter(pk=copy.pk).update(unused_since=since)
        raise NotYet((since + UNUSED_FOR - now()).total_seconds() + 1)
    credential = copy.credential
    assert credential is not None
    found = {f"{copy.name}{each.suffix}": each for each in opened(copy)}
    names = list(dict.fromkeys([*copy.names, *found]))
    SecretCopy.objects.filter(pk=copy.pk).update(names=names)  # before one is made
    for name, each in found.items():
        body = secret(
            name,
            copy.project.namespace,
            type=each.type,
            data=each.data,
            credential=str(copy.owner),
            revision=credential.revision,
        )
        put(cluster, body, {CREDENTIAL: str(copy.owner)})
    return {"revision": credential.revision, "names": names, "unused_since": None}


def opened(copy: SecretCopy) -> list[Content]:
    """Return what the credential's Secrets hold. Raises Refused for a lost key."""
    credential = copy.credential
    assert credential is not None
    try:
        blob = bytes(credential.sealed or b"")
        plain = unseal(blob, place=place_of(credential, "sealed"))
    except Lost:
        raise Refused(LOST.format(credential.name)) from None
    return contents(Kind(credential.kind), json.loads(plain))


def take_away(copy: SecretCopy, cluster: Cluster) -> None:
    """Delete the Secrets that are ours by their labels."""
    marks = MANAGED | {CREDENTIAL: str(copy.owner)}
    for name in copy.names:
        ref = Ref("v1", "Secret", name, copy.project.namespace)
        live = found(cluster, ref)
        if live is not None and bears(live, marks):
            with suppress(NotFound):
                cluster.delete(ref, uid=live["metadata"]["uid"])


def expect_secrets(workload: Workload) -> None:
    """Let a workload start once its Secrets are there.

    Raises NotYet while one is under way, and Refused where one cannot be brought.
    """
    uses = CredentialUse.objects.filter(workload=workload)
    needed = uses.values("credential")
    missing = SecretCopy.objects.filter(
        project=workload.project, credential__in=needed, revision=0
    )
    for copy in missing:
        if copy.refused:
            raise Refused(copy.last_error)
        raise NotYet(SOON)
