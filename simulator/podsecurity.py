"""PodSecurity: what the namespace's level does not allow. Pure."""

from collections.abc import Callable, Iterator
from typing import Any

from simulator.answers import Manifest

ENFORCE = "pod-security.kubernetes.io/enforce"
ALLOWED = frozenset(
    (
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    )
)
Claim = Callable[[Manifest], Any]


def violation(spec: Manifest, level: str) -> str:
    """The text of the refusal, empty when the pod may run."""
    found = list(baseline(spec)) if level in ("baseline", "restricted") else []
    if level == "restricted":
        found += restricted(spec)
    if not found:
        return ""
    return f'violates PodSecurity "{level}:latest": {", ".join(found)}'


def containers_of(spec: Manifest) -> list[Manifest]:
    """Every container of a pod."""
    return [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]


def security(container: Manifest) -> Manifest:
    """What a container says about security."""
    return container.get("securityContext") or {}


def blamed(spec: Manifest, claim: Claim) -> str:
    """The containers for which a claim holds: ``container "a"``, ``containers …``."""
    names = [f'"{c["name"]}"' for c in containers_of(spec) if claim(c)]
    return f"container{'s' if len(names) > 1 else ''} {', '.join(names)}"


def any_of(spec: Manifest, claim: Claim) -> bool:
    """Whether a claim holds for some container."""
    return any(claim(container) for container in containers_of(spec))


def privileged(container: Manifest) -> bool:
    """Whether the container asks for everything."""
    return bool(security(container).get("privileged"))


def unusual(container: Manifest) -> list[str]:
    """The added capabilities beyond the baseline."""
    added = (security(container).get("capabilities") or {}).get("add") or ()
    return [name for name in added if name not in ALLOWED]


def host_ports(container: Manifest) -> list[int]:
    """The ports that the container takes from its node."""
    return [p["hostPort"] for p in container.get("ports") or () if p.get("hostPort")]


def unconfined(container: Manifest) -> bool:
    """Whether the container asks for no seccomp profile."""
    profile = security(container).get("seccompProfile") or {}
    return profile.get("type") == "Unconfined"


def baseline(spec: Manifest) -> Iterator[str]:
    """What the level ``baseline`` forbids."""
    words = ("hostNetwork", "hostPID", "hostIPC")
    if shared := [f"{word}=true" for word in words if spec.get(word)]:
        yield f"host namespaces ({', '.join(shared)})"
    if any_of(spec, privileged):
        yield (
            f"privileged ({blamed(spec, privileged)} must not set "
            "securityContext.privileged=true)"
        )
    if names := sorted({n for c in containers_of(spec) for n in unusual(c)}):
        texts = ", ".join(f'"{name}"' for name in names)
        yield (
            f"non-default capabilities ({blamed(spec, unusual)} must not include "
            f"{texts} in securityContext.capabilities.add)"
        )
    volumes = spec.get("volumes") or ()
    if paths := [f'"{v["name"]}"' for v in volumes if "hostPath" in v]:
        word = "volumes" if len(paths) > 1 else "volume"
        yield f"hostPath volumes ({word} {', '.join(paths)})"
    if ports := [str(p) for c in containers_of(spec) for p in host_ports(c)]:
        yield f"hostPort ({blamed(spec, host_ports)} uses hostPort {', '.join(ports)})"
    if any_of(spec, unconfined):
        yield (
            f"seccompProfile ({blamed(spec, unconfined)} must not set "
            'securityContext.seccompProfile.type to "Unconfined")'
        )


def restricted(spec: Manifest) -> Iterator[str]:
    """What the level ``restricted`` forbids beside that."""
    whole = spec.get("securityContext") or {}

    def escalates(container: Manifest) -> bool:
        return security(container).get("allowPrivilegeEscalation") is not False

    def keeps(container: Manifest) -> bool:
        dropped = (security(container).get("capabilities") or {}).get("drop") or ()
        return "ALL" not in dropped

    def may_be_root(container: Manifest) -> bool:
        said = security(container).get("runAsNonRoot", whole.get("runAsNonRoot"))
        return said is not True

    def unsealed(container: Manifest) -> bool:
        profile = security(container).get("seccompProfile", whole.get("seccompProfile"))
        return (profile or {}).get("type") not in ("RuntimeDefault", "Localhost")

    for claim, title, text in (
        (
            escalates,
            "allowPrivilegeEscalation != false",
            "must set securityContext.allowPrivilegeEscalation=false",
        ),
        (
            keeps,
            "unrestricted capabilities",
            'must set securityContext.capabilities.drop=["ALL"]',
        ),
        (
            may_be_root,
            "runAsNonRoot != true",
            "must set securityContext.runAsNonRoot=true",
        ),
        (
            unsealed,
            "seccompProfile",
            'must set securityContext.seccompProfile.type to "RuntimeDefault" or '
            '"Localhost"',
        ),
    ):
        if any_of(spec, claim):
            yield f"{title} ({blamed(spec, claim)} {text})"
