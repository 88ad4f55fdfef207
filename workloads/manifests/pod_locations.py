"""Where in a role's settings something stands that Kubernetes names in a pod."""

from collections.abc import Mapping, Sequence

from workloads.manifests.container_locations import (
    Steps,
    item_at,
    longest,
    mounted,
    of_container,
    of_mount,
    row,
)
from workloads.spec.pod import PodSettings

OF_POD: Mapping[Steps, str] = {
    ("serviceAccountName",): "serviceAccountName",
    ("priorityClassName",): "/priorityClass",
    ("hostNetwork",): "security.hostNetwork",
    ("dnsPolicy",): "security.hostNetwork",
    ("hostIPC",): "security.hostIpc",
    ("securityContext",): "security.supplementalGroups",
    ("imagePullSecrets",): "imagePullSecrets",
    ("nodeSelector",): "nodeSelector",
    ("tolerations",): "tolerations",
    ("volumes",): "storage",
}
OF_TOLERATION: Mapping[Steps, str] = {
    ("key",): "key",
    ("operator",): "operator",
    ("value",): "value",
    ("effect",): "effect",
    ("tolerationSeconds",): "seconds",
}


def below(path: Steps, pod: PodSettings, *, serves: bool) -> str:
    """Return the field below a role. One that begins with a slash is the workload's."""
    match path:
        case ("containers", _, *rest):
            return of_container(tuple(rest), pod, serves)
        case ("containers" | "initContainers", *_):
            return "image"
        case ("volumes", place, *rest):
            every = mounted(pod)
            names = [mount.name for mount in every]
            return of_mount(item_at(every, names, place), tuple(rest))
        case ("tolerations", int(place), *rest):
            return row("tolerations", place, OF_TOLERATION, tuple(rest))
        case ("nodeSelector", str(label), *_):
            names = [wanted.name or "" for wanted in pod.node_selector]
            return _named("nodeSelector", names, label)
        case ("imagePullSecrets", int(place), *_):
            return f"imagePullSecrets.{_of_pull_secret(pod, place)}.name"
        case ("affinity", kind, *rest):
            return _of_affinity(str(kind), tuple(rest), pod)
        case _:
            return longest(OF_POD, path) or ""


def _of_affinity(kind: str, rest: Steps, pod: PodSettings) -> str:
    if kind == "nodeAffinity":
        return "nodeAffinityRequired" if pod.node_affinity_required else "nodeType"
    return "podAffinity.key" if "topologyKey" in rest else "podAffinity.type"


def _of_pull_secret(pod: PodSettings, place: int) -> int:
    places: dict[str, int] = {}
    for index, secret in enumerate(pod.image_pull_secrets):
        if secret.name and not secret.user_credential:
            places.setdefault(secret.name, index)
    rendered = list(places.values())
    return rendered[place] if place < len(rendered) else 0


def _named(items: str, names: Sequence[str], name: str) -> str:
    return f"{items}.{names.index(name)}.value" if name in names else items
