"""ResourceQuota: what a namespace may hold, and what it holds now."""

from collections.abc import Iterable, Iterator

from simulator.amounts import number
from simulator.answers import Manifest, Refusal, forbidden
from simulator.kinds import (
    BY_RESOURCE,
    CLAIM,
    CONFIG_MAP,
    POD,
    QUOTA,
    SECRET,
    SERVICE,
    Kind,
)
from simulator.selectors import Selector
from simulator.store import Store

COUNTED = {kind.plural: kind for kind in (POD, SERVICE, SECRET, CONFIG_MAP, CLAIM)}
NEEDED = ("cpu", "memory")
STEPS = ((2**40, "Ti"), (2**30, "Gi"), (2**20, "Mi"), (2**10, "Ki"))
OVER = ("Succeeded", "Failed")


def refusal(store: Store, kind: Kind, item: Manifest) -> Refusal | None:
    """The 403 of the first quota that a new object would exceed."""
    metadata = item["metadata"]
    for quota in store.find(QUOTA, Selector(metadata.get("namespace", ""))):
        hard = (quota.item.get("spec") or {}).get("hard") or {}
        lines = {n: use(n, kind, item) for n in sorted(hard) if concerns(n, kind)}
        name = quota.key[1]
        if kind is POD and (unsaid := missing(lines, item)):
            text = f"failed quota: {name}: must specify {unsaid}"
            return forbidden(kind, metadata["name"], text)
        if why := exceeded(store, name, quota.key[0], hard, lines):
            return forbidden(kind, metadata["name"], why)
    return None


def exceeded(
    store: Store, name: str, namespace: str, hard: Manifest, lines: dict[str, float]
) -> str:
    """The text about the lines that are too full; empty where there is room."""
    in_use = {line: used(store, namespace, line) for line in lines}
    full = [
        line
        for line, wanted in lines.items()
        if wanted > 0 and in_use[line] + wanted > number(hard[line])
    ]
    if not full:
        return ""
    requested = ",".join(f"{line}={shown(lines[line], line)}" for line in full)
    held = ",".join(f"{line}={shown(in_use[line], line)}" for line in full)
    limited = ",".join(f"{line}={hard[line]}" for line in full)
    text = f"exceeded quota: {name}, requested: {requested}, used: {held}, "
    return f"{text}limited: {limited}"


def status(store: Store, namespace: str, hard: Manifest) -> Manifest:
    """The status of a quota: its lines, and what each has in use."""
    in_use = {line: shown(used(store, namespace, line), line) for line in hard}
    return {"hard": hard, "used": in_use}


def counted(line: str) -> Kind | None:
    """The kind whose objects a line counts; None for a line about amounts."""
    return COUNTED.get(line) or BY_RESOURCE.get(line.removeprefix("count/"))


def concerns(line: str, kind: Kind) -> bool:
    """Whether objects of a kind count for a line."""
    if found := counted(line):
        return found is kind
    return kind is (CLAIM if line == "requests.storage" else POD)


def used(store: Store, namespace: str, line: str) -> float:
    """What is in use of a line."""
    kind = counted(line) or (CLAIM if line == "requests.storage" else POD)
    found = store.find(kind, Selector(namespace))
    return sum(use(line, kind, record.item) for record in found)


def use(line: str, kind: Kind, item: Manifest) -> float:
    """What an object counts for in a line."""
    over = kind is POD and (item.get("status") or {}).get("phase") in OVER
    if over and not line.startswith("count/"):
        return 0
    if counted(line):
        return 1
    if kind is CLAIM:
        requests = (item["spec"].get("resources") or {}).get("requests") or {}
        return number(requests.get("storage", 0))
    word, resource = split(line)
    spec = item["spec"]
    together = sum(asked(c, word, resource) for c in spec.get("containers") or ())
    first = [asked(c, word, resource) for c in spec.get("initContainers") or ()]
    return max([together, *first])


def split(line: str) -> tuple[str, str]:
    """A line about amounts: ``limits`` or ``requests``, and of what."""
    word, _, resource = line.partition(".")
    return (word, resource) if word in ("requests", "limits") else ("requests", line)


def asked(container: Manifest, word: str, resource: str) -> float:
    """What a container asks for; a limit without a request is one."""
    said = container.get("resources") or {}
    found = (said.get(word) or {}).get(resource)
    if found is None and word == "requests":
        found = (said.get("limits") or {}).get(resource)
    return number(found or 0)


def missing(lines: Iterable[str], pod: Manifest) -> str:
    """What containers have to say and do not: ``limits.cpu for: a,b; …``."""
    return "; ".join(
        f"{line} for: {','.join(names)}" for line, names in unsaid(lines, pod)
    )


def unsaid(lines: Iterable[str], pod: Manifest) -> Iterator[tuple[str, list[str]]]:
    """The limited lines, with the containers that say nothing for them."""
    spec = pod["spec"]
    containers = (*(spec.get("initContainers") or ()), *spec["containers"])
    for line in lines:
        word, resource = split(line)
        if counted(line) or resource not in NEEDED:
            continue
        names = [c["name"] for c in containers if not says(c, word, resource)]
        if names:
            yield line, names


def says(container: Manifest, word: str, resource: str) -> bool:
    """Whether a container says how much of a resource."""
    return resource in ((container.get("resources") or {}).get(word) or {})


def shown(value: float, line: str) -> str:
    """An amount as a quota writes it: ``600m``, ``1Gi``."""
    if value % 1:
        return f"{round(value * 1000)}m"
    for size, suffix in STEPS if not counted(line) else ():
        if value and not value % size:
            return f"{round(value / size)}{suffix}"
    return str(round(value))
