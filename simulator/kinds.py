"""The one table of the kinds that the cluster serves."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What the API says about one kind, and where its schema comes from."""

    group: str
    version: str
    plural: str
    name: str
    namespaced: bool = True
    short: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    model: str = ""
    verbs: tuple[str, ...] = (
        "create",
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "update",
        "watch",
    )

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """The name in messages: ``pods``, ``statefulsets.apps``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def typed(self) -> bool:
        """Whether the library's models know it; other kinds merge without keys."""
        return bool(self.model)

    @property
    def singular(self) -> str:
        return self.name.lower()


STATUS = ("status",)
GATEWAY = "gateway.networking.k8s.io"
RBAC = "rbac.authorization.k8s.io"
LWS_GROUP = "leaderworkerset.x-k8s.io"
REVIEW = ("create",)

POD = Kind(
    "",
    "v1",
    "pods",
    "Pod",
    True,
    ("po",),
    ("status", "log", "binding", "eviction"),
    "V1Pod",
)
SERVICE = Kind("", "v1", "services", "Service", True, ("svc",), STATUS, "V1Service")
CONFIG_MAP = Kind(
    "", "v1", "configmaps", "ConfigMap", short=("cm",), model="V1ConfigMap"
)
SECRET = Kind("", "v1", "secrets", "Secret", model="V1Secret")
CLAIM = Kind(
    "",
    "v1",
    "persistentvolumeclaims",
    "PersistentVolumeClaim",
    True,
    ("pvc",),
    STATUS,
    "V1PersistentVolumeClaim",
)
VOLUME = Kind(
    "",
    "v1",
    "persistentvolumes",
    "PersistentVolume",
    False,
    ("pv",),
    STATUS,
    "V1PersistentVolume",
)
NAMESPACE = Kind(
    "",
    "v1",
    "namespaces",
    "Namespace",
    False,
    ("ns",),
    ("status", "finalize"),
    "V1Namespace",
)
NODE = Kind("", "v1", "nodes", "Node", False, ("no",), STATUS, "V1Node")
EVENT = Kind("", "v1", "events", "Event", True, ("ev",))
ACCOUNT = Kind(
    "",
    "v1",
    "serviceaccounts",
    "ServiceAccount",
    True,
    ("sa",),
    ("token",),
    "V1ServiceAccount",
)
QUOTA = Kind(
    "",
    "v1",
    "resourcequotas",
    "ResourceQuota",
    True,
    ("quota",),
    STATUS,
    "V1ResourceQuota",
)
LIMITS = Kind(
    "", "v1", "limitranges", "LimitRange", True, ("limits",), (), "V1LimitRange"
)
STATEFUL_SET = Kind(
    "apps",
    "v1",
    "statefulsets",
    "StatefulSet",
    True,
    ("sts",),
    ("status", "scale"),
    "V1StatefulSet",
)
REVISION = Kind(
    "apps", "v1", "controllerrevisions", "ControllerRevision", True, (), (), ""
)
LEADER_WORKER_SET = Kind(
    LWS_GROUP,
    "v1",
    "leaderworkersets",
    "LeaderWorkerSet",
    True,
    ("lws",),
    ("status", "scale"),
)
QUEUE = Kind("scheduling.run.ai", "v2", "queues", "Queue", False, (), STATUS)
POD_GROUP = Kind(
    "scheduling.run.ai", "v2alpha2", "podgroups", "PodGroup", True, ("pg",), STATUS
)
SHARD = Kind("kai.scheduler", "v1", "schedulingshards", "SchedulingShard", False)
TOPOLOGY = Kind("kai.scheduler", "v1alpha1", "topologies", "Topology", False)
PRIORITY_CLASS = Kind(
    "scheduling.k8s.io",
    "v1",
    "priorityclasses",
    "PriorityClass",
    False,
    ("pc",),
    (),
    "V1PriorityClass",
)
STORAGE_CLASS = Kind(
    "storage.k8s.io",
    "v1",
    "storageclasses",
    "StorageClass",
    False,
    ("sc",),
    (),
    "V1StorageClass",
)
RUNTIME_CLASS = Kind(
    "node.k8s.io", "v1", "runtimeclasses", "RuntimeClass", False, (), (), ""
)
DEFINITION = Kind(
    "apiextensions.k8s.io",
    "v1",
    "customresourcedefinitions",
    "CustomResourceDefinition",
    False,
    ("crd",),
    STATUS,
)
ROLE = Kind(RBAC, "v1", "roles", "Role", model="V1Role")
ROLE_BINDING = Kind(RBAC, "v1", "rolebindings", "RoleBinding", model="V1RoleBinding")
CLUSTER_ROLE = Kind(
    RBAC, "v1", "clusterroles", "ClusterRole", False, model="V1ClusterRole"
)
CLUSTER_ROLE_BINDING = Kind(
    RBAC,
    "v1",
    "clusterrolebindings",
    "ClusterRoleBinding",
    False,
    model="V1ClusterRoleBinding",
)
NETWORK_POLICY = Kind(
    "networking.k8s.io",
    "v1",
    "networkpolicies",
    "NetworkPolicy",
    True,
    ("netpol",),
    (),
    "V1NetworkPolicy",
)
INGRESS = Kind(
    "networking.k8s.io",
    "v1",
    "ingresses",
    "Ingress",
    True,
    ("ing",),
    STATUS,
    "V1Ingress",
)
ROUTE = Kind(GATEWAY, "v1", "httproutes", "HTTPRoute", True, (), STATUS)
GATEWAY_KIND = Kind(GATEWAY, "v1", "gateways", "Gateway", True, ("gtw",), STATUS)
ACCESS_REVIEW = Kind(
    "authorization.k8s.io",
    "v1",
    "selfsubjectaccessreviews",
    "SelfSubjectAccessReview",
    False,
    verbs=REVIEW,
)
SELF_REVIEW = Kind(
    "authentication.k8s.io",
    "v1",
    "selfsubjectreviews",
    "SelfSubjectReview",
    False,
    verbs=REVIEW,
)

KINDS = (
    POD,
    SERVICE,
    CONFIG_MAP,
    SECRET,
    CLAIM,
    VOLUME,
    NAMESPACE,
    NODE,
    EVENT,
    ACCOUNT,
    QUOTA,
    LIMITS,
    STATEFUL_SET,
    REVISION,
    LEADER_WORKER_SET,
    QUEUE,
    POD_GROUP,
    SHARD,
    TOPOLOGY,
    PRIORITY_CLASS,
    STORAGE_CLASS,
    RUNTIME_CLASS,
    DEFINITION,
    ROLE,
    ROLE_BINDING,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    NETWORK_POLICY,
    INGRESS,
    ROUTE,
    GATEWAY_KIND,
    ACCESS_REVIEW,
    SELF_REVIEW,
)

BY_PATH = {(kind.group, kind.version, kind.plural): kind for kind in KINDS}
BY_RESOURCE = {kind.resource: kind for kind in KINDS}
