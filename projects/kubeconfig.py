"""A pasted kubeconfig, read with suspicion: it names no file and starts no program."""

import base64
from typing import Any

import yaml

from projects.connection import BadConnection, Connection

LONGEST = 256 * 1024
DEEPEST = 32
FLATTEN = (
    "Paste what `kubectl config view --flatten --minify` prints: it holds the contents."
)
FORBIDDEN_OF_CLUSTER = {
    "insecure-skip-tls-verify": (
        "insecure-skip-tls-verify is refused: the token would go to whoever answers. "
        "Give the certificate authority."
    ),
    "certificate-authority": f"certificate-authority names a file. {FLATTEN}",
    "proxy-url": "proxy-url is refused: the portal goes to the server directly.",
    "tls-server-name": "tls-server-name is refused: use a name of the certificate.",
}
PLUGIN = (
    "is refused: it would start a program on the portal's machine. "
    "Give the token of a service account (docs/operations.md says how to make one)."
)
FORBIDDEN_OF_USER = {
    "exec": f"exec {PLUGIN}",
    "auth-provider": f"auth-provider {PLUGIN}",
    "username": "User name and password are refused: clusters take them no more.",
    "password": "User name and password are refused: clusters take them no more.",
    "tokenFile": f"tokenFile names a file. {FLATTEN}",
    "client-certificate": f"client-certificate names a file. {FLATTEN}",
    "client-key": f"client-key names a file. {FLATTEN}",
    "as": "as is refused: the portal is the account that it connects with.",
}


def connection_of(text: str, context: str = "") -> Connection:
    """Return the connection of a context, or of the current one.

    Raises BadConnection with a sentence.
    """
    document = _table(_document(text), "The kubeconfig")
    wanted = context or str(document.get("current-context") or "")
    chosen = _named(document, "context", wanted)
    cluster = _named(document, "cluster", str(chosen.get("cluster") or ""))
    user = _named(document, "user", str(chosen.get("user") or ""))
    _refuse(cluster, FORBIDDEN_OF_CLUSTER)
    _refuse(user, FORBIDDEN_OF_USER)
    found = Connection(
        server=str(cluster.get("server") or ""),
        ca=_decoded(cluster, "certificate-authority-data"),
        token=str(user.get("token") or ""),
        certificate=_decoded(user, "client-certificate-data"),
        key=_decoded(user, "client-key-data"),
    )
    if found.account == "in-cluster":
        raise BadConnection("The kubeconfig's user has no token and no certificate.")
    return found


def _document(text: str) -> Any:
    """Read one document, after its events showed that it is small and plain."""
    if len(text) > LONGEST:
        raise BadConnection("The kubeconfig is longer than 256 KiB.")
    try:
        _check_events(text)
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        raise BadConnection("The kubeconfig is not readable as YAML.") from None


def _check_events(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise BadConnection("The kubeconfig has YAML aliases, which are refused.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise BadConnection("The kubeconfig is nested too deeply.")


def _named(document: dict[str, Any], kind: str, name: str) -> dict[str, Any]:
    """Return the content of the entry with a name in ``contexts``, ``clusters`` …"""
    entries = document.get(f"{kind}s")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and entry.get("name") == name:
            return _table(entry.get(kind), f"The {kind} {name!r}")
    raise BadConnection(f"The kubeconfig has no {kind} {name!r}.")


def _refuse(found: dict[str, Any], forbidden: dict[str, str]) -> None:
    for name, sentence in forbidden.items():
        if found.get(name):
            raise BadConnection(sentence)


def _decoded(found: dict[str, Any], name: str) -> str:
    try:
        return base64.b64decode(str(found.get(name) or ""), validate=True).decode()
    except ValueError:
        raise BadConnection(f"{name} is not text in base64.") from None


def _table(found: Any, what: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise BadConnection(f"{what} is not a table of names and values.")
    return found
