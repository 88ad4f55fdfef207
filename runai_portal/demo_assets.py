"""Assets of the demo: something to load, in a project and in the units above it."""

from collections.abc import Iterator

from access.models import User
from assets.models import Asset, ComputeResource, DataSource, Environment
from assets.services import save_asset
from projects.models import Project

VLLM = {
    "image": "vllm/vllm-openai:v0.11.0",
    "imagePullPolicy": "IfNotPresent",
    "environmentVariables": [
        {"name": "VLLM_LOGGING_LEVEL", "value": "INFO"},
        {"name": "HF_HUB_OFFLINE", "value": "1"},
    ],
    "servingPort": {"port": 8000},
}
SGLANG = {
    "image": "lmsysorg/sglang:v0.5.3",
    "args": "--trust-remote-code --enable-metrics",
    "servingPort": {"port": 30000},
}
HALF = {
    "gpuDevicesRequest": 4,
    "cpuCoreRequest": 48,
    "cpuMemoryRequest": "512G",
    "largeShmRequest": True,
}
WHOLE = HALF | {
    "gpuDevicesRequest": 8,
    "cpuCoreRequest": 96,
    "cpuMemoryRequest": "1T",
}
WEIGHTS = {
    "server": "nfs.example.com",
    "path": "/exports/models",
    "mountPath": "/models",
}
SCRATCH = {"path": "/scratch", "medium": "Memory", "sizeLimit": "64G"}


def seed(by: User, project: Project) -> None:
    """Make two assets of each kind, in the project and in the units above it."""
    for asset in (*_pods(project), *_sources(project)):
        save_asset(by=by, asset=asset)


def _pods(project: Project) -> Iterator[Asset]:
    research = {"scope": "department", "department": project.department}
    everywhere = {"scope": "cluster", "cluster": project.cluster}
    here = {"scope": "project", "project": project}
    text = "vLLM over Ray: leader and workers share one image"
    yield Environment(name="vllm-multinode", description=text, piece=VLLM, **research)
    text = "SGLang, tuned for DeepSeek"
    yield Environment(name="sglang-deepseek", description=text, piece=SGLANG, **here)
    text = "Half of a node with H100s"
    name = "h100-half-node"
    yield ComputeResource(name=name, description=text, piece=HALF, **everywhere)
    text = "A whole node with H100s"
    yield ComputeResource(name="h100-node", description=text, piece=WHOLE, **research)


def _sources(project: Project) -> Iterator[Asset]:
    yield DataSource(
        name="model-weights",
        description="Weights of the models that were reviewed",
        kind="nfs",
        piece=WEIGHTS,
        scope="department",
        department=project.department,
    )
    yield DataSource(
        name="scratch-64",
        description="Fast scratch space in memory",
        kind="emptyDirVolume",
        piece=SCRATCH,
        scope="cluster",
        cluster=project.cluster,
    )
