"""Volumes for claims: what a provisioner and its controller do, over HTTP only."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from simulator.client import MERGE, Client, Mirror, guarded
from simulator.events import event_of
from simulator.podstages import Told

Manifest = dict[str, Any]
STAGE = 0.3
VOLUMES = "/api/v1/persistentvolumes"


class Volumes:
    """Binds claims to volumes made for them; volumes go with their claims."""

    def __init__(self, client: Client, speed: float) -> None:
        self.client, self.speed = client, speed
        self.busy: set[str] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.claims = Mirror(client, "/api/v1/persistentvolumeclaims", self._see)

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(guarded(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _see(self, word: str, claim: Manifest) -> None:
        phase = (claim.get("status") or {}).get("phase", "Pending")
        uid = claim["metadata"]["uid"]
        if word == "DELETED":
            self._spawn(self._drop(f"{VOLUMES}/pvc-{uid}"))
        elif phase == "Pending" and uid not in self.busy:
            self.busy.add(uid)
            self._spawn(self._serve(claim))

    async def _drop(self, path: str) -> None:
        """Let a volume go with its claim; a bound one would be protected."""
        released = {"status": {"phase": "Released"}}
        await self.client.attempt("PATCH", f"{path}/status", released, MERGE)
        await self.client.attempt("DELETE", path)

    async def _serve(self, claim: Manifest) -> None:
        """Bind a claim after a moment, or say why it cannot be."""
        uid = claim["metadata"]["uid"]
        await asyncio.sleep(STAGE / self.speed)
        try:
            if why := await self._trouble(claim):
                self.client.tell(event_of(claim, *why, "persistentvolume-controller"))
            else:
                await self._bind(claim)
        finally:
            self.busy.discard(uid)

    async def _trouble(self, claim: Manifest) -> Told | None:
        name = claim["spec"].get("storageClassName")
        if not name:
            text = "no persistent volumes available for this claim and no storage "
            return "Normal", "FailedBinding", f"{text}class is set"
        if await self.client.found(f"/apis/storage.k8s.io/v1/storageclasses/{name}"):
            return None
        text = f'storageclass.storage.k8s.io "{name}" not found'
        return "Warning", "ProvisioningFailed", text

    async def _bind(self, claim: Manifest) -> None:
        metadata, spec = claim["metadata"], claim["spec"]
        name = f"pvc-{metadata['uid']}"
        if not spec.get("volumeName"):
            await self.client.attempt("POST", VOLUMES, volume_of(claim, name))
            bound = {"phase": "Bound"}
            path = f"{VOLUMES}/{name}/status"
            await self.client.attempt("PATCH", path, {"status": bound}, MERGE)
        path = f"/api/v1/namespaces/{metadata['namespace']}/persistentvolumeclaims"
        path += f"/{metadata['name']}"
        mark = {
            "metadata": {
                "uid": metadata["uid"],
                "annotations": {"pv.kubernetes.io/bind-completed": "yes"},
            },
            "spec": {"volumeName": name},
        }
        await self.client.attempt("PATCH", path, mark, MERGE)
        status = {
            "phase": "Bound",
            "accessModes": spec.get("accessModes", []),
            "capacity": (spec.get("resources") or {}).get("requests", {}),
        }
        await self.client.attempt("PATCH", f"{path}/status", {"status": status}, MERGE)


def volume_of(claim: Manifest, name: str) -> Manifest:
    """The volume that a claim gets."""
    spec = claim["spec"]
    body = {
        "capacity": (spec.get("resources") or {}).get("requests", {}),
        "accessModes": spec.get("accessModes", []),
        "persistentVolumeReclaimPolicy": "Delete",
        "storageClassName": spec.get("storageClassName", ""),
        "volumeMode": spec.get("volumeMode", "Filesystem"),
        "csi": {"driver": "disks.simulator", "volumeHandle": name},
        "claimRef": {
            "kind": "PersistentVolumeClaim",
            "namespace": claim["metadata"]["namespace"],
            "name": claim["metadata"]["name"],
            "uid": claim["metadata"]["uid"],
        },
    }
    return {"metadata": {"name": name}, "spec": body}
