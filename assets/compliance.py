"""What stands against an asset: for itself, and under a policy."""

from collections.abc import Iterator
from typing import Any

from assets.models import Asset, ComputeResource, DataSource, Environment
from policies.engine.context import Context
from policies.engine.judge import judge, objections
from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.spec.text import storable

ANYWHERE = Context(
    facts=Facts(
        auth_profile=True,
        gpu_memory_limit=True,
        max_unavailable_gate=True,
        sso=True,
        own_credentials=True,
        git_image=True,
    )
)
"""Where nothing is forbidden and everything is switched on."""

LONGEST_NAME = 63
NAMELESS = "is given by the workload that loads it: leave it out"
SOMEBODYS = "is somebody's own credential: what is shared may not name it"


def objections_to(asset: Asset, role: str, context: Context) -> list[Issue]:
    """Return what forbids to load it under a role; what is missing may be typed."""
    return objections(asset.document(role), context)


def faults(asset: Asset) -> list[Issue]:
    """Return what is wrong with it wherever it is loaded, guards aside.

    A data source is whole: where it is imposed, nobody could add what it lacks.
    """
    if not isinstance(asset.piece, dict):
        return [Issue(Location(), "type", "must be an object")]
    return [*_called(asset), *_foreign(asset), *_own(asset), *_broken(asset)]


def _called(asset: Asset) -> Iterator[Issue]:
    """Yield what is wrong with its name."""
    here = Location(("name",))
    if not asset.name:
        yield Issue(here, "required", "is required")
    elif len(asset.name) > LONGEST_NAME or storable(asset.name) != asset.name:
        text = f"has {LONGEST_NAME} characters at most, and none that cannot be seen"
        yield Issue(here, "name", text)


def _foreign(asset: Asset) -> Iterator[Issue]:
    """Yield names that belong to another kind of asset."""
    if isinstance(asset, Environment | ComputeResource):
        for name in asset.piece.keys() - asset.names:
            text = f"is no part of {asset.noun}s"
            yield Issue(Location((name,)), "unknown", text)


def _own(asset: Asset) -> Iterator[Issue]:
    """Yield what only a workload may say."""
    if isinstance(asset, DataSource):
        for name in ("name", "exclude"):
            if name in asset.piece:
                yield Issue(Location((name,)), "unknown", NAMELESS)
    for at, name in _names(asset.piece, Location()):
        if name == "userCredential":
            yield Issue(at, "credential", SOMEBODYS)


def _names(node: object, at: Location) -> Iterator[tuple[Location, str]]:
    inside: Any = enumerate(node) if isinstance(node, list) else ()
    for name, value in node.items() if isinstance(node, dict) else inside:
        yield at / name, str(name)
        yield from _names(value, at / name)


def _broken(asset: Asset) -> Iterator[Issue]:
    document = asset.document("leader")
    whole = isinstance(asset, DataSource)
    for issue in judge({"workers": 1} | document, ANYWHERE).issues:
        if issue.kind == "missing":
            counts = whole and "storage" in issue.location
        else:
            counts = issue.rule != "guard" and issue.location.said_in(document)
        if counts:
            yield issue
