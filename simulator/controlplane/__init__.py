"""The real control plane, built from published modules, in place of the simulator's."""

from simulator.controlplane.cluster import ControlPlane
from simulator.controlplane.processes import DidNotStart, Part
from simulator.controlplane.toolchain import CannotBuild, built, missing

__all__ = ["CannotBuild", "ControlPlane", "DidNotStart", "Part", "built", "missing"]
