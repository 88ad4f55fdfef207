"""What goes when a workload is deleted."""

from typing import NamedTuple

from workloads.models import Workload
from workloads.tables import texts


class Removal(NamedTuple):
    """Pods, address and volumes of one workload."""

    id: str
    name: str
    pods: str
    gpus: str
    address: str
    volumes: str

    @classmethod
    def of(cls, workload: Workload) -> "Removal":
        """What the workload has."""
        return cls(
            str(workload.pk),
            workload.name,
            texts.plural(workload.running_pods, "running pod"),
            texts.number(workload.allocated_gpus),
            workload.address,
            ", ".join(sorted(set(workload.claims.values()))),
        )
