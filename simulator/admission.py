"""What happens to an object between the request and the store, by kind."""

import base64
import json
from collections.abc import Callable
from typing import Any

from simulator import lwsadmission, podadmission, quota
from simulator.answers import Manifest, invalid
from simulator.kinds import (
    CLAIM,
    LEADER_WORKER_SET,
    NAMESPACE,
    POD,
    QUEUE,
    SECRET,
    SERVICE,
    STATEFUL_SET,
    VOLUME,
    Kind,
)
from simulator.objectchecks import (
    changed_claim_causes,
    claim_causes,
    service_causes,
)
from simulator.podchecks import pod_causes
from simulator.queueadmission import queue

Admission = Callable[[Any, Manifest, Manifest | None], None]


def admit(registry: Any, kind: Kind, item: Manifest, before: Manifest | None) -> None:
    """Fill in defaults and refuse what the kind does not allow."""
    if found := ADMISSIONS.get(kind):
        found(registry, item, before)
    if before is not None or not kind.namespaced:
        return
    if full := quota.refusal(registry.store, kind, item):
        raise full


def namespace(_: Any, item: Manifest, before: Manifest | None) -> None:
    """A namespace carries its name as a label and is held by its content."""
    name = item["metadata"]["name"]
    labels = item["metadata"].setdefault("labels", {})
    labels["kubernetes.io/metadata.name"] = name
    if before is None:
        item["spec"] = {"finalizers": ["kubernetes"]}
        item["status"] = {"phase": "Active"}


def pending(_: Any, item: Manifest, before: Manifest | None) -> None:
    """What begins as Pending."""
    if before is None:
        item["status"] = {"phase": "Pending"}


def claim(_: Any, item: Manifest, before: Manifest | None) -> None:
    """A claim that names no class gets the default one."""
    name, spec = item["metadata"]["name"], item["spec"]
    if before is not None:
        if causes := list(changed_claim_causes(before["spec"], spec)):
            raise invalid(CLAIM, name, causes)
        return
    spec.setdefault("storageClassName", "standard")
    spec.setdefault("volumeMode", "Filesystem")
    if causes := list(claim_causes(spec)):
        raise invalid(CLAIM, name, causes)
    item["status"] = {"phase": "Pending"}


def secret(_: Any, item: Manifest, before: Manifest | None) -> None:
    """Plain text becomes data; a secret that says no type is opaque."""
    item.setdefault("type", "Opaque")
    for name, text in (item.pop("stringData", None) or {}).items():
        item.setdefault("data", {})[name] = base64.b64encode(text.encode()).decode()


def service(_: Any, item: Manifest, before: Manifest | None) -> None:
    """A service gets an address of its own, and ports say where they lead."""
    spec = item.setdefault("spec", {})
    spec.setdefault("type", "ClusterIP")
    if before is None and "clusterIP" not in spec:
        tail = int(item["metadata"]["uid"][:4], 16)
        spec["clusterIP"] = f"10.96.{tail // 256}.{tail % 256}"
    elif before is not None and "clusterIP" in before["spec"]:
        spec.setdefault("clusterIP", before["spec"]["clusterIP"])
    for port in spec.get("ports") or ():
        port.setdefault("protocol", "TCP")
        port.setdefault("targetPort", port["port"])
    if causes := list(service_causes(spec)):
        raise invalid(SERVICE, item["metadata"]["name"], causes)
    item.setdefault("status", {"loadBalancer": {}})


def stateful_set(_: Any, item: Manifest, before: Manifest | None) -> None:
    """Refuse a template that no pod could have; claims count as volumes."""
    spec = item["spec"]
    spec.setdefault("replicas", 1)
    spec.setdefault("podManagementPolicy", "OrderedReady")
    template = json.loads(json.dumps(spec["template"]["spec"]))
    claims = spec.get("volumeClaimTemplates") or ()
    volumes = [{"name": claim["metadata"]["name"]} for claim in claims]
    template["volumes"] = [*(template.get("volumes") or ()), *volumes]
    podadmission.default(template)
    if causes := pod_causes(template, "spec.template.spec"):
        raise invalid(STATEFUL_SET, item["metadata"]["name"], causes)


ADMISSIONS: dict[Kind, Admission] = {
    NAMESPACE: namespace,
    CLAIM: claim,
    VOLUME: pending,
    SECRET: secret,
    SERVICE: service,
    STATEFUL_SET: stateful_set,
    POD: podadmission.pod,
    LEADER_WORKER_SET: lwsadmission.leader_worker_set,
    QUEUE: queue,
}
