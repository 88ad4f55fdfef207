"""Every field of the spec, where it is rendered, and a wrong value put there alone."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.unit.manifests.fields import POD, WORKLOAD, Example
from tests.unit.manifests.support import a_spec, a_target, an_identity
from workloads.manifests import manifests, probe_pods
from workloads.manifests.locations import location_of
from workloads.spec.paths import Location
from workloads.spec.workload import WorkloadSpec

Manifest = dict[str, Any]
Steps = tuple[str | int, ...]
ROLES = ("leader", "worker")
SKIPPED = ("ConfigMap",)


class Field(NamedTuple):
    """A field of the spec, of a role or of the workload as a whole."""

    path: str
    role: str
    example: Example

    @property
    def place(self) -> str:
        """Where the field stands, in the words of the product."""
        return str(Location.parse(f"{self.role}.{self.path}".lstrip(".")))

    def spec(self, value: Any) -> WorkloadSpec:
        """A workload in which the field says a value."""
        root = f"{self.role}." if self.role else ""
        around = {f"{root}{name}": v for name, v in self.example.around.items()}
        workers = {}
        if self.role == "worker":
            workers = {"workers": 2, "worker.image": "a/b:1"}
        return a_spec(workers | around | {f"{root}{self.path}": value})


FIELDS = [
    *(Field(path, "", example) for path, example in WORKLOAD.items()),
    *(Field(path, role, example) for path, example in POD.items() for role in ROLES),
]


class Rendered(NamedTuple):
    """A leaf of an object that a field became."""

    spec: WorkloadSpec
    manifest: Manifest
    steps: Steps
    role: str = ""
    """Of a bare pod; empty for the objects of a workload."""

    @property
    def where(self) -> Manifest:
        """What the product knows about an object that is refused."""
        kind = self.manifest["kind"]
        if self.role:
            return {"role": self.role}
        claim = kind == "PersistentVolumeClaim"
        item = f"{claim_role(self.manifest)}/models" if claim else ""
        return {"kind": kind, "item": item}

    @property
    def place(self) -> str:
        """The field that the product finds behind the leaf."""
        where = {"role": None} | self.where
        found = location_of(written(self.steps), where.pop("role"), self.spec, **where)
        return str(found)

    def saying(self, value: Any) -> Manifest:
        """The object with another value there, and nothing else changed."""
        return put(self.manifest, self.steps, value)

    @property
    def value(self) -> Any:
        """What stands there."""
        inside: Any = self.manifest
        for step in self.steps:
            inside = inside[step]
        return inside


def claim_role(manifest: Manifest) -> str:
    """The role whose claim it is."""
    return "worker" if "-worker-" in manifest["metadata"]["name"] else "leader"


def objects(spec: WorkloadSpec, namespace: str) -> list[Manifest]:
    """What a workload becomes in a namespace."""
    target = a_target(namespace=namespace)
    rendered = manifests(spec, an_identity(), target)
    return [each for each in rendered if each["kind"] not in SKIPPED]


def bare_pods(spec: WorkloadSpec, namespace: str, role: str) -> list[Manifest]:
    """The pod with which the cluster is asked about a role."""
    return [probe_pods(spec, an_identity(), a_target(namespace=namespace))[role]]


def rendered(field: Field, namespace: str) -> Iterator[Rendered]:
    """The leaves that a field alone became, those of the set first."""
    for spec, before in sides(field):
        old = objects(before, namespace)
        new = sorted(objects(spec, namespace), key=is_other)
        yield from became(field, spec, old, new)


def in_pod(field: Field, namespace: str) -> Iterator[Rendered]:
    """The same in the bare pod of the field's role."""
    role = field.role or "leader"
    for spec, before in sides(field):
        old, new = (bare_pods(each, namespace, role) for each in (before, spec))
        yield from became(field, spec, old, new, role)


def sides(field: Field) -> Iterator[tuple[WorkloadSpec, WorkloadSpec]]:
    """Two workloads that differ in the field, either way round."""
    one, other = (field.spec(value) for value in field.example[:2])
    yield other, one
    yield one, other


def became(
    field: Field,
    spec: WorkloadSpec,
    before: list[Manifest],
    after: list[Manifest],
    role: str = "",
) -> Iterator[Rendered]:
    """The leaves that are not as before, and that lead back to the field."""
    old = {kind_of(each): dict(leaves(each)) for each in before}
    for manifest in after:
        there = old.get(kind_of(manifest), {})
        for steps, value in leaves(manifest):
            found = Rendered(spec, manifest, steps, role)
            if there.get(steps) != value and leads(found, field):
                yield found


def leads(found: Rendered, field: Field) -> bool:
    """Whether a leaf is the field's; a claim's modes are one list of several fields."""
    modes = found.place.endswith(".accessModes")
    return found.place == field.place or (modes and field.place.startswith(found.place))


def kind_of(manifest: Manifest) -> tuple[str, str]:
    """What tells an object from the others of a workload."""
    return manifest["kind"], manifest["metadata"]["name"]


def is_other(manifest: Manifest) -> bool:
    """Whether an object is not the set."""
    return manifest["kind"] != "LeaderWorkerSet"


def leaves(value: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """Flatten JSON: the steps to each scalar."""
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from leaves(inside, (*steps, name))
    elif isinstance(value, list):
        for place, inside in enumerate(value):
            yield from leaves(inside, (*steps, place))
    else:
        yield steps, value


def written(steps: Steps) -> str:
    """Steps as Kubernetes writes them."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f"[{step}]" if set("./") & set(step) else f".{step}"
    return text.removeprefix(".")


def put(manifest: Manifest, steps: Steps, value: Any) -> Manifest:
    """A copy with another value at a place."""
    changed = json.loads(json.dumps(manifest))
    inside: Any = changed
    for step in steps[:-1]:
        inside = inside[step]
    inside[steps[-1]] = value
    return changed
