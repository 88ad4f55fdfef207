"""Follow clusters from a process of its own, as production does."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workloads.sync.followers import Followers


class Command(BaseCommand):
    help = "Keep rows true to their clusters. One process follows, others stand by."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cluster", default="", help="only the one of this name")

    def handle(self, *args: Any, **options: Any) -> None:
        followers = Followers(options["cluster"])
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: followers.stopping.set())
        followers.run()
        followers.stop()
