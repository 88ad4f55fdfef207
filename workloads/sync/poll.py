"""The follower's work, done now and then where the follower has gone silent."""

import logging
from datetime import timedelta

from django.utils.timezone import now

from projects.models import Cluster
from workloads.cluster.interface import ClusterError
from workloads.sync.assign import assign
from workloads.sync.clusters import cluster_for
from workloads.sync.observe import WATCHED, heard, take_stock
from workloads.sync.publish import refresh
from workloads.sync.sweep import say_stale
from workloads.sync.work import sweep

SILENT = timedelta(seconds=20)

logger = logging.getLogger(__name__)


def poll_silent_clusters() -> None:
    """Take stock of every cluster that nobody has heard for a while; then sweep."""
    for cluster in Cluster.objects.all():
        if cluster.heard_at is not None and cluster.heard_at > now() - SILENT:
            continue
        try:
            poll(cluster)
        except ClusterError as error:
            logger.warning("Cluster %s does not answer: %s", cluster, error)
            say_stale(cluster)
    sweep()


def poll(cluster: Cluster) -> None:
    """Make the rows match the cluster, once."""
    connection = cluster_for(cluster)
    touched: set[str] = set()
    for api, kind, selector in WATCHED:
        items, _ = connection.list(api, kind, selector=selector)
        touched |= take_stock(cluster, kind, items)
        if kind == "PodGroup":
            assign(connection, items)
    heard(cluster)
    for pk in touched:
        refresh(pk)
