"""Which connections to a cluster are taken, and what the others are told."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from django.conf import settings

from projects.connection import BadConnection, Connection, check, check_server
from projects.kubeconfig import connection_of


def a_pair():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "portal")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1)
    made = made.not_valid_before(datetime.now(UTC))
    made = made.not_valid_after(datetime.now(UTC) + timedelta(days=1))
    pem = made.sign(key, SHA256()).public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode(), private.decode()


CERTIFICATE, KEY = a_pair()
STRANGE, _ = a_pair()


@pytest.fixture(autouse=True)
def outside(monkeypatch):
    """As in production: no cluster on the portal's own machine."""
    if not settings.configured:
        settings.configure()
    monkeypatch.setattr(settings, "LOOPBACK", False, raising=False)


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def a_kubeconfig(cluster=None, user=None, **more):
    return yaml.safe_dump(
        {
            "current-context": "west",
            "contexts": [
                {"name": "east", "context": {"cluster": "c", "user": "nobody"}},
                {"name": "west", "context": {"cluster": "c", "user": "u"}},
            ],
            "clusters": [
                {"name": "c", "cluster": {"server": "https://h:6443"} | (cluster or {})}
            ],
            "users": [{"name": "u", "user": {"token": "t"} if user is None else user}],
        }
        | more
    )


@pytest.mark.parametrize(
    "server",
    [
        "https://10.0.0.1:6443",
        "https://api.example.com/k8s/clusters/c-1",
        "https://[fd00::1]",
    ],
)
def test_an_address_with_tls_is_taken(server):
    check_server(server)


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ("", "an address such as"),
        ("ftp://10.0.0.1", "an address such as"),
        ("https://", "an address such as"),
        ("https://10.0.0.1:port", "cannot be read"),
        ("http://10.0.0.1", "TLS is needed"),
        ("https://user:password@10.0.0.1", "only https://"),
        ("https://10.0.0.1/?x=1", "only https://"),
        ("https://127.0.0.1:6443", "own machine"),
        ("https://localhost", "own machine"),
        ("https://a.localhost.", "own machine"),
        ("https://[::1]", "own machine"),
        ("https://[::ffff:127.0.0.1]", "own machine"),
        ("https://2130706433", "four numbers"),
        ("https://0x7f.1", "four numbers"),
        ("https://169.254.169.254", "no address of an API server"),
        ("https://[fe80::1]", "no address of an API server"),
        ("https://0.0.0.0", "no address of an API server"),
        ("https://metadata.google.internal", "is no API server"),
    ],
)
def test_an_address_that_no_token_may_go_to_is_refused(server, sentence):
    with pytest.raises(BadConnection, match=sentence):
        check_server(server)


def test_the_own_machine_is_taken_for_trying(monkeypatch):
    monkeypatch.setattr(settings, "LOOPBACK", True)

    check_server("http://127.0.0.1:8001")


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        ({"token": "a b"}, "one word"),
        ({"token": "a\r\nX: b"}, "one word"),
        ({"token": "t", "certificate": CERTIFICATE, "key": KEY}, "not both"),
        ({"certificate": CERTIFICATE}, "belong together"),
        ({"certificate": CERTIFICATE, "key": "x"}, "no key in PEM"),
        ({"certificate": STRANGE, "key": KEY}, "does not belong"),
        ({"certificate": "x", "key": KEY}, "no certificate in PEM"),
        ({"token": "t", "ca": "x"}, "authority is no certificate"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_can_never_work_is_refused_before_it_is_kept(shown, sentence):
    with pytest.raises(BadConnection, match=sentence):
        check(Connection("https://h", **shown))


def test_a_secret_is_not_in_the_text_of_a_connection():
    found = Connection("https://h", token="canary", key="canary")

    assert "canary" not in repr(found)
    assert json.loads(found.secret())["token"] == "canary"


def test_the_current_context_of_a_kubeconfig_is_read():
    cluster = {"certificate-authority-data": encoded(CERTIFICATE)}

    found = connection_of(a_kubeconfig(cluster))

    assert found == Connection("https://h:6443", CERTIFICATE, "t")
    check(found)


def test_a_client_certificate_is_read():
    user = {
        "client-certificate-data": encoded(CERTIFICATE),
        "client-key-data": encoded(KEY),
    }

    found = connection_of(a_kubeconfig(user=user))

    assert (found.certificate, found.key) == (CERTIFICATE, KEY)
    check(found)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (a_kubeconfig(user={"exec": {"command": "aws"}}), "exec is refused"),
        (a_kubeconfig(user={"auth-provider": {"name": "gcp"}}), "auth-provider is"),
        (a_kubeconfig(user={"tokenFile": "/etc/shadow"}), "tokenFile names a file"),
        (a_kubeconfig(user={"client-key": "/k", "token": "t"}), "client-key names"),
        (a_kubeconfig(user={"username": "a", "password": "b"}), "User name and"),
        (a_kubeconfig(user={"token": "t", "as": "admin"}), "as is refused"),
        (a_kubeconfig(user={}), "no token and no certificate"),
        (a_kubeconfig({"insecure-skip-tls-verify": True}), "insecure-skip-tls-verify"),
        (a_kubeconfig({"certificate-authority": "/ca"}), "authority names a file"),
        (a_kubeconfig({"proxy-url": "http://p"}), "proxy-url is refused"),
        (a_kubeconfig({"tls-server-name": "x"}), "tls-server-name is refused"),
        (a_kubeconfig({"certificate-authority-data": "%"}), "not text in base64"),
        (a_kubeconfig(**{"current-context": "north"}), "no context 'north'"),
        (a_kubeconfig(clusters="x"), "no cluster 'c'"),
        ("[]", "not a table"),
        ("a: &a [1]\nb: *a", "aliases"),
        ("[" * 20_000, "nested too deeply"),
        ("a: [", "not readable as YAML"),
        ("a: !!python/object/apply:os.system [ls]", "not readable as YAML"),
        ("a" * 300_000, "longer than"),
    ],
    ids=lambda value: value[:30] if " " in value and "\n" not in value else "",
)
def test_a_kubeconfig_that_is_not_taken_says_why(text, sentence):
    with pytest.raises(BadConnection, match=sentence):
        connection_of(text)


def test_another_context_can_be_chosen():
    with pytest.raises(BadConnection, match="no user 'nobody'"):
        connection_of(a_kubeconfig(), "east")
