"""Parts that die, freeze or are started again; each on a control plane of its own."""

import signal

import pytest

from simulator.controlplane import ControlPlane
from tests.cluster.controlplane.shapes import QUEUES, Namespace, a_queue
from tests.cluster.controlplane.test_start import running
from tests.support.controlplane import SOURCES, SPEED, connection, http, new_namespace
from tests.support.simulator import until


@pytest.fixture(scope="module")
def own(tmp_path_factory, control_plane):
    """A second control plane, which may be broken; asking for the first builds it."""
    plane = ControlPlane(tmp_path_factory.mktemp("own"), sources=SOURCES, speed=SPEED)
    plane.start()
    plane.furnish()
    yield plane
    plane.stop()


@pytest.fixture
def somewhere(own):
    """A namespace with a queue."""
    name = new_namespace(own, "somewhere")
    own.ensure(QUEUES, a_queue("company"))
    own.ensure(QUEUES, a_queue(name, "company"))
    return Namespace(connection(own), name)


@pytest.mark.parametrize("part", ["apiserver", "etcd", "controller-manager", "lws"])
def test_a_part_that_was_killed_goes_on_where_it_was(own, somewhere, part):
    name = f"before-{part}"
    somewhere.apply(name)
    until(lambda: somewhere.available(name))

    own.parts[part].kill()
    own.parts[part].start()
    own.parts[part].wait(30)
    until(lambda: http(own)("GET", "/readyz").code == 200)

    assert somewhere.available(name)
    somewhere.apply(name, replicas=2)
    until(lambda: len(somewhere.pods()) == 4 and somewhere.available(name))
    somewhere.clear()
    until(lambda: not somewhere.pods())


def test_a_frozen_webhook_refuses_within_its_time(own, somewhere):
    own.parts["lws"].send(signal.SIGSTOP)
    try:
        with pytest.raises(Exception, match="failed calling webhook"):
            somewhere.apply("frozen")
    finally:
        own.parts["lws"].send(signal.SIGCONT)

    somewhere.apply("frozen")
    until(lambda: somewhere.available("frozen"))


def test_a_second_start_has_what_the_first_one_kept(own, somewhere):
    somewhere.apply("kept")
    until(lambda: somewhere.available("kept"))
    before, token = somewhere.uids(), own.token
    old = [part.process.pid for part in own.parts.values()]

    own.stop()
    alive = [process for process in old if running(process)]
    again = ControlPlane(own.folder, sources=SOURCES, speed=SPEED)
    again.start()
    try:
        again.furnish()
        kept = Namespace(connection(again), "somewhere")

        assert alive == []
        assert again.token == token
        assert kept.uids() == before
        kept.apply("kept", replicas=2)
        until(lambda: len(kept.pods()) > len(before) and kept.available("kept"))
    finally:
        again.stop()
