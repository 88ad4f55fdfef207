"""What a status is worked out from: the wish, the record, and the cluster's word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Profile:
    """How patient a cluster's status is."""

    fail_after: timedelta = timedelta(minutes=10)
    """A hard error that lasts so long is a failure."""

    flap_window: timedelta = timedelta(minutes=10)
    """Three rebuilds of a replica within it are a failure."""

    stale: timedelta = timedelta(seconds=60)
    """A cluster that was not heard for so long is not reporting."""

    scheduler: str = "kai"


@dataclass(frozen=True)
class Before:
    """What was published last."""

    phase: str
    since: datetime
    last_ready_replicas: int = 0
    last_spec_replicas: int = 0
    """The replicas that were ready, and wanted, when it was Running last."""

    ever_running: bool = False


@dataclass(frozen=True)
class Terminated:
    """The end of a container, written down before its pod disappears."""

    pod: str
    container: str
    reason: str
    exit_code: int | None
    at: datetime
    last_line: str = ""
    """Of its log."""


@dataclass(frozen=True)
class Observed:
    """One workload: what is wanted, what was sent, what the cluster shows.

    Objects are JSON as Kubernetes gives it, whole or reduced; odd shapes are borne.
    """

    name: str
    desired: Literal["running", "stopped", "deleted"]
    replicas: int
    workers: int
    startup_policy: str = "LeaderCreated"
    serving_port: int | None = None
    generation: int = 1
    applied_generation: int | None = None
    """None until the first generation has arrived."""

    refused: str = ""
    """The text of a permanent refusal of the current generation."""

    last_error: str = ""
    """The last error that another try may mend."""

    waiting_for: str = ""
    """The project's namespace, with its error, while the project is not applied."""

    applied_at: datetime | None = None
    lws_seen: bool = False
    """Whether the set was seen since it was applied."""

    heard_at: datetime | None = None
    """When the cluster was heard last."""

    lws: Manifest | None = None
    pods: Sequence[Manifest] = ()
    pod_groups: Sequence[Manifest] = ()
    events: Sequence[Manifest] = ()
    claims: Sequence[Manifest] = ()
    terminations: Sequence[Terminated] = ()
    before: Before | None = None

    @property
    def size(self) -> int:
        """The pods of a replica."""
        return self.workers + 1
