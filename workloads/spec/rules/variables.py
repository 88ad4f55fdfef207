"""Environment variables and where their values come from."""

import re
from collections.abc import Iterator

from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
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


def names(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """A variable has a name that a program can read, and not the platform's (X-11)."""
    for at, pod in pods(spec):
        here = at / "environmentVariables"
        for place, variable in enumerate(pod.environment_variables):
            name = variable.name
            if not name:
                continue
            if text := variable_name(name):
                yield wrong(here / place / "name", "syntax", text)
            elif reserved_variable(name):
                text = "is set by the platform itself: choose another name"
                yield wrong(here / place / "name", "reserved", text)
            elif variable.value and names_a_secret(name):
                text = (
                    "can be read by everybody who sees the workload; "
                    "for a secret choose a credential as the source"
                )
                yield warning(here / place / "value", "plainSecret", text)


def sources(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """A variable has exactly one source for its value."""
    for at, pod in pods(spec):
        here = at / "environmentVariables"
        for place, variable in enumerate(pod.environment_variables):
            count = _count(variable)
            if count == 0:
                text = "needs a value, or a credential or ConfigMap that has it"
                yield missing(here / place, "oneSource", text)
            elif count > 1:
                text = f"has {count} sources for its value: keep one of them"
                yield wrong(here / place, "oneSource", text)


def references(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """What a variable names, Kubernetes can have."""
    for at, pod in pods(spec):
        here = at / "environmentVariables"
        for place, variable in enumerate(pod.environment_variables):
            for attribute, alias in REFERENCES:
                if (found := getattr(variable, attribute)) is None:
                    continue
                if found.name and (text := dns_name(found.name)):
                    yield wrong(here / place / alias / "name", "syntax", text)
                if found.key and (text := data_key(found.key)):
                    yield wrong(here / place / alias / "key", "syntax", text)
            if text := _pod_field(variable.pod_field_ref):
                yield wrong(here / place / "podFieldRef" / "path", "syntax", text)


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


RULES = (names, sources, references, pull_secrets)
