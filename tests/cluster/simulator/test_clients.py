"""The clients that people use: kubectl and the official library."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from kubernetes import client
from kubernetes.client import ApiException
from kubernetes.dynamic import DynamicClient

from tests.cluster.simulator.conftest import Space

KUBECTL = shutil.which("kubectl")
needs_kubectl = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not here")


def kubectl(space: Space, *words: str) -> str:
    server = f"{space.http.url}/token/{space.http.token}"
    command = [str(KUBECTL), "--server", server, "-n", space.name, *words]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture
def chat(space: Space) -> Space:
    space.apply(space.workload("chat"))
    space.available("chat")
    return space


@needs_kubectl
def test_kubectl_gets_and_describes(chat: Space):
    table = kubectl(chat, "get", "lws,pods", "-A")
    everything = kubectl(chat, "get", "all")
    described = kubectl(chat, "describe", "pod", "chat-0")

    rows = [line.split() for line in table.splitlines() if line.startswith(chat.name)]
    assert [chat.name, "pod/chat-0", "1/1", "Running", "0"] in [r[:5] for r in rows]
    assert "statefulset.apps/chat-0" in everything
    assert "LWS_LEADER_ADDRESS" in described
    assert "Successfully assigned pod" in described


@needs_kubectl
def test_kubectl_reads_logs_and_scales(chat: Space):
    log = kubectl(chat, "logs", "chat-0", "--tail=1")
    kubectl(chat, "scale", "lws", "chat", "--replicas=2")

    assert log.startswith("INFO ")
    assert chat.get("chat")["spec"]["replicas"] == 2


@needs_kubectl
def test_kubectl_applies_and_deletes(space: Space, tmp_path: Path):
    path = tmp_path / "chat.json"
    path.write_text(json.dumps(space.workload("chat")))

    kubectl(space, "apply", "--server-side", "--validate=false", "-f", str(path))
    space.available("chat")
    said = kubectl(space, "delete", "lws", "chat")

    assert 'leaderworkerset.leaderworkerset.x-k8s.io "chat" deleted' in said
    assert space.http("GET", space.lws("chat")).code == 404


@pytest.fixture
def library(space: Space) -> DynamicClient:
    configuration = client.Configuration(host=space.http.url)
    configuration.api_key["BearerToken"] = f"Bearer {space.http.token}"
    return DynamicClient(client.ApiClient(configuration))


def test_the_official_library_applies_lists_and_deletes(library, space: Space):
    version = "leaderworkerset.x-k8s.io/v1"
    sets = library.resources.get(api_version=version, kind="LeaderWorkerSet")
    body = space.workload("chat")

    library.server_side_apply(
        sets, body=body, name="chat", namespace=space.name, field_manager="runai-portal"
    )
    space.available("chat")

    pods = library.resources.get(api_version="v1", kind="Pod")
    chosen = "leaderworkerset.sigs.k8s.io/name=chat"
    found = pods.get(namespace=space.name, label_selector=chosen)
    assert [pod.metadata.name for pod in found.items] == ["chat-0", "chat-0-1"]
    sets.delete(name="chat", namespace=space.name)
    with pytest.raises(ApiException) as refusal:
        sets.get(name="chat", namespace=space.name)
    assert refusal.value.status == 404
