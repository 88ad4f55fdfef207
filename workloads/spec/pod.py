"""What one pod of a group is, whatever its role."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from workloads.spec.compute import Compute
from workloads.spec.model import MULTILINE, NEEDED, Begins, SpecModel
from workloads.spec.probes import Probes
from workloads.spec.quantity import CommandLine
from workloads.spec.security import Security
from workloads.spec.storage import Storage

Text = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=253)]
LabelName = Annotated[str, StringConstraints(min_length=1, max_length=63)]
PortNumber = Annotated[int, Field(ge=1, le=65535)]


class ImagePullSecret(SpecModel):
    """A credential that the image is pulled with."""

    key_field: ClassVar[str] = "name"
    rule_names: ClassVar[dict[str, str]] = {"userCredentials": "userCredential"}

    name: Annotated[LabelName | None, NEEDED] = Field(None, title="Name")
    user_credential: bool = Field(False, title="My own credential")
    exclude: bool | None = Field(None, title="Leave out")


class SecretKey(SpecModel):
    """One key of a Secret."""

    name: Annotated[Name | None, NEEDED] = Field(None, title="Secret")
    key: Annotated[Name | None, NEEDED] = Field(None, title="Key")


class ConfigMapKey(SpecModel):
    """One key of a ConfigMap."""

    name: Annotated[Name | None, NEEDED] = Field(None, title="ConfigMap")
    key: Annotated[Name | None, NEEDED] = Field(None, title="Key")


class PodField(SpecModel):
    """A field of the pod itself."""

    path: Annotated[Name | None, NEEDED] = Field(None, title="Pod field")


class EnvironmentVariable(SpecModel):
    """A variable with exactly one source for its value."""

    key_field: ClassVar[str] = "name"
    one_of: ClassVar[tuple[str, ...]] = (
        "value", "secret", "configMap", "podFieldRef", "userCredential",
    )  # fmt: skip

    name: Annotated[Name | None, NEEDED] = Field(None, title="Name")
    value: Annotated[str | None, MULTILINE] = Field(
        None, max_length=32768, title="Value"
    )
    secret: SecretKey | None = None
    config_map: ConfigMapKey | None = None
    pod_field_ref: PodField | None = None
    user_credential: SecretKey | None = None
    description: Annotated[str | None, MULTILINE] = Field(
        None, max_length=250, title="Instructions"
    )
    exclude: bool | None = Field(None, title="Leave out")


class Annotation(SpecModel):
    """Descriptive metadata, for documentation, monitoring and automation."""

    key_field: ClassVar[str] = "name"

    name: Annotated[LabelName | None, NEEDED] = Field(None, title="Name")
    value: Annotated[str | None, MULTILINE] = Field(
        None, max_length=32768, title="Value"
    )
    exclude: bool | None = Field(None, title="Leave out")


class Label(SpecModel):
    """A category to query by."""

    key_field: ClassVar[str] = "name"

    name: Annotated[LabelName | None, NEEDED] = Field(None, title="Name")
    value: str | None = Field(None, max_length=63, title="Value")
    exclude: bool | None = Field(None, title="Leave out")


class Toleration(SpecModel):
    """A taint that the pod bears."""

    key_field: ClassVar[str] = "name"

    name: LabelName | None = Field(None, title="Item")
    key: Annotated[Name | None, NEEDED] = Field(None, title="Key")
    operator: Literal["Equal", "Exists"] = Field("Equal", title="Operator")
    value: Annotated[Name | None, NEEDED] = Field(None, title="Value")
    effect: Literal["NoSchedule", "NoExecute", "PreferNoSchedule", "Any"] = Field(
        "Any", title="Effect"
    )
    seconds: int | None = Field(None, ge=1, title="Seconds")
    exclude: bool | None = Field(None, title="Leave out")


class PodAffinity(SpecModel):
    """A topology that the pods of a replica share."""

    type: Annotated[Literal["Required", "Preferred"] | None, NEEDED] = Field(
        None, title="Topology rule"
    )
    """Required: only there. Preferred: there if there is room."""

    key: Annotated[Name | None, NEEDED] = Field(None, title="Topology key")
    """The node label that tells one region, zone or rack from the other."""


class MatchExpression(SpecModel):
    """What a node's label must be."""

    key: Name
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
    values: tuple[Annotated[str, StringConstraints(max_length=63)], ...] = Field(
        (), max_length=100
    )


class NodeSelectorTerm(SpecModel):
    """Expressions that must all hold."""

    match_expressions: tuple[MatchExpression, ...] = Field(min_length=1, max_length=100)


class NodeAffinity(SpecModel):
    """Nodes that the pod must run on; one of the terms must hold.

    One value of the spec, not a section: policies judge it as a whole.
    """

    arbitrary: ClassVar[bool] = True

    node_selector_terms: tuple[NodeSelectorTerm, ...] = Field(
        min_length=1, max_length=100
    )


class Port(SpecModel):
    """A further port of the container."""

    key_field: ClassVar[str] = "name"

    name: Annotated[str | None, Field(min_length=1, max_length=15), NEEDED] = Field(
        None, title="Name"
    )
    container_port: Annotated[PortNumber | None, NEEDED] = Field(
        None, title="Container port"
    )
    protocol: Literal["TCP", "UDP", "SCTP"] = Field("TCP", title="Protocol")
    exclude: bool | None = Field(None, title="Leave out")


class NodeLabel(SpecModel):
    """A label that the node must have."""

    key_field: ClassVar[str] = "name"

    name: Annotated[str | None, Field(min_length=1, max_length=317), NEEDED] = Field(
        None, title="Label"
    )
    value: str | None = Field(None, max_length=63, title="Value")
    exclude: bool | None = Field(None, title="Leave out")


class PodSettings(SpecModel):
    """What one pod of the group runs, whatever its role."""

    image: Annotated[Text | None, NEEDED, Begins("/:@")] = Field(
        None, title="Image URL"
    )
    """Registry, repository and tag, such as vllm/vllm-openai:v0.11.0."""

    image_pull_policy: Literal["IfNotPresent", "Always", "Never"] | None = Field(
        None, title="Pull condition"
    )
    """When the image is fetched to the node."""

    image_pull_secrets: tuple[ImagePullSecret, ...] = ()
    command: CommandLine | None = Field(None, title="Command")
    """Empty: the entry point of the image."""

    args: CommandLine | None = Field(None, title="Arguments")
    """Separated by spaces, such as --arg1=val1."""

    working_dir: Text | None = Field(None, title="Working directory")
    """An absolute path in the container."""

    create_home_dir: bool | None = Field(None, title="Create a home directory")
    environment_variables: tuple[EnvironmentVariable, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    labels: tuple[Label, ...] = ()
    compute: Compute = Compute()
    node_type: LabelName | None = Field(None, title="Node type")
    """Nodes carry the label run.ai/type with this value."""

    node_affinity_required: NodeAffinity | None = Field(None, title="Node affinity")
    node_selector: tuple[NodeLabel, ...] = ()
    pod_affinity: PodAffinity | None = None
    tolerations: tuple[Toleration, ...] = ()
    security: Security = Security()
    storage: Storage = Storage()
    probes: Probes = Probes()
    ports: tuple[Port, ...] = ()
    service_account_name: Name | None = Field(None, title="Service account")
    """Empty: the default account of the namespace."""
