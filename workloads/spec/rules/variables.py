"""Environment variables and where their values come from."""

import re
from collections.abc import Iterator
from functools import lru_cache

from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.spec.pod import EnvironmentVariable, PodField
from workloads.spec.rules.pods import (
    Document,
    missing,
    pods,
    rows,
    warning,
    wrong,
)
from workloads.spec.rules.reserved import names_a_secret, reserved_variable
from workloads.spec.syntax import data_key, dns_label, dns_name, variable_name
from workloads.spec.workload import WorkloadSpec

REFERENCES = (
    ("secret", "secret"),
    ("config_map", "configMap"),
    ("user_credential", "userCredential"),
)
POD_FIELD = re.compile(
    r"metadata\.(?:name|namespace|uid)|metadata\.(?:labels|annotations)\['[^']+'\]"
    r"|spec\.(?:nodeName|serviceAccountName)|status\.(?:hostIPs?|podIPs?)"
)


def variables(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """A variable has a name, one source for its value, and what it names can be."""
    for at, pod in pods(spec):
        here = at / "environmentVariables"
        for place, variable in enumerate(pod.environment_variables):
            rule, text = _name(variable.name or "")
            if rule and (rule != "plainSecret" or variable.value):
                yield _name_issue(here / place, rule, text)
            if _count(variable) != 1:
                yield _sources(here / place, _count(variable))
            if variable.value is None:
                yield from _references(variable, here / place)


@lru_cache(4096)
def _name(name: str) -> tuple[str, str]:
    """Return the rule that a name breaks, and the sentence; empty where it is well."""
    if not name:
        return "", ""
    if text := variable_name(name):
        return "syntax", text
    if reserved_variable(name):
        return "reserved", "is set by the platform itself: choose another name"
    text = (
        "can be read by everybody who sees the workload; "
        "for a secret choose a credential as the source"
    )
    return ("plainSecret", text) if names_a_secret(name) else ("", "")


def _name_issue(row: Location, rule: str, text: str) -> Issue:
    if rule == "plainSecret":
        return warning(row / "value", rule, text)
    return wrong(row / "name", rule, text)


def _sources(row: Location, count: int) -> Issue:
    if count == 0:
        text = "needs a value, or a credential or ConfigMap that has it"
        return missing(row, "oneSource", text)
    return wrong(row, "oneSource", f"has {count} sources for its value: keep one")


def _references(variable: EnvironmentVariable, row: Location) -> Iterator[Issue]:
    for attribute, alias in REFERENCES:
        if (found := getattr(variable, attribute)) is None:
            continue
        if found.name and (text := dns_name(found.name)):
            yield wrong(row / alias / "name", "syntax", text)
        if found.key and (text := data_key(found.key)):
            yield wrong(row / alias / "key", "syntax", text)
    if text := _pod_field(variable.pod_field_ref):
        yield wrong(row / "podFieldRef" / "path", "syntax", text)


def pull_secrets(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """A credential for pulling is named as Kubernetes names Secrets."""
    for at, pod in pods(spec):
        for row, secret in rows(at, "imagePullSecrets", pod.image_pull_secrets):
            if secret.name and (text := dns_label(secret.name)):
                yield wrong(row / "name", "syntax", text)


def _count(variable: EnvironmentVariable) -> int:
    sources = (
        variable.value,
        variable.secret,
        variable.config_map,
        variable.pod_field_ref,
        variable.user_credential,
    )
    return len(sources) - sources.count(None)


def _pod_field(reference: PodField | None) -> str:
    if reference is None or not reference.path or POD_FIELD.fullmatch(reference.path):
        return ""
    return (
        "must be a field that a pod can read, such as status.podIP or "
        "metadata.labels['app']"
    )


RULES = (variables, pull_secrets)
