"""The volumes that are made for a workload."""

import re
from collections.abc import Iterator
from hashlib import sha256

from workloads.manifests.manifest import Manifest, present
from workloads.manifests.metadata import metadata
from workloads.manifests.target import Identity, Target
from workloads.spec.pod import PodSettings
from workloads.spec.storage import AccessModes, ClaimInfo, Pvc
from workloads.spec.workload import WorkloadSpec

LONGEST = 63
KEPT = 49


def roles(spec: WorkloadSpec) -> dict[str, PodSettings]:
    """Return the settings of each role that has pods."""
    worker = {"worker": spec.worker or spec.leader} if spec.workers else {}
    return {"leader": spec.leader} | worker


def claim_names(spec: WorkloadSpec, identity: Identity) -> dict[str, str]:
    """Return the names to store when the claims are made: ``leader/models`` to name."""
    return {
        f"{role}/{key}": claim_name(identity, role, key)
        for role, pod in roles(spec).items()
        for place, item in enumerate(pod.storage.pvc)
        if not item.existing_pvc and not one_each(item, role, spec)
        for key in (item_key(item, place),)
    }


def item_key(item: Pvc, place: int) -> str:
    """Return what tells the item from its neighbours."""
    return item.name or str(place)


def claim_name(identity: Identity, role: str, key: str) -> str:
    """Return the name of a claim (kubernetes.md §2.4)."""
    mark = identity.id.replace("-", "")[:6]
    typed = f"{identity.name}-{role}-{key}"
    plain = f"{identity.name}-{role}-{re.sub('[^a-z0-9-]', '-', key.lower())}"
    if plain == typed and len(f"{plain}-{mark}") <= LONGEST:
        return f"{plain}-{mark}"
    return f"{plain[:KEPT]}-{sha256(typed.encode()).hexdigest()[:6]}-{mark}"


def one_each(item: Pvc, role: str, spec: WorkloadSpec) -> bool:
    """Whether one node at a time can mount it, and the role has several pods."""
    modes = item.claim_info.access_modes
    shared = modes.read_only_many or modes.read_write_many
    pods = spec.replicas * (1 if role == "leader" else spec.workers)
    return not shared and pods > 1


def from_template(
    item: Pvc, key: str, role: str, spec: WorkloadSpec, target: Target
) -> bool:
    """Whether each pod gets a claim of its own. One that was made stays as it is."""
    able = "volumeClaimTemplates" in target.lws_features
    made = f"{role}/{key}" in target.claims
    return able and not made and one_each(item, role, spec)


def new_volumes(
    spec: WorkloadSpec, target: Target
) -> Iterator[tuple[str, int, Pvc, bool]]:
    """Yield role, place and item of what is made, and whether for each pod."""
    for role, pod in roles(spec).items():
        for place, item in enumerate(pod.storage.pvc):
            if not item.existing_pvc:
                each = from_template(item, item_key(item, place), role, spec, target)
                yield role, place, item, each


def claims(
    spec: WorkloadSpec, identity: Identity, target: Target, text: str
) -> list[Manifest]:
    """Return the claims that all pods of a role share."""
    return [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": metadata(
                made_name(identity, target, role, item_key(item, place)),
                identity,
                target,
                text,
            ),
            "spec": claim(item.claim_info),
        }
        for role, place, item, each in new_volumes(spec, target)
        if not each
    ]


def claim_templates(spec: WorkloadSpec, target: Target) -> list[Manifest]:
    """Return the claims that every pod of both roles gets (kubernetes.md §1.1)."""
    return [
        {
            "metadata": {"name": template_name(role, place)},
            "spec": claim(item.claim_info),
        }
        for role, place, item, each in new_volumes(spec, target)
        if each
    ]


def template_name(role: str, place: int) -> str:
    """Return the volume's name; both roles' pods get it, so it says whose it is."""
    return f"{role}-pvc-{place}"


def made_name(identity: Identity, target: Target, role: str, key: str) -> str:
    """Return the stored name of a claim, or the one that it will be made under."""
    stored = target.claims.get(f"{role}/{key}")
    return stored or claim_name(identity, role, key)


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
