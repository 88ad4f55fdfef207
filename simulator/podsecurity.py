"""PodSecurity: what the namespace's level does not allow. Pure.

Checks come in the order of the real ones, those of ``restricted`` last.
"""

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
BIND = frozenset(("NET_BIND_SERVICE",))
VOLUMES = frozenset(
    (
        "name",
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    )
)
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
HANDLERS = ("httpGet", "tcpSocket")
SEALED = ("RuntimeDefault", "Localhost")
Claim = Callable[[Manifest], Any]


def violation(spec: Manifest, level: str) -> str:
    """The text of the refusal, empty when the pod may run."""
    if level not in ("baseline", "restricted"):
        return ""
    strict = level == "restricted"
    found = list(baseline(spec, strict=strict))
    if strict:
        found += restricted(spec)
    if not found:
        return ""
    return f'violates PodSecurity "{level}:latest": {", ".join(found)}'


def containers_of(spec: Manifest) -> list[Manifest]:
    """Every container of a pod."""
    return [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]


def security(part: Manifest) -> Manifest:
    """What a container or a pod says about security."""
    return part.get("securityContext") or {}


def blamed(spec: Manifest, claim: Claim, *, whole: bool = False) -> str:
    """Those for whom a claim holds: ``container "a"``, ``pod and containers …``."""
    names = [f'"{c["name"]}"' for c in containers_of(spec) if claim(c)]
    plural = "s" if len(names) > 1 else ""
    told = [f"container{plural} {', '.join(names)}"] if names else []
    return " and ".join((["pod"] if whole and claim(spec) else []) + told)


def privileged(container: Manifest) -> bool:
    """Whether the container asks for everything."""
    return bool(security(container).get("privileged"))


def added(container: Manifest, allowed: frozenset[str]) -> list[str]:
    """The added capabilities beyond those that are allowed."""
    found = (security(container).get("capabilities") or {}).get("add") or ()
    return [name for name in found if name not in allowed]


def host_ports(container: Manifest) -> list[int]:
    """The ports that the container takes from its node."""
    return [p["hostPort"] for p in container.get("ports") or () if p.get("hostPort")]


def probe_hosts(container: Manifest) -> list[str]:
    """The hosts that probes ask instead of the pod."""
    handlers = [
        (container.get(probe) or {}).get(handler) or {}
        for probe in PROBES
        for handler in HANDLERS
    ]
    return [handler["host"] for handler in handlers if handler.get("host")]


def profile(part: Manifest) -> str:
    """The seccomp profile that a container or a pod names."""
    return (security(part).get("seccompProfile") or {}).get("type", "")


def unsealed(part: Manifest) -> bool:
    """Whether it names a profile that does not confine."""
    return profile(part) not in ("", *SEALED)


def forbidden_capabilities(spec: Manifest, allowed: frozenset[str]) -> str:
    """Who adds which capabilities that are not allowed; empty for nobody."""
    names = sorted({n for c in containers_of(spec) for n in added(c, allowed)})
    if not names:
        return ""
    who = blamed(spec, lambda container: added(container, allowed))
    texts = ", ".join(f'"{name}"' for name in names)
    return f"{who} must not include {texts} in securityContext.capabilities.add"


def baseline(spec: Manifest, *, strict: bool) -> Iterator[str]:
    """What the level ``baseline`` forbids; less what ``restricted`` says stricter."""
    if not strict and (text := forbidden_capabilities(spec, ALLOWED)):
        yield f"non-default capabilities ({text})"
    words = ("hostNetwork", "hostPID", "hostIPC")
    if shared := [f"{word}=true" for word in words if spec.get(word)]:
        yield f"host namespaces ({', '.join(shared)})"
    volumes = spec.get("volumes") or ()
    paths = [f'"{v["name"]}"' for v in volumes if "hostPath" in v]
    if paths and not strict:
        yield f"hostPath volumes ({plural('volume', paths)} {', '.join(paths)})"
    if ports := [str(p) for c in containers_of(spec) for p in host_ports(c)]:
        word = plural("hostPort", ports)
        yield f"hostPort ({using(spec, host_ports)} {word} {', '.join(ports)})"
    if hosts := [f'"{h}"' for c in containers_of(spec) for h in probe_hosts(c)]:
        word = plural("probe or lifecycle host", hosts)
        told = f"{using(spec, probe_hosts)} {word} {', '.join(hosts)}"
        yield f"probe or lifecycle host ({told})"
    if who := blamed(spec, privileged):
        yield f"privileged ({who} must not set securityContext.privileged=true)"
    if not strict and (text := unconfined(spec)):
        yield f"seccompProfile ({text})"


def unconfined(spec: Manifest) -> str:
    """Who names a seccomp profile that does not confine; empty for nobody."""
    who = blamed(spec, unsealed, whole=True)
    if not who:
        return ""
    said = [profile(part) for part in (spec, *containers_of(spec)) if unsealed(part)]
    texts = ", ".join(f'"{name}"' for name in dict.fromkeys(said))
    return f"{who} must not set securityContext.seccompProfile.type to {texts}"


def using(spec: Manifest, claim: Claim) -> str:
    """Those for whom a claim holds, with the verb that fits their number."""
    who = blamed(spec, claim)
    return f"{who} {'use' if who.startswith('containers') else 'uses'}"


def plural(word: str, names: list[str]) -> str:
    """The word for one or for several."""
    return f"{word}s" if len(names) > 1 else word


def restricted(spec: Manifest) -> Iterator[str]:
    """What the level ``restricted`` forbids beside that."""
    if who := blamed(spec, escalates):
        text = "must set securityContext.allowPrivilegeEscalation=false"
        yield f"allowPrivilegeEscalation != false ({who} {text})"
    texts = []
    if who := blamed(spec, keeps):
        texts.append(f'{who} must set securityContext.capabilities.drop=["ALL"]')
    if text := forbidden_capabilities(spec, BIND):
        texts.append(text)
    if texts:
        yield f"unrestricted capabilities ({'; '.join(texts)})"
    yield from volume_types(spec)
    yield from roots(spec)
    if text := unconfined(spec) or unprofiled(spec):
        yield f"seccompProfile ({text})"


def escalates(container: Manifest) -> bool:
    """Whether the container may gain privileges."""
    return security(container).get("allowPrivilegeEscalation") is not False


def keeps(container: Manifest) -> bool:
    """Whether the container keeps capabilities."""
    dropped = (security(container).get("capabilities") or {}).get("drop") or ()
    return "ALL" not in dropped


def volume_types(spec: Manifest) -> Iterator[str]:
    """Volumes of a kind that is not allowed."""
    found = [
        (volume["name"], sort)
        for volume in spec.get("volumes") or ()
        for sort in volume
        if sort not in VOLUMES
    ]
    if not found:
        return
    names = [f'"{name}"' for name, _ in found]
    sorts = sorted({f'"{sort}"' for _, sort in found})
    verb = "use" if len(names) > 1 else "uses"
    who = f"{plural('volume', names)} {', '.join(names)} {verb}"
    what = f"{plural('restricted volume type', sorts)} {', '.join(sorts)}"
    yield f"restricted volume types ({who} {what})"


def roots(spec: Manifest) -> Iterator[str]:
    """Whoever may be root."""
    safe = security(spec).get("runAsNonRoot") is True

    def says_so(part: Manifest) -> bool:
        return security(part).get("runAsNonRoot") is False

    def silent(container: Manifest) -> bool:
        return security(container).get("runAsNonRoot") is None and not safe

    def is_root(part: Manifest) -> bool:
        return security(part).get("runAsUser") == 0

    if who := blamed(spec, says_so, whole=True):
        text = "must not set securityContext.runAsNonRoot=false"
        yield f"runAsNonRoot != true ({who} {text})"
    elif who := blamed(spec, silent):
        text = "must set securityContext.runAsNonRoot=true"
        yield f"runAsNonRoot != true (pod or {who} {text})"
    if who := blamed(spec, is_root, whole=True):
        yield f"runAsUser=0 ({who} must not set runAsUser=0)"


def unprofiled(spec: Manifest) -> str:
    """Who names no seccomp profile where the pod names none; empty for nobody."""
    if profile(spec):
        return ""
    who = blamed(spec, lambda container: not profile(container))
    text = "must set securityContext.seccompProfile.type to "
    return f'pod or {who} {text}"RuntimeDefault" or "Localhost"' if who else ""
