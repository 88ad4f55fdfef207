"""The names of workloads (form.md §3, kubernetes.md §1.7)."""

import re
from collections.abc import Container
from itertools import count

LONGEST = 47
"""Kubernetes adds a replica's number and a hash, and allows 63 in all."""

NAME = re.compile(r"[a-z](?:[-a-z0-9]{0,45}[a-z0-9])?")
STRANGE = re.compile(r"[^-a-z0-9]")
NUMBER = re.compile(r"-[0-9]+\Z")
COPY = re.compile(r"-copy[0-9]{0,4}\Z")
OURS = {
    "-ep": "the Service of its endpoint",
    "-np": "its network policy",
}


def name_issues(name: str) -> list[str]:
    """Return a sentence for each rule that the name of a workload breaks."""
    if not name:
        return ["is required"]
    return [*_shape(name), *_ending(name)]


def free_name(wanted: str, taken: Container[str]) -> str:
    """Return a name for a copy: chat-copy, chat-copy2. Never one ending in a number."""
    base = COPY.sub("", wanted)
    endings = ("-copy" if n == 1 else f"-copy{n}" for n in count(1))
    names = (f"{base[: LONGEST - len(end)].rstrip('-')}{end}" for end in endings)
    return next(name for name in names if name not in taken)


def _shape(name: str) -> list[str]:
    issues = []
    if len(name) > LONGEST:
        issues.append(f"has {len(name)} characters; at most {LONGEST} are possible")
    if not "a" <= name[0] <= "z":
        issues.append("must begin with a lower-case letter from a to z")
    if strange := STRANGE.search(name):
        issues.append(
            f"may have only the letters a to z, digits and -, not {strange[0]!a}"
        )
    return issues


def _ending(name: str) -> list[str]:
    if number := NUMBER.search(name):
        return [
            f"must not end in {number[0]}: replicas are numbered so. "
            f"Write {name[: number.start()]}{number[0][1:]} instead"
        ]
    if name.endswith("-"):
        return ["must end in a letter or digit"]
    return [
        f"must not end in {ending}: {owner} is named so"
        for ending, owner in OURS.items()
        if name.endswith(ending)
    ]
