"""What stands around a draft: seen in its cluster, or switched on by administrators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Around:
    """Values that a page shows beside its fields and that nothing is judged by."""

    pool_notes: Mapping[str, str] = field(default_factory=dict)
    """What is free in each node pool, in a few words."""

    config_maps: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Keys of the ConfigMaps in the project's namespace, by name."""

    imposed: Mapping[str, str] = field(default_factory=dict)
    """Names of the data sources that policies impose, by id."""

    ngc_catalog: bool = False
    ngc_registry: bool = False


NOTHING = Around()


def config_maps_of(
    inventory: Mapping[str, Sequence[str]], namespace: str
) -> dict[str, Sequence[str]]:
    """Return the keys by name of one namespace's; ``inventory`` has all of a cluster.

    What lies in another project's namespace does not exist.
    """
    found = (
        (name.partition("/"), keys)
        for name, keys in inventory.items()
        if name.startswith(f"{namespace}/")
    )
    return {name: keys for (_, _, name), keys in found}
