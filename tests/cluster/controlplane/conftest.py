"""What runs on the real control plane, and only there."""

import itertools

import pytest

from tests.cluster.controlplane.shapes import QUEUES, Namespace, a_queue
from tests.support.controlplane import (
    connection,
    http,
    new_namespace,
)

NUMBERS = itertools.count(1)


@pytest.fixture
def real(control_plane):
    """Plain requests to the real API server, as its administrator."""
    return http(control_plane)


@pytest.fixture
def namespace(control_plane):
    """A namespace of the test's own. It stays: its end would take seconds."""
    return new_namespace(control_plane, f"real-{next(NUMBERS)}")


@pytest.fixture
def portal(control_plane):
    """The portal's own client, as the administrator."""
    return connection(control_plane)


@pytest.fixture
def place(portal, namespace):
    """The namespace of the test, with words to ask; its sets go with the test."""
    found = Namespace(portal, namespace)
    yield found
    found.clear()


@pytest.fixture
def queue(control_plane, place):
    """The same, with a queue of its name that has no limits."""
    department = f"{place.name}-department"
    control_plane.ensure(QUEUES, a_queue(department))
    control_plane.ensure(QUEUES, a_queue(place.name, department))
    return place
