"""The first step, written by hand: columns of the draft."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workloads.wizard.page import Problem

NO_LWS = (
    "LeaderWorkerSet is not installed on cluster {}. Ask your administrator to "
    "install it."
)


@dataclass(frozen=True)
class ProjectCard:
    """A project to choose, with its quota."""

    id: int
    name: str
    department: str
    chosen: bool
    quota: str
    allocated: str
    held: str
    free: str
    pools: Sequence[Any]


@dataclass(frozen=True)
class Basics:
    """What the first step shows."""

    draft: Any
    clusters: Sequence[Any]
    cards: Sequence[ProjectCard]
    problems: Sequence[Problem]
    no_projects: bool = False

    @property
    def only_cluster(self) -> Any:
        """The cluster of a site that has one."""
        return self.clusters[0] if len(self.clusters) == 1 else None

    @property
    def searchable(self) -> bool:
        """Whether there are more projects than one looks through."""
        return len(self.cards) > 8

    @property
    def no_lws(self) -> str:
        """Why Distributed cannot be chosen."""
        cluster = self.draft.cluster
        return NO_LWS.format(cluster) if cluster and not cluster.has_lws else ""

    @property
    def shown(self) -> str:
        """What the inputs show, for the post to be compared with."""
        draft = self.draft
        return json.dumps(
            {
                "name": draft.name,
                "cluster": str(draft.cluster_id or ""),
                "project": str(draft.project_id or ""),
            }
        )

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by input."""
        return {p.href.removeprefix("#"): p.text for p in self.problems}


def problems(
    draft: Any, names: Sequence[str], taken: str, tried: bool
) -> list[Problem]:
    """Return what is wrong in the first step; what is missing, once it was tried.

    ``names`` are the sentences about the name, ``taken`` says that it is in use.
    """
    found = []
    if draft.cluster is None and tried:
        found.append(Problem("#cluster", "Choose a cluster."))
    if draft.project is None and tried:
        found.append(Problem("#project", "Choose a project."))
    if draft.cluster is not None and not draft.cluster.has_lws:
        found.append(Problem("#architecture", NO_LWS.format(draft.cluster)))
    if draft.name or tried:
        found += [Problem("#name", f"Name {text}.") for text in names[:1]]
    if taken:
        found.append(Problem("#name", taken))
    return found
