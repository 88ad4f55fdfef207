"""The six steps, and the sections that leader and workers share."""

from workloads.spec.paths import FieldPath, Location
from workloads.wizard.parts import Fields, Pick, Piece, Rows, Section, Step
from workloads.wizard.words import Help

KUBERNETES = "https://kubernetes.io/docs/concepts"

IMAGE = Section(
    "image",
    "Image",
    (Piece("image", ("image",)), Fields(("imagePullPolicy",))),
    "What the containers run.",
    also=("imagePullSecrets", "createHomeDir"),
)
ENDPOINT = Section(
    "endpoint",
    "Serving endpoint",
    (
        Fields(("/servingPort.protocol", "/servingPort.port")),
        Pick(
            "/servingPort.authorizationType",
            {
                "authorizedGroups": ("/servingPort.authorizedGroups",),
                "authorizedUsers": ("/servingPort.authorizedUsers",),
            },
        ),
        Pick("/servingPort.exposeExternally"),
        Fields(
            ("/servingPort.servicePort", "/servingPort.serviceName"),
            fold="The address inside the cluster",
        ),
    ),
    "Where the leader answers, and who may call it.",
    also=("/servingPort.exposedUrl",),
)
COMMAND = Section(
    "command",
    "Command & arguments",
    (Fields(("command", "args"), wide=True, fold="+COMMAND & ARGUMENTS"),),
    "Only to run something else than the entry point of the image.",
)
VARIABLES = Section(
    "variables",
    "Environment variables",
    (
        Rows(
            "environmentVariables",
            ("name", "value", "configMap.name", "configMap.key"),
            "Environment variables",
            "+ENVIRONMENT VARIABLE",
            "variable",
            quiet=True,
        ),
        Piece("injected"),
    ),
    "What the program finds in its environment.",
)
CONTAINER = Section(
    "container",
    "Container",
    (
        Fields(("workingDir",)),
        Pick(
            "security.uidGidSource",
            {
                "custom": (
                    "security.runAsUid",
                    "security.runAsGid",
                    "security.supplementalGroups",
                )
            },
        ),
        Fields(("security.capabilities",), wide=True),
    ),
    fold=True,
    also=(
        "security.runAsNonRoot",
        "security.readOnlyRootFilesystem",
        "security.allowPrivilegeEscalation",
        "security.seccompProfileType",
        "security.privileged",
        "security.hostNetwork",
        "security.hostIpc",
    ),
)
COMPUTE = Section(
    "compute",
    "Compute resources",
    (
        Fields(
            (
                "compute.gpuDevicesRequest",
                Pick(
                    "compute.gpuRequestType",
                    {
                        "portion": (
                            "compute.gpuPortionRequest",
                            "compute.gpuPortionLimit",
                        ),
                        "memory": (
                            "compute.gpuMemoryRequest",
                            "compute.gpuMemoryLimit",
                        ),
                    },
                    short=True,
                ),
                "compute.cpuCoreRequest",
                "compute.cpuCoreLimit",
                "compute.cpuMemoryRequest",
                "compute.cpuMemoryLimit",
            )
        ),
        Pick("compute.largeShmRequest", {"true": ("compute.shmSize",)}),
        Rows(
            "compute.extendedResources",
            ("resource", "quantity"),
            "Extended resources",
            "+EXTENDED RESOURCES",
            "pair",
            "Devices that a plugin offers, such as rdma/ib. "
            "Quantities as Kubernetes writes them.",
            help=Help("About extended resources", "extended-resources"),
            links=(
                (
                    "Kubernetes: extended resources",
                    f"{KUBERNETES}/configuration/manage-resources-"
                    "containers/#extended-resources",
                ),
                (
                    "Kubernetes: quantities",
                    "https://kubernetes.io/docs/reference/kubernetes-api/"
                    "common-definitions/quantity/",
                ),
            ),
        ),
    ),
    "What each pod asks for.",
)
POOLS = Section(
    "pools",
    "Node pools",
    (Piece("pools", ("/nodePools",)),),
    "Where the pods may run. Workers take the same node pools.",
)
INHERITED = Section(
    "pools",
    "Node pools",
    (Piece("inherited"),),
    "Taken from the leader. Change them in step 3.",
)
PLACEMENT = Section(
    "placement",
    "Placement",
    (
        Fields(("nodeType",)),
        Rows(
            "tolerations",
            ("key", "operator", "value", "effect", "seconds"),
            "Tolerations",
            "+TOLERATION",
            "toleration",
            "Let pods onto nodes that have a matching taint.",
        ),
        Piece("topology", ("podAffinity",)),
    ),
    "Which nodes of the pools fit.",
    also=("nodeAffinityRequired",),
)
STORAGE = Section(
    "storage",
    "Data & storage",
    (
        Piece(
            "storage",
            (
                "storage.emptyDirVolume",
                "storage.pvc",
                "storage.nfs",
                "storage.configMapVolume",
                "storage.secretVolume",
                "storage.git",
                "storage.hostPath",
            ),
        ),
    ),
    "What is mounted into each pod. S3 data sources are not supported for "
    "inference workloads.",
)
GENERAL = Section(
    "general",
    "General settings",
    (
        Rows(
            "labels",
            ("name", "value"),
            "Labels",
            "+LABEL",
            "pair",
            "Categories for finding and grouping.",
        ),
        Rows(
            "annotations",
            ("name", "value"),
            "Annotations",
            "+ANNOTATION",
            "pair",
            "Descriptive metadata for documentation, monitoring and automation.",
        ),
    ),
    fold=True,
)
HANDLER = (
    "handler.httpGet.port",
    "handler.httpGet.path",
    "handler.httpGet.scheme",
    "handler.tcpSocket.port",
    "handler.exec.command",
    "handler.grpc.port",
    "handler.grpc.service",
)
TIMES = (
    "initialDelaySeconds",
    "periodSeconds",
    "timeoutSeconds",
    "successThreshold",
    "failureThreshold",
)
PROBES = ("readiness", "startup", "liveness")
ADVANCED = Section(
    "advanced",
    "Advanced",
    (
        Piece("probes", tuple(f"probes.{probe}" for probe in PROBES)),
        Rows(
            "ports",
            ("name", "containerPort", "protocol"),
            "More ports",
            "+PORT",
            "port",
            "Gives no address: only the serving endpoint is reachable by one.",
        ),
        Rows(
            "nodeSelector",
            ("name", "value"),
            "Node selector",
            "+NODE LABEL",
            "pair",
            "All must match, beside node type and pools.",
        ),
        Fields(
            (
                "compute.ephemeralStorageRequest",
                "compute.ephemeralStorageLimit",
                "serviceAccountName",
            )
        ),
    ),
    fold=True,
)
GROUP = Section(
    "group", "Group", (Fields(("/workers",)),), "How many pods a leader has beside it."
)
SCALE = Section(
    "scale",
    "Scale and priority",
    (Fields(("/replicas", "/priorityClass")), Pick("/preemptibility")),
    also=("/category",),
)
LIFE = Section(
    "life",
    "Start and restart",
    (Pick("/startupPolicy"), Pick("/restartPolicy")),
)
ROLLOUT = Section(
    "rollout",
    "Rollout",
    (Fields(("/rollout.maxUnavailable", "/rollout.maxSurge", "/rollout.partition")),),
    fold=True,
)
LEADER, WORKER = FieldPath(["leader"]), FieldPath(["worker"])
ENVIRONMENT = (IMAGE, COMMAND, VARIABLES, CONTAINER)

WIZARD = (
    Step(
        "basics",
        "Basics",
        text="A native distributed inference workload serves a trained model, in "
        "real time or in batches.",
    ),  # written by hand: columns of the draft
    Step(
        "environment",
        "Environment",
        (IMAGE, ENDPOINT, COMMAND, VARIABLES, CONTAINER),
        LEADER,
        "What the leader runs. Workers have their own environment, in step 4.",
    ),
    Step(
        "leader",
        "Leader",
        (COMPUTE, POOLS, PLACEMENT, STORAGE, GENERAL, ADVANCED),
        LEADER,
        "The leader coordinates one replica and answers its endpoint. Every replica "
        "has one.",
    ),
    Step(
        "workers",
        "Workers",
        (
            GROUP,
            *ENVIRONMENT,
            COMPUTE,
            INHERITED,
            PLACEMENT,
            STORAGE,
            GENERAL,
            ADVANCED,
        ),
        WORKER,
        "The pods that process the model, beside the leader of each replica.",
    ),
    Step(
        "setup",
        "Workload Setup",
        (SCALE, LIFE, ROLLOUT),
        text="How many replicas run, and what happens when room is scarce.",
    ),
    Step(
        "review",
        "Review",
        text="Leader and workers side by side. Only what is set or matters is listed.",
    ),  # shows the verdict
)
STEPS = {step.slug: step for step in WIZARD}
BOTH = tuple(section for section in STEPS["workers"].sections if section is not GROUP)
"""The sections that workers have of their own, in the order of their step."""
SHARED = tuple(section for section in BOTH if section is not INHERITED)


def step_of(location: Location) -> Step | None:
    """Return the step that shows the place."""
    return next((step for step in WIZARD if step.holds(location)), None)
