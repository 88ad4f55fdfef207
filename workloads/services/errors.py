"""How a service says no."""

from collections.abc import Sequence

from workloads.spec.issues import Issue


class Refusal(Exception):
    """Something that cannot be done, in a sentence for the user."""


class HasIssues(Refusal):
    """The document does not comply."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        count = len(self.issues)
        super().__init__("1 problem" if count == 1 else f"{count} problems")


class NameTaken(Refusal):
    """Another workload of the project has the name."""

    def __init__(self, name: str, holder: str = "") -> None:
        self.holder = holder
        super().__init__(
            f"The project already has a workload named {name}. Choose another name."
        )


class StalePolicy(Refusal):
    """A policy changed since it was shown, or what counts like one."""

    def __init__(self, units: Sequence[str]) -> None:
        self.units = tuple(units)
        super().__init__(
            f"The policy of {', '.join(units)} changed meanwhile, or the settings, the "
            "quota or an imposed data source there. Look again."
        )
