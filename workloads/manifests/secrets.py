"""The Secret of a credential (kubernetes.md §2.9)."""

import base64
from collections.abc import Mapping

from workloads.manifests.manifest import Manifest

CREDENTIAL = "runai-portal/credential-id"
REVISION = "runai-portal/credential-revision"
MARKS = {"app.kubernetes.io/managed-by": "runai-portal"}


def secret(
    name: str,
    namespace: str,
    *,
    type: str,
    data: Mapping[str, bytes],
    credential: str,
    revision: int,
) -> Manifest:
    """Return a Secret. No hash of what it holds stands anywhere, only its revision."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": MARKS | {CREDENTIAL: credential},
            "annotations": {REVISION: str(revision)},
        },
        "type": type,
        "data": {key: base64.b64encode(value).decode() for key, value in data.items()},
    }
