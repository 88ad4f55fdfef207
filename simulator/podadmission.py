"""Pods between request and store: the LWS webhook, defaults, then the checks."""

from typing import Any

from simulator import kaiadmission
from simulator.answers import Manifest, bad_request, denied, forbidden, invalid
from simulator.kinds import ACCOUNT, NAMESPACE, POD, PRIORITY_CLASS, RUNTIME_CLASS
from simulator.lwsnames import (
    ADDRESS,
    GROUP_INDEX,
    GROUP_KEY,
    GROUP_SIZE,
    INDEX,
    LEADER_NAME,
    NAME,
    POLICY,
    SIZE,
    SUBGROUP_INDEX,
    SUBGROUP_SIZE,
    WORKER_INDEX,
    annotations_of,
    hashed,
    labels_of,
    ordinal,
)
from simulator.podchecks import image_causes, metadata_causes, pod_causes
from simulator.podsecurity import ENFORCE, violation

KAI = "kai-scheduler"
BAD_QUANTITY = (
    "quantities must match the regular expression "
    "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)
SYSTEM_PRIORITY = 2_000_000_000


def pod(registry: Any, item: Manifest, before: Manifest | None) -> None:
    """Admit a new pod; a pod that is there may only change its metadata."""
    if before is not None:
        return
    if NAME in labels_of(item):
        join_group(item)
    default(item["spec"])
    expect_named(registry, item)
    try:
        found = [
            *pod_causes(item["spec"], "spec"),
            *image_causes(item["spec"], "spec"),
        ]
    except ValueError as problem:
        raise bad_request(BAD_QUANTITY) from problem
    if causes := [*metadata_causes(item["metadata"]), *found]:
        raise invalid(POD, item["metadata"]["name"], causes)
    refuse(registry, item)
    item["status"] = {"phase": "Pending", "qosClass": quality(item["spec"])}


def expect_named(registry: Any, item: Manifest) -> None:
    """Refuse classes and accounts that are not there."""
    spec, name = item["spec"], item["metadata"]["name"]
    namespace, account = item["metadata"]["namespace"], spec["serviceAccountName"]
    get = registry.store.get
    if account != "default" and get(ACCOUNT, namespace, account) is None:
        why = f"error looking up service account {namespace}/{account}: "
        why += f'serviceaccount "{account}" not found'
        raise forbidden(POD, name, why)
    if said := spec.get("priorityClassName"):
        found = get(PRIORITY_CLASS, "", said)
        if found is None and not said.startswith("system-"):
            why = f"no PriorityClass with name {said} was found"
            raise forbidden(POD, name, why)
        spec["priority"] = found.item["value"] if found else SYSTEM_PRIORITY
    said = spec.get("runtimeClassName")
    if said and get(RUNTIME_CLASS, "", said) is None:
        why = f'pod rejected: RuntimeClass "{said}" not found'
        raise forbidden(POD, name, why)


def refuse(registry: Any, item: Manifest) -> None:
    """Refuse what level, scheduler or quota of the namespace do not allow."""
    metadata, spec = item["metadata"], item["spec"]
    space = registry.store.get(NAMESPACE, "", metadata["namespace"])
    level = labels_of(space.item).get(ENFORCE, "privileged") if space else ""
    if why := violation(spec, level):
        raise forbidden(POD, metadata["name"], why)
    if spec["schedulerName"] == KAI and (why := kaiadmission.refusal(item)):
        raise denied("admission.run.ai", why)


def default(spec: Manifest) -> None:
    """Fill in what a client may leave out."""
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("schedulerName", "default-scheduler")
    spec.setdefault("serviceAccountName", "default")
    spec.setdefault("dnsPolicy", "ClusterFirst")
    for container in (*spec.get("initContainers", ()), *spec.get("containers", ())):
        container.setdefault("imagePullPolicy", "IfNotPresent")
        resources = container.setdefault("resources", {})
        for name, value in (resources.get("limits") or {}).items():
            resources.setdefault("requests", {}).setdefault(name, value)
        for port in container.get("ports") or ():
            port.setdefault("protocol", "TCP")
            if spec.get("hostNetwork") and "containerPort" in port:
                port.setdefault("hostPort", port["containerPort"])


def quality(spec: Manifest) -> str:
    """The quality-of-service class."""
    parts = [container.get("resources") or {} for container in spec["containers"]]
    if not any(parts):
        return "BestEffort"
    alike = all(part.get("limits") == part.get("requests") for part in parts)
    both = all({"cpu", "memory"} <= set(part.get("limits") or ()) for part in parts)
    return "Guaranteed" if alike and both else "Burstable"


def join_group(item: Manifest) -> None:
    """Write the place in the group into labels and environment, as the webhook does."""
    metadata, labels = item["metadata"], item["metadata"]["labels"]
    annotations = metadata.setdefault("annotations", {})
    if labels.get(WORKER_INDEX) == "0":
        labels.setdefault(GROUP_INDEX, str(ordinal(metadata["name"])))
        key = f"{metadata['namespace']}/{metadata['name']}"
        labels[GROUP_KEY] = hashed(key, 40)
        leader = metadata["name"]
    else:
        labels[WORKER_INDEX] = str(ordinal(metadata["name"]))
        leader = annotations.get(LEADER_NAME, metadata["name"].rsplit("-", 1)[0])
    if part := int(annotations.get(SUBGROUP_SIZE, 0)):
        labels[SUBGROUP_INDEX] = str(int(labels[WORKER_INDEX]) // part)
    alone = annotations.get(POLICY) == "UniquePerReplica"
    item["spec"]["subdomain"] = leader if alone else labels[NAME]
    values = {
        ADDRESS: f"{leader}.{item['spec']['subdomain']}.{metadata['namespace']}",
        GROUP_SIZE: annotations_of(item).get(SIZE, "1"),
        INDEX: labels[WORKER_INDEX],
    }
    spec = item["spec"]
    for container in (*spec.get("initContainers", ()), *spec.get("containers", ())):
        container["env"] = environment(container.get("env") or [], values)


def environment(said: list[Manifest], values: dict[str, str]) -> list[Manifest]:
    """The three variables of the group first, then those of the user."""
    ours = [{"name": name, "value": value} for name, value in values.items()]
    return [*ours, *(entry for entry in said if entry["name"] not in values)]
