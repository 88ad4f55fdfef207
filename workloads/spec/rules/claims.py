"""Claims on volumes, and who shares them; repositories that are checked out."""

import re
from collections.abc import Iterator

from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.spec.rules.pods import WORKER, Document, pods, rows, warning, wrong
from workloads.spec.storage import AccessModes, Pvc
from workloads.spec.workload import WorkloadSpec

REPOSITORY = re.compile(r"(?:https?|ssh)://[^\s/]+/\S+|git@[^\s:/]+:\S+")
PASSWORD = re.compile(r"https?://[^/\s@]*:[^/\s@]*@")


def unsupported(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """What this type of workload does not have (X-13, policies.md §10.3)."""
    for at, pod in pods(spec):
        for row, claim in rows(at, "storage.pvc", pod.storage.pvc):
            if claim.ephemeral:
                text = "is not possible for inference: use an EmptyDir"
                yield wrong(row / "ephemeral", "unsupported", text)
            if claim.data_sharing:
                text = "is not possible: the volume belongs to one project"
                yield wrong(row / "dataSharing", "unsupported", text)


def access_modes(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """A volume is mounted somehow (R-135), by the pods that there are (X-14)."""
    for at, pod in pods(spec):
        count = _pods_of(spec, at)
        for row, claim in rows(at, "storage.pvc", pod.storage.pvc):
            if claim.existing_pvc:
                continue
            modes = claim.claim_info.access_modes
            if not _any(modes):
                here = row / "claimInfo" / "accessModes" / "readWriteOnce"
                yield wrong(here, "accessModes", "needs at least one access mode")
            elif count > 1 and not _many(modes):
                yield _of_each_pod(row, count, facts)


def _pods_of(spec: WorkloadSpec, at: Location) -> int:
    return spec.replicas * (spec.workers if at == WORKER else 1)


def _any(modes: AccessModes) -> bool:
    return modes.read_write_once or _many(modes)


def _many(modes: AccessModes) -> bool:
    return modes.read_only_many or modes.read_write_many


def _of_each_pod(row: Location, count: int, facts: Facts) -> Issue:
    if "volumeClaimTemplates" in facts.lws_features:
        text = (
            f"is for one node, so each of the {count} pods gets its own volume; "
            "to share one, choose an access mode for many nodes"
        )
        return warning(row, "ownVolume", text)
    text = (
        f"is for one node, but there are {count} pods: choose an access mode for "
        "many nodes, or update LeaderWorkerSet to 0.8 for a volume of each pod"
    )
    return wrong(row, "ownVolume", text)


def storage_classes(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """A storage class is None or one of the cluster's (R-133)."""
    for at, pod in pods(spec):
        for row, claim in rows(at, "storage.pvc", pod.storage.pvc):
            chosen = claim.claim_info.storage_class
            if chosen and not _known(chosen, facts):
                known = ", ".join(sorted(facts.storage_classes or ())) or "none"
                text = f"is no storage class of the cluster, which has {known}"
                yield wrong(row / "claimInfo" / "storageClass", "storageClass", text)


def _known(chosen: str, facts: Facts) -> bool:
    return facts.storage_classes is None or chosen in facts.storage_classes


def block_devices(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """A raw device is not shared by writing nodes without care (R-138)."""
    for at, pod in pods(spec):
        for row, claim in rows(at, "storage.pvc", pod.storage.pvc):
            if _shared_device(claim) and _pods_of(spec, at) > 1:
                text = "is a raw device that several pods write to at the same time"
                yield warning(row / "claimInfo" / "volumeMode", "block", text)


def _shared_device(claim: Pvc) -> bool:
    info = claim.claim_info
    block = not claim.existing_pvc and info.volume_mode == "Block"
    return block and info.access_modes.read_write_many


def repositories(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """A repository is reached by HTTPS or SSH, and its password is a credential."""
    for at, pod in pods(spec):
        for row, volume in rows(at, "storage.git", pod.storage.git):
            address = volume.repository
            if address and PASSWORD.match(address):
                text = "must not have a password in it: choose a credential"
                yield wrong(row / "repository", "secret", text)
            elif address and not REPOSITORY.fullmatch(address):
                text = "must begin with https://, ssh:// or git@"
                yield wrong(row / "repository", "syntax", text)
            for name in ("branch", "revision"):
                value = getattr(volume, name)
                if value and (value.startswith("-") or " " in value):
                    text = "must not begin with - and must not have spaces"
                    yield wrong(row / name, "syntax", text)


RULES = (unsupported, access_modes, storage_classes, block_devices, repositories)
