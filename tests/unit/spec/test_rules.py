"""Every rule of the spec both ways: what breaks it, and the nearest that keeps it."""

import pytest

from tests.support.documents import judged
from workloads.spec.facts import Facts, Pool
from workloads.spec.rules import RULES
from workloads.spec.workload import WorkloadSpec

ENV, PVC = "leader.environmentVariables", "leader.storage.pvc"
GIT = "leader.storage.git"
COMPUTE, SECURITY = "leader.compute", "leader.security"
SCRATCH = "leader.storage.emptyDirVolume"
SERVING = {"servingPort.port": 8000}
EXTENDED = f"{COMPUTE}.extendedResources"
READINESS = "leader.probes.readiness"
TWO_POOLS = (Pool("a", "x"), Pool("b", "y"), Pool("c", "x"), Pool("d", has_queue=False))
NEW = {"claimInfo": {"size": "1G"}}
SHARED = {"claimInfo": {"size": "1G", "accessModes": {"readWriteMany": True}}}


def label(name, value="x"):
    return {"leader.labels": [{"name": name, "value": value}]}


def note(name, value="x", role="leader"):
    noted = {f"{role}.annotations": [{"name": name, "value": value}]}
    return noted if role == "leader" else noted | {"workers": 1, "worker.image": "a"}


def variable(name="A", **source):
    return {ENV: [{"name": name, **(source or {"value": "1"})}]}


def volume(kind, **fields):
    return {f"leader.storage.{kind}": [fields]}


def claim(**fields):
    return volume("pvc", **({"path": "/d", "claimInfo": {"size": "1G"}} | fields))


def port(name="metrics", number=9000, **more):
    return {"name": name, "containerPort": number} | more


def extended(resource, quantity="1"):
    return {EXTENDED: [{"resource": resource, "quantity": quantity}]}


def term(**expression):
    terms = [{"matchExpressions": [expression]}]
    return {"leader.nodeAffinityRequired": {"nodeSelectorTerms": terms}}


def probe(kind, **fields):
    return {f"leader.probes.{kind}": fields}


HTTP = {"handler": {"httpGet": {"port": 8000}}}

# id, rule, where, what breaks it, what keeps it, facts
TABLE = [
    # the group
    ("X-26", "noReplicas", "replicas", {"replicas": 0}, {"replicas": 1}, {}),
    (
        "pods", "pods", "replicas",
        {"replicas": 1000, "workers": 10, "worker.image": "a"},
        {"replicas": 1000, "workers": 9, "worker.image": "a"}, {},
    ),
    (
        "X-31 stands still", "rollout", "rollout.maxUnavailable",
        {"rollout.maxUnavailable": 0}, {"rollout.maxUnavailable": 1}, {},
    ),
    (
        "X-31 stands still by shares", "rollout", "rollout.maxUnavailable",
        {"replicas": 3, "rollout.maxUnavailable": "25%"},
        {"replicas": 4, "rollout.maxUnavailable": "25%"}, {},
    ),
    (
        "X-31 surge is rounded up", "rollout", "rollout.maxUnavailable",
        {"rollout.maxUnavailable": 0, "rollout.maxSurge": "0%"},
        {"rollout.maxUnavailable": 0, "rollout.maxSurge": "1%"}, {},
    ),
    (
        "X-31 one at a time", "oneAtATime", "rollout.maxUnavailable",
        {"replicas": 4, "rollout.maxUnavailable": 2},
        {"replicas": 4, "rollout.maxUnavailable": 1}, {},
    ),
    (
        "X-31 partition", "partition", "rollout.partition",
        {"replicas": 2, "rollout.partition": 3},
        {"replicas": 2, "rollout.partition": 2}, {},
    ),
    (
        "X-31 partition of old sets", "partition", "rollout.partition",
        {"replicas": 2, "rollout.partition": 1},
        {"replicas": 2, "rollout.partition": 0}, {"lws_features": frozenset()},
    ),
    # the endpoint
    ("X-25", "endpoint", "servingPort.port", {}, SERVING, {}),
    (
        "R-070", "externalAccess", "servingPort.exposeExternally",
        SERVING | {"servingPort.exposeExternally": True}, SERVING,
        {"external_access": False},
    ),
    (
        "auth profile", "authProfile", "servingPort.authorizationType",
        SERVING | {"servingPort.authorizationType": "authenticatedUsers"},
        SERVING | {"servingPort.authorizationType": "public"},
        {"auth_profile": False},
    ),
    (
        "R-066", "ownGroup", "servingPort.authorizedGroups",
        SERVING | {
            "servingPort.authorizationType": "authorizedGroups",
            "servingPort.authorizedGroups": ["other"],
        },
        SERVING | {
            "servingPort.authorizationType": "authorizedGroups",
            "servingPort.authorizedGroups": ["other", "ml"],
        },
        {"groups": frozenset({"ml"})},
    ),
    (
        "R-068", "ownUser", "servingPort.authorizedUsers",
        SERVING | {
            "servingPort.authorizationType": "authorizedUsers",
            "servingPort.authorizedUsers": ["bob"],
        },
        SERVING | {
            "servingPort.authorizationType": "authorizedUsers",
            "servingPort.authorizedUsers": ["bob", "alice"],
        },
        {"submitter": "alice"},
    ),
    *(
        (
            f"X-28 service {name}", rule, "servingPort.serviceName",
            SERVING | {"servingPort.serviceName": name},
            SERVING | {"servingPort.serviceName": "chat-svc"},
            {"workload_name": "chat", "taken_names": frozenset({"llama"})},
        )
        for name, rule in (
            ("Chat", "syntax"), ("1chat", "syntax"), ("chat", "taken"),
            ("chat-0", "taken"), ("llama", "taken"), ("llama-12", "taken"),
            ("llama-ep", "taken"),
        )
    ),
    (
        "address", "syntax", "servingPort.exposedUrl",
        SERVING | {"servingPort.exposedUrl": "not an address"},
        SERVING | {"servingPort.exposedUrl": "https://chat.example.com/v1"}, {},
    ),
    (
        "X-28 name", "syntax", "leader.ports.0.name",
        {"leader.ports": [port("Metrics")]}, {"leader.ports": [port()]}, {},
    ),
    (
        "X-28 http", "syntax", "leader.ports.0.name",
        {"leader.ports": [port("http")]}, {"leader.ports": [port("http2")]}, {},
    ),
    (
        "X-28 digits", "syntax", "leader.ports.0.name",
        {"leader.ports": [port("80")]}, {"leader.ports": [port("p80")]}, {},
    ),
    (
        "X-28 number", "unique", "leader.ports.1.containerPort",
        {"leader.ports": [port(), port("other")]},
        {"leader.ports": [port(), port("other", protocol="UDP")]}, {},
    ),
    (
        "X-28 serving", "unique", "leader.ports.0.containerPort",
        SERVING | {"leader.ports": [port(number=8000)]},
        SERVING | {"leader.ports": [port(number=8001)]}, {},
    ),
    # the container
    *(
        (f"image {image}", "image", "leader.image", {"leader.image": image},
         {"leader.image": good}, {})
        for image, good in (
            ("a b", "ab"), ("https://r.io/a", "r.io/a"), ("r.io/NVIDIA/a", "r.io/n/a"),
            ("a:", "a:1"), ("a@sha256:1", f"a@sha256:{'0' * 64}"),
            ("r.io:5000/A:1", "r.io:5000/a:1"), ("/a", "a"), ("a//b", "a/b"),
            ("a:1:2", "a:1"), ("-a", "a-b"), ("a..b", "a.b/c"),
        )
    ),
    (
        "working dir", "path", "leader.workingDir",
        {"leader.workingDir": "app"}, {"leader.workingDir": "/app"}, {},
    ),
    (
        "shell in the command", "shell", "leader.command",
        {"leader.command": "a && b"}, {"leader.command": "sh -c 'a && b'"}, {},
    ),
    (
        "shell in the arguments", "shell", "leader.args",
        {"leader.args": "a > b"}, {"leader.args": "a \\> b"}, {},
    ),
    *(
        (
            f"groups {said}", "syntax", f"{SECURITY}.supplementalGroups",
            {f"{SECURITY}.uidGidSource": "custom",
             f"{SECURITY}.supplementalGroups": said},
            {f"{SECURITY}.uidGidSource": "custom",
             f"{SECURITY}.supplementalGroups": "1000,2000"}, {},
        )
        for said in ("users", "1,", "1 2", "-1", "2147483648")
    ),
    (
        "single sign-on", "sso", f"{SECURITY}.uidGidSource",
        {f"{SECURITY}.uidGidSource": "fromIdpToken"},
        {f"{SECURITY}.uidGidSource": "fromTheImage"}, {},
    ),
    (
        "R-083", "notRoot", f"{SECURITY}.capabilities",
        {f"{SECURITY}.capabilities": ["CHOWN"], f"{SECURITY}.runAsUid": 1000},
        {f"{SECURITY}.capabilities": ["CHOWN"], f"{SECURITY}.runAsUid": 0}, {},
    ),
    (
        "root", "nonRoot", f"{SECURITY}.runAsUid",
        {f"{SECURITY}.runAsNonRoot": True, f"{SECURITY}.runAsUid": 0},
        {f"{SECURITY}.runAsNonRoot": True, f"{SECURITY}.runAsUid": 1}, {},
    ),
    (
        "privileged", "privileged", f"{SECURITY}.allowPrivilegeEscalation",
        {f"{SECURITY}.privileged": True, f"{SECURITY}.allowPrivilegeEscalation": False},
        {f"{SECURITY}.privileged": True, f"{SECURITY}.allowPrivilegeEscalation": True},
        {},
    ),
    (
        "read-only root", "tmp", f"{SECURITY}.readOnlyRootFilesystem",
        {f"{SECURITY}.readOnlyRootFilesystem": True},
        {f"{SECURITY}.readOnlyRootFilesystem": True, SCRATCH: [{"path": "/tmp/"}]}, {},
    ),
    # variables
    *(
        (f"X-11 {name}", rule, f"{ENV}.0.name", variable(name), variable("A_1"), {})
        for name, rule in (
            ("1A", "syntax"), ("A B", "syntax"), ("A=", "syntax"),
            ("LWS_GROUP_SIZE", "reserved"), ("RUNAI_PROJECT", "reserved"),
            ("NODE_NAME", "reserved"), ("NVIDIA_VISIBLE_DEVICES", "reserved"),
        )
    ),
    (
        "plain secret", "plainSecret", f"{ENV}.0.value",
        variable("HF_TOKEN", value="hf_1"), variable("HF_TOKEN", value=""), {},
    ),
    (
        "no source", "oneSource", f"{ENV}.0",
        {ENV: [{"name": "A", "description": "the key"}]}, variable("A", value=""), {},
    ),
    (
        "two sources", "oneSource", f"{ENV}.0",
        variable("A", value="1", secret={"name": "s", "key": "k"}),
        variable("A", secret={"name": "s", "key": "k"}), {},
    ),
    *(
        (
            f"reference {kind}", "syntax", f"{ENV}.0.{kind}.{field}",
            variable("A", **{kind: {"name": "s", "key": "k"} | {field: "No such"}}),
            variable("A", **{kind: {"name": "s", "key": "k"}}), {},
        )
        for kind in ("secret", "configMap", "userCredential")
        for field in ("name", "key")
    ),
    (
        "pod field", "syntax", f"{ENV}.0.podFieldRef.path",
        variable("A", podFieldRef={"path": "spec.containers"}),
        variable("A", podFieldRef={"path": "metadata.labels['app']"}), {},
    ),
    (
        "pull secret", "syntax", "leader.imagePullSecrets.0.name",
        {"leader.imagePullSecrets": [{"name": "My.Secret"}]},
        {"leader.imagePullSecrets": [{"name": "my-secret"}]}, {},
    ),
    # labels and annotations
    *(
        (f"label {name}", rule, "leader.labels.0.name", label(name), label(good), {})
        for name, rule, good in (
            ("kai.scheduler/queue", "reserved", "scheduler/queue"),
            ("runai/queue", "reserved", "notrunai/queue"),
            ("run.ai/type", "reserved", "run.ai.example/type"),
            ("project", "reserved", "projects"), ("user", "reserved", "users"),
            ("priorityClassName", "reserved", "priority"),
            ("leaderworkerset.sigs.k8s.io/name", "reserved", "name"),
            ("kueue.x-k8s.io/queue-name", "reserved", "queue-name"),
            ("kubernetes.io/hostname", "reserved", "example.io/hostname"),
            ("pod-security.kubernetes.io/enforce", "reserved", "enforce"),
            ("app.kubernetes.io/managed-by", "reserved", "app.kubernetes.io/version"),
            ("runai-portal/role", "reserved", "role"),
            ("a b", "syntax", "a-b"), ("-a", "syntax", "a"),
            ("A.io/a", "syntax", "a.io/a"), ("a/b/c", "syntax", "a/b.c"),
            ("/a", "syntax", "x/a"),
        )
    ),
    (
        "label value", "syntax", "leader.labels.0.value",
        label("a", "two words"), label("a", ""), {},
    ),
    *(
        (
            f"annotation {name}", rule, "leader.annotations.0.name",
            note(name), note(good), {},
        )
        for name, rule, good in (
            ("gpu-fraction", "reserved", "gpus"), ("mps", "reserved", "mpss"),
            ("pod-group-name", "reserved", "pod-group"),
            ("kai.scheduler/preemptibility", "reserved", "kai.scheduler/topology"),
            ("k8s.v1.cni.cncf.io/networks", "reserved", "networks"),
            ("a b", "syntax", "a"),
        )
    ),
    (
        "topology of the workers", "reserved", "worker.annotations.0.name",
        note("kai.scheduler/topology", role="worker"), note("topology", role="worker"),
        {},
    ),
    (
        "annotations are too long", "size", "leader.annotations.7.value",
        {"leader.annotations": [{"name": f"a{n}", "value": "é" * 16384}
                                for n in range(9)]},
        {"leader.annotations": [{"name": f"a{n}", "value": "é" * 16000}
                                for n in range(8)]}, {},
    ),
    *(
        (
            f"X-11 {name}", "unique", f"leader.{name}.1.{key}",
            {f"leader.{name}": [item | {key: "same"}] * 2},
            {f"leader.{name}": [item | {key: "one"}, item | {key: "two"}]}, {},
        )
        for name, key, item in (
            ("environmentVariables", "name", {"value": ""}),
            ("labels", "name", {}), ("annotations", "name", {}),
            ("imagePullSecrets", "name", {}), ("nodeSelector", "name", {}),
            ("tolerations", "name", {"key": "gpu", "operator": "Exists"}),
        )
    ),
    (
        "X-11 nested", "unique", f"{EXTENDED}.1.resource",
        {EXTENDED: [{"resource": "a/b", "quantity": "1"}] * 2},
        {EXTENDED: [{"resource": f"a/{n}", "quantity": "1"} for n in "bc"]}, {},
    ),
    # compute
    *(
        (
            f"X-05 {name}", "limits", f"{COMPUTE}.{name}Limit",
            {f"{COMPUTE}.{name}Limit": low, f"{COMPUTE}.{name}Request": high} | more,
            {f"{COMPUTE}.{name}Limit": high, f"{COMPUTE}.{name}Request": low} | more,
            {"gpu_memory_limit": True},
        )
        for name, low, high, more in (
            ("cpuCore", 1, 1.5, {}), ("cpuMemory", "1999M", "2G", {}),
            ("ephemeralStorage", "1G", "1Gi", {}),
            ("gpuPortion", 0.4, 0.5, {f"{COMPUTE}.gpuDevicesRequest": 1}),
            ("gpuMemory", "4G", "5G", {f"{COMPUTE}.gpuDevicesRequest": 1}),
        )
    ),
    (
        "X-06 devices", "fraction", f"{COMPUTE}.gpuDevicesRequest",
        {f"{COMPUTE}.gpuDevicesRequest": 0, f"{COMPUTE}.gpuPortionRequest": 0.5},
        {f"{COMPUTE}.gpuDevicesRequest": 1, f"{COMPUTE}.gpuPortionRequest": 0.5}, {},
    ),
    (
        "X-06 portion", "fraction", f"{COMPUTE}.gpuPortionRequest",
        {f"{COMPUTE}.gpuDevicesRequest": 1, f"{COMPUTE}.gpuPortionRequest": 0.009},
        {f"{COMPUTE}.gpuDevicesRequest": 1, f"{COMPUTE}.gpuPortionRequest": 0.01}, {},
    ),
    (
        "X-06 memory", "fraction", f"{COMPUTE}.gpuMemoryRequest",
        {f"{COMPUTE}.gpuDevicesRequest": 1, f"{COMPUTE}.gpuMemoryRequest": "0"},
        {f"{COMPUTE}.gpuDevicesRequest": 1, f"{COMPUTE}.gpuMemoryRequest": "1M"}, {},
    ),
    (
        "R-084 portion", "gpuMemoryLimit", f"{COMPUTE}.gpuPortionLimit",
        {f"{COMPUTE}.gpuPortionRequest": 0.5, f"{COMPUTE}.gpuPortionLimit": 0.8},
        {f"{COMPUTE}.gpuPortionRequest": 0.5, f"{COMPUTE}.gpuPortionLimit": 0.5}, {},
    ),
    (
        "R-084 memory", "gpuMemoryLimit", f"{COMPUTE}.gpuMemoryLimit",
        {f"{COMPUTE}.gpuMemoryRequest": "1G", f"{COMPUTE}.gpuMemoryLimit": "2G"},
        {f"{COMPUTE}.gpuMemoryRequest": "1G", f"{COMPUTE}.gpuMemoryLimit": "1000M"},
        {},
    ),
    (
        "X-30 shared memory", "shm", f"{COMPUTE}.shmSize",
        {f"{COMPUTE}.largeShmRequest": True, f"{COMPUTE}.shmSize": "2G",
         f"{COMPUTE}.cpuMemoryLimit": "1G"},
        {f"{COMPUTE}.largeShmRequest": True, f"{COMPUTE}.shmSize": "1G",
         f"{COMPUTE}.cpuMemoryLimit": "1G"}, {},
    ),
    *(
        (
            f"R-102 {name}", "resource", f"{EXTENDED}.0.resource",
            extended(name), extended("rdma/hca"), {},
        )
        for name in ("cpu", "memory", "nvidia.com/gpu", "hca", "a b/c")
    ),
    (
        "R-102 pieces", "resource", f"{EXTENDED}.0.quantity",
        extended("rdma/hca", "500m"), extended("rdma/hca", "1k"), {},
    ),
    (
        "X-30 twice", "resource", f"{EXTENDED}.0.resource",
        extended("ephemeral-storage", "1G")
        | {f"{COMPUTE}.ephemeralStorageLimit": "2G"},
        extended("ephemeral-storage", "1G"), {},
    ),
    (
        "huge pages", "resource", f"{EXTENDED}.0.resource",
        extended("hugepages-2Mi", "4Mi"),
        extended("hugepages-2Mi", "4Mi") | {f"{COMPUTE}.cpuCoreRequest": 1}, {},
    ),
    # placement
    (
        "unknown pool", "pools", "nodePools",
        {"nodePools": ["a", "nowhere"]}, {"nodePools": ["a"]}, {"pools": TWO_POOLS},
    ),
    (
        "pool without quota", "quota", "nodePools",
        {"nodePools": ["a", "d"]}, {"nodePools": ["a"]}, {"pools": TWO_POOLS},
    ),
    (
        "pool twice", "unique", "nodePools",
        {"nodePools": ["a", "a"]}, {"nodePools": ["a", "c"]}, {"pools": TWO_POOLS},
    ),
    (
        "X-23", "topology", "nodePools",
        {"nodePools": ["a", "b"]}, {"nodePools": ["a", "c"]}, {"pools": TWO_POOLS},
    ),
    (
        "R-111 none", "required", "leader.nodeType",
        {}, {"leader.nodeType": "dgx"}, {"demanded_node_types": ("dgx", "hgx")},
    ),
    (
        "R-111 another", "nodeType", "leader.nodeType",
        {"leader.nodeType": "cpu"}, {"leader.nodeType": "hgx"},
        {"demanded_node_types": ("dgx", "hgx")},
    ),
    (
        "node type syntax", "syntax", "leader.nodeType",
        {"leader.nodeType": "two words"}, {"leader.nodeType": "dgx"}, {},
    ),
    (
        "no such node", "nodeType", "leader.nodeType",
        {"leader.nodeType": "dgx2"}, {"leader.nodeType": "dgx"},
        {"node_types": frozenset({"dgx"})},
    ),
    *(
        (
            f"X-29 {name}", rule, "leader.nodeSelector.0.name",
            {"leader.nodeSelector": [{"name": name}]},
            {"leader.nodeSelector": [{"name": "disk"}]}, {},
        )
        for name, rule in (
            ("run.ai/type", "reserved"), ("kai.scheduler/node-pool", "reserved"),
            ("a b", "syntax"),
        )
    ),
    (
        "X-29 value", "syntax", "leader.nodeSelector.0.value",
        {"leader.nodeSelector": [{"name": "disk", "value": "a b"}]},
        {"leader.nodeSelector": [{"name": "disk", "value": ""}]}, {},
    ),
    *(
        (
            f"X-10 {field}", "syntax", f"leader.tolerations.0.{field}",
            {"leader.tolerations": [{"key": "gpu", "value": "a"} | {field: "a b"}]},
            {"leader.tolerations": [{"key": "gpu", "value": "a"}]}, {},
        )
        for field in ("key", "value")
    ),
    (
        "R-116", "syntax", "leader.podAffinity.key",
        {"leader.podAffinity": {"type": "Required", "key": "the rack"}},
        {"leader.podAffinity": {"type": "Required", "key": "rack"}}, {},
    ),
    *(
        (
            f"affinity {operator} {values}", "syntax", "leader.nodeAffinityRequired",
            term(key=key, operator=operator, values=values),
            term(key="zone", operator=operator, values=good), {},
        )
        for key, operator, values, good in (
            ("zone", "In", [], ["a"]), ("zone", "Exists", ["a"], []),
            ("zone", "Gt", ["a"], ["8"]), ("zone", "Lt", ["1", "2"], ["1"]),
            ("zone", "NotIn", ["a b"], ["a"]), ("a zone", "In", ["a"], ["a"]),
        )
    ),
    # storage
    *(
        (
            f"X-12 {path}", "path", f"{SCRATCH}.0.path",
            {SCRATCH: [{"path": path}]}, {SCRATCH: [{"path": "/data"}]}, {},
        )
        for path in ("data", "/a/../b", "/a:b", "/", "//")
    ),
    (
        "X-12 twice", "unique", f"{SCRATCH}.1.path",
        {SCRATCH: [{"path": "/d"}, {"path": "/d/"}]},
        {SCRATCH: [{"path": "/d"}, {"path": "/d/e"}]}, {},
    ),
    (
        "X-12 kinds", "unique", "leader.storage.nfs.0.mountPath",
        {SCRATCH: [{"path": "/d"}]}
        | volume("nfs", server="s", path="/x", mountPath="/d"),
        {SCRATCH: [{"path": "/d"}]}
        | volume("nfs", server="s", path="/d", mountPath="/e"), {},
    ),
    (
        "X-12 shared memory", "unique", f"{SCRATCH}.0.path",
        {SCRATCH: [{"path": "/dev/shm"}], f"{COMPUTE}.largeShmRequest": True},
        {SCRATCH: [{"path": "/dev/shm"}]}, {},
    ),
    (
        "ConfigMap name", "syntax", "leader.storage.configMapVolume.0.configMap",
        volume("configMapVolume", configMap="My Map", mountPath="/c"),
        volume("configMapVolume", configMap="my-map", mountPath="/c"), {},
    ),
    (
        "Secret name", "syntax", "leader.storage.secretVolume.0.secret",
        volume("secretVolume", secret="My_S", mountPath="/c"),
        volume("secretVolume", secret="my-s", mountPath="/c"), {},
    ),
    (
        "claim name", "syntax", f"{PVC}.0.claimName",
        claim(existingPvc=True, claimName="Models"),
        claim(existingPvc=True, claimName="models"), {},
    ),
    *(
        (
            f"R-121 {path}", "path", "leader.storage.configMapVolume.0.subPath",
            volume("configMapVolume", configMap="c", mountPath="/c", subPath=path),
            volume("configMapVolume", configMap="c", mountPath="/c", subPath="a/b"), {},
        )
        for path in ("/a", "../a")
    ),
    (
        "R-136", "size", f"{PVC}.0.claimInfo.size",
        claim(claimInfo={"size": "0G"}), claim(), {},
    ),
    (
        "R-128", "size", f"{SCRATCH}.0.sizeLimit",
        {SCRATCH: [{"path": "/d", "sizeLimit": "0"}]},
        {SCRATCH: [{"path": "/d", "sizeLimit": "1"}]}, {},
    ),
    *(
        (
            f"hostPath {path}", "hostPath", "leader.storage.hostPath.0.path",
            volume("hostPath", path=path, mountPath="/h"),
            volume("hostPath", path=good, mountPath="/h"), {},
        )
        for path, good in (
            ("/", "/data"), ("/etc", "/etcetera"), ("//etc//ssl/", "/data/etc"),
            ("/var/run/docker.sock", "/var/runs"), ("/proc/1", "/data"),
            ("/sys", "/data"), ("/data/x.sock", "/data/x"), ("data", "/data"),
            ("/a/../etc", "/a"), ("/var/lib/kubelet/pods", "/var/lib/models"),
        )
    ),
    (
        "nfs path", "path", "leader.storage.nfs.0.path",
        volume("nfs", server="s", path="x", mountPath="/d"),
        volume("nfs", server="s", path="/x", mountPath="/d"), {},
    ),
    (
        "nfs server", "syntax", "leader.storage.nfs.0.server",
        volume("nfs", server="a server", path="/x", mountPath="/d"),
        volume("nfs", server="fe80::1", path="/x", mountPath="/d"), {},
    ),
    (
        "X-13", "unsupported", f"{PVC}.0.ephemeral",
        claim(ephemeral=True), claim(ephemeral=False), {},
    ),
    (
        "data sharing", "unsupported", f"{PVC}.0.dataSharing",
        claim(dataSharing=True), claim(dataSharing=False), {},
    ),
    (
        "R-135", "accessModes", f"{PVC}.0.claimInfo.accessModes.readWriteOnce",
        claim(claimInfo={"size": "1G", "accessModes": {"readWriteOnce": False}}),
        claim(), {},
    ),
    (
        "X-14", "ownVolume", f"{PVC}.0",
        {"replicas": 2} | claim(), {"replicas": 2} | claim(**SHARED), {},
    ),
    (
        "X-14 of old sets", "ownVolume", f"{PVC}.0",
        {"replicas": 2} | claim(), {"replicas": 1} | claim(),
        {"lws_features": frozenset()},
    ),
    (
        "R-133", "storageClass", f"{PVC}.0.claimInfo.storageClass",
        claim(claimInfo={"size": "1G", "storageClass": "fast"}),
        claim(claimInfo={"size": "1G", "storageClass": "slow"}),
        {"storage_classes": frozenset({"slow"})},
    ),
    (
        "R-138", "block", f"{PVC}.0.claimInfo.volumeMode",
        {"replicas": 2} | claim(
            claimInfo=SHARED["claimInfo"] | {"volumeMode": "Block"}
        ),
        {"replicas": 2} | claim(**SHARED), {},
    ),
    *(
        (
            f"git {said}", rule, f"{GIT}.0.repository",
            {GIT: [{"path": "/g", "repository": said}]},
            {GIT: [{"path": "/g", "repository": good}]}, {},
        )
        for said, rule, good in (
            ("file:///etc", "syntax", "https://git.example/a.git"),
            ("--upload-pack=x", "syntax", "ssh://git@git.example/a"),
            ("https://u:p@git.example/a", "secret", "git@git.example:a.git"),
        )
    ),
    *(
        (
            f"git {field}", "syntax", f"{GIT}.0.{field}",
            {GIT: [{"path": "/g", "repository": "https://g/a", field: "--exec"}]},
            {GIT: [{"path": "/g", "repository": "https://g/a", field: "main"}]}, {},
        )
        for field in ("branch", "revision")
    ),
    # health checks
    (
        "X-27 none", "handler", f"{READINESS}.handler.httpGet.port",
        probe("readiness", periodSeconds=5), probe("readiness", **HTTP), {},
    ),
    (
        "X-27 two", "handler", f"{READINESS}.handler.tcpSocket.port",
        probe("readiness", handler=HTTP["handler"] | {"tcpSocket": {"port": 1}}),
        probe("readiness", handler={"tcpSocket": {"port": 1}}), {},
    ),
    (
        "X-27 two with a command", "handler", f"{READINESS}.handler.exec.command",
        probe("readiness", handler=HTTP["handler"] | {"exec": {"command": "true"}}),
        probe("readiness", handler={"exec": {"command": "true"}}), {},
    ),
    *(
        (
            f"X-27 {kind}", "threshold", f"leader.probes.{kind}.successThreshold",
            probe(kind, successThreshold=2, **HTTP),
            probe(kind, successThreshold=1, **HTTP), {},
        )
        for kind in ("startup", "liveness")
    ),
    (
        "X-27 page", "path", f"{READINESS}.handler.httpGet.path",
        probe("readiness", handler={"httpGet": {"port": 1, "path": "health"}}),
        probe("readiness", handler={"httpGet": {"port": 1, "path": "/health"}}), {},
    ),
    (
        "deadlock", "deadlock", f"{READINESS}.handler.httpGet.port",
        SERVING | {"startupPolicy": "LeaderReady", "workers": 1, "worker.image": "a"}
        | probe("readiness", **HTTP),
        SERVING | {"startupPolicy": "LeaderCreated", "workers": 1, "worker.image": "a"}
        | probe("readiness", **HTTP), {},
    ),
    # what is not offered
    (
        "git image", "gitImage", f"{GIT}.0",
        {GIT: [{"path": "/g", "repository": "https://g/a"}]}, {GIT: []}, {},
    ),
    (
        "home", "sso", "leader.createHomeDir",
        {"leader.createHomeDir": True}, {"leader.createHomeDir": False}, {},
    ),
    (
        "own credential for pulling", "credential",
        "leader.imagePullSecrets.0.userCredential",
        {"leader.imagePullSecrets": [{"name": "a", "userCredential": True}]},
        {"leader.imagePullSecrets": [{"name": "a", "userCredential": False}]}, {},
    ),
    (
        "own credential", "credential", f"{ENV}.0.userCredential.name",
        variable("A", userCredential={"name": "s", "key": "k"}),
        variable("A", secret={"name": "s", "key": "k"}), {},
    ),
    *(
        (
            f"foreign {where}", "credential", where,
            {path: [say("other")]}, {path: [say("mine")]},
            {"secrets": frozenset({"mine"})},
        )
        for where, path, say in (
            ("leader.imagePullSecrets.0.name", "leader.imagePullSecrets",
             lambda name: {"name": name}),
            (f"{ENV}.0.secret.name", ENV,
             lambda name: {"name": "A", "secret": {"name": name, "key": "k"}}),
            ("leader.storage.secretVolume.0.secret", "leader.storage.secretVolume",
             lambda name: {"secret": name, "mountPath": "/s"}),
        )
    ),
    (
        "service account", "syntax", "leader.serviceAccountName",
        {"leader.serviceAccountName": "My Account"},
        {"leader.serviceAccountName": "my-account"}, {},
    ),
]  # fmt: skip


def found(document, facts):
    verdict = judged(document, **facts)
    issues = (*verdict.issues, *verdict.warnings)
    return [(issue.rule, str(issue.location)) for issue in issues]


@pytest.mark.parametrize(
    ("rule", "where", "broken", "kept", "facts"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_a_rule_tells_what_breaks_it_from_what_keeps_it(
    rule, where, broken, kept, facts
):
    assert (rule, where) in found(broken, facts)
    assert (rule, where) not in found(kept, facts)


@pytest.mark.parametrize(
    ("broken", "facts"), [(row[3], row[5]) for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_what_is_wrong_is_told_once_and_as_a_sentence_goes_on(broken, facts):
    verdict = judged(broken, **facts)

    issues = (*verdict.issues, *verdict.warnings)
    places = [(issue.location, issue.rule) for issue in issues]
    assert len(places) == len(set(places))
    for issue in issues:
        assert issue.text[0].islower(), issue.text
        assert not issue.text.endswith("."), issue.text
        assert "valid" not in issue.text.lower().split()
        assert "None" not in issue.text


def test_every_rule_of_the_product_is_in_the_table():
    facts = [Facts(**{"auth_profile": True} | row[5]) for row in TABLE]
    broken = [judged(row[3], **row[5]).spec for row in TABLE]

    silent = [
        rule
        for rule in RULES
        if not any(
            list(rule(spec, row[3], known))
            for spec, row, known in zip(broken, TABLE, facts, strict=True)
        )
    ]

    assert silent == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_nothing_against_a_spec_that_says_nothing_but_what_it_lacks(rule):
    issues = list(rule(WorkloadSpec(), {}, Facts()))

    assert [i for i in issues if i.kind == "wrong"] == []


def test_the_workers_have_the_same_rules():
    worker = {"worker.image": "A b", "worker.labels": [{"name": "user"}]}

    issues = judged({"workers": 1} | worker).issues

    assert [str(i.location) for i in issues] == ["worker.image", "worker.labels.0.name"]
