"""Logs: of containers that run, polled; of those that ended, from their rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from access.requests import Request
from workloads.models import Termination, Workload
from workloads.services import Refusal, pod_log
from workloads.tables import texts
from workloads.views.abilities import workload_of
from workloads.views.details import panel_of, shown

TAIL = 500
ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")
STAMP = re.compile(
    r"(\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d(?:\.\d{1,3})?)\S*) (.*)", re.DOTALL
)
STRANGE = re.compile(r"[^-.\w]", re.ASCII)
LEVELS = (
    (re.compile(r"\b(?:ERROR|FATAL|CRITICAL|Traceback|Killed)\b"), "is-bad"),
    (re.compile(r"\bWARN(?:ING)?\b"), "is-wait"),
)


class Source(NamedTuple):
    """A container whose log can be read."""

    pod: str
    container: str
    title: str


class Instance(NamedTuple):
    """One that ended."""

    key: str
    title: str


class Line(NamedTuple):
    """A line: its time of day, its text, and the class of its level."""

    at: str
    text: str
    level: str


@dataclass(frozen=True)
class Log:
    """The log that the address chooses."""

    workload: Workload
    pod: str = ""
    container: str = ""
    instance: str = ""
    search: str = ""

    @cached_property
    def sources(self) -> list[Source]:
        """Containers of the pods that are there, leaders first."""
        places = {
            pod["uid"]: (group["index"], pod["index"])
            for group in self.workload.groups
            for pod in group["pods"]
        }
        found = []
        for pod in self.workload.pods.all():
            replica, place = places.get(pod.uid) or place_of(pod.name, self.workload)
            role = "leader" if place == 0 else f"worker {place}"
            for container in containers(pod.manifest):
                title = f"Replica {replica}, {role}"
                if container != role.split(maxsplit=1)[0]:
                    title = f"{title}, {container}"
                found.append(((replica, place), Source(pod.name, container, title)))
        return [source for _, source in sorted(found, key=lambda item: item[0])]

    @cached_property
    def ended(self) -> list[Termination]:
        """Instances that ended, the newest first."""
        return list(self.workload.terminations.defer("log")[:50])

    @property
    def instances(self) -> list[Instance]:
        """The same, to choose from."""
        return [
            Instance(
                str(row.pk),
                f"{row.pod}, {row.container}: {row.reason or 'ended'}, "
                f"{texts.exact(row.at)}",
            )
            for row in self.ended
        ]

    @cached_property
    def source(self) -> Source | None:
        """The chosen container, or the first leader's."""
        wanted = (self.pod, self.container)
        chosen = (s for s in self.sources if (s.pod, s.container) == wanted)
        same = (s for s in self.sources if s.pod == self.pod)
        return next(chosen, None) or next(same, None) or next(iter(self.sources), None)

    @cached_property
    def termination(self) -> Termination | None:
        """The chosen instance; the last one where nothing runs."""
        chosen = (row for row in self.ended if str(row.pk) == self.instance)
        found = next(chosen, None)
        return found or (self.ended[0] if self.ended and not self.source else None)

    @property
    def name(self) -> str:
        """Of the file that it is downloaded as."""
        of = self.termination or self.source
        pod, container = (of.pod, of.container) if of else ("none", "none")
        name = f"{self.workload.name}_{pod}_{container}_{now():%Y%m%d-%H%M%S}.log"
        return STRANGE.sub("_", name)

    def raw(self, tail: int = TAIL) -> list[str]:
        """The lines as they came. Raises Refusal."""
        if self.termination:
            return self.termination.log.splitlines()
        if not self.source:
            raise Refusal("No pod of this workload runs, and none has ended yet.")
        return pod_log(
            self.workload,
            self.source.pod,
            self.source.container,
            tail=tail,
            timestamps=True,
        )

    def lines(self) -> Iterator[Line]:
        """The lines that hold what is searched, without colours. Raises Refusal."""
        wanted = self.search.casefold()
        for text in self.raw():
            clean = ANSI.sub("", text)
            if wanted in clean.casefold():
                yield parsed(clean)


def place_of(pod: str, workload: Workload) -> tuple[int, int]:
    """Replica and worker by the pod's name: ``<name>-<replica>[-<worker>]``."""
    numbers = pod.removeprefix(f"{workload.name}-").split("-")
    found = [int(part) for part in numbers if part.isdigit()] + [0, 0]
    return found[0], found[1]


def containers(manifest: dict) -> list[str]:
    """The names of a pod's containers."""
    return [item["name"] for item in manifest.get("spec", {}).get("containers", ())]


def parsed(text: str) -> Line:
    """A line in its parts."""
    found = STAMP.match(text)
    at, rest = (found[2], found[3]) if found else ("", text)
    level = next((name for pattern, name in LEVELS if pattern.search(rest)), "")
    return Line(at, rest, level)


def log_of(request: Request, pk: UUID) -> Log:
    """The log that the address chooses."""
    pod, _, container = request.GET.get("pod", "").partition("/")
    return Log(
        workload_of(request, pk),
        pod,
        container,
        request.GET.get("instance", ""),
        request.GET.get("find", "")[:200],
    )


def read(log: Log) -> dict[str, object]:
    """The lines, or the sentence why there are none."""
    try:
        return {"lines": list(log.lines()), "refusal": ""}
    except Refusal as refusal:
        return {"lines": [], "refusal": str(refusal)}


@require_safe
def logs(request: Request, pk: UUID) -> HttpResponse:
    """The Logs tab. A poll of the panel asks no cluster: the log polls itself."""
    log = log_of(request, pk)
    found = {} if request.htmx else read(log)
    return shown(request, panel_of(request, pk, "logs"), log=log, **found)


@require_safe
def lines(request: Request, pk: UUID) -> HttpResponse:
    """The log alone."""
    log = log_of(request, pk)
    context = {"log": log, "query": request.GET.urlencode()} | read(log)
    return render(request, "workloads/log.html", context)


@require_safe
def download(request: Request, pk: UUID) -> HttpResponse:
    """The log as a file, longer than on the page."""
    log = log_of(request, pk)
    try:
        text = "\n".join(log.raw(tail=10_000)) + "\n"
    except Refusal as refusal:
        return HttpResponse(f"{refusal}\n", status=409, content_type="text/plain")
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{log.name}"'
    return response
