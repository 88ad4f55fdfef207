"""What a cluster says against pods and objects, in our words and at our fields.

The texts are those of kubernetes.md §7.6 and §7.7.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from workloads.manifests.locations import location_of
from workloads.spec.paths import Location
from workloads.spec.workload import WorkloadSpec

At = Callable[[str], Location]
CONTAINER = "spec.containers[0]"
SECURITY = f"{CONTAINER}.securityContext"


class Finding(NamedTuple):
    """A sentence of the API server, with its path in the object if it gave one."""

    field: str
    text: str


class Objection(NamedTuple):
    """What a cluster has against a place of the spec. Items count as in the spec."""

    place: Location
    text: str
    """Goes on after the field's name, or is a sentence of its own with a capital."""

    lasting: bool = True
    """Whether it stays until somebody changes something; a used-up quota may pass."""


class Known(NamedTuple):
    """A sentence that names no path: what it means, and where."""

    pattern: re.Pattern[str]
    field: str
    text: str
    lasting: bool = True


TEXTS = (
    Known(
        re.compile(r"no PriorityClass with name (\S+) was found"),
        "spec.priorityClassName",
        "The cluster has no priority class {0}. An administrator can add it",
    ),
    Known(
        re.compile(r"error looking up service account [^/\s]+/([^:\s]+):"),
        "spec.serviceAccountName",
        "The project's namespace has no service account {0}",
    ),
    Known(
        re.compile(r'RuntimeClass "([^"]+)" not found'),
        "",
        "The cluster has no runtime class {0}. An administrator can add it",
    ),
    Known(
        re.compile(r"exceeded quota: ([^,]+), requested: (.+), used: (.+), limited: "),
        f"{CONTAINER}.resources",
        "The namespace's resource quota {0} has no room now: it asks for {1}, "
        "and {2} is in use",
        lasting=False,
    ),
    Known(
        re.compile(r"failed quota: ([^:]+): must specify ([^;]+)"),
        f"{CONTAINER}.resources",
        "The namespace's resource quota {0} wants a value for {1}",
    ),
    Known(
        re.compile(r"((?:minimum|maximum) \S+ usage per \w+ is [^,\]]+)"),
        f"{CONTAINER}.resources",
        "The namespace limits its pods: {0}",
    ),
    Known(
        re.compile(r"gpu-fraction annotation value must be"),
        "metadata.annotations.gpu-fraction",
        "must be above 0 and below 100 % of a device",
    ),
    Known(
        re.compile(r"cannot have both GPU fraction request and whole GPU"),
        "metadata.annotations.gpu-fraction",
        "cannot stand beside whole GPUs",
    ),
    Known(
        re.compile(r"cannot request both GPU and GPU memory"),
        "metadata.annotations.gpu-memory",
        "cannot stand beside whole GPUs",
    ),
    Known(
        re.compile(r"gpu-memory annotation value must be"),
        "metadata.annotations.gpu-memory",
        "must be a whole number of MiB above 0",
    ),
    Known(
        re.compile(r"cannot request multiple fractional devices without"),
        "metadata.annotations.gpu-fraction-num-devices",
        "needs a share of each device",
    ),
    Known(
        re.compile(r"quantities must match the regular expression"),
        f"{CONTAINER}.resources",
        "The cluster cannot read one of the amounts",
    ),
)
LEVEL = re.compile(r'violates PodSecurity "([^":]+)[^"]*": (.+)$', re.DOTALL)
VIOLATION = re.compile(r"([^(),][^(]*?) \(([^()]*)\)")
VIOLATIONS: Mapping[str, tuple[str, str]] = {
    "host namespaces": ("spec.hostNetwork", "must be off"),
    "hostPort": ("spec.hostNetwork", "must be off"),
    "privileged": (f"{SECURITY}.privileged", "must be off"),
    "allowPrivilegeEscalation": (f"{SECURITY}.allowPrivilegeEscalation", "must be off"),
    "unrestricted capabilities": (f"{SECURITY}.capabilities", "must all be dropped"),
    "non-default capabilities": (f"{SECURITY}.capabilities", "must not be added"),
    "runAsNonRoot": (f"{SECURITY}.runAsNonRoot", "must be on"),
    "runAsUser": (f"{SECURITY}.runAsUser", "must not be 0"),
    "seccompProfile": (
        f"{SECURITY}.seccompProfile",
        "must be RuntimeDefault or Localhost",
    ),
    "probe or lifecycle host": (
        f"{CONTAINER}.readinessProbe",
        "must not ask another host",
    ),
    "restricted volume types": ("spec.volumes", "are of a kind that is not allowed"),
    "hostPath volumes": ("spec.volumes", "are of a kind that is not allowed"),
}
ENFORCED = "{}: the project's namespace enforces the security level {}"
VALUE = r"(\"(?:[^\"\\]|\\.)*\"|\[.*?\]|\S+)"
CAUSES = (
    (re.compile(r"^Required value"), "is required"),
    (re.compile(rf"^Duplicate value: {VALUE}"), "is there twice: {0}"),
    (re.compile(r"^duplicate entries for key \[(.+)\]"), "is there twice: {0}"),
    (re.compile(r"an element that omits all key fields"), "needs a name"),
    (re.compile(rf"^Not found: {VALUE}"), "names {0}, which is not there"),
    (
        re.compile(rf"^Unsupported value: {VALUE}: supported values: (.+)$"),
        "cannot be {0}. The cluster takes {1}",
    ),
    (
        re.compile(r"^field not declared in schema"),
        "is not known to the LeaderWorkerSet of this cluster",
    ),
    (re.compile(r"^expected (.+), got &"), "must be {0}"),
    (re.compile(r"^expected (.+), got (\S+)"), "must be {0}, not {1}"),
    (
        re.compile(rf"^(?:Invalid value|Forbidden|Too long|Too many): {VALUE}: (.+)$"),
        "is refused by the cluster: {1}",
    ),
)


def objections(
    findings: tuple[Finding, ...],
    text: str,
    spec: WorkloadSpec,
    *,
    role: str | None = None,
    kind: str = "LeaderWorkerSet",
    item: str = "",
) -> list[Objection]:
    """Return what a refusal means: each finding, or else its text as a whole.

    With a role it is about that role's bare pod. ``item`` names the claim that it is
    about, as for ``location_of``.
    """

    def at(field: str) -> Location:
        return location_of(field, role, spec, kind=kind, item=item)

    if findings:
        return [Objection(at(found.field), worded(found.text)) for found in findings]
    return list(_of_text(text, at))


def worded(text: str) -> str:
    """Return what a finding at a path says, in our words where we have some."""
    for pattern, words in CAUSES:
        if match := pattern.search(text):
            return words.format(*match.groups())
    return f"is refused by the cluster: {text}"


def _of_text(text: str, at: At) -> Iterator[Objection]:
    if level := LEVEL.search(text):
        yield from _violations(level[1], level[2], at)
        return
    for known in TEXTS:
        if match := known.pattern.search(text):
            words = known.text.format(*match.groups())
            yield Objection(at(known.field), words, known.lasting)
            return
    yield Objection(at(""), f"The cluster refuses it: {_reason(text)}")


def _violations(level: str, told: str, at: At) -> Iterator[Objection]:
    found = False
    for head, detail in VIOLATION.findall(told):
        for name, (field, words) in VIOLATIONS.items():
            if name in head:
                found = True
                place = "spec.hostIPC" if "hostIPC" in detail else field
                yield Objection(at(place), ENFORCED.format(words, level))
                break
    if not found:
        yield Objection(at(SECURITY), ENFORCED.format(told, level))


def _reason(text: str) -> str:
    """Drop Kubernetes' own story before the reason."""
    for mark in (" is forbidden: ", " denied the request: "):
        _, found, rest = text.partition(mark)
        text = rest if found else text
    return text.strip().rstrip(".")
