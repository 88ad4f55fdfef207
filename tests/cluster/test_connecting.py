"""How a cluster is reached: renewed when it changes, and never by the wrong way."""

import json
import ssl
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from projects.connecting import connect_cluster
from projects.connection import Connection
from projects.models import Cluster
from tests.cluster.conftest import eventually
from workloads.cluster import KubernetesCluster, Unavailable
from workloads.sync.clusters import cluster_for
from workloads.sync.followers import Followers
from workloads.sync.work import sweep


def connect(org, server, token):
    row = Cluster.objects.get()
    access = Connection(server, token=token)
    connect_cluster(by=org.admin, cluster=row, connection=access)


@pytest.fixture
def followers(org):
    Cluster.objects.update(heard_at=None)
    running = Followers()
    yield running
    running.stop()


def heard():
    return Cluster.objects.get(name="gpu-west-1").heard_at


@pytest.mark.parametrize("wrong", ["server", "token"])
def test_the_follower_takes_a_changed_connection(org, followers, simulator, wrong):
    bad = {"server": simulator.url, "token": simulator.token} | {wrong: "x"}
    server = "http://127.0.0.1:9" if wrong == "server" else bad["server"]
    connect(org, server, bad["token"])
    followers.start()
    eventually(lambda: followers.following)
    assert heard() is None

    connect(org, simulator.url, simulator.token)

    assert eventually(heard)


def test_a_cluster_that_is_added_is_followed_and_one_that_cannot_be_opened_waits(
    org, followers
):
    Cluster.objects.create(name="locked", server="https://10.0.0.1")
    followers.start()

    assert eventually(heard)
    assert list(followers.following) == [org.cluster.pk]


def test_work_uses_the_connection_of_the_moment(org, simulator):
    connect(org, simulator.url, "of-yesterday")
    sweep()
    refused = Cluster.objects.get()
    connect(org, simulator.url, simulator.token)

    sweep()

    assert refused.last_error
    row = Cluster.objects.get()
    assert (row.last_error, row.applied_generation) == ("", row.generation)


def test_the_token_of_our_own_pod_is_read_anew(org, simulator, settings, tmp_path):
    settings.SERVICE_ACCOUNT = tmp_path
    (tmp_path / "ca.crt").write_text("")
    token = tmp_path / "token"
    token.write_text("expired\n")
    Cluster.objects.update(account="in-cluster", server=simulator.url)
    cluster = cluster_for(Cluster.objects.get())
    with pytest.raises(Unavailable):
        cluster.version()

    token.write_text(f"{simulator.token}\n")

    assert cluster.version()


def test_outside_a_pod_there_is_no_account_of_the_pod(org, settings, tmp_path):
    settings.SERVICE_ACCOUNT = tmp_path / "nothing"
    Cluster.objects.update(account="in-cluster")

    with pytest.raises(Unavailable, match="runs in no pod"):
        cluster_for(Cluster.objects.get())


def a_certificate():
    """Return PEM of a certificate that signs itself, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 2)
    made = made.not_valid_before(datetime.now(UTC) - timedelta(minutes=1))
    made = made.not_valid_after(datetime.now(UTC) + timedelta(days=1))
    names = [x509.IPAddress(ip_address("127.0.0.1"))]
    made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
    limits = x509.BasicConstraints(ca=True, path_length=None)
    pem = made.add_extension(limits, critical=True).sign(key, SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.public_bytes(Encoding.PEM).decode(), private.decode()


class Listener(BaseHTTPRequestHandler):
    """Notes the token of every request; answers a version, or goes elsewhere."""

    def do_GET(self):
        self.server.heard.append(self.headers.get("Authorization"))
        body = json.dumps({"gitVersion": "v1.36.3"}).encode()
        self.send_response(302 if self.server.elsewhere else 200)
        if self.server.elsewhere:
            self.send_header("Location", self.server.elsewhere)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def listening(tmp_path, pair, *, client="", elsewhere=""):
    """A server with TLS that asks for the client's certificate where one is given."""
    (tmp_path / "own.pem").write_text("\n".join(pair))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "own.pem")
    if client:
        context.load_verify_locations(cadata=client)
        context.verify_mode = ssl.CERT_REQUIRED
    server = HTTPServer(("127.0.0.1", 0), Listener)
    server.heard, server.elsewhere = [], elsewhere
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}", server.heard
    server.shutdown()
    server.server_close()


def test_a_client_certificate_is_shown_and_leaves_no_file(tmp_path, monkeypatch):
    own, client = a_certificate(), a_certificate()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with listening(tmp_path, own, client=client[0]) as (url, _):
        cluster = KubernetesCluster(
            url, ca_data=own[0], certificate=client[0], key=client[1]
        )
        assert cluster.version() == "v1.36.3"
        with pytest.raises(Unavailable):
            KubernetesCluster(url, "token", ca_data=own[0]).version()
    assert [path.name for path in tmp_path.iterdir()] == ["own.pem"]


def test_a_server_that_the_authority_did_not_sign_gets_no_token(tmp_path):
    own, strange = a_certificate(), a_certificate()
    with listening(tmp_path, own) as (url, heard):
        with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
            KubernetesCluster(url, "canary", ca_data=strange[0]).version()
        client = KubernetesCluster(
            url, ca_data=strange[0], certificate=own[0], key=own[1]
        )
        with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
            client.version()
        assert heard == []


def test_a_token_does_not_follow_a_server_that_points_elsewhere(tmp_path):
    own = a_certificate()
    (tmp_path / "b").mkdir()
    with (
        listening(tmp_path / "b", own) as (other, heard),
        listening(tmp_path, own, elsewhere=f"{other}/version") as (url, _),
    ):
        with pytest.raises(Unavailable):
            KubernetesCluster(url, "canary", ca_data=own[0]).version()
        assert heard == []
