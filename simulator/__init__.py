"""A small Kubernetes cluster in one process: the embedded cluster of the product."""

from simulator.embedded import Simulator

__all__ = ["Simulator"]
