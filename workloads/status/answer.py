"""What is said about a workload."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

PodWord = Literal[
    "Terminating", "Unscheduled", "Starting", "NotReady", "Ready", "Error", "Gone"
]
GroupWord = Literal["Ready", "Error", "Pending", "Starting"]
PhaseReason = Literal["NonPreemptibleOverQuota", "OverLimit"]


@dataclass(frozen=True)
class PodState:
    """One pod, as one word and one sentence."""

    name: str
    uid: str
    role: str
    """leader or worker."""

    index: int
    """Of the pod in its replica; the leader is 0."""

    state: PodWord
    node: str = ""
    reason: str = ""
    """Kubernetes' word."""

    message: str = ""
    ready: bool = False
    lost: bool = False
    """Whether its container was ready, and is not any more."""

    restarts: int = 0
    hint: str = ""
    """What to do about an error, or about a probe that fails."""

    group: int = 0
    """The replica."""

    revision: str = ""
    """Of the template that the pod was made of."""

    created: datetime | None = None
    since: datetime | None = None
    """The beginning of an error."""

    @property
    def who(self) -> str:
        """The pod's place in its replica."""
        return "leader" if self.role == "leader" else f"worker {self.index}"

    @property
    def told(self) -> str:
        """Why it does not serve, as a sentence about it; empty where it only starts."""
        if self.state != "NotReady":
            return f"{self.who}: {self.message}" if self.message else ""
        if self.reason == "Unhealthy":
            return f"{self.who} is not ready, its {self.message}"
        if self.message:
            return f"{self.who} is not ready: {self.message}"
        return f"{self.who} is not ready any more" if self.lost else ""


@dataclass(frozen=True)
class Group:
    """One replica: a leader and its workers."""

    index: int
    state: GroupWord
    pods: tuple[PodState, ...] = ()
    """Those that are leaving come last."""

    message: str = ""


@dataclass(frozen=True)
class Answer:
    """A phase, why, and what to do."""

    phase: str
    message: str = ""
    hint: str = ""
    reason: PhaseReason | None = None


@dataclass(frozen=True)
class Status:
    """All that is shown of a workload's state."""

    phase: str
    message: str
    reason: PhaseReason | None
    """The API's phaseReason."""

    hint: str
    """The next step, in one sentence."""

    groups: tuple[Group, ...]
    running_pods: int
    """Running and ready."""

    requested_pods: int
    ready_replicas: int
    node_pools: tuple[str, ...]
    """Where pods are now."""

    allocated_gpus: Decimal
    passing: bool
    """Whether the phase leads to another one by itself."""

    hold: timedelta | None
    """Publish only if it stands so long."""

    due: datetime | None
    """When time alone may change the answer."""
