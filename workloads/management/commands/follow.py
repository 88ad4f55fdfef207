"""Follow clusters from a process of its own, as production does."""

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from projects.models import Cluster
from workloads.sync.follow import Follower


class Command(BaseCommand):
    help = "Keep rows true to their clusters. One process follows, others stand by."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cluster", help="only the cluster of this name")

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stopping.set())
        followers: dict[str, Follower] = {}
        while not stopping.is_set():
            rows = Cluster.objects.all()
            if options["cluster"]:
                rows = rows.filter(name=options["cluster"])
            for cluster in rows:
                if str(cluster.pk) not in followers:
                    followers[str(cluster.pk)] = Follower(cluster)
                    followers[str(cluster.pk)].start()
            stopping.wait(10)
        for follower in followers.values():
            follower.stop()
