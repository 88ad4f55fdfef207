"""A workload's details as their templates are given them."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import now

from access.models import User
from workloads.manifests import demand, endpoint_address
from workloads.models import Workload
from workloads.models.sources import DataSource, data_sources
from workloads.services import Refusal, manifest_text
from workloads.spec.workload import WorkloadSpec
from workloads.sync.target import identity_of, spec_of, target_of
from workloads.tables import CALM, IDLE, PASSING, texts
from workloads.tables.looks import look
from workloads.tables.rows import Moment, is_outside, web
from workloads.views import drawing, history, setup
from workloads.views.abilities import Abilities
from workloads.views.colours import coloured

TABS = (
    ("detail", "Overview"),
    ("events", "Event history"),
    ("logs", "Logs"),
    ("pods", "Pods"),
    ("spec", "Spec & YAML"),
)

VIEWS = (("", "Manifests"), ("said", "As submitted"), ("resolved", "As accepted"))


class Tab(NamedTuple):
    """A tab of the panel."""

    key: str
    title: str
    href: str
    on: bool


@dataclass(frozen=True)
class Panel:
    """One workload, one tab of its details."""

    workload: Workload
    user: User
    tab: str
    params: dict[str, str] = field(default_factory=dict)
    back: tuple[tuple[str, str], ...] = ()
    """What the table beside it is asked with."""

    idle: bool = False
    at: datetime = field(default_factory=now)

    @cached_property
    def version(self) -> str:
        """Differs when something of the details does."""
        of = self.workload
        seen = of.events.aggregate(last=Max("at"), count=Count("pk"))
        last = seen["last"].timestamp() if seen["last"] else 0
        table = of.project.table_version
        return f"{table}.{of.generation}.{seen['count']}.{last:.0f}"

    @property
    def interval(self) -> str:
        """How often it asks for news."""
        if self.idle:
            return IDLE
        return PASSING if self.workload.passing else CALM

    @property
    def poll(self) -> str:
        """Where it asks."""
        return self.link(
            self.tab, version=self.version, every=self.interval, **self.params
        )

    def link(self, name: str, **own: str) -> str:
        """An address of this workload that keeps the table beside it."""
        said = urlencode([*own.items(), *self.back], safe=",:/")
        return f"{self.url(name)}?{said}" if said else self.url(name)

    def url(self, name: str) -> str:
        """An address of this workload."""
        return reverse(f"workloads:{name}", args=[self.workload.pk])

    @property
    def close(self) -> str:
        """The table that it stands beside."""
        gone = self.workload.deleted_at is not None
        table = reverse("workloads:deleted" if gone else "workloads:list")
        return f"{table}?{urlencode(self.back, safe=',:/')}" if self.back else table

    @property
    def query(self) -> str:
        """What the log is asked with."""
        return urlencode(self.params)

    @property
    def log_url(self) -> str:
        """Where another log is chosen."""
        return self.url("logs")

    @property
    def download_url(self) -> str:
        """The chosen log as a file."""
        return f"{self.url('log-file')}?{self.query}"

    @property
    def gpus(self) -> dict[str, str]:
        """Devices of one pod, by role."""
        asked = demand(self.spec).per_pod
        return {role: texts.number(of.gpus) for role, of in asked.items()}

    @property
    def images(self) -> list[tuple[str, str]]:
        """The image, or those of both roles."""
        return list(setup.images(self.spec))

    @property
    def tabs(self) -> list[Tab]:
        """The tabs; each has an address."""
        return [Tab(key, title, self.link(key), key == self.tab) for key, title in TABS]

    @property
    def title(self) -> str:
        """The title of the tab."""
        return dict(TABS)[self.tab]

    @cached_property
    def can(self) -> Abilities:
        """What its reader may do."""
        return Abilities.of(self.workload, self.user)

    @property
    def look(self) -> Any:
        """Of the phase."""
        return look(self.workload.phase)

    @property
    def word(self) -> str:
        """The phase, or that it is gone."""
        return "Deleted" if self.workload.deleted_at else self.workload.phase

    @property
    def since(self) -> Moment:
        """When the phase began."""
        return Moment.of(self.workload.phase_since, self.at)

    @property
    def age(self) -> str:
        """How long the phase lasts."""
        return texts.age((self.at - self.workload.phase_since).total_seconds())

    @cached_property
    def spec(self) -> WorkloadSpec:
        """What was accepted."""
        return spec_of(self.workload)

    @cached_property
    def lines(self) -> list[drawing.Line]:
        """The replicas."""
        return list(drawing.lines(self.workload))

    @property
    def suspect(self) -> drawing.Block | None:
        """The first pod that failed after it ran, or is not ready any more."""
        pods = [pod for line in self.lines for pod in line.blocks]
        return min(
            (pod for pod in pods if pod.ran and pod.look in drawing.SUSPICIOUS),
            key=lambda pod: drawing.SUSPICIOUS.index(pod.look),
            default=None,
        )

    @property
    def left_out(self) -> str:
        """Replicas that are not drawn."""
        return drawing.left_out(self.workload)

    @property
    def ready(self) -> str:
        """Ready replicas and pods in words."""
        of = self.workload
        pods = f"{of.running_pods} of {texts.plural(of.requested_pods, 'pod')}"
        return f"{of.ready_replicas} of {of.replicas} ready, {pods}"

    @property
    def outside(self) -> str:
        """The address for everybody, if there is one."""
        address = web(self.workload.address)
        return address if is_outside(address) else ""

    @property
    def inside(self) -> str:
        """The address inside the cluster."""
        of = self.workload
        return endpoint_address(identity_of(of), target_of(of.project), self.spec) or ""

    @property
    def callers(self) -> str:
        """Who may call it, by name."""
        serving = self.spec.serving_port
        named = (
            (*serving.authorized_groups, *serving.authorized_users) if serving else ()
        )
        return ", ".join(named)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The setup."""
        return list(setup.facts(self.workload, self.spec))

    @property
    def sources(self) -> list[DataSource]:
        """The data that is mounted."""
        return data_sources(self.spec)

    @property
    def kinds(self) -> list[Tab]:
        """The kinds of history."""
        return self._choices("events", "kind", history.KINDS)

    @property
    def entries(self) -> list[history.Entry]:
        """The history."""
        return history.entries(self.workload, self.params.get("kind", ""), self.at)

    @property
    def views(self) -> list[Tab]:
        """The views of the spec."""
        return self._choices("spec", "view", VIEWS)

    def _choices(
        self, page: str, name: str, choices: tuple[tuple[str, str], ...]
    ) -> list[Tab]:
        chosen = self.params.get(name, "")
        return [
            Tab(
                key,
                title,
                self.link(page, **({name: key} if key else {})),
                key == chosen,
            )
            for key, title in choices
        ]

    @property
    def coloured(self) -> SafeString:
        """The text of the chosen view, in colours."""
        return coloured(self.text)

    @cached_property
    def text(self) -> str:
        """The text of the chosen view."""
        match self.params.get("view", ""):
            case "said":
                return pretty(self.workload.document)
            case "resolved":
                return pretty(self.workload.resolved)
            case _:
                return manifests_of(self.workload)


def pretty(document: dict[str, Any]) -> str:
    """A document as indented JSON."""
    return json.dumps(document, indent=2, ensure_ascii=False)


def manifests_of(workload: Workload) -> str:
    """The YAML, or the reason why there is none."""
    try:
        return manifest_text(workload)
    except (Refusal, KeyError) as reason:
        return f"# No manifests: {reason}"
