"""Leader and workers side by side: what is set, or matters."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from policies.engine.judge import Verdict
from workloads.spec.issues import Issue
from workloads.spec.paths import FieldPath, Location
from workloads.spec.schema import SCHEMA
from workloads.wizard.items import alike, told
from workloads.wizard.parts import Section, Step
from workloads.wizard.sentences import called, called_at, role_of, sentence, spoken
from workloads.wizard.steps import SHARED, STEPS, step_of
from workloads.wizard.view import about

WORKLOAD = (
    ("replicas", "setup"),
    ("workers", "workers"),
    ("nodePools", "leader"),
    ("preemptibility", "setup"),
    ("priorityClass", "setup"),
    ("startupPolicy", "setup"),
    ("restartPolicy", "setup"),
    ("rollout.maxUnavailable", "setup"),
    ("rollout.maxSurge", "setup"),
    ("rollout.partition", "setup"),
)
ENDPOINT = (
    "port",
    "authorizationType",
    "authorizedGroups",
    "authorizedUsers",
    "exposeExternally",
    "servicePort",
    "serviceName",
)
SOURCES_SHOWN = ("default", "policy", "copy")
QUIET = frozenset({"uidGidSource", "servicePort", "gpuRequestType"})
"""Fields whose default says nothing that matters."""


class Cell(NamedTuple):
    """A value with who gave it."""

    text: str
    source_kind: str = ""
    source: str = ""
    muted: bool = False


class Line(NamedTuple):
    """A setting of the workload, or of one role beside the other."""

    label: str
    cells: list[Cell]
    change: str = ""


class Group(NamedTuple):
    """The settings of one section."""

    title: str
    slug: str
    leader: str
    """The step in which the leader's are changed."""

    lines: list[Line]


class Warned(NamedTuple):
    """A warning, and the step in which it can be cured."""

    text: str
    step: Step | None
    at: str = ""
    """The id of the section there."""


@dataclass(frozen=True)
class Review:
    """What the review lists."""

    verdict: Verdict
    document: dict[str, Any]

    @property
    def workers(self) -> bool:
        """Whether there are workers."""
        return self.verdict.spec.worker is not None

    def workload(self) -> list[Line]:
        """Settings that are the workload's own."""
        return [
            line
            for name, step in WORKLOAD
            if (line := self.line(FieldPath.parse(name), step))
        ]

    def endpoint(self) -> list[Line]:
        """The endpoint, where there is one."""
        if self.verdict.spec.serving_port is None:
            return []
        paths = (FieldPath(("servingPort", name)) for name in ENDPOINT)
        return [line for path in paths if (line := self.line(path, "environment"))]

    def line(self, path: FieldPath, step: str) -> Line | None:
        """Return one setting, unless nothing stands there."""
        cell = self.cell(path)
        return Line(about(path).label, [cell], step) if cell.text else None

    def groups(self) -> list[Group]:
        """Settings of the pods, by section."""
        found = (self.group(section) for section in SHARED)
        return [group for group in found if group.lines]

    def group(self, section: Section) -> Group:
        """Return the lines of one section."""
        names = [n for n in (*section.fields, *section.also) if not n.startswith("/")]
        lines = [line for name in names for line in self.beside(name)]
        leader = "environment" if section in STEPS["environment"].sections else "leader"
        return Group(section.title, section.slug, leader, lines)

    def beside(self, name: str) -> list[Line]:
        """Return what stands at or below a name, the leader's and the workers'."""
        field = SCHEMA.at(("leader", *name.split(".")))
        if field.children and not field.items:
            return [
                line
                for child in field
                if child.adapter
                for line in self.beside(str(FieldPath(child.path[1:])))
            ]
        paths = [FieldPath((role, *name.split("."))) for role in ROLES]
        mine, theirs = map(self.cell, paths)
        if not mine.text and not theirs.text:
            return []
        if not self.workers:
            return [Line(self.label(name), [mine])]
        if self.same(*paths) and "policy" not in (mine.source_kind, theirs.source_kind):
            theirs = Cell("Same as leader", muted=True)
        pair = [
            c if c.text else Cell("Not provided", muted=True) for c in (mine, theirs)
        ]
        return [Line(self.label(name), pair)]

    def label(self, name: str) -> str:
        """Return what a setting is called."""
        path = FieldPath(("leader", *name.split(".")))
        if SCHEMA.at(path).items:
            return LISTS.get(path[-1], str(path[-1]))
        text = about(path).label
        return f"{path[2].capitalize()}: {text}" if path[1] == "probes" else text

    def same(self, one: FieldPath, other: FieldPath) -> bool:
        """Whether two places hold the same, also where that is not all told."""
        mine, theirs = self.value(one), self.value(other)
        if SCHEMA.at(one).items:
            return alike(one, mine or (), theirs or ())
        return mine == theirs

    def value(self, path: FieldPath) -> Any:
        """Return what the workload would have there."""
        node: Any = self.verdict.resolved
        for part in path:
            node = node.get(part) if isinstance(node, dict) else None
        return node

    def cell(self, path: FieldPath) -> Cell:
        """Return a value with its source, where that is not you."""
        node = self.value(path)
        if node in (None, [], {}):
            return Cell("")
        if SCHEMA.at(path).items:
            return Cell(told(path, node))
        if isinstance(node, dict):
            return Cell("as given")
        kind, source = called(self.verdict.sources.get(Location(path), "you"))
        if kind == "default" and (
            path[-1] in QUIET or (node is False and len(about(path).options) < 2)
        ):
            return Cell("")
        text = spoken(about(path), node)
        return Cell(text, kind, source) if kind in SOURCES_SHOWN else Cell(text)

    def warnings(self) -> list[Warned]:
        """What does not stop the submission, and should be known."""
        return [self.warned(w) for w in self.verdict.warnings if not w.by_cluster]

    def objections(self) -> list[Warned]:
        """What the cluster said when it was asked: the same of both roles once."""
        found: dict[str, list[Issue]] = {}
        for issue in self.verdict.warnings:
            if issue.by_cluster:
                found.setdefault(self.warned(issue).text, []).append(issue)
        return [
            self.warned(several[0])._replace(text=f"{role_of(several)}{text}")
            for text, several in found.items()
        ]

    def warned(self, issue: Issue) -> Warned:
        """Return a warning as the page has it."""
        place = issue.location
        step = step_of(place)
        section = step.section_of(place) if step else None
        words = sentence(called_at(place, self.document), issue)
        return Warned(words, step, f"s-{section.slug}" if section else "")


ROLES = ("leader", "worker")
LISTS = {
    "environmentVariables": "Variables",
    "extendedResources": "Extended resources",
    "tolerations": "Tolerations",
    "labels": "Labels",
    "annotations": "Annotations",
    "ports": "More ports",
    "nodeSelector": "Node selector",
    "imagePullSecrets": "Pull credentials",
    "pvc": "Volumes",
    "emptyDirVolume": "EmptyDirs",
    "nfs": "NFS",
    "git": "Git",
    "hostPath": "Host paths",
    "configMapVolume": "ConfigMaps",
    "secretVolume": "Secrets",
}
