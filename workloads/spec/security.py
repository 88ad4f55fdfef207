"""Who the container runs as, and what it may do."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from workloads.spec.model import SpecModel

UserId = Annotated[int, Field(ge=0, lt=2**31)]
Capability = Literal[
    "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "CHOWN",
    "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER",
    "KILL", "LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD",
    "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "SETGID", "SETFCAP",
    "SETPCAP", "SETUID", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE",
    "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME",
    "SYS_TTY_CONFIG", "SYSLOG", "WAKE_ALARM",
]  # fmt: skip
Groups = Annotated[str, StringConstraints(min_length=1, max_length=512)]


class Security(SpecModel):
    """Who the container runs as, and what it may do."""

    uid_gid_source: Literal["fromTheImage", "fromIdpToken", "custom"] = Field(
        "fromTheImage", title="UID, GID and groups"
    )
    """Where the user and the groups of the container come from."""

    run_as_uid: UserId | None = Field(None, title="UID")
    run_as_gid: UserId | None = Field(None, title="GID")
    supplemental_groups: Groups | None = Field(None, title="Supplementary groups")
    """Numbers separated by commas, such as 1000,2000."""

    run_as_non_root: bool | None = Field(None, title="Run as non-root")
    read_only_root_filesystem: bool | None = Field(
        None, title="Read-only root filesystem"
    )
    """Most servers then need a writable /tmp."""

    allow_privilege_escalation: bool | None = Field(
        None, title="Allow privilege escalation"
    )
    seccomp_profile_type: Literal["RuntimeDefault", "Unconfined"] | None = Field(
        None, title="Seccomp profile"
    )
    capabilities: tuple[Capability, ...] = Field((), title="Linux capabilities")
    """Further privileges, yet not all of root's."""

    privileged: bool | None = Field(None, title="Privileged")
    host_network: bool | None = Field(None, title="Host network")
    host_ipc: bool | None = Field(None, title="Host IPC")
