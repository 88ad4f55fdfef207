"""What choices are called, and what else a page says about a field."""

from typing import NamedTuple

from workloads.spec.schema import by_path


class Called(NamedTuple):
    """A choice in words."""

    label: str
    hint: str = ""


class Help(NamedTuple):
    """A part of the help page."""

    text: str
    anchor: str


OPTIONS: dict[str, dict[str, Called]] = {
    "imagePullPolicy": {
        "IfNotPresent": Called("Only if not already on the host (recommended)"),
        "Always": Called("Always"),
        "Never": Called("Never, the host must have it"),
    },
    "protocol": {"http": Called("HTTP")},
    "authorizationType": {
        "public": Called("Public", "Anybody on the network, without signing in."),
        "authenticatedUsers": Called(
            "All authenticated users and service accounts",
            "Anyone of the tenant who can sign in.",
        ),
        "authorizedGroups": Called(
            "Specific group(s)", "Whoever belongs to one of the groups."
        ),
        "authorizedUsers": Called(
            "Specific user(s) and service account(s)", "Only those whom you name."
        ),
    },
    "exposeExternally": {
        "true": Called("External (Public access)", "Reachable from outside, too."),
        "false": Called("Internal only", "Reachable from inside the cluster alone."),
    },
    "uidGidSource": {
        "fromTheImage": Called("From the image"),
        "fromIdpToken": Called("From the IdP token"),
        "custom": Called("Custom"),
    },
    "gpuRequestType": {
        "": Called("Off"),
        "portion": Called("% of device"),
        "memory": Called("MB or GB"),
    },
    "largeShmRequest": {
        "true": Called(
            "Increase shared memory size",
            "From 64 MB to the CPU memory limit, or to the memory of the node.",
        )
    },
    "preemptibility": {
        "non-preemptible": Called(
            "Non-preemptible",
            "Uses the project's free GPU quota, and is never interrupted once it runs.",
        ),
        "preemptible": Called(
            "Preemptible",
            "May go over quota, and may be interrupted for work with a higher "
            "priority.",
        ),
    },
    "priorityClass": {
        "very-high": Called("Very high"),
        "high": Called("High"),
        "medium-high": Called("Medium high"),
        "medium": Called("Medium"),
        "medium-low": Called("Medium low"),
        "low": Called("Low"),
        "very-low": Called("Very low"),
    },
    "startupPolicy": {
        "LeaderCreated": Called(
            "When the leader pod is created",
            "In parallel and faster. The deployment can fail if the leader is not "
            "ready when its workers look for it.",
        ),
        "LeaderReady": Called(
            "Once the leader pod is ready", "Workers wait for their leader."
        ),
    },
    "restartPolicy": {
        "RecreateGroupOnPodRestart": Called(
            "Restart the whole replica", "Its leader and all its workers start anew."
        ),
        "None": Called(
            "Restart only the failed pod",
            "A leader goes on serving without its workers.",
        ),
    },
    "operator": {"Equal": Called("Equals"), "Exists": Called("Exists")},
    "medium": {
        "": Called(
            "Disk-backed storage",
            "On the node's disk. Survives a container restart, not a move to another "
            "node.",
        ),
        "Memory": Called(
            "Memory-backed storage",
            "In RAM: faster, counts as memory, lost when the pod restarts.",
        ),
    },
    "volumeMode": {
        "Filesystem": Called("Filesystem", "Files and directories."),
        "Block": Called("Block", "A raw device without a file system."),
    },
    "type": {
        "Required": Called("Required: only there"),
        "Preferred": Called("Preferred: there if there is room"),
    },
}
"""By the last name of a field; an empty value is the choice of none."""

UNITS = {
    "gpuDevicesRequest": "GPUs",
    "gpuPortionRequest": "% of device",
    "gpuPortionLimit": "% of device",
    "workers": "per replica",
    "initialDelaySeconds": "seconds",
    "periodSeconds": "seconds",
    "timeoutSeconds": "seconds",
    "seconds": "seconds",
}
AUTO = {
    "cpuCoreLimit": "Auto: up to what the node has.",
    "cpuMemoryLimit": "Auto: up to the memory of the node.",
    "ephemeralStorageLimit": "Auto: up to the disk of the node.",
    "sizeLimit": "",
}
"""Limits that may be left to the node."""

MONO = frozenset(
    [
        "image",
        "command",
        "args",
        "workingDir",
        "name",
        "value",
        "key",
        "resource",
        "quantity",
        "path",
        "mountPath",
        "server",
        "serviceName",
        "serviceAccountName",
    ]
)
PLACEHOLDERS = {
    "maxUnavailable": "1",
    "maxSurge": "0",
    "partition": "0",
}
HINTS = by_path(
    {
        "pod.compute.gpuPortionRequest": "Every pod gets at least this share of each "
        "device that it uses.",
        "pod.compute.gpuMemoryRequest": "Every pod gets at least this much on each "
        "device that it uses.",
        "pod.compute.largeShmRequest": "",
        "pod.compute.gpuRequestType": "Off: every pod gets whole GPUs.",
        "rollout.maxUnavailable": "A number or a percentage, such as 1 or 25%. Above "
        "one at a time only where the cluster's gate is on.",
        "rollout.maxSurge": "Further replicas meanwhile; they need quota. With one "
        "replica and no surge there is downtime.",
    }
)
"""Where a sentence for the form differs from that of the spec."""

LABELS = by_path(
    {
        "servingPort.exposeExternally": "Exposure",
        "pod.compute.largeShmRequest": "Shared memory",
        "pod.security.uidGidSource": "UID, GID and supplementary groups",
        "workers": "Number of workers",
    }
)
ABOUT_PRIORITY = Help("About priority and preemption", "priority")
HELP = by_path(
    {
        "servingPort.authorizationType": Help("About access to endpoints", "access"),
        "priorityClass": ABOUT_PRIORITY,
        "preemptibility": ABOUT_PRIORITY,
        "nodePools": Help("About node pools", "node-pools"),
        "pod.nodeType": Help("About node types", "node-types"),
        "pod.storage.pvc.claimInfo.storageClass": Help(
            "About storage classes", "storage-classes"
        ),
    }
)
"""Where to read more than a sentence."""

NOUNS = {
    "environmentVariables": "variable",
    "extendedResources": "resource",
    "tolerations": "toleration",
    "labels": "label",
    "annotations": "annotation",
    "ports": "port",
    "nodeSelector": "node label",
    "imagePullSecrets": "credential",
    "pvc": "volume",
    "emptyDirVolume": "EmptyDir",
    "nfs": "NFS",
    "git": "Git",
    "hostPath": "host path",
    "configMapVolume": "ConfigMap",
    "secretVolume": "Secret",
}
"""What an item of a list is called."""

HIDDEN_KEYS = frozenset(
    [
        "tolerations",
        "pvc",
        "emptyDirVolume",
        "nfs",
        "git",
        "hostPath",
        "configMapVolume",
        "secretVolume",
    ]
)
"""Lists whose keys nobody sees."""

STORAGE_KINDS = {
    "emptyDirVolume": Called("EmptyDir", "Temporary space, gone with the workload"),
    "pvc": Called("Volume", "New storage that persists across restarts"),
    "nfs": Called("NFS", "A directory of a server"),
    "configMapVolume": Called("ConfigMap"),
    "secretVolume": Called("Secret"),
    "git": Called("Git"),
    "hostPath": Called("Host path"),
}
PROBES = {
    "readiness": Called(
        "Readiness check",
        "Whether the pod may get requests. Without it the serving port is probed by "
        "TCP, unless workers wait for a ready leader.",
    ),
    "startup": Called(
        "Startup check", "Gives a slow start, such as loading a model, its time."
    ),
    "liveness": Called("Liveness check", "A failed check rebuilds the whole replica."),
}
HANDLERS = {
    "httpGet": Called("HTTP GET"),
    "tcpSocket": Called("TCP"),
    "exec": Called("Command"),
    "grpc": Called("gRPC"),
}
INJECTED = (
    ("RUNAI_PROJECT", "project"),
    ("RUNAI_JOB_NAME", "workload name"),
    ("RUNAI_JOB_UUID", "its unique id"),
    ("RUNAI_NUM_OF_GPUS", "GPUs of the container"),
    ("NODE_NAME", "node it runs on"),
    ("LWS_LEADER_ADDRESS", "address of the replica's leader"),
    ("LWS_GROUP_SIZE", "pods of the replica"),
    ("LWS_WORKER_INDEX", "0 for the leader, then 1, 2, 3"),
)
"""Variables that every container has (policies.md §9)."""
