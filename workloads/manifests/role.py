"""A role of a workload: leader or worker, made of the same things."""

from dataclasses import dataclass

from workloads.manifests.claims import made, roles
from workloads.manifests.manifest import Manifest
from workloads.manifests.storage import Mount, mounts
from workloads.manifests.target import Identity, Target
from workloads.spec.pod import PodSettings
from workloads.spec.workload import WorkloadSpec


@dataclass(frozen=True)
class Role:
    """One role of a workload, with all that its pods are made of."""

    name: str
    pod: PodSettings
    spec: WorkloadSpec
    identity: Identity
    target: Target
    mounts: tuple[Mount, ...]

    @property
    def port(self) -> int | None:
        """The serving port, which is the leader's."""
        serving = self.spec.serving_port if self.name == "leader" else None
        return serving.port if serving else None

    @property
    def port_probe(self) -> Manifest:
        """The unasked readiness probe: none while workers wait for it (fact 2)."""
        waiting = self.spec.startup_policy == "LeaderReady"
        if waiting or not self.port or not self.target.probe_serving_port:
            return {}
        return {"tcpSocket": {"port": self.port}, "periodSeconds": 10}


def roles_of(spec: WorkloadSpec, identity: Identity, target: Target) -> dict[str, Role]:
    """Return the roles that have pods."""
    return {
        name: Role(
            name,
            pod,
            spec,
            identity,
            target,
            mounts(pod, made(spec, name, identity, target), target),
        )
        for name, pod in roles(spec).items()
    }
