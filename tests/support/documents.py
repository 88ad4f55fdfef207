"""Builders that speak paths, and what a page does around the judge."""

from typing import Any

from policies.engine.context import Context
from policies.engine.effective import EffectivePolicy
from policies.engine.judge import Verdict, judge
from policies.engine.policy import Policy
from policies.engine.rules import Scope, Unit
from workloads.spec.facts import Facts, Pool
from workloads.spec.paths import FieldPath, Location
from workloads.spec.platform import FORM_DEFAULTS

UNITS = {
    "tenant": Unit(Scope.TENANT, "Example"),
    "cluster": Unit(Scope.CLUSTER, "Frankfurt"),
    "department": Unit(Scope.DEPARTMENT, "Research"),
    "project": Unit(Scope.PROJECT, "Llamas"),
}
ENVIRONMENT = ("leader.image", "leader.imagePullPolicy", "servingPort")
WORKERS = ("workers", "worker")
NO_ENDPOINT = [("servingPort.port", "endpoint")]


def a_document(values: dict[Any, Any]) -> dict[str, Any]:
    """Turn paths to values into the document that they describe."""
    document: dict[str, Any] = {}
    for path, value in values.items():
        *above, name = str(path).split(".")
        place = document
        for part in above:
            place = place.setdefault(part, {})
        place[name] = value
    return document


def a_policy(scope="project", defaults=None, rules=None, **more) -> Policy:
    """The policy of one unit; ``assets`` holds what it imposes, by id."""
    document = {
        "defaults": a_document(defaults or {}),
        "rules": a_document(rules or {}),
    }
    assets = more.pop("assets", None)
    return Policy.read(UNITS[scope], document | more, assets)


def a_context(
    *policies: Policy, form=False, said_by=None, rules=None, pools=(), **facts
) -> Context:
    """What a document is judged against. ``facts`` are those of `Facts`."""
    effective = EffectivePolicy.of(policies)
    if rules:
        effective = EffectivePolicy(rules=effective.rules | rules)
    wired = (p if isinstance(p, Pool) else Pool(p) for p in pools)
    known = {"pools": tuple(wired), "auth_profile": True} | facts
    platform = FORM_DEFAULTS if form else {}
    return Context(effective, Facts(**known), platform, said_by or {})


def judged(document: dict[Any, Any], *policies: Policy, **context) -> Verdict:
    """Judge a workload that has an image, unless the document says another."""
    image = {} if context.pop("bare", False) else {"leader.image": "ubuntu"}
    return judge(a_document(image | document), a_context(*policies, **context))


def named(issues) -> list[tuple[str, str]]:
    """Where each issue stands, and the rule."""
    return [(str(issue.location), issue.rule) for issue in issues]


def at(document: Any, path: str) -> Any:
    """Read a place of a JSON document; None where there is nothing."""
    for part in Location.parse(path):
        document = document.get(part) if isinstance(document, dict) else document[part]
        if document is None:
            return None
    return document


def on_step(verdict, paths, tried=True) -> list[tuple[str, str]]:
    """The issues that a step with these fields shows."""
    held = [
        issue
        for issue in verdict.issues
        if any(issue.location.below(FieldPath.parse(path)) for path in paths)
    ]
    return named(i for i in held if tried or i.kind != "missing")


def kept(document, post: dict[str, str], page: dict[str, str]) -> dict[str, Any]:
    """The document after a post: what differs from the page is said (§5.1)."""
    for path, text in post.items():
        if text == page.get(path, ""):
            continue
        value = int(text) if text.isdecimal() else text
        document = _set(document, path.split("."), value)
    return document


def _set(document, path, value):
    name, *below = path
    if not below and value == "":
        return {key: document[key] for key in document if key != name}
    inner = _set(document.get(name, {}), below, value) if below else value
    return document | {name: inner}
