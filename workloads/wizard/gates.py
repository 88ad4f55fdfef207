"""What is off, and where it is switched on."""

from collections.abc import Callable
from typing import Any

from policies.engine.effective import EffectivePolicy
from workloads.spec.facts import Facts
from workloads.spec.paths import FieldPath
from workloads.spec.schema import by_path

GPU_LIMIT = (
    "Off. An administrator enables it at General settings → Resources → "
    "GPU resource optimization."
)
EXTERNAL = (
    "Off. An administrator configures external access for the cluster at "
    "Clusters → External access."
)
PROFILE = "Off until an administrator gives the cluster an authorization profile."
NO_SSO = "Needs somebody who signed in through an identity provider."
NO_GPU = "Needs at least one GPU device per pod."
GUARDED = "Not among those that are free. An administrator's policy can allow it."
ACCOUNT = "The namespace's default. An administrator's policy can offer others."
NGC_CATALOG = (
    "Off. An administrator enables it at General settings → Workloads → NGC catalog."
)
NGC_REGISTRY = (
    "Off. An administrator configures it at General settings → Workloads → "
    "NGC private registry."
)
NGC_WAITS = "Switched on. It can be used once credentials have their pages."

Near = Callable[[str], Any]

CLOSED: dict[FieldPath, Callable[[Facts], str]] = by_path(
    {
        "pod.compute.gpuPortionLimit": lambda f: (
            "" if f.gpu_memory_limit else GPU_LIMIT
        ),
        "pod.compute.gpuMemoryLimit": lambda f: "" if f.gpu_memory_limit else GPU_LIMIT,
    }
)
"""Fields that cannot be set at all: why."""

REFUSED: dict[FieldPath, Callable[[str, Facts, Near], str]] = by_path(
    {
        "servingPort.authorizationType": lambda value, f, near: (
            "" if f.auth_profile or value == "public" else PROFILE
        ),
        "servingPort.exposeExternally": lambda value, f, near: (
            "" if f.external_access or value == "false" else EXTERNAL
        ),
        "pod.security.uidGidSource": lambda value, f, near: (
            "" if f.sso or value != "fromIdpToken" else NO_SSO
        ),
        "pod.compute.gpuRequestType": lambda value, f, near: (
            "" if near("gpuDevicesRequest") or not value else NO_GPU
        ),
    }
)
"""Single choices that cannot be taken: why."""


def ngc_catalog(on: bool) -> str:
    """Return why images of the NGC catalog cannot be taken."""
    return NGC_WAITS if on else NGC_CATALOG


def ngc_registry(on: bool) -> str:
    """Return why images of the NGC private registry cannot be taken."""
    return NGC_WAITS if on else NGC_REGISTRY


def closed(path: FieldPath, facts: Facts, policy: EffectivePolicy) -> str:
    """Return why a field cannot be set, or nothing."""
    if path[-1] == "serviceAccountName" and path not in policy.lifted:
        return ACCOUNT
    reason = CLOSED.get(path)
    return reason(facts) if reason else ""


def refused(
    path: FieldPath, value: str, facts: Facts, policy: EffectivePolicy, near: Near
) -> str:
    """Return why one choice cannot be taken, or nothing."""
    rules = policy.rules.get(path)
    if rules and rules.options and value and value not in map(str, rules.options):
        return f"Not allowed by {rules.source}."
    if path[-1] == "capabilities" and policy.forbids(path, value):
        return GUARDED
    reason = REFUSED.get(path)
    return reason(value, facts, near) if reason else ""
