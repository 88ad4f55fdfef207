"""What a container's state means, in plain words, and what to do about it."""

import re
from dataclasses import dataclass
from typing import Any

from workloads.status.reading import maybe_number, table, text

IMAGE = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "InvalidImageName"}
    | {"ErrImageNeverPull", "RegistryUnavailable", "ImageInspectError"}
)
CONFIG = frozenset(
    {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
)
CRASH_LOOP = "CrashLoopBackOff"
PULLS: tuple[tuple[str, str, str], ...] = (
    (
        r"unauthorized|authentication required|denied|forbidden|\b401\b|\b403\b",
        "the registry refuses access",
        "Choose a credential that may pull the image.",
    ),
    (
        r"toomanyrequests|rate limit",
        "the registry's limit of pulls is reached",
        "Wait, or pull with a credential.",
    ),
    (
        r"not found|manifest unknown|does not exist|\b404\b",
        "it was not found",
        "Check the image's name and tag.",
    ),
    (
        r"x509|certificate",
        "the registry's certificate is not trusted",
        "Ask an administrator to make the nodes trust the registry.",
    ),
    (
        r"no such host|connection refused|i/o timeout|dial tcp",
        "the registry cannot be reached",
        "Check the registry's name, or ask an administrator about the network.",
    ),
)
PROBE = re.compile(
    r"(?P<kind>Readiness|Liveness|Startup) probe (?:failed|errored)[^:]*: (?P<told>.*)",
    re.DOTALL,
)
ANSWERS: tuple[tuple[str, str, str], ...] = (
    (
        r"statuscode: (\d{3})",
        "gets HTTP {}",
        "Look at its log for why it answers so, and check the path of the probe.",
    ),
    (
        r"connection refused",
        "finds nothing on its port",
        "Look at its log, and check that it listens on the port of the probe.",
    ),
    (
        r"deadline exceeded|Client\.Timeout|i/o timeout|timed out",
        "gets no answer in time",
        "Look at its log for why it is slow, or give the probe more time.",
    ),
)
EXITS = {
    126: "the command cannot be executed",
    127: "the command was not found",
    137: "killed",
    139: "segmentation fault",
    143: "asked to stop",
}


@dataclass(frozen=True)
class Signal:
    """Why a container does not run."""

    kind: str
    """image, config, crash, volume, node, probe, quota, security or admission."""

    reason: str
    message: str
    hint: str = ""


def waiting(status: Any) -> Signal | None:
    """Read a container that cannot start."""
    state = table(status, "state", "waiting")
    reason, told = text(state, "reason"), text(state, "message").strip()
    if reason in IMAGE:
        return pull(reason, told, text(status, "image"))
    if reason in CONFIG:
        hint = "Check that the Secrets and ConfigMaps and their keys exist."
        if "runasnonroot" in told.lower() or "run as root" in told.lower():
            hint = "Give a UID, or use an image that does not run as root."
        return Signal("config", reason, f"cannot be created: {told or reason}", hint)
    if reason == CRASH_LOOP:
        last = ended(table(status, "lastState", "terminated"))
        return last or Signal("crash", reason, "crashes again and again", LOGS)
    return None


LOGS = "Look at the logs of the pod."


def pull(reason: str, told: str, image: str) -> Signal:
    """Say why an image cannot be pulled."""
    called = f"image {image}" if image else "its image"
    if reason == "InvalidImageName":
        return Signal("image", reason, f"{called} is not a name", "Correct the image.")
    if reason == "ErrImageNeverPull":
        hint = "Choose another pull condition."
        return Signal("image", reason, f"{called} is not on the node", hint)
    for pattern, why, hint in PULLS:
        if re.search(pattern, told, re.IGNORECASE):
            return Signal("image", reason, f"cannot pull {called}: {why}", hint)
    why = f": {told}" if told else ""
    hint = "Check the image and the registry."
    return Signal("image", reason, f"cannot pull {called}{why}", hint)


def probe(told: str) -> Signal:
    """Say what a probe of a container that runs gets instead of a yes."""
    found = PROBE.fullmatch(told.strip())
    kind = found["kind"].lower() if found else "readiness"
    said = found["told"] if found else told
    for pattern, gets, hint in ANSWERS:
        if answer := re.search(pattern, said):
            message = f"{kind} probe {gets.format(*answer.groups())}"
            return Signal("probe", "Unhealthy", message, hint)
    why = f": {' '.join(said.split())}" if said.strip() else ""
    hint = "Look at its log, and check the probe."
    return Signal("probe", "Unhealthy", f"{kind} probe fails{why}", hint)


def ended(state: Any) -> Signal | None:
    """Read the end of a container."""
    if not state:
        return None
    code, reason = maybe_number(state, "exitCode"), text(state, "reason")
    return crash(reason, code, text(state, "message"))


def crash(reason: str, code: int | None, told: str = "") -> Signal:
    """Say how a container ended."""
    if reason == "OOMKilled":
        hint = "Raise the CPU memory limit, or let it need less."
        return Signal("crash", reason, "OOMKilled: ran out of CPU memory", hint)
    if reason in {"ContainerCannotRun", "StartError"}:
        hint = "Check the command and the image."
        return Signal("crash", reason, f"cannot start: {told or reason}", hint)
    if reason == "DeadlineExceeded":
        return Signal("crash", reason, "ran out of time", LOGS)
    if code == 0:
        hint = "The command must go on serving; look at the logs."
        return Signal("crash", reason or "Completed", "ended by itself", hint)
    if code is None:
        return Signal("crash", reason or "Error", "crashed", LOGS)
    meaning = f" ({EXITS[code]})" if code in EXITS else ""
    message = f"exited with code {code}{meaning}"
    return Signal("crash", reason or "Error", message, LOGS)


REFUSALS: tuple[tuple[str, str, str], ...] = (
    (
        "exceeded quota",
        "quota",
        "Free resources of the namespace, or ask for a greater quota.",
    ),
    (
        "violates PodSecurity",
        "security",
        "Change the security settings, or ask an administrator for the namespace.",
    ),
    ("denied the request", "admission", "Change what the text names."),
)


def refusal(told: str) -> Signal:
    """Say why Kubernetes would not make a pod or a set."""
    for mark, kind, hint in REFUSALS:
        if mark in told:
            return Signal(kind, "FailedCreate", _without_preamble(told), hint)
    hint = "Correct the settings that the text names, or ask an administrator."
    return Signal("admission", "FailedCreate", _without_preamble(told), hint)


def _without_preamble(told: str) -> str:
    """Drop Kubernetes' own story before the reason."""
    for mark in (" failed error: ", " denied the request: "):
        _, found, rest = told.partition(mark)
        told = rest if found else told
    return told.strip()
