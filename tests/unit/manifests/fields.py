"""Every field of the spec with two values of it, for tests that change one alone."""

from typing import Any, NamedTuple


class Example(NamedTuple):
    """Two values of a field, and what must stand around it."""

    one: Any
    other: Any
    around: dict[str, Any] = {}
    """Further fields, as paths below the same root."""


PORTION = {"compute.gpuRequestType": "portion", "compute.gpuDevicesRequest": 2}
MEMORY = {"compute.gpuRequestType": "memory"}
CUSTOM = {"security.uidGidSource": "custom"}
SHM = {"compute.largeShmRequest": True}
VARIABLE = {"environmentVariables.0.name": "A"}
NEW = {
    "storage.pvc.0.name": "models",
    "storage.pvc.0.path": "/models",
    "storage.pvc.0.claimInfo.size": "1G",
    "storage.pvc.0.claimInfo.accessModes.readWriteMany": True,
}
OLD = {
    "storage.pvc.0.name": "models",
    "storage.pvc.0.path": "/models",
    "storage.pvc.0.existingPvc": True,
    "storage.pvc.0.claimName": "shared",
}
CONFIG = {
    "storage.configMapVolume.0.configMap": "cfg",
    "storage.configMapVolume.0.mountPath": "/cfg",
}
SECRET = {
    "storage.secretVolume.0.secret": "s",
    "storage.secretVolume.0.mountPath": "/s",
}
SCRATCH = {"storage.emptyDirVolume.0.path": "/tmp"}
NFS = {
    "storage.nfs.0.server": "nfs.example.org",
    "storage.nfs.0.path": "/export",
    "storage.nfs.0.mountPath": "/data",
}
HOST = {"storage.hostPath.0.path": "/opt", "storage.hostPath.0.mountPath": "/opt"}
TOLERATION = {"tolerations.0.key": "gpu"}
EXTENDED = {
    "compute.extendedResources.0.resource": "example.org/nic",
    "compute.extendedResources.0.quantity": "1",
}
TERMS = [
    {"matchExpressions": [{"key": "zone", "operator": "In", "values": [zone]}]}
    for zone in ("a", "b")
]
POD: dict[str, Example] = {
    "image": Example("a/b:1", "a/b:2"),
    "imagePullPolicy": Example("Always", "Never"),
    "imagePullSecrets.0.name": Example("one", "other"),
    "command": Example("python3 -m srv", "python3 -m other"),
    "args": Example("--a 1", "--a 2"),
    "workingDir": Example("/a", "/b"),
    "environmentVariables.0.name": Example(
        "A", "B", {"environmentVariables.0.value": "1"}
    ),
    "environmentVariables.0.value": Example("1", "2", VARIABLE),
    "environmentVariables.0.secret.name": Example(
        "s", "t", VARIABLE | {"environmentVariables.0.secret.key": "k"}
    ),
    "environmentVariables.0.secret.key": Example(
        "k", "l", VARIABLE | {"environmentVariables.0.secret.name": "s"}
    ),
    "environmentVariables.0.configMap.name": Example(
        "s", "t", VARIABLE | {"environmentVariables.0.configMap.key": "k"}
    ),
    "environmentVariables.0.configMap.key": Example(
        "k", "l", VARIABLE | {"environmentVariables.0.configMap.name": "s"}
    ),
    "environmentVariables.0.podFieldRef.path": Example(
        "status.podIP", "status.hostIP", VARIABLE
    ),
    "annotations.0.value": Example("1", "2", {"annotations.0.name": "note"}),
    "labels.0.value": Example("1", "2", {"labels.0.name": "team"}),
    "compute.gpuDevicesRequest": Example(1, 2),
    "compute.gpuPortionRequest": Example(0.25, 0.5, PORTION),
    "compute.gpuMemoryRequest": Example("1G", "2G", MEMORY),
    "compute.cpuCoreRequest": Example(0.5, 1),
    "compute.cpuCoreLimit": Example(0.5, 1),
    "compute.cpuMemoryRequest": Example("1G", "2G"),
    "compute.cpuMemoryLimit": Example("1G", "2G"),
    "compute.largeShmRequest": Example(False, True),
    "compute.shmSize": Example("1G", "2G", SHM),
    "compute.ephemeralStorageRequest": Example("1G", "2G"),
    "compute.ephemeralStorageLimit": Example("1G", "2G"),
    "compute.extendedResources.0.quantity": Example("1", "2", EXTENDED),
    "nodeType": Example("dgx", "hgx"),
    "nodeAffinityRequired": Example(
        {"nodeSelectorTerms": TERMS[:1]}, {"nodeSelectorTerms": TERMS[1:]}
    ),
    "nodeSelector.0.value": Example("1", "2", {"nodeSelector.0.name": "disk"}),
    "podAffinity.type": Example("Required", "Preferred", {"podAffinity.key": "rack"}),
    "podAffinity.key": Example("rack", "zone", {"podAffinity.type": "Required"}),
    "tolerations.0.key": Example("a", "b", {"tolerations.0.operator": "Exists"}),
    "tolerations.0.operator": Example("Equal", "Exists", TOLERATION),
    "tolerations.0.value": Example("1", "2", TOLERATION),
    "tolerations.0.effect": Example("NoSchedule", "NoExecute", TOLERATION),
    "tolerations.0.seconds": Example(
        1, 2, TOLERATION | {"tolerations.0.effect": "NoExecute"}
    ),
    "security.runAsUid": Example(1, 2, CUSTOM),
    "security.runAsGid": Example(1, 2, CUSTOM),
    "security.supplementalGroups": Example("1", "1,2", CUSTOM),
    "security.runAsNonRoot": Example(True, False),
    "security.readOnlyRootFilesystem": Example(True, False),
    "security.allowPrivilegeEscalation": Example(True, False),
    "security.seccompProfileType": Example("RuntimeDefault", "Unconfined"),
    "security.capabilities": Example(["KILL"], ["CHOWN"]),
    "security.privileged": Example(True, False),
    "security.hostNetwork": Example(True, False),
    "security.hostIpc": Example(True, False),
    "storage.pvc.0.path": Example("/a", "/b", NEW),
    "storage.pvc.0.claimName": Example("a", "b", OLD),
    "storage.pvc.0.readOnly": Example(True, False, OLD),
    "storage.pvc.0.claimInfo.size": Example("1G", "2G", NEW),
    "storage.pvc.0.claimInfo.storageClass": Example("fast", "slow", NEW),
    "storage.pvc.0.claimInfo.accessModes.readOnlyMany": Example(True, False, NEW),
    "storage.configMapVolume.0.configMap": Example("a", "b", CONFIG),
    "storage.configMapVolume.0.mountPath": Example("/a", "/b", CONFIG),
    "storage.configMapVolume.0.subPath": Example("a", "b", CONFIG),
    "storage.configMapVolume.0.defaultMode": Example("0400", "0644", CONFIG),
    "storage.secretVolume.0.secret": Example("a", "b", SECRET),
    "storage.secretVolume.0.mountPath": Example("/a", "/b", SECRET),
    "storage.secretVolume.0.defaultMode": Example("0400", "0644", SECRET),
    "storage.emptyDirVolume.0.path": Example("/a", "/b", SCRATCH),
    "storage.emptyDirVolume.0.sizeLimit": Example("1G", "2G", SCRATCH),
    "storage.emptyDirVolume.0.medium": Example("Memory", None, SCRATCH),
    "storage.nfs.0.server": Example("a", "b", NFS),
    "storage.nfs.0.path": Example("/a", "/b", NFS),
    "storage.nfs.0.mountPath": Example("/a", "/b", NFS),
    "storage.nfs.0.readOnly": Example(True, False, NFS),
    "storage.hostPath.0.path": Example("/a", "/b", HOST),
    "storage.hostPath.0.mountPath": Example("/a", "/b", HOST),
    "storage.hostPath.0.readOnly": Example(True, False, HOST),
    "storage.hostPath.0.mountPropagation": Example("None", "HostToContainer", HOST),
    "probes.readiness.handler.httpGet.port": Example(1, 2),
    "probes.readiness.handler.httpGet.path": Example(
        "/a", "/b", {"probes.readiness.handler.httpGet.port": 1}
    ),
    "probes.readiness.handler.httpGet.scheme": Example(
        "HTTP", "HTTPS", {"probes.readiness.handler.httpGet.port": 1}
    ),
    "probes.readiness.handler.httpGet.host": Example(
        "a", "b", {"probes.readiness.handler.httpGet.port": 1}
    ),
    "probes.startup.handler.tcpSocket.port": Example(1, 2),
    "probes.liveness.handler.exec.command": Example("a", "b"),
    "probes.startup.handler.grpc.port": Example(1, 2),
    "probes.startup.handler.grpc.service": Example(
        "a", "b", {"probes.startup.handler.grpc.port": 1}
    ),
    **{
        f"probes.readiness.{name}": Example(
            1, 2, {"probes.readiness.handler.tcpSocket.port": 1}
        )
        for name in (
            "initialDelaySeconds",
            "periodSeconds",
            "timeoutSeconds",
            "successThreshold",
            "failureThreshold",
        )
    },
    "ports.0.name": Example("a", "b", {"ports.0.containerPort": 1}),
    "ports.0.containerPort": Example(1, 2, {"ports.0.name": "a"}),
    "ports.0.protocol": Example(
        "TCP", "UDP", {"ports.0.name": "a", "ports.0.containerPort": 1}
    ),
    "serviceAccountName": Example("a", "b"),
}
WORKLOAD: dict[str, Example] = {
    "replicas": Example(1, 2),
    "workers": Example(1, 2, {"worker.image": "a/b:1"}),
    "nodePools": Example([], ["h100"]),
    "preemptibility": Example("preemptible", "non-preemptible"),
    "priorityClass": Example("low", "high"),
    "startupPolicy": Example("LeaderCreated", "LeaderReady"),
    "restartPolicy": Example("None", "RecreateGroupOnPodRestart"),
    "rollout.maxUnavailable": Example("1", "25%"),
    "rollout.maxSurge": Example("1", "25%"),
    "rollout.partition": Example(0, 1),
    "servingPort.port": Example(80, 8000),
    "servingPort.servicePort": Example(80, 81, {"servingPort.port": 80}),
    "servingPort.serviceName": Example("a", "b", {"servingPort.port": 80}),
}
OTHERWISE: dict[str, str] = {
    "pod.imagePullSecrets.userCredential": "its Secret comes with credentials",
    "pod.environmentVariables.userCredential.name": "comes with credentials",
    "pod.environmentVariables.userCredential.key": "comes with credentials",
    "pod.environmentVariables.description": "an instruction for the form",
    "pod.createHomeDir": "no home directory without a user of the platform's",
    "pod.annotations.name": "the key of the row, tested with its value",
    "pod.labels.name": "the key of the row, tested with its value",
    "pod.nodeSelector.name": "the key of the row, tested with its value",
    "pod.tolerations.name": "tells rows apart in the form",
    "pod.compute.gpuRequestType": "selects among the other fields",
    "pod.compute.gpuPortionLimit": "the scheduler's plugin takes the request",
    "pod.compute.gpuMemoryLimit": "the scheduler's plugin takes the request",
    "pod.compute.extendedResources.resource": "tested with its quantity",
    "pod.security.uidGidSource": "selects among the other fields",
    "pod.storage.pvc.name": "becomes part of the claim's name, which stays",
    "pod.storage.pvc.existingPvc": "selects among the other fields",
    "pod.storage.pvc.ephemeral": "not offered",
    "pod.storage.pvc.dataSharing": "not offered",
    "pod.storage.pvc.claimInfo.volumeMode": "a case of its own",
    "pod.storage.pvc.claimInfo.accessModes.readWriteOnce": "as readOnlyMany",
    "pod.storage.pvc.claimInfo.accessModes.readWriteMany": "as readOnlyMany",
    "pod.storage.configMapVolume.name": "tells rows apart in the form",
    "pod.storage.secretVolume.name": "tells rows apart in the form",
    "pod.storage.emptyDirVolume.name": "tells rows apart in the form",
    "pod.storage.nfs.name": "tells rows apart in the form",
    "pod.storage.hostPath.name": "tells rows apart in the form",
    **{
        f"pod.storage.git.{name}": "checkouts wait for an administrator's image"
        for name in (
            "name", "repository", "branch", "revision", "path", "credentialId",
        )
    },
    "category": "the product's own",
    "servingPort.protocol": "http is the only one",
    "servingPort.authorizationType": "comes with the gateway",
    "servingPort.authorizedUsers": "comes with the gateway",
    "servingPort.authorizedGroups": "comes with the gateway",
    "servingPort.exposeExternally": "comes with the gateway",
    "servingPort.exposedUrl": "comes with the gateway",
}  # fmt: skip
"""Fields that no manifest shows alone, and why."""
