"""The serving endpoint inside the cluster."""

from workloads.manifests.manifest import Manifest
from workloads.manifests.metadata import LWS, metadata
from workloads.manifests.target import Identity, Target
from workloads.spec.workload import WorkloadSpec

HTTP = 80


def service(
    spec: WorkloadSpec, identity: Identity, target: Target, text: str
) -> list[Manifest]:
    """Return the Service of the leaders, if the workload serves at all.

    It selects by what LeaderWorkerSet sets, never by labels that a user can say.
    """
    serving = spec.serving_port
    if serving is None or serving.port is None:
        return []
    port = {
        "name": "http",
        "port": serving.service_port,
        "protocol": "TCP",
        "targetPort": "http",
    }
    selector = {f"{LWS}/name": identity.name, f"{LWS}/worker-index": "0"}
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata(service_name(spec, identity), identity, target, text),
            "spec": {"type": "ClusterIP", "selector": selector, "ports": [port]},
        }
    ]


def service_name(spec: WorkloadSpec, identity: Identity) -> str:
    """Return the name: never the workload's, which LeaderWorkerSet takes (fact 7)."""
    named = spec.serving_port and spec.serving_port.service_name
    return named or f"{identity.name}-ep"


def endpoint_address(
    identity: Identity, target: Target, spec: WorkloadSpec
) -> str | None:
    """Return the address inside the cluster, or None without an endpoint."""
    serving = spec.serving_port
    if serving is None or serving.port is None:
        return None
    host = f"{service_name(spec, identity)}.{target.namespace}.svc.{target.domain}"
    port = "" if serving.service_port == HTTP else f":{serving.service_port}"
    return f"http://{host}{port}"
