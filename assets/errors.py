"""How the services of assets say no."""

from collections.abc import Sequence

from workloads.spec.issues import Issue


class AssetRefused(Exception):
    """Something that cannot be done to an asset, in a sentence for the user."""


class NotAllowed(AssetRefused):
    """The user's role or scope does not reach that far."""


class NameTaken(AssetRefused):
    """The unit has an asset of this kind and name already."""


class Imposed(AssetRefused):
    """Policies in force impose the data source, which forbids the change."""


class NotWhole(AssetRefused):
    """The piece says what no workload could take, whatever its policies."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        lines = (f"{issue.location}: {issue.text}" for issue in self.issues)
        super().__init__("; ".join(lines))
