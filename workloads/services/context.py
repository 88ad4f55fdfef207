"""What a document of a project is judged against."""

from collections.abc import Mapping

from access.models import User
from policies.engine.completed import Context
from policies.stored import effective_policy
from projects.models import Project
from workloads.models.facts import facts_for
from workloads.spec.platform import FORM_DEFAULTS


def context_for(
    project: Project,
    user: User,
    *,
    name: str = "",
    form: bool = False,
    said_by: Mapping[str, str] | None = None,
) -> Context:
    """Return the context of a submission to the project by the user.

    A form has platform defaults of its own (architecture.md §5.1).
    """
    return Context(
        effective_policy(project),
        facts_for(project, user, name),
        FORM_DEFAULTS if form else {},
        said_by or {},
    )
