"""One process follows a cluster: the lease in its row."""

from datetime import timedelta
from time import monotonic

from django.db.models import Q
from django.db.models.functions import Now

from projects.models import Cluster

LENGTH = timedelta(seconds=15)
ANEW = 5.0

_held: dict[tuple[str, str], float] = {}
"""When this process last took a lease, by cluster and holder."""


def holds(cluster: Cluster, holder: str) -> bool:
    """Take or renew the lease. The database is asked at most every five seconds."""
    place = (str(cluster.pk), holder)
    if monotonic() - _held.get(place, -ANEW) < ANEW:
        return True
    free = Q(follower=holder) | Q(follower="") | Q(follower_until__lt=Now())
    rows = Cluster.objects.filter(free, pk=cluster.pk)
    if not rows.update(follower=holder, follower_until=Now() + LENGTH):
        _held.pop(place, None)
        return False
    _held[place] = monotonic()
    return True


def give_back(cluster: Cluster, holder: str) -> None:
    """Let another process follow at once."""
    _held.pop((str(cluster.pk), holder), None)
    rows = Cluster.objects.filter(pk=cluster.pk, follower=holder)
    rows.update(follower="", follower_until=None)
