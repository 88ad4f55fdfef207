"""Pod settings in, pod template out: leader and worker alike."""

from workloads.manifests.compute import gpu_annotations
from workloads.manifests.container import container
from workloads.manifests.manifest import Manifest, present
from workloads.manifests.metadata import (
    in_order,
    own_annotations,
    own_labels,
    patience,
    product_labels,
    scheduling_labels,
)
from workloads.manifests.placement import affinity, node_selector, toleration
from workloads.manifests.role import Role, roles_of
from workloads.manifests.storage import Mount, volumes
from workloads.manifests.target import Identity, Target
from workloads.spec.pod import PodSettings
from workloads.spec.workload import WorkloadSpec


def pod_template(role: Role) -> Manifest:
    """Return the template that the set makes the role's pods of."""
    return {
        "metadata": present(labels=_labels(role), annotations=_annotations(role)),
        "spec": pod_spec(role),
    }


def pod_spec(role: Role) -> Manifest:
    """Return what a pod of the role is."""
    pod, security = role.pod, role.pod.security
    return present(
        automountServiceAccountToken=False,
        enableServiceLinks=False,
        schedulerName=role.target.scheduler,
        serviceAccountName=pod.service_account_name,
        hostNetwork=security.host_network or None,
        dnsPolicy="ClusterFirstWithHostNet" if security.host_network else None,
        hostIPC=security.host_ipc or None,
        securityContext=present(supplementalGroups=_groups(pod)),
        imagePullSecrets=_pull_secrets(pod, role.target),
        nodeSelector=node_selector(pod),
        affinity=affinity(pod, role.identity.name),
        tolerations=[toleration(row) for row in pod.tolerations],
        containers=[container(role)],
        volumes=volumes(role.mounts),
    )


def probe_pods(
    spec: WorkloadSpec, identity: Identity, target: Target
) -> dict[str, Manifest]:
    """Return a bare pod of each role: its dry run finds what no other does (§5.2)."""
    return {
        name: _bare(role) for name, role in roles_of(spec, identity, target).items()
    }


def _bare(role: Role) -> Manifest:
    template = pod_template(role)
    found = [mount.volume or _claimed(mount) for mount in role.mounts]
    place = {
        "name": f"{role.identity.name}-{role.name}-check",
        "namespace": role.target.namespace,
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": place | template["metadata"],
        "spec": template["spec"] | present(volumes=found),
    }


def _claimed(mount: Mount) -> Manifest:
    """Stand in for the volume that a claim template would bring."""
    claim = {"claimName": mount.name}
    return {"name": mount.name, "persistentVolumeClaim": claim}


def _labels(role: Role) -> Manifest:
    return in_order(
        own_labels(role.pod),
        product_labels(role.identity),
        scheduling_labels(role.spec, role.target),
        {"runai-portal/role": role.name},
    )


def _annotations(role: Role) -> Manifest:
    return in_order(
        own_annotations(role.pod),
        gpu_annotations(role.pod.compute),
        patience(role.spec),
    )


def _groups(pod: PodSettings) -> list[int]:
    groups = pod.security.supplemental_groups
    if not groups or pod.security.uid_gid_source == "fromTheImage":
        return []
    return [int(part) for part in groups.split(",") if part.strip().isdecimal()]


def _pull_secrets(pod: PodSettings, target: Target) -> list[Manifest]:
    names = (
        secret.name for secret in pod.image_pull_secrets if not secret.user_credential
    )
    known = dict.fromkeys(filter(None, names))
    return [{"name": target.pulled_with(name)} for name in known]
