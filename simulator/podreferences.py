"""The Secrets and ConfigMaps that a pod's containers cannot start without."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simulator.client import Client

Manifest = dict[str, Any]
PLURALS = {"Secret": "secrets", "ConfigMap": "configmaps"}
ENV_WORDS = {"secretKeyRef": "Secret", "configMapKeyRef": "ConfigMap"}
FROM_WORDS = {"secretRef": "Secret", "configMapRef": "ConfigMap"}


@dataclass(frozen=True)
class Reference:
    """An object, and the key in it that is needed; without a key the whole."""

    kind: str
    name: str
    key: str = ""


def references(pod: Manifest) -> Iterator[Reference]:
    """Everything that the pod names and does not call optional."""
    for container in pod["spec"]["containers"]:
        for entry in container.get("env") or ():
            yield from named(entry.get("valueFrom") or {}, ENV_WORDS)
        for entry in container.get("envFrom") or ():
            yield from named(entry, FROM_WORDS)
    for volume in pod["spec"].get("volumes") or ():
        if (said := volume.get("secret")) and not said.get("optional"):
            yield Reference("Secret", said["secretName"])
        if (said := volume.get("configMap")) and not said.get("optional"):
            yield Reference("ConfigMap", said["name"])


def named(source: Manifest, words: dict[str, str]) -> Iterator[Reference]:
    """The reference of one variable, or of one source of variables."""
    for word, kind in words.items():
        said = source.get(word)
        if said and not said.get("optional"):
            yield Reference(kind, said["name"], said.get("key", ""))


async def missing(client: Client, pod: Manifest) -> str:
    """What the pod needs and the namespace does not have; empty when all is there."""
    namespace = pod["metadata"]["namespace"]
    for wanted in dict.fromkeys(references(pod)):
        plural = PLURALS[wanted.kind]
        path = f"/api/v1/namespaces/{namespace}/{plural}/{wanted.name}"
        found = await client.found(path)
        if found is None:
            return f'{wanted.kind.lower()} "{wanted.name}" not found'
        if wanted.key and wanted.key not in (found.get("data") or {}):
            whole = f"{wanted.kind} {namespace}/{wanted.name}"
            return f"couldn't find key {wanted.key} in {whole}"
    return ""
