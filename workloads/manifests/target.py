"""Who a workload is, and where it goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FEATURES = frozenset({"volumeClaimTemplates", "partition", "observedGeneration"})


@dataclass(frozen=True)
class Identity:
    """Who the workload is."""

    id: str
    name: str
    project_id: str
    project: str
    """The project's name."""

    created_by: str
    generation: int = 1


@dataclass(frozen=True)
class Target:
    """Where a workload goes, and what is installed there."""

    namespace: str
    queues: Mapping[str, str]
    """The name of the Queue by pool, the default pool's included."""

    topologies: Mapping[str, str] = field(default_factory=dict)
    """The name of the network topology by pool."""

    nearest_levels: Mapping[str, str] = field(default_factory=dict)
    """The node label of the topology's nearest level by pool."""

    default_pool: str = "default"
    """The pool whose label is absent."""

    domain: str = "cluster.local"
    scheduler: str = "kai-scheduler"
    lws_features: frozenset[str] = FEATURES
    """What the installed LeaderWorkerSet can do (kubernetes.md §1.6)."""

    gpu_limits: bool = False
    """Whether the scheduler's HAMi-core plugin is on: the limit is the request."""

    probe_serving_port: bool = True
    two_secrets: frozenset[str] = frozenset()
    """Credentials that are a Secret to pull with and one to read keys from."""

    claims: Mapping[str, str] = field(default_factory=dict)
    """The stored names of claims by role and item: ``leader/models``."""

    def pulled_with(self, credential: str) -> str:
        """Return the name of the Secret by which images are pulled."""
        return f"{credential}-p" if credential in self.two_secrets else credential

    def read_from(self, credential: str | None) -> str | None:
        """Return the name of the Secret that has the credential's keys."""
        return f"{credential}-k" if credential in self.two_secrets else credential
