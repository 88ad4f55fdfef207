"""The same tests against the simulator and against the real control plane."""

from uuid import uuid4

import pytest

from tests.cluster.contract.servers import SERVERS, Server
from tests.cluster.controlplane.shapes import Namespace, a_queue


@pytest.fixture(scope="session", params=SERVERS)
def server(request):
    """One of the two, with its kubelets and the stand-in for KAI at work."""
    return Server(request.param, request.getfixturevalue(SERVERS[request.param]))


@pytest.fixture
def cluster(server):
    """The portal's own client, as the administrator."""
    return server.cluster()


@pytest.fixture
def http(server):
    """Plain requests of the administrator."""
    return server.http()


@pytest.fixture
def name():
    """A name that nobody else has."""
    return f"c{uuid4().hex[:10]}"


@pytest.fixture
def namespace(server, name):
    """A namespace of the test's own. It stays: its end would take seconds."""
    server.namespace(name)
    return name


@pytest.fixture
def place(cluster, namespace):
    """The namespace of the test, with words to ask; its sets go with the test."""
    found = Namespace(cluster, namespace)
    yield found
    found.clear()


@pytest.fixture
def queue(cluster, place):
    """The same, with a queue of its name that has no limits."""
    cluster.apply(a_queue(f"{place.name}-department"), force=True)
    cluster.apply(a_queue(place.name, f"{place.name}-department"), force=True)
    return place
