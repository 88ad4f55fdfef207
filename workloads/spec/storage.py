"""What is mounted into a pod."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from workloads.spec.model import NEEDED, Begins, SpecModel
from workloads.spec.quantity import StorageSize

Path = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=63)]
ObjectName = Annotated[str, StringConstraints(min_length=1, max_length=253)]
Mode = Annotated[str, StringConstraints(pattern=r"^0[0-7]{3}\z")]


class AccessModes(SpecModel):
    """How nodes may mount a volume."""

    read_write_once: bool = Field(True, title="Read and write by one node")
    read_only_many: bool = Field(False, title="Read only by many nodes")
    read_write_many: bool = Field(False, title="Read and write by many nodes")


class ClaimInfo(SpecModel):
    """A volume that is made for this workload."""

    size: Annotated[StorageSize | None, NEEDED] = Field(None, title="Claim size")
    storage_class: ObjectName | None = Field(None, title="Storage class")
    """None: a volume that an administrator made beforehand."""

    access_modes: AccessModes = AccessModes()
    volume_mode: Literal["Filesystem", "Block"] = Field(
        "Filesystem", title="Volume mode"
    )


class Pvc(SpecModel):
    """A claim, existing or new, and where it is mounted."""

    key_field: ClassVar[str] = "name"

    name: Key | None = Field(None, title="Item")
    existing_pvc: bool = Field(False, title="Existing claim")
    claim_name: Annotated[Key | None, NEEDED] = Field(None, title="Claim name")
    claim_info: ClaimInfo = ClaimInfo()
    path: Annotated[Path | None, NEEDED] = Field(None, title="Container path")
    read_only: bool = Field(False, title="Read only")
    ephemeral: bool | None = Field(None, title="Ephemeral")
    data_sharing: bool | None = Field(None, title="Shared by several projects")
    exclude: bool | None = Field(None, title="Leave out")


class ConfigMapVolume(SpecModel):
    """A ConfigMap as files, or one file of it."""

    key_field: ClassVar[str] = "name"

    name: Key | None = Field(None, title="Item")
    config_map: Annotated[ObjectName | None, NEEDED] = Field(None, title="ConfigMap")
    mount_path: Annotated[Path | None, NEEDED] = Field(None, title="Container path")
    sub_path: Path | None = Field(None, title="ConfigMap sub-path")
    """One file, such as app.properties."""

    default_mode: Mode | None = Field(None, title="File mode")
    exclude: bool | None = Field(None, title="Leave out")


class SecretVolume(SpecModel):
    """A Secret as files."""

    key_field: ClassVar[str] = "name"

    name: Key | None = Field(None, title="Item")
    secret: Annotated[ObjectName | None, NEEDED] = Field(None, title="Secret")
    mount_path: Annotated[Path | None, NEEDED] = Field(None, title="Container path")
    default_mode: Mode | None = Field(None, title="File mode")
    exclude: bool | None = Field(None, title="Leave out")


class EmptyDirVolume(SpecModel):
    """Scratch space of one pod, gone with it."""

    key_field: ClassVar[str] = "name"

    name: Key | None = Field(None, title="Item")
    size_limit: StorageSize | None = Field(None, title="Size")
    """The most that it may hold."""

    path: Annotated[Path | None, NEEDED] = Field(None, title="Container path")
    medium: Literal["Memory"] | None = Field(None, title="Storage medium")
    """Memory-backed storage is faster, and lost when the pod restarts."""

    exclude: bool | None = Field(None, title="Leave out")


class Nfs(SpecModel):
    """A directory of an NFS server. Beyond the reference API."""

    key_field: ClassVar[str] = "name"

    name: Key | None = Field(None, title="Item")
    server: Annotated[ObjectName | None, NEEDED] = Field(None, title="Server")
    path: Annotated[Path | None, NEEDED] = Field(None, title="Path on the server")
    mount_path: Annotated[Path | None, NEEDED] = Field(None, title="Container path")
    read_only: bool = Field(True, title="Read only")
    exclude: bool | None = Field(None, title="Leave out")


class Git(SpecModel):
    """A repository that is checked out before the container starts."""

    key_field: ClassVar[str] = "name"

    name: Key | None = Field(None, title="Item")
    repository: Annotated[Path | None, NEEDED] = Field(None, title="Repository")
    branch: ObjectName | None = Field(None, title="Branch")
    revision: ObjectName | None = Field(None, title="Revision")
    path: Annotated[Path | None, NEEDED] = Field(None, title="Container path")
    credential_id: ObjectName | None = Field(None, title="Credential")
    exclude: bool | None = Field(None, title="Leave out")


class HostPath(SpecModel):
    """A directory of the node. Forbidden unless an administrator allows it."""

    key_field: ClassVar[str] = "name"

    name: Key | None = Field(None, title="Item")
    path: Annotated[Path | None, NEEDED, Begins("/")] = Field(
        None, title="Path on the node"
    )
    mount_path: Annotated[Path | None, NEEDED] = Field(None, title="Container path")
    read_only: bool = Field(True, title="Read only")
    mount_propagation: Literal["None", "HostToContainer"] | None = Field(
        None, title="Mount propagation"
    )
    exclude: bool | None = Field(None, title="Leave out")


class Storage(SpecModel):
    """What is mounted."""

    pvc: tuple[Pvc, ...] = ()
    config_map_volume: tuple[ConfigMapVolume, ...] = ()
    secret_volume: tuple[SecretVolume, ...] = ()
    empty_dir_volume: tuple[EmptyDirVolume, ...] = ()
    nfs: tuple[Nfs, ...] = ()
    git: tuple[Git, ...] = ()
    host_path: tuple[HostPath, ...] = ()
