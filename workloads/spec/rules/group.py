"""Replicas, and how a change reaches them."""

from collections.abc import Iterator

from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.spec.quantity import IntOrPercent
from workloads.spec.rules.pods import Document, warning, wrong
from workloads.spec.workload import Rollout, WorkloadSpec

REPLICAS, ROLLOUT = Location(("replicas",)), Location(("rollout",))
MOST_PODS = 10_000
NONE_DOWN, ONE_DOWN = IntOrPercent("0"), IntOrPercent("1")


def replicas(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Something runs (X-26), but not more than a cluster bears (kubernetes.md §2.6)."""
    count = spec.replicas * (1 + spec.workers)
    if spec.replicas == 0:
        yield warning(REPLICAS, "noReplicas", "is 0: nothing will run")
    elif count > MOST_PODS:
        text = (
            f"makes {count} pods, {spec.replicas} x {1 + spec.workers}; "
            f"at most {MOST_PODS} are possible"
        )
        yield wrong(REPLICAS, "pods", text)


def rollout(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """A change can go on, and the cluster can do what is said (X-31)."""
    at_a_time = _at_a_time(spec.rollout, spec.replicas)
    if spec.replicas and at_a_time == 0:
        text = "is 0 and so is max surge: no replica could ever change. Raise one"
        yield wrong(ROLLOUT / "maxUnavailable", "rollout", text)
    elif at_a_time > 1 and not facts.max_unavailable_gate and _said(spec.rollout):
        text = (
            "has no effect above 1: this cluster changes one replica at a time, "
            "since its gate MaxUnavailableStatefulSet is off"
        )
        yield warning(ROLLOUT / _said(spec.rollout), "oneAtATime", text)


def _at_a_time(rollout: Rollout, replicas: int) -> int:
    down = rollout.max_unavailable or ONE_DOWN
    more = rollout.max_surge or NONE_DOWN
    return down.of(replicas) + more.of(replicas, up=True)


def _said(rollout: Rollout) -> str:
    if rollout.max_unavailable is not None:
        return "maxUnavailable"
    return "maxSurge" if rollout.max_surge is not None else ""


def partition(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """The partition is a number of replicas, where LeaderWorkerSet has it (X-31)."""
    kept = spec.rollout.partition
    if kept is None:
        return
    if kept > spec.replicas:
        text = f"is {kept}, but there are {spec.replicas} replicas"
        yield wrong(ROLLOUT / "partition", "partition", text)
    elif kept and "partition" not in facts.lws_features:
        text = "needs LeaderWorkerSet 0.7 or newer in the cluster: clear it"
        yield wrong(ROLLOUT / "partition", "partition", text)


RULES = (replicas, rollout, partition)
