"""How the services of policies say no."""

from collections.abc import Sequence
from dataclasses import dataclass

from policies.engine.advice import Offer
from policies.models import PolicyVersion
from policies.reading import Mark
from workloads.spec.issues import Issue


@dataclass(frozen=True)
class Finding:
    """What forbids to save a policy, or a warning, and where it stands in the text."""

    issue: Issue
    mark: Mark
    offer: Offer | None = None

    @property
    def wanted(self) -> str:
        """How the change that is offered is asked for; empty without one."""
        return f"{self.issue.rule}:{self.offer.target}" if self.offer else ""

    def __str__(self) -> str:
        place = f"line {self.mark.line}, column {self.mark.column}"
        at = f"{self.issue.location}: " if self.issue.location else ""
        return f"{place}: {at}{self.issue.text}"


class PolicyRefused(Exception):
    """Something that cannot be done to a policy, in a sentence for the user."""


class NotAllowed(PolicyRefused):
    """The user's role or scope does not reach that far."""


class NoSuchPolicy(PolicyRefused):
    """The unit has no policy."""


class NotSaved(PolicyRefused):
    """The text is wrong, or contradicts what stands above."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        count = len(self.findings)
        super().__init__("1 problem" if count == 1 else f"{count} problems")


class ChangedMeanwhile(PolicyRefused):
    """Somebody saved or deleted the policy since it was read."""

    def __init__(self, based_on: int, current: PolicyVersion | None) -> None:
        self.based_on, self.current = based_on, current
        now = f"it is at version {current.number}" if current else "it was deleted"
        super().__init__(
            f"Somebody changed this policy meanwhile: you began with version "
            f"{based_on}, and {now}. Look at what changed, and try again."
            if based_on
            else "Somebody made a policy for this unit meanwhile. Look at it first."
        )
