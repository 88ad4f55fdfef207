"""The one container of a pod."""

from workloads.manifests.compute import resources, shares, whole_gpus
from workloads.manifests.manifest import Manifest, present
from workloads.manifests.role import Role
from workloads.manifests.target import Identity, Target
from workloads.spec.facts import Facts
from workloads.spec.platform import pull_policy
from workloads.spec.pod import (
    ConfigMapKey,
    EnvironmentVariable,
    PodSettings,
    SecretKey,
)
from workloads.spec.probes import Probe
from workloads.spec.quantity import CommandLine
from workloads.spec.security import Security

NO_FACTS = Facts()


def container(role: Role) -> Manifest:
    """Return the container that is named after its role. No shell is involved."""
    pod = role.pod
    image = (pod.image or "").strip()
    return present(
        name=role.name,
        image=image,
        imagePullPolicy=pod.image_pull_policy
        or pull_policy({"image": image}.get, NO_FACTS),
        command=words(pod.command),
        args=words(pod.args),
        workingDir=pod.working_dir,
        env=[*variables(pod, role.target), *built_in(pod, role.identity)],
        ports=ports(pod, role.port),
        resources=resources(pod.compute),
        volumeMounts=[mount.mounted for mount in role.mounts if mount.mounted],
        volumeDevices=[mount.device for mount in role.mounts if mount.device],
        readinessProbe=probe(pod.probes.readiness) or role.port_probe,
        startupProbe=probe(pod.probes.startup),
        livenessProbe=probe(pod.probes.liveness),
        securityContext=security_context(pod.security),
    )


def words(line: CommandLine | None) -> list[str]:
    """Return the words that the program gets."""
    return list(line.words) if line else []


def ports(pod: PodSettings, port: int | None) -> list[Manifest]:
    """Return the serving port first, then the others in their order."""
    serving = [{"name": "http", "containerPort": port}] if port else []
    return [
        *serving,
        *(
            present(name=p.name, containerPort=p.container_port, protocol=p.protocol)
            for p in pod.ports
        ),
    ]


def variables(pod: PodSettings, target: Target) -> list[Manifest]:
    """Return the user's variables. Those of user credentials wait for their Secrets."""
    return [
        variable(entry, target)
        for entry in pod.environment_variables
        if entry.user_credential is None
    ]


def variable(entry: EnvironmentVariable, target: Target) -> Manifest:
    """Return a variable with its one source."""
    if entry.value is not None:
        return present(name=entry.name, value=entry.value)
    return present(name=entry.name, valueFrom=source(entry, target))


def source(entry: EnvironmentVariable, target: Target) -> Manifest:
    """Return where a variable's value comes from."""
    path = entry.pod_field_ref and entry.pod_field_ref.path
    shared = key_of(entry.secret)
    if shared:
        shared["name"] = target.read_from(shared["name"])
    return present(
        secretKeyRef=shared,
        configMapKeyRef=key_of(entry.config_map),
        fieldRef=present(fieldPath=path),
    )


def key_of(source: SecretKey | ConfigMapKey | None) -> Manifest:
    """Return a reference to one key of a Secret or ConfigMap."""
    return present(name=source.name, key=source.key) if source else {}


def built_in(pod: PodSettings, identity: Identity) -> list[Manifest]:
    """Return what every container is told (policies.md §9).

    KAI itself counts the GPUs of a pod that takes parts of them (kubernetes.md §7.7).
    """
    told = {
        "RUNAI_PROJECT": identity.project,
        "RUNAI_JOB_NAME": identity.name,
        "RUNAI_JOB_UUID": identity.id,
    }
    if not shares(pod.compute):
        told["RUNAI_NUM_OF_GPUS"] = str(whole_gpus(pod.compute))
    node = {"fieldRef": {"fieldPath": "spec.nodeName"}}
    return [
        *({"name": name, "value": value} for name, value in told.items()),
        {"name": "NODE_NAME", "valueFrom": node},
    ]


def probe(check: Probe | None) -> Manifest:
    """Return a health check, its handler one level up as Kubernetes has it."""
    if check is None:
        return {}
    http, tcp = check.handler.http_get, check.handler.tcp_socket
    run, grpc = check.handler.exec, check.handler.grpc
    return present(
        httpGet=http and present(**http.model_dump(by_alias=True)),
        tcpSocket=tcp and present(port=tcp.port),
        exec=run and present(command=words(run.command)),
        grpc=grpc and present(port=grpc.port, service=grpc.service),
        initialDelaySeconds=check.initial_delay_seconds,
        periodSeconds=check.period_seconds,
        timeoutSeconds=check.timeout_seconds,
        successThreshold=check.success_threshold,
        failureThreshold=check.failure_threshold,
    )


def security_context(security: Security) -> Manifest:
    """Return who the container runs as, and what it may do."""
    custom = security.uid_gid_source != "fromTheImage"
    return present(
        runAsUser=security.run_as_uid if custom else None,
        runAsGroup=security.run_as_gid if custom else None,
        runAsNonRoot=security.run_as_non_root,
        readOnlyRootFilesystem=security.read_only_root_filesystem,
        allowPrivilegeEscalation=security.allow_privilege_escalation,
        privileged=security.privileged,
        seccompProfile=present(type=security.seccomp_profile_type),
        capabilities=present(add=list(security.capabilities)),
    )
