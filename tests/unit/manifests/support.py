"""Builders that speak paths, and the example workload's surroundings."""

from typing import Any

from workloads.manifests import Identity, Manifest, Target, manifests
from workloads.spec.workload import WorkloadSpec

ALICE = "alice@example.org"
UUID = "0123abcd-4567-4890-8abc-def012345678"


def an_identity(name: str = "chat", **changes: Any) -> Identity:
    known = {"id": UUID, "project_id": "7", "project": "p1", "created_by": ALICE}
    return Identity(name=name, **(known | changes))


def a_target(**changes: Any) -> Target:
    queues = {"default": "p1", "h100": "p1-h100"}
    return Target(**({"namespace": "runai-p1", "queues": queues} | changes))


def a_spec(said: dict[str, Any] | None = None) -> WorkloadSpec:
    """Read ``{"leader.ports.0.name": "a"}``; leader and image are there unsaid."""
    document: dict[str, Any] = {"leader": {"image": "a/b:1"}}
    for path, value in (said or {}).items():
        _put(document, path.split("."), value)
    return WorkloadSpec.model_validate(document)


def _put(place: Any, path: list[str], value: Any) -> None:
    name, *rest = path
    below: Any = ([] if rest[0].isdecimal() else {}) if rest else value
    if isinstance(place, list):
        if not place:
            place.append(below)
        inside = place[0]
    else:
        inside = place[name] = place.get(name, below) if rest else value
    if rest:
        _put(inside, rest, value)


def objects(spec: WorkloadSpec, **changes: Any) -> dict[str, Manifest]:
    """Render, and return the objects by kind; a kind's last one wins."""
    rendered = manifests(spec, an_identity(), a_target(**changes))
    return {manifest["kind"]: manifest for manifest in rendered}


def template(spec: WorkloadSpec, role: str = "leader", **changes: Any) -> Manifest:
    """Render, and return a role's pod template."""
    found = objects(spec, **changes)["LeaderWorkerSet"]["spec"]
    return found["leaderWorkerTemplate"][f"{role}Template"]
