"""Pieces of the spec, and credentials, that are kept under a name."""

from assets.models.credentials import Credential, OwnCredential, SharedCredential
from assets.models.pieces import (
    Asset,
    AssetQuerySet,
    ComputeResource,
    DataSource,
    Environment,
)

__all__ = [
    "Asset",
    "AssetQuerySet",
    "ComputeResource",
    "Credential",
    "DataSource",
    "Environment",
    "OwnCredential",
    "SharedCredential",
]
