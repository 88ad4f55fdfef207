"""Parts of a step that have a template of their own: what each is given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workloads.spec.paths import FieldPath, Location
from workloads.wizard import gates, words
from workloads.wizard.around import Around
from workloads.wizard.drawing import Drawing
from workloads.wizard.rows import ListView, list_view
from workloads.wizard.sentences import reason_of
from workloads.wizard.steps import HANDLER, PROBES, TIMES, WORKER
from workloads.wizard.view import View, dashed

VOLUME_CELLS = {
    "emptyDirVolume": ("sizeLimit", "path", "medium"),
    "pvc": (
        "claimInfo.storageClass",
        "claimInfo.accessModes.readWriteOnce",
        "claimInfo.accessModes.readOnlyMany",
        "claimInfo.accessModes.readWriteMany",
        "claimInfo.size",
        "claimInfo.volumeMode",
        "path",
        "readOnly",
    ),
    "nfs": ("server", "path", "mountPath", "readOnly"),
    "configMapVolume": ("mountPath",),
    "secretVolume": ("mountPath",),
    "git": ("path",),
    "hostPath": ("mountPath",),
}
NEW = ("emptyDirVolume", "pvc", "nfs")
"""Kinds that the form can make; the others are kept and shown."""


@dataclass(frozen=True)
class Part:
    """What a piece is drawn from."""

    drawing: Drawing
    document: dict[str, Any]
    root: FieldPath
    around: Around

    def name(self, below: str) -> str:
        """Return the name of a field of the step's role."""
        return str(self.root / below)

    def said(self, name: str) -> dict[str, Any]:
        """Return what a form shows of an object that may be there or not."""
        shown = self.drawing.shown(name) or {}
        return {key: value for key, value in shown.items() if value not in ({}, None)}

    def limited(self, below: str) -> str:
        """Say who limits a field to a list, or fixes it; nothing where it is free."""
        rules = self.drawing.context.policy.rules.get(self.root / below)
        limits = rules and (self.shut(below) or rules.options)
        return f"Not offered, set by {rules.source}." if rules and limits else ""

    def shut(self, below: str) -> str:
        """Say who keeps a field from being set; nothing where it may be."""
        rules = self.drawing.context.policy.rules.get(self.root / below)
        if rules is None or not (rules.can_edit is False or rules.blocked):
            return ""
        return reason_of(rules, valued=False)

    def leaders(self, below: str) -> dict[str, Any]:
        """Return what the leader has, in the step of the workers."""
        return self.said(f"leader.{below}") if self.root == WORKER else {}

    def view(self, below: str, **options: Any) -> View:
        """Draw a field of the step's role."""
        return self.drawing.view(self.name(below), **options)

    def rows(self, below: str, cells: tuple[str, ...]) -> ListView:
        """Draw a list of the step's role."""
        return list_view(
            self.drawing, self.document, Location(self.root / below), cells
        )


def image(part: Part) -> dict[str, Any]:
    """The source of the image, and its address."""
    field = part.view("image")
    why = part.limited("image")
    return {
        "field": field,
        "name": f"{part.name('image')}:imageSource",
        "label": "Image of the policy" if why else "Custom image",
        "closed": [
            ("NGC catalog", why or gates.ngc_catalog(part.around.ngc_catalog)),
            (
                "NGC private registry",
                why or gates.ngc_registry(part.around.ngc_registry),
            ),
        ],
    }


def injected(part: Part) -> dict[str, Any]:
    """Variables that every container has anyway."""
    return {
        "variables": words.INJECTED,
        "help": words.Help("About built-in variables", "variables"),
    }


def pools(part: Part) -> dict[str, Any]:
    """Node pools in order, those that can be added, and what a reset brings."""
    view = part.drawing.view("nodePools")
    chosen = view.values
    facts = part.drawing.context.facts
    known = {pool.name: pool for pool in facts.pools}
    items = [
        {
            "name": name,
            "number": n + 1,
            "text": pool_text(name, facts.default_pools, part.around.pool_notes),
            "strange": name not in known,
            "first": n == 0,
            "last": n == len(chosen) - 1,
        }
        for n, name in enumerate(chosen)
    ]
    others = [name for name in known if name not in chosen]
    path = FieldPath(("nodePools",))
    return {
        "view": view,
        "items": items,
        "others": [(name, part.drawing.refused(view, path, name)) for name in others],
    }


def pool_text(name: str, usual: Sequence[str], notes: Mapping[str, str]) -> str:
    """Say of a node pool whether it is the project's, and what is free in it."""
    parts = ["" if name in usual else "Not in the project's order", notes.get(name, "")]
    return " · ".join(part for part in parts if part)


def inherited(part: Part) -> dict[str, Any]:
    """The leader's node pools, to be read only."""
    return {"pools": part.drawing.shown("nodePools") or []}


def topology(part: Part) -> dict[str, Any]:
    """The topology that the pods of a replica share, once it is added."""
    name = part.name("podAffinity")
    said = _said(part.document, name)
    there = bool(part.said(name))
    cells = ("podAffinity.type", "podAffinity.key")
    theirs = part.leaders("podAffinity")
    differs = "" if there or not theirs else str(theirs.get("key") or "set")
    return {
        "name": name,
        "id": dashed(name),
        "there": there,
        "said": bool(said),
        "cells": [part.view(cell) for cell in cells] if there else [],
        "why_not": next(filter(None, map(part.shut, cells)), ""),
        "differs": differs,
    }


def storage(part: Part) -> dict[str, Any]:
    """Everything that is mounted, by kind."""
    facts = part.drawing.context.facts
    lists = [
        part.rows(f"storage.{kind}", cells) for kind, cells in VOLUME_CELLS.items()
    ]
    for kind, each in zip(VOLUME_CELLS, lists, strict=True):
        each.title = words.STORAGE_KINDS[kind].label
        each.noun = "No volume" if kind == "pvc" else each.noun
        for row in each.rows:
            _choose_class(part, row, sorted(facts.storage_classes or ()))
    by_kind = dict(zip(VOLUME_CELLS, lists, strict=True))
    return {
        "lists": lists,
        "kinds": [
            (by_kind[kind].name, words.STORAGE_KINDS[kind], by_kind[kind].why_not)
            for kind in NEW
        ],
        "volume": by_kind["pvc"],
        "titles": words.STORAGE_KINDS,
    }


def _choose_class(part: Part, row: Any, classes: list[str]) -> None:
    """Offer the cluster's storage classes, and none."""
    view = row.cells.get("claimInfo_storageClass")
    if view is None or part.drawing.context.facts.storage_classes is None:
        return
    path = Location.parse(view.name).path
    part.drawing.add_options(view, path, (), tuple(classes))
    view.options = [
        option._replace(label="None") if not option.value else option
        for option in view.options
    ]


def probes(part: Part) -> dict[str, Any]:
    """The health checks: off until they are added."""
    return {"probes": [_probe(part, name) for name in PROBES]}


def _probe(part: Part, probe: str) -> dict[str, Any]:
    name = part.name(f"probes.{probe}")
    said = _said(part.document, name)
    resolved = _said(part.drawing.verdict.resolved, name)
    control = part.drawing.controls.get(f"{name}:handler")
    found = {
        "name": name,
        "id": dashed(name),
        "called": words.PROBES[probe],
        "there": bool(said or control or resolved),
        "said": bool(said or control),
    }
    if not found["there"]:
        theirs = _said(part.document, f"leader.probes.{probe}")
        lacks = part.root == WORKER and theirs is not None
        label = words.HANDLERS[_handler(theirs)].label
        return found | {"differs": label if lacks else ""}
    kind = _handler(said, control or _handler(resolved))
    base = f"probes.{probe}"
    issues = part.drawing.issues.get(f"{name}.handler", ())
    return found | {
        "handlers": [
            (value, label.label, value == kind)
            for value, label in words.HANDLERS.items()
        ],
        "kind": kind,
        "fields": {
            below.replace(".", "_"): part.view(f"{base}.{below}") for below in HANDLER
        },
        "times": [part.view(f"{base}.{below}") for below in TIMES],
        "issues": [part.drawing.sentence(issue) for issue in issues],
    }


def _handler(said: dict[str, Any] | None, otherwise: str = "httpGet") -> str:
    """Return the way of asking that a health check says."""
    handlers = (said or {}).get("handler")
    handlers = handlers if isinstance(handlers, dict) else {}
    return next((each for each in words.HANDLERS if each in handlers), otherwise)


def _said(document: Any, name: str) -> Any:
    node = document
    for part in name.split("."):
        node = node.get(part) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else None


PIECES: dict[str, Callable[[Part], dict[str, Any]]] = {
    "image": image,
    "injected": injected,
    "pools": pools,
    "inherited": inherited,
    "topology": topology,
    "storage": storage,
    "probes": probes,
}
