"""The volumes that are made for a workload."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from workloads.manifests.manifest import Manifest, present
from workloads.manifests.metadata import metadata
from workloads.manifests.target import Identity, Target
from workloads.spec.pod import PodSettings
from workloads.spec.storage import AccessModes, ClaimInfo, Pvc
from workloads.spec.workload import WorkloadSpec

LONGEST = 63
KEPT = 49


@dataclass(frozen=True)
class Made:
    """What becomes of the new volumes of one role."""

    role: str
    pods: int
    """Of the role, over all replicas."""

    identity: Identity
    target: Target

    def name(self, place: int, item: Pvc) -> str:
        """Return the stored name of a claim, or the one that it is made under."""
        key = item_key(place, item)
        stored = self.target.claims.get(f"{self.role}/{key}")
        return stored or claim_name(self.identity, self.role, key)

    def from_template(self, place: int, item: Pvc) -> bool:
        """Whether each pod gets a claim of its own. One that was made stays one."""
        able = "volumeClaimTemplates" in self.target.lws_features
        stored = f"{self.role}/{item_key(place, item)}" in self.target.claims
        return able and not stored and self.pods > 1 and not shared(item)

    def template_name(self, place: int) -> str:
        """Return the name of a template's volume. Both roles get it; it says whose."""
        return f"{self.role}-pvc-{place}"


def roles(spec: WorkloadSpec) -> dict[str, PodSettings]:
    """Return the settings of each role that has pods."""
    worker = {"worker": spec.worker or spec.leader} if spec.workers else {}
    return {"leader": spec.leader} | worker


def made(spec: WorkloadSpec, role: str, identity: Identity, target: Target) -> Made:
    """Return what becomes of the new volumes of a role."""
    return Made(role, pods_of(spec, role), identity, target)


def pods_of(spec: WorkloadSpec, role: str) -> int:
    """Return the pods of a role over all replicas."""
    return spec.replicas * (1 if role == "leader" else spec.workers)


def shared(item: Pvc) -> bool:
    """Whether several nodes can mount the new volume."""
    modes = item.claim_info.access_modes
    return modes.read_only_many or modes.read_write_many


def item_key(place: int, item: Pvc) -> str:
    """Return what tells the item from its neighbours."""
    return item.name or str(place)


def claim_names(spec: WorkloadSpec, identity: Identity) -> dict[str, str]:
    """Return the names to store when the claims are made: ``leader/models`` to name."""
    return {
        f"{role}/{key}": claim_name(identity, role, key)
        for role, pod in roles(spec).items()
        for place, item in enumerate(pod.storage.pvc)
        for key in (item_key(place, item),)
        if not item.existing_pvc and (shared(item) or pods_of(spec, role) <= 1)
    }


def claim_name(identity: Identity, role: str, key: str) -> str:
    """Return the name of a claim (kubernetes.md §2.4)."""
    mark = identity.id.replace("-", "")[:6]
    typed = f"{identity.name}-{role}-{key}"
    plain = f"{identity.name}-{role}-{re.sub('[^a-z0-9-]', '-', key.lower())}"
    if plain == typed and len(f"{plain}-{mark}") <= LONGEST:
        return f"{plain}-{mark}"
    return f"{plain[:KEPT]}-{sha256(typed.encode()).hexdigest()[:6]}-{mark}"


def claims(
    spec: WorkloadSpec, identity: Identity, target: Target, text: str
) -> list[Manifest]:
    """Return the claims that all pods of a role share."""
    return [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": metadata(of.name(place, item), identity, target, text),
            "spec": claim(item.claim_info),
        }
        for of, place, item in _new(spec, identity, target)
        if not of.from_template(place, item)
    ]


def claim_templates(
    spec: WorkloadSpec, identity: Identity, target: Target
) -> list[Manifest]:
    """Return the claims that every pod of both roles gets (kubernetes.md §1.1)."""
    return [
        {
            "metadata": {"name": of.template_name(place)},
            "spec": claim(item.claim_info),
        }
        for of, place, item in _new(spec, identity, target)
        if of.from_template(place, item)
    ]


def claim(info: ClaimInfo) -> Manifest:
    """Return the wish. No class is said as such: absent would mean the default one."""
    return {
        "accessModes": access_modes(info.access_modes),
        **present(resources=present(requests=present(storage=info.size))),
        "storageClassName": info.storage_class or "",
        "volumeMode": info.volume_mode,
    }


def access_modes(modes: AccessModes) -> list[str]:
    """Return the modes in Kubernetes' words."""
    wanted = {
        "ReadWriteOnce": modes.read_write_once,
        "ReadOnlyMany": modes.read_only_many,
        "ReadWriteMany": modes.read_write_many,
    }
    return [mode for mode, said in wanted.items() if said] or ["ReadWriteOnce"]


def _new(
    spec: WorkloadSpec, identity: Identity, target: Target
) -> Iterator[tuple[Made, int, Pvc]]:
    for role, pod in roles(spec).items():
        of = made(spec, role, identity, target)
        for place, item in enumerate(pod.storage.pvc):
            if not item.existing_pvc:
                yield of, place, item
