"""How the portal reaches a cluster, and who it is there. Checked before it is kept."""

import ipaddress
import json
import re
import socket
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

TOKEN = re.compile(r"[!-~]{1,16384}", re.ASCII)
METADATA = frozenset({"metadata", "metadata.google.internal"})
"""Names under which clouds hand out the machine's own credentials."""

IN_CLUSTER_SERVER = "https://kubernetes.default.svc"


class BadConnection(Exception):
    """A connection that is not kept; the text says why, and what to do."""


@dataclass(frozen=True)
class Connection:
    """An address, whom to trust there, and what to show: token or certificate.

    With neither it is the service account of the pod that the portal runs in.
    """

    server: str
    ca: str = ""
    """Certificates of the authorities, PEM. Empty: those that the machine trusts."""

    token: str = field(default="", repr=False)
    certificate: str = ""
    key: str = field(default="", repr=False)

    @property
    def account(self) -> str:
        """How the portal says who it is."""
        if self.token:
            return "token"
        return "certificate" if self.certificate else "in-cluster"

    def secret(self) -> bytes:
        """What is to be sealed."""
        shown = {"token": self.token, "certificate": self.certificate, "key": self.key}
        return json.dumps({name: text for name, text in shown.items() if text}).encode()


def check(connection: Connection) -> None:
    """Raises BadConnection for what is unsafe, or can never work."""
    check_server(connection.server)
    if connection.ca:
        _certificates(connection.ca, "certificate authority")
    if connection.token and connection.certificate:
        raise BadConnection("Give a token or a client certificate, not both.")
    if connection.token and not TOKEN.fullmatch(connection.token):
        raise BadConnection("A token is one word without spaces or line breaks.")
    if connection.certificate or connection.key:
        _check_pair(connection.certificate, connection.key)


def check_server(server: str) -> None:
    """Raises BadConnection for an address that no token may be sent to."""
    try:
        url = urlsplit(server)
        host = (url.hostname or "").rstrip(".").lower()
        _ = url.port
    except ValueError:
        raise BadConnection("The server's address cannot be read.") from None
    if not host or url.scheme not in ("http", "https"):
        raise BadConnection("The server is an address such as https://10.0.0.1:6443.")
    if url.username or url.password or url.query or url.fragment:
        raise BadConnection("The server's address is only https://, host, port, path.")
    inside = _is_loopback(host)
    if url.scheme == "http" and not inside:
        raise BadConnection("The server's address begins with https://: TLS is needed.")
    if inside and not settings.LOOPBACK:
        raise BadConnection("The server cannot be the portal's own machine.")


def _is_loopback(host: str) -> bool:
    """Whether it is this machine. Raises BadConnection for addresses that are none."""
    if host in METADATA:
        raise BadConnection(f"{host} is no API server.")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address(host)
    if address is None:
        return False
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        raise BadConnection(f"{host} is no address of an API server.")
    return address.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address if the host is one. Raises BadConnection if it is odd."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        try:
            socket.inet_aton(host)
        except OSError:
            return None
        raise BadConnection("Write the server's address as four numbers.") from None
    return getattr(found, "ipv4_mapped", None) or found


def _certificates(pem: str, what: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise BadConnection(
            f"The {what} is no certificate in PEM (-----BEGIN CERTIFICATE-----)."
        ) from None


def _check_pair(certificate: str, key: str) -> None:
    if not (certificate and key):
        raise BadConnection("A client certificate and its key belong together.")
    own = _certificates(certificate, "client certificate")[0]
    try:
        private = load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError):
        raise BadConnection(
            "The client key is no key in PEM without a password."
        ) from None
    if private.public_key() != own.public_key():
        raise BadConnection("The client key does not belong to the certificate.")
