"""Wrong values for the fields, and where what is said about them ends."""

from typing import Any

NEGATIVE = "-1"
NOTHING = ""
BAD = "two"
"""No quantity."""

WRONG: dict[str, Any] = {
    "image": " a/b:1",
    "imagePullPolicy": "Sometimes",
    "environmentVariables.0.name": "1=",
    "environmentVariables.0.secret.name": "",
    "environmentVariables.0.secret.key": "a/b",
    "environmentVariables.0.configMap.name": "",
    "environmentVariables.0.configMap.key": "a/b",
    "environmentVariables.0.podFieldRef.path": "status.nothing",
    "labels.0.value": "a b",
    "compute.gpuDevicesRequest": "500m",
    "compute.cpuCoreRequest": NEGATIVE,
    "compute.cpuCoreLimit": NEGATIVE,
    "compute.cpuMemoryRequest": NEGATIVE,
    "compute.cpuMemoryLimit": NEGATIVE,
    "compute.shmSize": NEGATIVE,
    "compute.ephemeralStorageRequest": NEGATIVE,
    "compute.ephemeralStorageLimit": NEGATIVE,
    "compute.extendedResources.0.quantity": "500m",
    "nodeType": "a b",
    "nodeAffinityRequired": "a b",
    "nodeSelector.0.value": "a b",
    "podAffinity.key": "a b",
    "tolerations.0.key": "a b",
    "tolerations.0.operator": "Near",
    "tolerations.0.value": "a b",
    "tolerations.0.effect": "Never",
    "security.runAsUid": -1,
    "security.runAsGid": -1,
    "security.supplementalGroups": -1,
    "security.seccompProfileType": "Nothing",
    "storage.pvc.0.path": NOTHING,
    "storage.pvc.0.claimName": "",
    "storage.configMapVolume.0.configMap": "",
    "storage.configMapVolume.0.mountPath": NOTHING,
    "storage.configMapVolume.0.subPath": "../a",
    "storage.configMapVolume.0.defaultMode": 4096,
    "storage.secretVolume.0.secret": "",
    "storage.secretVolume.0.mountPath": NOTHING,
    "storage.secretVolume.0.defaultMode": 4096,
    "storage.emptyDirVolume.0.path": NOTHING,
    "storage.emptyDirVolume.0.sizeLimit": NEGATIVE,
    "storage.nfs.0.server": "",
    "storage.nfs.0.path": "relative",
    "storage.nfs.0.mountPath": NOTHING,
    "storage.hostPath.0.path": "/a/../b",
    "storage.hostPath.0.mountPath": NOTHING,
    "storage.hostPath.0.mountPropagation": "Sideways",
    "probes.readiness.handler.httpGet.port": 99999,
    "probes.readiness.handler.httpGet.scheme": "FTP",
    "probes.startup.handler.tcpSocket.port": 99999,
    "probes.startup.handler.grpc.port": 99999,
    "probes.readiness.initialDelaySeconds": -1,
    "probes.readiness.periodSeconds": -1,
    "probes.readiness.timeoutSeconds": -1,
    "probes.readiness.successThreshold": -1,
    "probes.readiness.failureThreshold": -1,
    "ports.0.name": "UPPER",
    "ports.0.containerPort": 99999,
    "ports.0.protocol": "ICMP",
    "serviceAccountName": "nobody",
    "servingPort.port": 99999,
}
"""For each field for which Kubernetes knows an impossible value, one."""

QUANTITIES = (
    "compute.cpuCoreRequest",
    "compute.cpuCoreLimit",
    "compute.cpuMemoryRequest",
    "compute.cpuMemoryLimit",
    "compute.ephemeralStorageRequest",
    "compute.ephemeralStorageLimit",
    "compute.extendedResources.0.quantity",
    "compute.gpuDevicesRequest",
)
LOOSE = {
    *QUANTITIES,
    "compute.shmSize",
    "storage.emptyDirVolume.0.sizeLimit",
    "storage.pvc.0.claimInfo.size",
    "probes.readiness.handler.httpGet.port",
    "probes.startup.handler.tcpSocket.port",
    "rollout.maxUnavailable",
    "rollout.maxSurge",
}
"""Rendered to what may be a number or a text: a wrong type cannot be said there."""

ELSEWHERE = {
    "servingPort.serviceName": "the client itself refuses to send such a name",
    "storage.pvc.0.claimInfo.size": "tried in the claim",
    "rollout.maxUnavailable": "tried in the set",
    "rollout.maxSurge": "tried in the set",
}

NEAR = {
    "labels.0.value": "labels",
    "nodeSelector.0.value": "nodeSelector",
    "tolerations.0.value": "tolerations.0.operator",
    "storage.configMapVolume.0.subPath": "storage",
    "storage.hostPath.0.mountPropagation": "storage",
}
"""What the answer about an impossible value says only roughly."""

NEAR_BY_KEY = {
    "nodePools": "leader.labels",
    "preemptibility": "leader.labels",
    "startupPolicy": "leader.annotations",
    "servingPort.port": "leader.ports",
    "servingPort.servicePort": "servingPort.port",
    "imagePullSecrets.0.name": "imagePullSecrets",
    "environmentVariables.0.name": "environmentVariables",
    "ports.0.name": "ports",
    "ports.0.containerPort": "ports",
    "ports.0.protocol": "ports",
    "storage.pvc.0.path": "storage",
    "storage.pvc.0.claimInfo.accessModes.readOnlyMany": (
        "storage.pvc.0.claimInfo.accessModes"
    ),
    "storage.configMapVolume.0.mountPath": "storage",
    "storage.secretVolume.0.mountPath": "storage",
    "storage.emptyDirVolume.0.path": "storage",
    "storage.nfs.0.mountPath": "storage",
    "storage.hostPath.0.mountPath": "storage",
}
"""The same of a wrong type: items are named by keys, and the key itself is wrong."""
