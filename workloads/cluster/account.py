"""How the client says who it is: a token, a token's file, or a certificate."""

import ssl
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


def show(settings: Any, token: str, token_file: Path | None) -> None:
    """Send a token with every request; one in a file is read anew each time.

    Kubernetes replaces the token of a pod before it ends (kubernetes.md §5).
    """
    settings.api_key_prefix["BearerToken"] = "Bearer"
    if token:
        settings.api_key["BearerToken"] = token
    if token_file is not None:

        def read(at_request: Any) -> None:
            at_request.api_key["BearerToken"] = token_file.read_text().strip()

        settings.api_key["BearerToken"] = "read at each request"
        settings.refresh_api_key_hook = read


def with_certificate(ca: str, certificate: str, key: str) -> ssl.SSLContext:
    """Return a context that verifies the server and shows the client's certificate.

    Python reads keys from files alone: they exist for that moment, in a folder of ours.
    """
    context = ssl.create_default_context(cadata=ca or None)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "client.pem"
        path.touch(mode=0o600)
        path.write_text(f"{certificate}\n{key}\n")
        context.load_cert_chain(path)
    return context
