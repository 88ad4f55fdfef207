"""Faults on demand: what tests switch on instead of using a fake."""

import asyncio
from dataclasses import dataclass, field, fields
from typing import Any

from simulator.answers import Refusal, bad_request
from simulator.requests import Target

REASONS = {
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


@dataclass
class Fault:
    """One switch: which requests of clients it hits, how often, and what happens.

    ``code`` refuses, ``delay`` waits (seconds), ``drop`` cuts the connection after
    the work was done, ``early`` cuts it before. Empty words hit everything.
    """

    verb: str = ""
    plural: str = ""
    name: str = ""
    namespace: str = ""
    times: int = 0
    after: int = 0
    code: int = 0
    reason: str = ""
    message: str = ""
    retry_after: int = 0
    delay: float = 0
    drop: bool = False
    early: bool = False
    hits: int = field(default=0, init=False)

    def hits_on(self, verb: str, target: Target) -> bool:
        """Whether the fault is for this request; counts it."""
        pairs = (
            (self.verb, verb),
            (self.plural, target.kind.plural),
            (self.name, target.name),
            (self.namespace, target.namespace),
        )
        if any(wanted not in ("", found) for wanted, found in pairs):
            return False
        self.hits += 1
        if self.hits <= self.after:
            return False
        return not self.times or self.hits <= self.after + self.times

    def denies(self, verb: str, plural: str, namespace: str) -> bool:
        """Whether it takes a right away."""
        pairs = (
            (self.verb, verb),
            (self.plural, plural),
            (self.namespace, namespace),
        )
        return self.code == 403 and all(a in ("", b) for a, b in pairs)

    def refusal(self, verb: str, target: Target) -> Refusal:
        """The Status to answer with; a 403 reads like a missing right."""
        reason = self.reason or REASONS.get(self.code, "Unknown")
        text = self.message or f"the simulator was told to answer {self.code}"
        if self.code == 403 and not self.message:
            text = no_right(verb, target)
        return Refusal(self.code, reason, text, retry_after=self.retry_after)


def no_right(verb: str, target: Target) -> str:
    """The text of the real server for a right that is missing."""
    kind = target.kind
    where = (
        f' in the namespace "{target.namespace}"'
        if target.namespace
        else (" at the cluster scope")
    )
    return (
        f'{kind.resource} is forbidden: User "portal" cannot {verb} resource '
        f'"{kind.plural}" in API group "{kind.group}"{where}'
    )


NAMES = {found.name for found in fields(Fault) if found.init}


class Faults:
    """The switches that are on."""

    def __init__(self) -> None:
        self.switched: list[Fault] = []

    def switch(self, said: dict[str, Any]) -> Fault:
        """Switch one fault on; raises a 400 for words it does not know."""
        if unknown := set(said) - NAMES:
            raise bad_request(f"no such fault: {', '.join(sorted(unknown))}")
        fault = Fault(**said)
        self.switched.append(fault)
        return fault

    def deny(self, attributes: dict[str, Any]) -> bool:
        """Whether a right, as an access review names it, is taken away."""
        words = (attributes.get(name, "") for name in ("verb", "resource", "namespace"))
        asked = tuple(words)
        return any(fault.denies(*asked) for fault in self.switched)

    def clear(self) -> None:
        self.switched.clear()

    async def strike(self, verb: str, target: Target) -> Fault | None:
        """Wait or refuse as told; returns a fault that cuts the connection."""
        cutting = None
        for fault in list(self.switched):
            if not fault.hits_on(verb, target):
                continue
            if fault.delay:
                await asyncio.sleep(fault.delay)
            if fault.code:
                raise fault.refusal(verb, target)
            if fault.drop or fault.early:
                cutting = fault
        return cutting
