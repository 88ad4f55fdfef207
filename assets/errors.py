"""How the services of assets say no."""

from collections.abc import Sequence

from assets.contents import Wrong
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


class WrongValues(AssetRefused):
    """A credential that cannot be made, with what is wrong at which of its fields."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        self.wrong = tuple(wrong)
        super().__init__("; ".join(f"{w.field} {w.text}".strip() for w in self.wrong))


class Gone(AssetRefused):
    """Somebody deleted it meanwhile."""


class InUse(AssetRefused):
    """Something that is there needs it."""

    def __init__(self, name: str, users: Sequence[str]) -> None:
        self.users = tuple(users)
        super().__init__(f"{name} is used by {', '.join(users)}.")
