"""The whole workload."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from workloads.spec.model import NEEDED, SpecModel
from workloads.spec.pod import LabelName, PodSettings, PortNumber, Text
from workloads.spec.quantity import IntOrPercent

Count = Annotated[int, Field(ge=0, le=1000)]
Access = Literal["public", "authenticatedUsers", "authorizedGroups", "authorizedUsers"]
Priority = Literal[
    "very-high", "high", "medium-high", "medium", "medium-low", "low", "very-low"
]
ServiceName = Annotated[str, StringConstraints(min_length=1, max_length=63)]


class ServingPort(SpecModel):
    """Where the leader answers, and whom."""

    protocol: Literal["http"] = Field("http", title="Protocol")
    port: Annotated[PortNumber | None, NEEDED] = Field(None, title="Container port")
    """The port that the leader's server listens on."""

    authorization_type: Access = Field("public", title="Who can access")
    authorized_users: Annotated[tuple[Text, ...], NEEDED] = Field(
        (), title="Users and service accounts"
    )
    """Valid e-mail addresses or names, one a line."""

    authorized_groups: Annotated[tuple[Text, ...], NEEDED] = Field((), title="Groups")
    """Exactly as they appear in your identity provider, one a line."""

    expose_externally: bool = Field(True, title="Exposure")
    exposed_url: Text | None = Field(None, title="Address")
    """Empty: one is made from the names of workload and project."""

    service_port: PortNumber = Field(80, title="Service port")
    """The port of the address inside the cluster."""

    service_name: ServiceName | None = Field(None, title="Service name")
    """Empty: the name of the workload and -ep."""


class Rollout(SpecModel):
    """How a change reaches the replicas."""

    max_unavailable: IntOrPercent | None = Field(None, title="Max unavailable")
    """Replicas that may be down meanwhile; 1 or 25%."""

    max_surge: IntOrPercent | None = Field(None, title="Max surge")
    """Replicas that may be added meanwhile; they need quota."""

    partition: Annotated[int, Field(ge=0, le=1000)] | None = Field(
        None, title="Partition"
    )
    """Replicas below this number keep the old version."""


class WorkloadSpec(SpecModel):
    """Everything a user may say about a distributed inference workload."""

    category: LabelName | None = Field(None, title="Category")
    """Empty: Deploy."""

    replicas: Count = Field(1, title="Number of replicas")
    """Each replica is one leader pod and its workers."""

    workers: Count = Field(0, title="Number of workers")
    """Worker pods of each replica, beside its leader."""

    node_pools: tuple[LabelName, ...] = Field((), title="Node pools")
    """The scheduler starts with the first pool and moves on while it has no room."""

    preemptibility: Literal["non-preemptible", "preemptible"] = Field(
        "non-preemptible", title="Preemptibility"
    )
    priority_class: Priority = Field("very-high", title="Priority")
    """Higher priorities are scheduled earlier."""

    startup_policy: Literal["LeaderCreated", "LeaderReady"] = Field(
        "LeaderCreated", title="Create the workers' pods"
    )
    restart_policy: Literal["RecreateGroupOnPodRestart", "None"] = Field(
        "RecreateGroupOnPodRestart", title="When a pod fails"
    )
    rollout: Rollout = Rollout()
    serving_port: ServingPort | None = None
    leader: PodSettings = PodSettings()
    worker: PodSettings | None = None
