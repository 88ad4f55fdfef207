"""A workload as Kubernetes objects. Pure: no cluster, no database."""

from workloads.manifests.claims import claim_names
from workloads.manifests.demand import Demand, demand
from workloads.manifests.locations import location_of
from workloads.manifests.manifest import Manifest
from workloads.manifests.network import endpoint_address
from workloads.manifests.objections import Finding, Objection, objections
from workloads.manifests.pod import probe_pods
from workloads.manifests.target import Identity, Target
from workloads.manifests.text import yaml_text
from workloads.manifests.workload import manifests

__all__ = [
    "Demand",
    "Finding",
    "Identity",
    "Manifest",
    "Objection",
    "Target",
    "claim_names",
    "demand",
    "endpoint_address",
    "location_of",
    "manifests",
    "objections",
    "probe_pods",
    "yaml_text",
]
