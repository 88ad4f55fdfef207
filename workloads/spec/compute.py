"""The resources that one pod asks for."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from workloads.spec.model import NEEDED, SpecModel
from workloads.spec.quantity import Quantity

Cores = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Portion = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
ResourceName = Annotated[str, StringConstraints(min_length=1, max_length=317)]


class ExtendedResource(SpecModel):
    """A resource that a device plugin offers."""

    key_field: ClassVar[str] = "resource"

    resource: Annotated[ResourceName | None, NEEDED] = Field(None, title="Resource")
    quantity: Annotated[Quantity | None, NEEDED] = Field(None, title="Quantity")
    exclude: bool | None = Field(None, title="Leave out")


class Compute(SpecModel):
    """The resources that one pod asks for."""

    gpu_devices_request: int | None = Field(
        None, ge=0, le=1000, title="GPU devices per pod"
    )
    """Whole devices, or the devices that a fraction is taken from."""

    gpu_request_type: Literal["portion", "memory"] | None = Field(
        None, title="GPU fractioning"
    )
    """Off: every pod gets whole GPUs."""

    gpu_portion_request: Annotated[Portion | None, NEEDED] = Field(
        None, title="GPU memory request"
    )
    """The least share of a device that each pod gets on every device it uses."""

    gpu_portion_limit: Portion | None = Field(None, title="GPU memory limit")
    """The most that a pod may take of each device."""

    gpu_memory_request: Annotated[Quantity | None, NEEDED] = Field(
        None, title="GPU memory request"
    )
    """The least memory that each pod gets on every device it uses."""

    gpu_memory_limit: Quantity | None = Field(None, title="GPU memory limit")
    """The most that a pod may take of each device."""

    cpu_core_request: Cores | None = Field(None, title="CPU request")
    """Guaranteed to each running pod."""

    cpu_core_limit: Cores | None = Field(None, title="CPU limit")
    """Auto: up to what the node has."""

    cpu_memory_request: Quantity | None = Field(None, title="CPU memory request")
    """Guaranteed to each running pod."""

    cpu_memory_limit: Quantity | None = Field(None, title="CPU memory limit")
    """Auto: up to the memory of the node."""

    large_shm_request: bool = Field(False, title="Increase shared memory size")
    """From 64 MB to the CPU memory limit, or to the memory of the node."""

    shm_size: Quantity | None = Field(None, title="Shared memory size")
    """Empty: the CPU memory limit, or the memory of the node."""

    ephemeral_storage_request: Quantity | None = Field(
        None, title="Ephemeral storage request"
    )
    """The container's own writes, its logs and disk-backed EmptyDirs."""

    ephemeral_storage_limit: Quantity | None = Field(
        None, title="Ephemeral storage limit"
    )
    """Above it the pod is evicted and its replica is rebuilt."""

    extended_resources: tuple[ExtendedResource, ...] = ()
