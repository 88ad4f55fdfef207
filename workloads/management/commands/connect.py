"""Connect a cluster where there is no page for it, and see what it lacks."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.connecting import connect_cluster
from projects.connection import IN_CLUSTER_SERVER, BadConnection, Connection
from projects.kubeconfig import connection_of
from projects.models import Cluster
from workloads.sync.look import look
from workloads.sync.work import work_on_cluster


class Command(BaseCommand):
    help = (
        "Connect the cluster of this name, new or not, and look at its prerequisites. "
        "With neither option it is only looked at."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--kubeconfig", help="a file, or - for what is typed")
        ways.add_argument(
            "--own-pod", action="store_true", help="the cluster that this runs in"
        )
        parser.add_argument("--context", default="", help="of the kubeconfig")

    def handle(self, *args: Any, **options: Any) -> None:
        row = Cluster.objects.filter(name=options["name"]).first()
        connection = self.entered(options)
        if connection is not None:
            row = row or Cluster(name=options["name"])
            self.connect(row, connection)
        if row is None:
            raise CommandError("There is no such cluster: say how to connect it.")
        findings = look(row)
        for found in findings:
            words = (f"{found.state:8}{found.name}:", found.text, found.next_step)
            self.stdout.write(" ".join(filter(None, words)))
        if findings[0].state == "error":
            raise CommandError("The cluster lacks something.")

    def entered(self, options: dict[str, Any]) -> Connection | None:
        if options["own_pod"]:
            return Connection(IN_CLUSTER_SERVER)
        if not options["kubeconfig"]:
            return None
        try:
            return connection_of(_text(options["kubeconfig"]), options["context"])
        except (BadConnection, OSError, UnicodeDecodeError) as refusal:
            raise CommandError(str(refusal)) from None

    def connect(self, row: Cluster, connection: Connection) -> None:
        try:
            connect_cluster(by=None, cluster=row, connection=connection)
        except BadConnection as refusal:
            raise CommandError(str(refusal)) from None
        work_on_cluster(row.pk)


def _text(name: str) -> str:
    return sys.stdin.read() if name == "-" else Path(name).read_text()
