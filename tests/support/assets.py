"""Assets of the small organization, through the services."""

from typing import Any

from assets.models import Asset, ComputeResource, DataSource, Environment
from assets.services import save_asset
from tests.support.organization import Organization
from tests.support.policies import unit_in

CLAIM = {"existingPvc": True, "claimName": "shared-models", "path": "/models"}


def an_asset(org: Organization, model: Any, scope="project", **columns) -> Any:
    """Return a new asset of the organization, not saved."""
    unit = {} if scope == "tenant" else {scope: unit_in(org, scope)}
    return model(scope=scope, **unit, **columns)


def saved(org: Organization, model: Any, scope="project", **columns) -> Any:
    """Save an asset as the administrator."""
    return save_asset(by=org.admin, asset=an_asset(org, model, scope, **columns))


def an_environment(org, scope="project", name="vllm", **piece) -> Asset:
    """Save an environment; without a piece it has an image alone."""
    piece = piece or {"image": "vllm/vllm-openai:v1"}
    return saved(org, Environment, scope, name=name, piece=piece)


def a_compute_resource(org, scope="project", name="half-node", **piece) -> Asset:
    """Save a compute resource; without a piece it asks for four devices."""
    piece = piece or {"gpuDevicesRequest": 4, "cpuMemoryRequest": "64G"}
    return saved(org, ComputeResource, scope, name=name, piece=piece)


def a_data_source(
    org, scope="project", name="shared-models", kind="pvc", **piece
) -> Asset:
    """Save a data source; without a piece it is an existing claim."""
    return saved(org, DataSource, scope, name=name, kind=kind, piece=piece or CLAIM)
