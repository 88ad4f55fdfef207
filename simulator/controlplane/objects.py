"""What a fresh control plane needs before anybody works with it."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.kinds import KINDS, LWS_GROUP, STATUS, Kind
from simulator.seed import FOREIGN, PRIORITIES, open_definition

Manifest = dict[str, Any]
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
PRIORITY_CLASSES = "/apis/scheduling.k8s.io/v1/priorityclasses"
NAMESPACES = "/api/v1/namespaces"
HOOKS = "/apis/admissionregistration.k8s.io/v1"
APPROVED = "api-approved.kubernetes.io"
NAME_LABEL = "leaderworkerset.sigs.k8s.io/name"


def definitions(lws: Path) -> Iterator[Manifest]:
    """The kinds of LeaderWorkerSet, as its module has it, and of KAI, as we know it."""
    yield json.loads(lws.read_text())
    for kind in foreign():
        yield definition(kind)


def foreign() -> list[Kind]:
    """The kinds whose own definitions are not to be had here."""
    return [kind for kind in KINDS if kind.group in FOREIGN]


def definition(kind: Kind) -> Manifest:
    """A kind that may say anything; its status is written apart where it has one."""
    body = open_definition(kind)
    body["spec"]["names"] |= {"singular": kind.singular, "listKind": f"{kind.name}List"}
    if kind.subresources == STATUS:
        body["spec"]["versions"][0]["subresources"] = {"status": {}}
    if kind.group.endswith(".k8s.io"):
        body["metadata"]["annotations"] = {APPROVED: "unapproved, a stand-in for tests"}
    return body | {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
    }


def collections() -> list[str]:
    """Where the defined kinds are found once they are served."""
    lws = f"/apis/{LWS_GROUP}/v1/leaderworkersets"
    return [lws, *(f"/apis/{k.api_version}/{k.plural}" for k in foreign())]


def first_objects() -> Iterator[tuple[str, Manifest]]:
    """The namespace and the classes that KAI's installation brings."""
    yield NAMESPACES, {"metadata": {"name": "kai-scheduler"}}
    for name, value in PRIORITIES.items():
        body = {"metadata": {"name": name}, "value": value, "globalDefault": False}
        yield PRIORITY_CLASSES, body


def hooks(url: str, ca: str) -> Iterator[tuple[str, Manifest]]:
    """The registrations of LeaderWorkerSet's webhooks, reached by URL."""
    bundle = base64.b64encode(ca.encode()).decode()
    for sort in ("mutating", "validating"):
        letter, verb = sort[0], "mutate" if sort == "mutating" else "validate"
        path = f"{verb}-leaderworkerset-x-k8s-io-v1-leaderworkerset"
        sets = hook(f"{letter}leaderworkerset.kb.io", f"{url}/{path}", bundle)
        sets["rules"] = [rule(LWS_GROUP, "leaderworkersets", "CREATE", "UPDATE")]
        pods = hook(f"{letter}pod.kb.io", f"{url}/{verb}--v1-pod", bundle)
        changed = ["UPDATE"] if sort == "validating" else []
        pods["rules"] = [rule("", "pods", "CREATE", *changed)]
        marked = [{"key": NAME_LABEL, "operator": "Exists"}]
        pods["objectSelector"] = {"matchExpressions": marked}
        kind = f"{sort.capitalize()}WebhookConfiguration"
        yield (
            f"{HOOKS}/{kind.lower()}s",
            {
                "apiVersion": "admissionregistration.k8s.io/v1",
                "kind": kind,
                "metadata": {"name": f"lws-{sort}"},
                "webhooks": [sets, pods],
            },
        )


def hook(name: str, url: str, bundle: str) -> Manifest:
    """One webhook, without its rules."""
    return {
        "name": name,
        "clientConfig": {"url": url, "caBundle": bundle},
        "failurePolicy": "Fail",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "timeoutSeconds": 5,
    }


def rule(group: str, plural: str, *operations: str) -> Manifest:
    """What a webhook is asked about."""
    return {
        "apiGroups": [group],
        "apiVersions": ["v1"],
        "resources": [plural],
        "operations": list(operations),
    }
