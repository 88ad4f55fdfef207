"""Write docs/fields.md: every field with its step, rules, renderer and golden case.

``python -m tests.fields`` writes it, ``--check`` says whether it is up to date.
"""

import copy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from workloads.manifests import manifests
from workloads.spec.guards import GUARDS
from workloads.spec.model import SpecModel
from workloads.spec.paths import FieldPath
from workloads.spec.schema import SCHEMA, Field
from workloads.spec.workload import WorkloadSpec

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "fields.md"
CASES = ROOT / "tests" / "unit" / "manifests" / "cases"
RENDERERS = "workloads.manifests."
SPEC_HASH = "runai-portal/spec-hash"
COPY = "ConfigMap"
"""Holds the whole spec as text, so it changes with every field."""

ROLES = ("leader", "worker")

EXCEPTIONS = {
    "category": "the product's own: it is a column of the table, not of Kubernetes",
    "servingPort.protocol": "http is the only one",
    "servingPort.authorizationType": "restricted access waits for a gateway",
    "servingPort.authorizedUsers": "restricted access waits for a gateway",
    "servingPort.authorizedGroups": "restricted access waits for a gateway",
    "servingPort.exposeExternally": "external access waits for a gateway",
    "servingPort.exposedUrl": "external access waits for a gateway",
    "x.environmentVariables.userCredential.name": "own credentials wait; refused",
    "x.environmentVariables.userCredential.key": "own credentials wait; refused",
    "x.environmentVariables.description": "an instruction for the form",
    "x.createHomeDir": "home directories wait for single sign-on; refused",
    "x.compute.gpuPortionLimit": "the scheduler's plugin takes the request; X-08",
    "x.compute.gpuMemoryLimit": "the scheduler's plugin takes the request; X-08",
    "x.tolerations.name": "tells rows apart",
    "x.storage.pvc.ephemeral": "refused (X-13)",
    "x.storage.pvc.dataSharing": "refused (policies.md §10.3)",
    "x.storage.configMapVolume.name": "tells rows apart",
    "x.storage.secretVolume.name": "tells rows apart",
    "x.storage.emptyDirVolume.name": "tells rows apart",
    "x.storage.nfs.name": "tells rows apart",
    "x.storage.hostPath.name": "tells rows apart",
} | {
    f"x.storage.git.{name}": "checkouts wait for an administrator's image; refused"
    for name in ("name", "repository", "branch", "revision", "path", "credentialId")
}
"""Fields that no golden case changes with, and why. This is the only such table."""

LEFT_OUT = "leaves a policy's row out: it is in documents, never in a spec"

ROWS = {
    "category": "policies §1.5",
    "replicas": "R-143, X-26, X-31",
    "workers": "R-033, R-089, X-02, X-03",
    "nodePools": "R-103…R-109, X-23",
    "preemptibility": "R-144…R-146, X-21",
    "priorityClass": "R-147, X-21",
    "startupPolicy": "R-148…R-150, X-27",
    "restartPolicy": "X-31",
    "rollout": "X-31",
    "servingPort.protocol": "R-060, R-061",
    "servingPort.port": "R-060, R-061, X-25",
    "servingPort.authorizationType": "R-062…R-067, X-04, X-25",
    "servingPort.authorizedUsers": "R-067, R-068, X-04",
    "servingPort.authorizedGroups": "R-065, R-066, X-04",
    "servingPort.exposeExternally": "R-069…R-071",
    "servingPort.exposedUrl": "R-069",
    "servingPort.servicePort": "X-28",
    "servingPort.serviceName": "X-28",
    "x.image": "R-042, R-043, X-03",
    "x.imagePullPolicy": "R-056",
    "x.imagePullSecrets": "R-049, R-057…R-059, X-11",
    "x.command": "R-072…R-074",
    "x.args": "R-073, R-074",
    "x.workingDir": "R-080",
    "x.createHomeDir": "policies §1.5",
    "x.environmentVariables": "R-075…R-079, X-11",
    "x.annotations": "R-141, X-24",
    "x.labels": "R-142, X-24",
    "x.compute.gpuDevicesRequest": "R-090, X-06, X-07, X-22",
    "x.compute.gpuRequestType": "R-091, R-092, X-06",
    "x.compute.gpuPortionRequest": "R-093, X-06, X-07",
    "x.compute.gpuPortionLimit": "R-084, R-094, X-05, X-08",
    "x.compute.gpuMemoryRequest": "R-093, X-06, X-07",
    "x.compute.gpuMemoryLimit": "R-084, R-094, X-05, X-08",
    "x.compute.cpuCoreRequest": "R-095, R-096",
    "x.compute.cpuCoreLimit": "R-095, R-097, X-05",
    "x.compute.cpuMemoryRequest": "R-098, R-099, X-09",
    "x.compute.cpuMemoryLimit": "R-098, R-100, X-05, X-09",
    "x.compute.largeShmRequest": "R-101, X-12",
    "x.compute.shmSize": "X-30",
    "x.compute.ephemeralStorage": "X-30",
    "x.compute.extendedResources": "R-102, X-11, X-30",
    "x.nodeType": "R-110…R-112",
    "x.nodeAffinityRequired": "policies §1.5",
    "x.nodeSelector": "X-29",
    "x.podAffinity": "R-116",
    "x.tolerations": "R-113…R-115, X-10",
    "x.security.uidGidSource": "R-081",
    "x.security.runAs": "R-082",
    "x.security.supplementalGroups": "R-082",
    "x.security.capabilities": "R-083",
    "x.security": "policies §1.5",
    "x.storage.pvc": "R-132…R-140, X-12…X-14",
    "x.storage.configMapVolume": "R-120, R-121, X-12",
    "x.storage.secretVolume": "R-120, X-12",
    "x.storage.emptyDirVolume": "R-127…R-131, X-12, X-15",
    "x.storage": "R-124…R-126, X-12, X-16",
    "x.probes": "X-27",
    "x.ports": "X-28",
    "x.serviceAccountName": "X-29",
}
"""Rows of form.md by field, or by the beginning of its path; the longest holds."""


class Case(NamedTuple):
    """A golden case: a spec as a document, and what it is rendered with."""

    name: str
    document: dict[str, Any]
    identity: str
    target: dict[str, Any]


class Line(NamedTuple):
    """One line of the page."""

    path: str
    title: str
    step: str
    rows: str
    renderer: str
    case: str
    reason: str


def leaves() -> Iterator[tuple[str, tuple[Field, ...]]]:
    """Yield every leaf once, with its field under both roles where it has two."""
    for field in SCHEMA:
        role, *below = field.path
        if field.children or role == "worker":
            continue
        if role == "leader":
            yield f"x.{'.'.join(below)}", tuple(SCHEMA.at((r, *below)) for r in ROLES)
        else:
            yield str(field.path), (field,)


def cases() -> list[Case]:
    """Return the golden cases of the renderer."""
    found = []
    for folder in sorted(CASES.iterdir()) if CASES.is_dir() else ():
        given = yaml.safe_load((folder / "spec.yaml").read_text())
        target = given.get("target", {})
        found.append(Case(folder.name, given["spec"], given["name"], target))
    return found


def rendered(case: Case, document: dict[str, Any]) -> str:
    """Render a case with another document; the hash of the spec says nothing."""
    support = import_module("tests.unit.manifests.support")
    spec = WorkloadSpec.model_validate(document)
    identity = support.an_identity(case.identity)
    objects = copy.deepcopy(manifests(spec, identity, support.a_target(**case.target)))
    shown = (each for each in objects if each["kind"] != COPY)
    return repr([_without_hash(each) for each in shown])


def _without_hash(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: _without_hash(v) for k, v in node.items() if k != SPEC_HASH}
    return [_without_hash(each) for each in node] if isinstance(node, list) else node


def changed_alone(case: Case, path: FieldPath) -> Iterator[dict[str, Any]]:
    """Yield the case's document with another value at each place of the field."""
    for place, value in _places(case.document, path):
        for other in other_values(SCHEMA.at(path), value):
            yield _with(case.document, place, other)


def _places(
    node: Any, path: tuple[str, ...], place: tuple[Any, ...] = ()
) -> Iterator[Any]:
    if isinstance(node, list) and path:
        for position, item in enumerate(node):
            yield from _places(item, path, (*place, position))
    elif not path:
        yield place, node
    elif isinstance(node, dict) and path[0] in node:
        if len(path) == 1:
            yield (*place, path[0]), node[path[0]]
        else:
            yield from _places(node[path[0]], path[1:], (*place, path[0]))


def _with(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(document)
    inner = changed
    for part in place[:-1]:
        inner = inner[part]
    if value is None:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return changed


CANDIDATES = (
    True, False, 0, 1, 2, 0.5, 0.25, 1000, "1", "2", "25%", "1G", "2Gi", "0400", "0644",
    "a", "other", "/other", "portion", "memory", "Required", "Preferred", "Exists",
    "Equal", "NoSchedule", "NoExecute", "Memory", "Block", "Filesystem", "HTTP",
    "HTTPS", "UDP", "TCP", "Always", "Never", "RuntimeDefault", "None", "low",
    "HostToContainer",
    "high", "preemptible", "non-preemptible", "LeaderReady", "LeaderCreated",
    "RecreateGroupOnPodRestart", "custom", "fromTheImage", "public", "status.podIP",
    ["h100"], ["KILL"], ["default"], [],
    {"nodeSelectorTerms": [{"matchExpressions": [{"key": "k", "operator": "Exists"}]}]},
    None,
)  # fmt: skip
"""Something of every type; what the field does not take is passed over."""


def other_values(field: Field, value: Any) -> Iterator[Any]:
    """Yield other values that the field takes; last, none at all."""
    for other in CANDIDATES:
        if other == value and type(other) is type(value):
            continue
        try:
            field.parse(other, strict=True)
        except ValueError:
            continue
        yield other


def changes_with(case: Case, field: Field) -> bool:
    """Whether the objects of the case change when the field alone does."""
    before = rendered(case, case.document)
    for document in changed_alone(case, field.path):
        try:
            after = rendered(case, document)
        except (ValueError, LookupError):
            continue
        if after != before:
            return True
    return False


def golden_case(fields: tuple[Field, ...], known: list[Case]) -> str:
    """Return the first case that says the field and changes with it."""
    for case in known:
        if any(changes_with(case, field) for field in fields):
            return case.name
    return ""


@contextmanager
def watched(spec: WorkloadSpec, read: dict[str, set[str]]) -> Iterator[None]:
    """Note which renderer reads which field while it renders."""
    places = {id(model): path for path, model in _models(spec, ())}

    def reading(self: SpecModel, name: str) -> Any:
        field = type(self).__pydantic_fields__.get(name)
        module = sys._getframe(1).f_globals.get("__name__", "")
        if field is not None and module.startswith(RENDERERS) and id(self) in places:
            path = ".".join((*places[id(self)], field.alias or name))
            read.setdefault(path, set()).add(module.removeprefix(RENDERERS))
        return object.__getattribute__(self, name)

    SpecModel.__getattribute__ = reading  # type: ignore[method-assign]
    try:
        yield
    finally:
        del SpecModel.__getattribute__


def _models(node: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(node, tuple):
        for item in node:
            yield from _models(item, path)
    elif isinstance(node, SpecModel):
        yield path, node
        for name, info in type(node).model_fields.items():
            yield from _models(node.__dict__[name], (*path, info.alias or name))


def renderers(known: list[Case]) -> dict[str, set[str]]:
    """Return the modules that read each field, over all golden cases."""
    support = import_module("tests.unit.manifests.support")
    read: dict[str, set[str]] = {}
    for case in known:
        spec = WorkloadSpec.model_validate(case.document)
        with watched(spec, read):
            target = support.a_target(**case.target)
            manifests(spec, support.an_identity(case.identity), target)
    return read


def steps_of(fields: tuple[Field, ...]) -> str:
    """Return the titles of the steps that hold the field."""
    try:
        wizard = import_module("workloads.wizard.steps").WIZARD
    except ModuleNotFoundError:
        return ""
    found = [
        step.title
        for step in wizard
        if any(f.path[: len(path)] == path for f in fields for path in step.paths())
    ]
    return ", ".join(dict.fromkeys(found))


def rows_of(path: str, fields: tuple[Field, ...]) -> str:
    """Return the rows of form.md, and whether a guard stands before the field."""
    begins = [name for name in ROWS if path.startswith(name)]
    rows = ROWS[max(begins, key=len)] if begins else ""
    return f"{rows}, guard" if fields[0].path in GUARDS else rows


@cache
def lines() -> list[Line]:
    """Return the lines of the page, in the order of the models."""
    known = cases()
    read = renderers(known)
    return [_line(path, fields, known, read) for path, fields in leaves()]


def _line(
    path: str,
    fields: tuple[Field, ...],
    known: list[Case],
    read: dict[str, set[str]],
) -> Line:
    title = fields[0].info.title or ""
    modules = sorted({m for f in fields for m in _readers(f.path, read)})
    out = path.endswith(".exclude")
    reason = LEFT_OUT if out else EXCEPTIONS.get(path, "")
    case = "" if reason else golden_case(fields, known)
    renderer = "" if reason else ", ".join(modules)
    rows = rows_of(path, fields)
    return Line(path, title, steps_of(fields), rows, renderer, case, reason)


def _readers(path: FieldPath, read: dict[str, set[str]]) -> set[str]:
    """Return who reads the field, or else the section that it is copied with."""
    above = (".".join(path[:length]) for length in range(len(path), 0, -1))
    return next((read[name] for name in above if name in read), set())


def page(all_lines: list[Line]) -> str:
    """Return the text of docs/fields.md."""
    head = (
        "# Fields\n\n"
        "Every field of a workload: where it is shown, which rows of the form's\n"
        "requirements it answers, which module of `workloads/manifests` renders it,\n"
        "and the golden case that changes with it, or why there is none. `x` is\n"
        "`leader` and `worker`. Written by `python -m tests.fields`; do not edit.\n\n"
        "| Field | Title | Step | Rows | Renderer | Golden case, or why none |\n"
        "|---|---|---|---|---|---|\n"
    )
    body = (
        f"| `{line.path}` | {line.title} | {line.step} | {line.rows} "
        f"| {line.renderer} | {line.case or line.reason} |\n"
        for line in all_lines
    )
    return head + "".join(body)


def read_page() -> dict[str, str]:
    """Return the golden case, or the reason, that the page names for each field."""
    found = {}
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and cells[0].startswith("`"):
            found[cells[0].strip("`")] = cells[5]
    return found


def main(arguments: list[str]) -> int:
    """Write the page, or say that it is out of date."""
    text = page(lines())
    if "--check" not in arguments:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text)
        return 0
    if PAGE.exists() and PAGE.read_text() == text:
        return 0
    print("docs/fields.md is out of date: python -m tests.fields")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
