"""The follower's work, done now and then where the follower has gone silent."""

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from django.utils.timezone import now

from projects.models import Cluster
from workloads.cluster.interface import ClusterError
from workloads.sync import lease
from workloads.sync.assign import assign
from workloads.sync.clusters import cluster_for
from workloads.sync.observe import WATCHED, heard, take_stock
from workloads.sync.publish import refresh_all
from workloads.sync.sweep import say_fresh, say_stale
from workloads.sync.work import sweep

SILENT = timedelta(seconds=20)

logger = logging.getLogger(__name__)


def poll_silent_clusters() -> None:
    """Take stock of every cluster that nobody has heard for a while; then sweep."""
    for cluster in Cluster.objects.all():
        try:
            _poll_if_silent(cluster)
        except Exception:
            logger.exception("Polling cluster %s failed", cluster)
    sweep()


def _poll_if_silent(cluster: Cluster) -> None:
    """Poll in the follower's place: beside it, an old list could win over its watch."""
    if cluster.heard_at is not None and cluster.heard_at > now() - SILENT:
        say_fresh(cluster)
        return
    holder = f"poll-{uuid4().hex[:12]}"
    try:
        poll(cluster, lambda: lease.holds(cluster, holder))
    except ClusterError as error:
        logger.warning("Cluster %s does not answer: %s", cluster, error)
    finally:
        lease.give_back(cluster, holder)
    say_stale(cluster)
    say_fresh(cluster)


def poll(cluster: Cluster, may_go_on: Callable[[], bool] = lambda: True) -> None:
    """Make the rows match the cluster, once."""
    connection = cluster_for(cluster)
    touched: set[str] = set()
    for api, kind, selector in WATCHED:
        items, _ = connection.list(api, kind, selector=selector)
        if not may_go_on():
            return
        touched |= take_stock(cluster, kind, items)
        if kind == "PodGroup":
            assign(connection, items)
    heard(cluster)
    refresh_all(touched)
