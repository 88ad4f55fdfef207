"""Workloads as rows, and what a page shows, for tests of pages."""

import re
from html.parser import HTMLParser

from access.models import User
from projects.models import Project
from tests.support.demo import workload
from workloads.models import Workload


def a_workload(
    project: Project, by: User, name: str = "chat", phase: str = "Running", **columns
) -> Workload:
    """One of two replicas of a leader and a worker, all of them running."""
    row = (name, phase, columns.pop("message", ""), 2, 1, 4, 2, 60)
    made = workload(project, by, row)
    Workload.objects.filter(pk=made.pk).update(**columns)
    made.refresh_from_db()
    return made


def names(page: str) -> list[str]:
    """The workloads of a table's page, in order."""
    return re.findall(r'<a class="name"[^>]*>([^<]*)</a>', page)


class Counted(HTMLParser):
    """How many elements a page has, and what of it could run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements = 0
        self.live: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements += 1
        self.live += [f"{tag} {name}" for name, _ in attrs if name.startswith("on")]
        self.live += [f"{tag} style" for name, _ in attrs if name == "style"]
        self.live += [tag] if tag == "script" else []
